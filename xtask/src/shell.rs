//! Running other programs.

use std::process::{Command, Stdio};

use crate::{Outcome, root};

/// A command in the root of the checkout.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    command
}

/// Runs a command with its output where ours goes.
///
/// # Errors
/// It cannot be started, or ends with something else than 0.
pub(crate) fn run(mut command: Command) -> Outcome {
    let words = words(&command);
    println!("--- {words}");
    let status = command
        .status()
        .map_err(|error| format!("{words}: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{words}: {status}").into())
    }
}

/// Runs a command and returns what it printed.
///
/// # Errors
/// It cannot be started, or ends with something else than 0.
pub(crate) fn output(mut command: Command) -> Result<String, Box<dyn std::error::Error>> {
    let words = words(&command);
    let done = command.stderr(Stdio::inherit()).output();
    let done = done.map_err(|error| format!("{words}: {error}"))?;
    if done.status.success() {
        Ok(String::from_utf8_lossy(&done.stdout).into_owned())
    } else {
        Err(format!("{words}: {}", done.status).into())
    }
}

/// Whether a program can be found.
pub(crate) fn there(program: &str) -> bool {
    let found = command("sh", &["-c", &format!("command -v {program}")]).output();
    found.is_ok_and(|found| found.status.success())
}

fn words(command: &Command) -> String {
    let arguments = command
        .get_args()
        .map(|word| word.to_string_lossy().into_owned());
    let program = command.get_program().to_string_lossy().into_owned();
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}
