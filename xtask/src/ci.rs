//! The whole gate: the same here and on the build machine.

use std::time::Instant;

use crate::{
    Outcome, compat, fuzz, setup,
    shell::{command, output, run as run_command},
    target,
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
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    cargo(&lints, &[])?;
    let postgres = Postgres::start()?;
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

/// A PostgreSQL that lives as long as this value.
struct Postgres {
    url: String,
    folder: String,
}

impl Postgres {
    /// The one that is named, or a throw-away one.
    fn start() -> Result<Self, Box<dyn std::error::Error>> {
        if let Ok(url) = std::env::var("CAMEO_TEST_POSTGRES") {
            return Ok(Self {
                url,
                folder: String::new(),
            });
        }
        std::fs::create_dir_all(target())?;
        // Not below the build folder: the server's own user must be able to enter.
        let folder = std::env::temp_dir().join(format!("cameo-postgres-{}", std::process::id()));
        let folder = folder.to_string_lossy().into_owned();
        let url = output(command(".ci/postgres.sh", &["start", &folder]))?
            .trim()
            .to_owned();
        Ok(Self { url, folder })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if !self.folder.is_empty() {
            let stopped = run_command(command(".ci/postgres.sh", &["stop", &self.folder]));
            if let Err(problem) = stopped {
                eprintln!("{problem}");
            }
        }
    }
}
