//! Profile pictures as pure functions on bytes: no files, no clock, no randomness, no storage.
//!
//! [`probe`] says what a file is, [`stills`] makes every size of a profile picture from it, within
//! [`Limits`]; [`Unreadable`] names every reason to refuse.

mod bmp;
mod colour;
mod cut;
mod decoded;
mod encode;
mod exif;
mod fuzz;
mod gif;
mod jpeg;
mod limits;
mod png;
mod probe;
mod shrink;
mod square;
mod stills;
mod stripped;
mod taps;
mod unreadable;
mod webp;

pub use fuzz::fuzz_picture;
pub use limits::*;
pub use probe::{Kind, probe};
pub use stills::{SIZES, STRIPPED_PHOTO_PX, STRIPPED_USER_PX, Still, Stills, stills};
pub use unreadable::Unreadable;
