//! Profile pictures as pure functions on bytes: no files, no clock, no randomness, no storage.
//!
//! [`probe()`] says what a file is from its headers. [`stills()`] makes everything that clients
//! download of one picture: three square JPEGs and two stripped thumbnails. Both take bytes of
//! strangers: [`Limits`] bounds what they may cost, [`Unreadable`] names every reason to refuse,
//! and no input makes them panic ([`fuzz_picture`] is the entry for fuzzers).
//!
//! ```
//! let limits = media::Limits::default();
//! assert_eq!(media::stills(b"GIF?", &limits), Err(media::Unreadable::Kind));
//! ```
//!
//! # The way of a picture
//!
//! | step | where |
//! |---|---|
//! | kind and sides from the headers, limits checked | `probe`, `limits` |
//! | rows of the file, one after the other | `jpeg`, `png`, `webp`, `gif`, `bmp` |
//! | centre square, reduced to at most 640 pixels while rows arrive | `cut`, `shrink`, `taps` |
//! | colours to sRGB, turned upright | `colour`, `exif`, `square` |
//! | smaller sizes from the larger, each encoded | `stills`, `encode`, `stripped` |
//!
//! JPEG and lossy WebP skip the rows: their planes are reduced one by one, before colours are
//! converted. Everything is integer arithmetic, so the same bytes give the same result on every
//! machine; the exceptions and what was checked stand in docs/decisions/0031.

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
pub use stills::{SIZES, STRIPPED_PHOTO_PX, STRIPPED_USER_PX, Still, Stills, stills, stills_of};
pub use unreadable::Unreadable;
pub use webp::{Rgba, webp_rgba};
