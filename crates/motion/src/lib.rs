//! Moving and drawn pictures as pure functions on bytes: clips that people upload, stickers that a host
//! imports, and pictures drawn from a sticker on a coloured ground. No files, no clock, no randomness.
//!
//! What decodes here was written by others and reads bytes of strangers, so only the confined process
//! of the `jail` crate calls it while a server runs.

mod pictures;

pub use pictures::*;
