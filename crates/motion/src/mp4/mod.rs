//! MP4 files: what is read of those that people send, and the plain ones that clients are sent.

mod boxes;
mod fragments;
pub(crate) mod read;
pub(crate) mod shown;
mod table;
pub(crate) mod write;
