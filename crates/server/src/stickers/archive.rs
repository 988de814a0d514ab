//! The files of a folder, a .zip or a .tar.gz, in memory. Names are looked at, never used as paths; what is
//! read is bounded whatever an archive says of itself. A fuzz target compiles this file as its own module.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// Longest archive. Chosen: above the largest set that is taken, in any packing.
const ARCHIVE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most that is read out of one. Chosen: the same, so that what swells when it is unpacked is not.
pub(super) const UNPACKED_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most entries that are looked at. Chosen: a full set, its manifest, and what some programs add.
const ENTRIES_MAX: usize = 2000;
/// Longest file of a sticker: the most of the three kinds.
pub(super) const STICKER_BYTES_MAX: u64 = motion::STICKER_WEBP_BYTES_MAX as u64;
/// Longest manifest. Chosen: a full set with long words, many times.
const MANIFEST_BYTES_MAX: u64 = 512 * 1024;
/// The name of the manifest.
pub(super) const MANIFEST: &str = "set.json";
/// Endings of files that hold stickers.
const ENDINGS: [&str; 3] = ["tgs", "webm", "webp"];

/// Why nothing can be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unpacked {
    /// The system says no.
    #[error("cannot read {}: {error}", path.display())]
    Io {
        /// What was read.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// It is something else.
    #[error("{} is no folder, no .zip and no .tar.gz", .0.display())]
    Kind(PathBuf),
    /// An archive that is broken.
    #[error("the archive cannot be read: {0}")]
    Broken(String),
    /// More than is read.
    #[error("{0}")]
    Large(String),
    /// Two files of one name.
    #[error("{0} is there twice; the folders in an archive do not count")]
    Twice(String),
}

/// By name, without folders: the manifest, and whatever may be a sticker.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The files at `path`.
///
/// # Errors
/// [`Unpacked`].
pub(super) fn files(path: &Path) -> Result<Files, Unpacked> {
    let failed = |error| Unpacked::Io {
        path: path.to_owned(),
        error,
    };
    if fs::metadata(path).map_err(failed)?.is_dir() {
        return of_folder(path);
    }
    let file = File::open(path).map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    if bytes > ARCHIVE_BYTES_MAX {
        return Err(Unpacked::Large(format!(
            "{} has {bytes} bytes, at most {ARCHIVE_BYTES_MAX} are read",
            path.display()
        )));
    }
    of_archive(path, file)
}

/// The files in an archive, which `path` names in errors.
///
/// # Errors
/// [`Unpacked`].
pub(super) fn of_archive(path: &Path, mut file: impl Read + Seek) -> Result<Files, Unpacked> {
    let failed = |error| Unpacked::Io {
        path: path.to_owned(),
        error,
    };
    let mut magic = [0; 4];
    let mut read = 0;
    while read < magic.len() {
        match file.read(&mut magic[read..]).map_err(failed)? {
            0 => break,
            more => read += more,
        }
    }
    file.seek(SeekFrom::Start(0)).map_err(failed)?;
    match magic {
        [b'P', b'K', ..] => of_zip(file),
        [0x1f, 0x8b, ..] => of_tar(file),
        _ => Err(Unpacked::Kind(path.to_owned())),
    }
}

/// What has been read so far.
#[derive(Default)]
struct Taken {
    files: Files,
    entries: usize,
    bytes: u64,
}

