//! The command line: one file per command. Exit codes are part of the program's contract:
//! 0 done or stopped as asked, 1 fault, 2 wrong command line or setting, 3 cannot listen,
//! 4 unreadable data, 5 data of a newer version, 6 data folder in use, 7 `doctor` found something,
//! 8 a request of the host was refused.

mod admin;
mod arguments;
mod client_kit;
mod doctor;
mod log;
mod serve;
mod settings;
mod text;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::admin::{Kind, Problem};
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
    /// Look into a running or stopped server and change what it holds; a running one acts at once.
    Admin(Box<admin::AdminArguments>),
    /// Check the data of a running or stopped server: rows against files, rows against rows.
    Doctor(doctor::DoctorArguments),
    /// Print what a client needs to reach this server: public key, addresses, snippets.
    ClientKit(SettingArguments),
    /// The child's side of the jail; only a server starts it.
    #[command(hide = true)]
    JailedChild {
        /// What the parent orders.
        #[arg(trailing_var_arg = true)]
        orders: Vec<String>,
    },
}

const EXIT_CODES: &str = "Exit codes:
  0  done, or stopped as asked
  1  the server failed
  2  wrong command line or setting
  3  cannot listen on the address
  4  the data folder or the store cannot be read
  5  the data was written by a newer version
  6  the data folder is in use by another server
  7  doctor found something
  8  what was named is not there, or the rules forbid it";

/// Reads the command line of this process, does what it says, and tells how it ended.
pub fn run() -> ExitCode {
    let outcome = match Cameo::parse().command {
        Command::Serve(arguments) => serve::run(arguments).map_err(Failure::from),
        Command::Settings => settings::run().map_err(Failure::from),
        Command::Admin(arguments) => admin::run(*arguments),
        Command::Doctor(arguments) => doctor::run(arguments),
        Command::ClientKit(arguments) => client_kit::run(arguments).map_err(Failure::from),
        Command::JailedChild { orders } => return jail::child(&orders),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(exit_code(&error))
        }
    }
}

/// Why a command did not do what it was told.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error("something is wrong in {checks} of the checks")]
    Findings { checks: usize },
    #[error("cannot ask the server that runs on {}", folder.display())]
    Ask {
        folder: std::path::PathBuf,
        source: std::io::Error,
    },
    #[error("cannot write {}", path.display())]
    File {
        path: std::path::PathBuf,
        source: std::io::Error,
    },
}

impl From<crate::settings::SettingError> for Failure {
    fn from(error: crate::settings::SettingError) -> Failure {
        StartError::from(error).into()
    }
}

/// One clear line on stderr, causes included.
fn complain(error: &Failure) {
    use std::io::Write as _;
    let line = format!("cameo: {}\n", crate::event::Chain(error)).replace(['\r', '\n'], " ");
    // Nothing is left to be done when stderr is gone.
    let _ = writeln!(std::io::stderr(), "{}", line.trim_end());
}

fn exit_code(failure: &Failure) -> u8 {
    let error = match failure {
        Failure::Start(error) => error,
        Failure::Problem(problem) => {
            return match problem.kind {
                Kind::Refused => 8,
                Kind::Unreadable => 2,
                Kind::Fault => 1,
            };
        }
        Failure::Findings { .. } => return 7,
        Failure::Ask { .. } | Failure::File { .. } => return 1,
    };
    match error {
        StartError::Setting(_) => 2,
        StartError::Listen { .. } => 3,
        StartError::DataFolder { .. } | StartError::Key { .. } | StartError::Store(_) => 4,
        StartError::Stranger { .. } | StartError::Outrun => 4,
        StartError::DataNewer { .. } => 5,
        StartError::DataBusy { .. } => 6,
        StartError::Runtime(_) | StartError::Random(_) | StartError::Output(_) => 1,
    }
}
