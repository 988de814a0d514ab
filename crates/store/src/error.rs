//! What can go wrong at the seam, in words that do not show which engine is behind it.
//! Texts never carry values of rows: keys, codes and phones must not reach a log.

use std::path::PathBuf;

/// Why the store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another writer was faster, or a unique value exists already. Nothing of the transaction
    /// stays; the caller may run the whole thing again from its first read.
    #[error("another change came first")]
    Conflict,
    /// The data was written by a newer version of this program. Nothing was touched.
    #[error(
        "the data has format {found}, this version knows formats up to {known}: \
         use a newer version of the program"
    )]
    NewerFormat {
        /// Format of the data.
        found: i64,
        /// Newest format that this program reads.
        known: i64,
    },
    /// Another server has this data folder open.
    #[error("another server is running on the data folder {}", folder.display())]
    AlreadyRunning {
        /// The folder.
        folder: PathBuf,
    },
    /// The engine cannot be reached or has no room: disk full, connection lost, waited too long.
    /// When a commit ends so, whether it took effect is unknown.
    #[error("the store is not available: {0}")]
    Unavailable(String),
    /// A fault of ours or of the data: wrong SQL, wrong column type, damaged file.
    #[error("the store is broken: {0}")]
    Broken(String),
}

impl StoreError {
    /// What later statements of a transaction answer after this error ended it.
    pub(crate) fn afterwards(&self) -> StoreError {
        match self {
            StoreError::Conflict => StoreError::Conflict,
            StoreError::Unavailable(_) => {
                StoreError::Unavailable("an earlier statement of this transaction failed".into())
            }
            _ => StoreError::Broken("an earlier statement of this transaction failed".into()),
        }
    }
}
