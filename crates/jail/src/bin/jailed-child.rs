//! The child's side alone, so that this crate's tests need no server. The program has the same as a command.

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(2).collect();
    jail::child(&words)
}
