//! Why a server does not start, each worded as one line for whoever started it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::settings::SettingError;

/// Why the server did not start. Each is one line; nothing is left half-started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting cannot be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {}", reason(error))]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// The data folder cannot be created, read or written.
    #[error("data folder {}: {error}", path.display())]
    DataFolder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Another server works on the data folder.
    #[error("data folder {} is in use by another server{}", path.display(), named(process))]
    DataBusy {
        /// The folder.
        path: PathBuf,
        /// The other server's process id, when it is known.
        process: Option<u32>,
    },
    /// A newer version wrote the data.
    #[error(
        "the data has format {found}, this version knows formats up to {known}: \
         use a newer version of cameo"
    )]
    DataNewer {
        /// Format of the data.
        found: i64,
        /// Newest format that this version reads.
        known: i64,
    },
    /// A key or certificate file cannot be used.
    #[error("file {}: {problem}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// The store belongs to servers that this one is not one of.
    #[error("the store belongs to servers {whose}: {remedy}, or set other_identity to take-over")]
    Stranger {
        /// What of theirs is another.
        whose: &'static str,
        /// What whoever started it may do.
        remedy: String,
    },
    /// Others changed the store first each time that the start tried.
    #[error("others change the store without pause, and each try came too late: try again")]
    Outrun,
    /// The store cannot be opened.
    #[error(transparent)]
    Store(store::StoreError),
    /// The runtime cannot be started.
    #[error("cannot start the runtime: {0}")]
    Runtime(io::Error),
    /// The system gives no random bytes.
    #[error("no random bytes from the system: {0}")]
    Random(String),
    /// Standard output is gone.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl From<store::StoreError> for StartError {
    fn from(error: store::StoreError) -> StartError {
        match error {
            store::StoreError::NewerFormat { found, known } => {
                StartError::DataNewer { found, known }
            }
            store::StoreError::AlreadyRunning { folder } => StartError::DataBusy {
                path: folder,
                process: None,
            },
            store::StoreError::Conflict => StartError::Outrun,
            other => StartError::Store(other),
        }
    }
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => "the address is in use by another program".to_owned(),
        io::ErrorKind::PermissionDenied => "the system does not permit it".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        _ => error.to_string(),
    }
}

fn named(process: &Option<u32>) -> String {
    process
        .map(|id| format!(" (process {id})"))
        .unwrap_or_default()
}
