//! Writes one `Refusal` constant per error name of `schema/errors.tsv`, so that no name is typed by hand.

use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    let table = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/errors.tsv");
    println!("cargo::rerun-if-changed={table}");
    let text = fs::read_to_string(table).expect("schema/errors.tsv is readable");
    let mut seen = std::collections::BTreeSet::new();
    let mut out = String::from("impl Refusal {\n");
    for line in text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let cells: Vec<&str> = line.split('\t').collect();
        let [code, name, _methods, meaning, ..] = cells[..] else {
            panic!("errors.tsv: four columns or more are expected: {line}");
        };
        if code == "code" {
            continue;
        }
        let code: i32 = code
            .parse()
            .expect("errors.tsv: the first column is a number");
        // One name may be listed under two codes (406 PHONE_NUMBER_INVALID): the first row is the rule.
        if seen.insert(name.to_owned()) {
            writeln!(out, "    /// {code}: {meaning}").expect("a string grows");
            writeln!(
                out,
                "    pub const {name}: Refusal = Refusal::new({code}, \"{name}\");"
            )
            .expect("a string grows");
        }
    }
    out.push_str("}\n");
    let target =
        Path::new(&env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("refusals.rs");
    fs::write(target, out).expect("OUT_DIR is writable");
}