impl Taken {
    /// Counts an entry and says under which name it is taken; `None`: it is passed over.
    fn name(&mut self, path: &Path) -> Result<Option<String>, Unpacked> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            let large = format!("there are more than {ENTRIES_MAX} files");
            return Err(Unpacked::Large(large));
        }
        let hidden = |part: &std::ffi::OsStr| {
            part.to_str()
                .is_some_and(|part| part.starts_with('.') || part == "__MACOSX")
        };
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(name) = name.filter(|_| !path.iter().any(hidden)) else {
            return Ok(None);
        };
        let ending = name.rsplit_once('.').map(|(_, ending)| ending);
        let sticker = ending.is_some_and(|ending| {
            ENDINGS
                .iter()
                .any(|known| ending.eq_ignore_ascii_case(known))
        });
        if !sticker && name != MANIFEST {
            return Ok(None);
        }
        if self.files.contains_key(name) {
            return Err(Unpacked::Twice(name.to_owned()));
        }
        Ok(Some(name.to_owned()))
    }

    /// Reads the file of this name, no further than it may be long.
    fn read(&mut self, name: String, from: impl Read) -> Result<(), Unpacked> {
        let most = if name == MANIFEST {
            MANIFEST_BYTES_MAX
        } else {
            STICKER_BYTES_MAX
        };
        let mut bytes = Vec::new();
        let read = from.take(most + 1).read_to_end(&mut bytes);
        let read = read.map_err(|error| Unpacked::Broken(format!("{name}: {error}")))? as u64;
        self.bytes += read;
        if read > most {
            return Err(Unpacked::Large(format!(
                "{name} is longer than {most} bytes"
            )));
        }
        if self.bytes > UNPACKED_BYTES_MAX {
            return Err(Unpacked::Large(format!(
                "the files have more than {UNPACKED_BYTES_MAX} bytes"
            )));
        }
        self.files.insert(name, bytes);
        Ok(())
    }
}

fn of_folder(path: &Path) -> Result<Files, Unpacked> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| Unpacked::Io { path, error }
    };
    let mut taken = Taken::default();
    for entry in fs::read_dir(path).map_err(failed(path))? {
        let entry = entry.map_err(failed(path))?;
        let path = entry.path();
        // A link may lead anywhere.
        let is_file = entry.file_type().map_err(failed(&path))?.is_file();
        let name = Path::new(path.file_name().unwrap_or_default()).to_owned();
        if let Some(name) = taken.name(&name)?.filter(|_| is_file) {
            let file = File::open(&path).map_err(failed(&path))?;
            taken.read(name, file)?;
        }
    }
    Ok(taken.files)
}

fn of_zip(file: impl Read + Seek) -> Result<Files, Unpacked> {
    let broken = |error: zip::result::ZipError| Unpacked::Broken(error.to_string());
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    let mut taken = Taken::default();
    for place in 0..archive.len() {
        let entry = archive.by_index(place).map_err(broken)?;
        let path = entry.name().map_err(broken)?.into_owned();
        let Some(name) = taken.name(Path::new(&path))? else {
            continue;
        };
        if entry.is_file() && !entry.is_symlink() {
            taken.read(name, entry)?;
        }
    }
    Ok(taken.files)
}

fn of_tar(file: impl Read) -> Result<Files, Unpacked> {
    // One byte more than may be read tells a long archive from one that is cut short.
    let unpacked = MultiGzDecoder::new(file).take(UNPACKED_BYTES_MAX + 1);
    let mut archive = tar::Archive::new(unpacked);
    let files = of_entries(&mut archive);
    if archive.into_inner().limit() == 0 {
        let large = format!("the archive unpacks to more than {UNPACKED_BYTES_MAX} bytes");
        return Err(Unpacked::Large(large));
    }
    files
}

