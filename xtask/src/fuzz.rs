//! Coverage-guided fuzzing on a stable toolchain: the targets of `fuzz/` with libFuzzer's runtime.

use std::{fs, path::Path};

use crate::{
    Outcome, root,
    shell::{command, output, run as run_command},
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
/// A target found an input on which something panics, hangs or takes too much memory; the file is
/// in `target/fuzz-found/TARGET`, and running the target with its name repeats the failure.
pub fn run(seconds: u32) -> Outcome {
    let folder = target().join("fuzz");
    let flags = [
        "-Cpasses=sancov-module",
        "-Cllvm-args=-sanitizer-coverage-level=4",
        "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
        "-Cllvm-args=-sanitizer-coverage-pc-table",
        "-Cllvm-args=-sanitizer-coverage-trace-compares",
        "-Cdebug-assertions",
        "-Coverflow-checks",
        "--cfg=fuzzing",
    ];
    let host = host()?;
    let mut build = command(env!("CARGO"), &["build", "--release", "--quiet", "--bins"]);
    build
        .args(["--manifest-path", "fuzz/Cargo.toml", "--target", &host])
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", flags.join(" "));
    run_command(build)?;
    for name in targets(&root().join("fuzz/targets"))? {
        let corpus = target().join("fuzz-corpus").join(&name);
        let found = target().join("fuzz-found").join(&name);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&found)?;
        let binary = folder.join(&host).join("release").join(&name);
        let mut fuzz = command(&binary.to_string_lossy(), &[]);
        fuzz.arg(format!("-max_total_time={seconds}"))
            .arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"))
            .arg(format!("-timeout={INPUT_SECONDS_MAX}"))
            .arg("-verbosity=0")
            .arg("-print_final_stats=1")
            .arg(format!("-artifact_prefix={}/", found.display()))
            .arg(&corpus);
        let seeds = root().join("fuzz/seeds").join(&name);
        if seeds.exists() {
            fuzz.arg(seeds);
        }
        run_command(fuzz)?;
    }
    Ok(())
}

/// The machine that the compiler builds for unless told otherwise. Named so that the flags reach
/// the targets and what they use, not build scripts.
fn host() -> Result<String, Box<dyn std::error::Error>> {
    let about = output(command("rustc", &["-vV"]))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not say its host")?.to_owned())
}

/// The names of the targets, sorted.
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
