//! What the functions of this crate take and give, in plain values that fit through a pipe.

use bytes::Bytes;
use media::Stills;

/// A moving picture with everything that clients download of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// The sizes of the frame at the asked start; `None`: the caller brings a still of its own.
    pub stills: Option<Stills>,
    /// Size `u`.
    pub big: Film,
    /// Size `p`, 160 pixels.
    pub small: Option<Film>,
}

/// What a clip may be at most, checked before any of its frames is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipLimits {
    /// Length of the file in bytes.
    pub bytes_max: usize,
    /// Length of what is shown, in milliseconds.
    pub duration_ms_max: u32,
    /// Smallest width and height in pixels.
    pub side_px_min: u32,
    /// Largest width and height in pixels.
    pub side_px_max: u32,
}

impl Default for ClipLimits {
    /// Source: TDLib's words on animated profile pictures: 160 to 1280 pixels, 10 s, 2 MB. Chosen: half a
    /// second more, because encoders round up to whole frames.
    fn default() -> Self {
        Self {
            bytes_max: 2 * 1024 * 1024,
            duration_ms_max: 10_500,
            side_px_min: 160,
            side_px_max: 1280,
        }
    }
}

/// A square MP4 file: H.264, without sound and metadata, its index before its frames.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Film {
    /// Width and height in pixels.
    pub side_px: u32,
    /// The whole file.
    pub mp4: Bytes,
}

/// A picture that is drawn from a sticker.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// The whole file of the sticker; its bytes say of which kind it is.
    pub sticker: Bytes,
    /// One to four, 0xRRGGBB: a plain ground, a gradient from top to bottom, or a free one.
    pub colours: Vec<u32>,
    /// The sticker takes the colour of text around it, which is white here.
    pub white: bool,
    /// Seconds into the sticker, where its still is; `None`: its beginning.
    pub start_s: Option<f64>,
    /// Whether stills are wanted.
    pub stills: bool,
    /// Whether a film is wanted.
    pub film: bool,
}

/// A drawn picture, as far as it was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The sizes of the frame at the asked start.
    pub stills: Option<Stills>,
    /// Size `u`, which repeats without a seam.
    pub big: Option<Film>,
}

/// Of which kind the file of a sticker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StickerKind {
    /// A Lottie animation, packed with gzip: `application/x-tgsticker`.
    Tgs,
    /// VP9 with or without transparency in WebM: `video/webm`.
    WebM,
    /// A still: `image/webp`.
    WebP,
}

/// What clients are told of a sticker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sticker {
    /// Of which kind it is.
    pub kind: StickerKind,
    /// Pixels.
    pub width_px: u32,
    /// Pixels.
    pub height_px: u32,
    /// Length in milliseconds; 0 for a still.
    pub duration_ms: u32,
    /// Its first picture as a WebP file with transparency, at most [`STICKER_THUMB_PX`] pixels wide and high.
    pub thumb: Bytes,
    /// Pixels.
    pub thumb_width_px: u32,
    /// Pixels.
    pub thumb_height_px: u32,
    /// Its outline in the bytes of `photoPathSize`; `None`: it has none worth showing.
    pub outline: Option<Bytes>,
}

/// Longest side of a sticker's thumbnail. Source: size `m` of stickers, as clients are sent them.
pub const STICKER_THUMB_PX: u32 = 128;
