//! The two ways a rule ends without an outcome: a refusal for the client, or a fault of ours.

use std::error::Error as StdError;

use store::StoreError;

use crate::Refusal;

/// Why an operation has no outcome. Nothing it did was committed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The protocol's own "no"; the client is told, nobody else.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Somebody else changed the same rows: the whole operation may be run again.
    #[error("another transaction changed the same rows")]
    Conflict,
    /// Our side failed; logged once by whoever answers the request.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// A failure on our side: what was being done, and why it failed.
#[derive(Debug, thiserror::Error)]
#[error("{doing}")]
pub struct Fault {
    doing: &'static str,
    source: Box<dyn StdError + Send + Sync>,
}

impl Fault {
    /// For `map_err`: `blobs.read(&key).await.map_err(Fault::doing("read a picture"))?`.
    pub fn doing<E: Into<Box<dyn StdError + Send + Sync>>>(
        doing: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |source| Self {
            doing,
            source: source.into(),
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict => Self::Conflict,
            other => Self::Fault(Fault {
                doing: "use the store",
                source: Box::new(other),
            }),
        }
    }
}
