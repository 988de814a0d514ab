//! `cargo xtask`: the project's own tasks.

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask ci [--skip-compat]       everything that must pass, with all set-up
cargo xtask tidy                     the house rules
cargo xtask art                      the set of emoji that comes with cameo, into assets/emoji
cargo xtask rows                     the tests of each row of the matrix, into docs/rows.md
cargo xtask compat [CLIENT …]        unmodified clients through the whole story
cargo xtask fuzz [SECONDS]           every fuzz target for so long
cargo xtask bench [--check] [NAME …] benchmarks, as ratios against a floor of the same run
cargo xtask schema show NAME         a definition in all layers, its Rust text, its errors
cargo xtask schema import FOLDER     makes schema/api.tl from one file per layer";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words[..] {
        ["ci"] => xtask::ci::run(true),
        ["ci", "--skip-compat"] => xtask::ci::run(false),
        ["tidy"] => xtask::tidy::run(),
        ["art"] => xtask::art::run(),
        ["rows"] => xtask::tidy::matrix::write(),
        ["compat", ref clients @ ..] => xtask::compat::run(clients),
        ["fuzz"] => xtask::fuzz::run(xtask::fuzz::SMOKE_SECONDS),
        ["fuzz", seconds] => seconds
            .parse()
            .map_err(|_| USAGE.into())
            .and_then(xtask::fuzz::run),
        ["bench", ref words @ ..] => xtask::bench::run(words),
        ["schema", "show", name] => xtask::schema::show(name),
        ["schema", "import", folder] => xtask::schema::import(folder.as_ref()),
        _ => Err(USAGE.into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
