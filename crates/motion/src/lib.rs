//! Moving and drawn pictures as pure functions on bytes: clips that people upload, stickers that a host
//! imports, and pictures drawn from a sticker on a coloured ground. No files, no clock, no randomness.
//!
//! What decodes here was written by others and reads bytes of strangers, so only the confined process
//! of the `jail` crate calls it while a server runs.

mod clip;
mod decode;
mod draw;
mod film;
mod fuzz;
mod ground;
mod gzip;
mod lottie;
mod mp4;
mod opened;
mod outline;
mod pictures;
mod pps;
#[cfg(test)]
mod proof;
mod raster;
mod show;
mod sps;
mod sps_read;
mod sticker;
mod thumb;
mod undrawable;
mod units;
mod unplayable;
mod webm;

pub use clip::{clip, poster};
pub use draw::{FILM_SIDE_PX, draw};
pub use film::{Unfilmable, film};
pub use fuzz::{fuzz_clip, fuzz_sticker};
pub use lottie::STICKER_TGS_BYTES_MAX;
pub use opened::STICKER_WEBP_BYTES_MAX;
pub use outline::OUTLINE_BYTES_MAX;
pub use pictures::*;
pub use sticker::sticker;
pub use undrawable::Undrawable;
pub use unplayable::Unplayable;
