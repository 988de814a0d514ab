//! The jobs that a child does, and how they end.

use motion::{ClipLimits, Drawing, Drawn, Moving, Sticker};

/// What a child is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum Job {
    /// Judge a clip and make of it what clients download.
    Clip {
        /// The whole file.
        source: bytes::Bytes,
        /// What it may be at most.
        limits: ClipLimits,
        /// Seconds into the clip, where its still is; `None`: its beginning.
        start_s: Option<f64>,
        /// Whether stills are wanted.
        stills: bool,
    },
    /// Draw a sticker on a coloured ground.
    Draw(Drawing),
    /// Judge a sticker that a host imports.
    Sticker(bytes::Bytes),
}

/// What a child has made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// Of [`Job::Clip`].
    Clip(Moving),
    /// Of [`Job::Draw`].
    Draw(Drawn),
    /// Of [`Job::Sticker`].
    Sticker(Sticker),
}

/// Why there is no result. The words are for the log; clients get the name of an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undone {
    /// The bytes are not what they should be, or break a limit that was checked.
    #[error("refused: {0}")]
    Refused(String),
    /// The child crashed, hung, or wanted more memory or time than it may have.
    #[error("the child was lost: {0}")]
    Lost(String),
    /// Too many jobs wait.
    #[error("too many jobs wait")]
    Busy,
    /// No child can be started or confined on this machine.
    #[error("no child: {0}")]
    Unavailable(String),
}
