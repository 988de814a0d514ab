//! The project's own tasks, so that nothing else has to be installed to work on it.

#![expect(clippy::print_stdout, reason = "tasks talk to whoever runs them")]

pub mod bench;
pub mod ci;
pub mod compat;
pub mod fuzz;
mod postgres;
pub mod schema;
pub mod setup;
mod shell;
pub mod tidy;

use std::path::{Path, PathBuf};

/// What a task ends with: nothing, or the lines that say what is wrong.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The root of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// The folder in which cargo builds: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}
