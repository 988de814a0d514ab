//! The project's own tasks, so that nothing else has to be installed to work on it.

#![expect(clippy::print_stdout, reason = "tasks talk to whoever runs them")]

pub mod art;
pub mod bench;
pub mod ci;
pub mod compat;
pub mod fuzz;
mod postgres;
pub mod schema;
pub mod setup;
mod shell;
pub mod tidy;

use std::path::PathBuf;

/// What a task ends with: nothing, or the lines that say what is wrong.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// The root of the checkout.
pub fn root() -> PathBuf {
    // Cargo tells at run time where it is: a program that another checkout left in a shared build folder
    // must not work on that other checkout.
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().unwrap_or(&here).to_owned()
}

/// The folder in which cargo builds: `CARGO_TARGET_DIR`, else `target`.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}
