//! Benchmarks of the whole program, each beside a floor that the same run measures. They need the
//! client's end of the protocol and optimised code, so this builds both and hands over.

#[cfg(feature = "bench")]
mod measure;

use crate::{
    Outcome,
    shell::{command, run as run_command},
};

/// Runs the benchmarks of these names, or all; with `--check` a missed bound is an error.
///
/// # Errors
/// Something does not build or run, a name is unknown, or a bound was missed under `--check`.
pub fn run(words: &[&str]) -> Outcome {
    #[cfg(feature = "bench")]
    if !cfg!(debug_assertions) {
        return measure::run(words);
    }
    let server = ["build", "--release", "--quiet", "--package", "cameo"];
    run_command(command(env!("CARGO"), &server))?;
    let ourselves = [
        "run",
        "--release",
        "--quiet",
        "--package",
        "xtask",
        "--features",
        "bench",
        "--",
        "bench",
    ];
    run_command(command(env!("CARGO"), &[&ourselves[..], words].concat()))
}
