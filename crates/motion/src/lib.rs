//! Moving and drawn pictures as pure functions on bytes: clips that people upload, stickers that a host
//! imports, and pictures drawn from a sticker on a coloured ground. No files, no clock, no randomness.
//!
//! What decodes here was written by others and reads bytes of strangers, so only the confined process
//! of the `jail` crate calls it while a server runs.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "drawn pictures and small clips begin to use it")
)]
mod film;
#[cfg(test)]
mod judge;
mod mp4;
mod opened;
mod outline;
mod pictures;
mod raster;
mod sps;
mod sticker;
mod thumb;
mod undrawable;

pub use opened::{STICKER_DURATION_MS_MAX, STICKER_SIDE_PX_MAX, STICKER_WEBP_BYTES_MAX};
pub use outline::{OUTLINE_BOX_PX, OUTLINE_BYTES_MAX};
pub use pictures::*;
pub use sticker::sticker;
pub use undrawable::Undrawable;
