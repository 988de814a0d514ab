//! Coverage-guided fuzzing on a stable toolchain: the targets of `fuzz/` with libFuzzer's runtime.

use std::{fs, path::Path};

use crate::{
    Outcome, root,
    shell::{command, run as run_command},
    target,
};

/// Seconds for each target in the gate.
pub const SMOKE_SECONDS: u32 = 10;
/// Memory above which an input counts as a failure, in MiB.
const MEMORY_MIB_MAX: u32 = 2_048;
/// Seconds above which one input counts as a failure.
const INPUT_SECONDS_MAX: u32 = 10;

/// Runs every target for `seconds`.
///
/// # Errors
/// A target found an input on which something panics, hangs or takes too much memory.
pub fn run(seconds: u32) -> Outcome {
    let folder = target().join("fuzz");
    let flags = [
        "-Cpasses=sancov-module",
        "-Cllvm-args=-sanitizer-coverage-level=4",
        "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
        "-Cllvm-args=-sanitizer-coverage-pc-table",
        "-Cdebug-assertions",
        "-Coverflow-checks",
        "--cfg=fuzzing",
    ];
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut build = command(env!("CARGO"), &["build", "--release", "--quiet", "--bins"]);
    build
        .args(["--manifest-path", "fuzz/Cargo.toml", "--target", &host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", flags.join(" "));
    run_command(build)?;
    for name in targets(&root().join("fuzz/targets"))? {
        let corpus = target().join("fuzz-corpus").join(&name);
        fs::create_dir_all(&corpus)?;
        let binary = folder.join(&host).join("release").join(&name);
        let mut fuzz = command(&binary.to_string_lossy(), &[]);
        fuzz.arg(format!("-max_total_time={seconds}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg("-print_final_stats=1")
            .arg(format!("-artifact_prefix={}/", corpus.display()))
            .arg(&corpus);
        let seeds = root().join("fuzz/seeds").join(&name);
        if seeds.exists() {
            fuzz.arg(seeds);
        }
        run_command(fuzz)?;
    }
    Ok(())
}

fn targets(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}
