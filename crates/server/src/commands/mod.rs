//! The command line: one file per command. Exit codes are part of the program's contract:
//! 0 done or stopped as asked, 1 fault, 2 wrong command line or setting, 3 cannot listen,
//! 4 unreadable data, 5 data of a newer version, 6 data folder in use.

mod admin;
mod arguments;
mod client_kit;
mod log;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::start::StartError;
use arguments::SettingArguments;

/// A Telegram API server that does profile pictures completely.
#[derive(Debug, Parser)]
#[command(name = "cameo", version, about, after_long_help = EXIT_CODES)]
struct Cameo {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server until it is told to stop (SIGTERM or SIGINT).
    Serve(SettingArguments),
    /// Print every setting with its default, unit and limits.
    Settings,
    /// Look into the data of a running or stopped server.
    Admin {
        #[command(subcommand)]
        noun: admin::Noun,
    },
    /// Print what a client needs to reach this server: public key, addresses, snippets.
    ClientKit(SettingArguments),
}

const EXIT_CODES: &str = "Exit codes:
  0  done, or stopped as asked
  1  the server failed
  2  wrong command line or setting
  3  cannot listen on the address
  4  the data folder or the store cannot be read
  5  the data was written by a newer version
  6  the data folder is in use by another server";

/// Reads the command line of this process, does what it says, and tells how it ended.
pub fn run() -> ExitCode {
    let outcome = match Cameo::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Settings => settings::run(),
        Command::Admin { noun } => admin::run(noun),
        Command::ClientKit(arguments) => client_kit::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// One clear line on stderr, causes included.
fn complain(error: &StartError) {
    use std::io::Write as _;
    let line = format!("cameo: {}\n", crate::event::Chain(error)).replace(['\r', '\n'], " ");
    // Nothing is left to be done when stderr is gone.
    let _ = writeln!(std::io::stderr(), "{}", line.trim_end());
}

fn exit_code(error: &StartError) -> u8 {
    match error {
        StartError::Setting(_) => 2,
        StartError::Listen { .. } => 3,
        StartError::DataFolder { .. } | StartError::Key { .. } | StartError::Store(_) => 4,
        StartError::DataNewer { .. } => 5,
        StartError::DataBusy { .. } => 6,
        StartError::Runtime(_) | StartError::Random(_) | StartError::Output(_) => 1,
    }
}