/// The files in an archive that is not packed.
///
/// # Errors
/// [`Unpacked`].
pub(super) fn of_entries(archive: &mut tar::Archive<impl Read>) -> Result<Files, Unpacked> {
    let broken = |error: io::Error| Unpacked::Broken(error.to_string());
    let mut taken = Taken::default();
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let path = entry.path().map_err(broken)?.into_owned();
        let Some(name) = taken.name(&path)? else {
            continue;
        };
        if entry.header().entry_type().is_file() {
            taken.read(name, entry)?;
        }
    }
    Ok(taken.files)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn zip_of(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let options = zip::write::SimpleFileOptions::default()
                .compression_method(zip::CompressionMethod::Deflated);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        file.write_all(&bytes).unwrap();
        file
    }

    fn tar_of(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let packed = flate2::write::GzEncoder::new(file.reopen().unwrap(), Default::default());
        let mut tar = tar::Builder::new(packed);
        for (name, bytes) in files {
            let mut header = tar::Header::new_gnu();
            // Written as it is: the library itself refuses names that lead out of a folder.
            header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(bytes.len() as u64);
            header.set_entry_type(tar::EntryType::Regular);
            header.set_cksum();
            tar.append(&header, *bytes).unwrap();
        }
        tar.into_inner().unwrap().finish().unwrap();
        file
    }

    const FILES: [(&str, &[u8]); 6] = [
        ("set/set.json", b"{}"),
        ("set/a.tgs", b"one"),
        ("set/B.WEBP", b"two"),
        ("set/readme.txt", b"no"),
        ("__MACOSX/set/a.tgs", b"no"),
        ("set/.hidden.webm", b"no"),
    ];

    #[test]
    fn archives_give_their_stickers_and_nothing_else() {
        for file in [zip_of(&FILES), tar_of(&FILES)] {
            let found = files(file.path()).unwrap();
            let names: Vec<&str> = found.keys().map(String::as_str).collect();
            assert_eq!(names, ["B.WEBP", "a.tgs", "set.json"]);
            assert_eq!(found["a.tgs"], b"one");
        }
    }

    #[test]
    fn a_folder_gives_its_files_but_follows_no_link() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.tgs"), "one").unwrap();
        fs::create_dir(folder.path().join("b.tgs")).unwrap();
        let (secret, link) = (folder.path().join("a.tgs"), folder.path().join("c.tgs"));
        std::os::unix::fs::symlink(secret, link).unwrap();
        let found = files(folder.path()).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
    }

    /// Nothing is written anywhere, so a name can lead nowhere; it is cut to its end.
    #[test]
    fn names_are_no_paths() {
        let up: [(&str, &[u8]); 1] = [("../../../tmp/evil.tgs", b"x")];
        for file in [zip_of(&up), tar_of(&up)] {
            let found = files(file.path()).unwrap();
            assert!(found.keys().all(|name| name == "evil.tgs"), "{found:?}");
        }
        let twice: [(&str, &[u8]); 2] = [("a/x.tgs", b"1"), ("b/x.tgs", b"2")];
        for file in [zip_of(&twice), tar_of(&twice)] {
            assert!(matches!(files(file.path()), Err(Unpacked::Twice(_))));
        }
    }

    #[test]
    fn what_swells_is_cut_off() {
        let zeros = vec![0; 8 * 1024 * 1024];
        let one: [(&str, &[u8]); 1] = [("a.tgs", &zeros)];
        for file in [zip_of(&one), tar_of(&one)] {
            assert!(file.as_file().metadata().unwrap().len() < 64 * 1024);
            assert!(matches!(files(file.path()), Err(Unpacked::Large(_))));
        }
        let name = |number: usize| format!("{number}.webp");
        let names: Vec<String> = (0..ENTRIES_MAX + 1).map(name).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b"x"[..])).collect();
        for file in [zip_of(&many), tar_of(&many)] {
            assert!(matches!(files(file.path()), Err(Unpacked::Large(_))));
        }
        // Full files, each short enough, that are too much together.
        let half = vec![0; STICKER_BYTES_MAX as usize];
        let full: Vec<(&str, &[u8])> = names[..140].iter().map(|n| (&n[..], &half[..])).collect();
        for file in [zip_of(&full), tar_of(&full)] {
            assert!(matches!(files(file.path()), Err(Unpacked::Large(_))));
        }
    }

    #[test]
    fn what_is_no_archive_is_refused() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        assert!(matches!(files(file.path()), Err(Unpacked::Kind(_))));
        file.write_all(b"PK\x03\x04 and nothing more").unwrap();
        assert!(matches!(files(file.path()), Err(Unpacked::Broken(_))));
        let none = Path::new("/nowhere/at/all");
        assert!(matches!(files(none), Err(Unpacked::Io { .. })));
        let cut = tar_of(&FILES);
        let bytes = fs::read(cut.path()).unwrap();
        fs::write(cut.path(), &bytes[..bytes.len() / 2]).unwrap();
        assert!(matches!(files(cut.path()), Err(Unpacked::Broken(_))));
    }
}
