//! MP4 files: what is read of those that people send, and the plain ones that clients are sent.

pub(crate) mod write;
