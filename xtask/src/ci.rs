//! The whole gate: the same here and on the build machine.

use std::time::Instant;

use crate::{
    Outcome, compat, fuzz,
    postgres::Postgres,
    setup,
    shell::{command, run as run_command},
};

/// Formats, lints, tests, documents, fuzzes, and runs every client; stops at the first that fails.
///
/// # Errors
/// The step that failed.
pub fn run(with_compat: bool) -> Outcome {
    let begun = Instant::now();
    setup::run_all()?;
    run_steps(with_compat)?;
    println!(
        "--- the gate is green after {} s",
        begun.elapsed().as_secs()
    );
    Ok(())
}

fn run_steps(with_compat: bool) -> Outcome {
    cargo(&["fmt", "--all", "--check"], &[])?;
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "xtask/bench",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    cargo(&lints, &[])?;
    let postgres = Postgres::named_or_fresh()?;
    cargo(
        &["test", "--workspace"],
        &[("CAMEO_TEST_POSTGRES", &postgres.url)],
    )?;
    drop(postgres);
    let docs = [
        "doc",
        "--workspace",
        "--no-deps",
        "--document-private-items",
        "--quiet",
    ];
    cargo(&docs, &[("RUSTDOCFLAGS", "-D warnings")])?;
    fuzz::run(fuzz::SMOKE_SECONDS)?;
    if with_compat {
        compat::run(&[])?;
    }
    Ok(())
}

fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let mut cargo = command(env!("CARGO"), arguments);
    cargo.envs(variables.iter().copied());
    // Cargo tells a program that it runs about the package it belongs to; its own runs must not see it.
    cargo
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_PKG_NAME");
    run_command(cargo)
}
