//! Writes one `Refusal` constant per error name of `schema/errors.tsv`, so that no name is typed by hand.

use std::{env, fs, path::Path};

fn main() {
    // A build script runs in the folder of its package.
    let table = "../../schema/errors.tsv";
    println!("cargo::rerun-if-changed={table}");
    let text = fs::read_to_string(table).expect("schema/errors.tsv is readable");
    let rows = tl_gen::read_errors(&text).expect("schema/errors.tsv is well formed");
    let constants: Vec<String> = rows
        .iter()
        .map(|row| {
            let tl_gen::ErrorRow {
                code,
                name,
                meaning,
                ..
            } = row;
            format!("/// {meaning}\npub const {name}: Self = Self::new({code}, {name:?});\n")
        })
        .collect();
    let folder = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let text = format!("impl Refusal {{\n{}}}\n", constants.concat());
    fs::write(Path::new(&folder).join("refusals.rs"), text).expect("OUT_DIR is writable");
}
