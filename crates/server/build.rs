//! Lists the files of the first sticker set, so that they are part of the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let folder = home.join("../../assets/emoji");
    let mut list = String::from("const FILES: &[(&str, &[u8])] = &[\n");
    for (inside, ending) in [("", "tgs"), ("thumbs/", "webp")] {
        let folder = folder.join(inside);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut names = names(&folder, ending)?;
        names.sort_unstable();
        for name in names {
            let path = folder.join(&name).canonicalize()?;
            let path = path.display().to_string();
            let _ = writeln!(list, "    (\"{inside}{name}\", include_bytes!({path:?})),");
        }
    }
    list.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(out.join("first_set.rs"), list)
}

/// The files of a folder with this ending; none where there is no folder yet.
fn names(folder: &Path, ending: &str) -> io::Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name
            .rsplit_once('.')
            .is_some_and(|(_, found)| found == ending)
        {
            names.push(name);
        }
    }
    Ok(names)
}
