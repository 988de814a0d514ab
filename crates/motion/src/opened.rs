//! A sticker's file, judged and opened: its facts, and its picture at any time in any size.

use tiny_skia::Pixmap;

use crate::lottie::{Animation, STICKER_TGS_SIDE_PX};
use crate::webm::Video;
use crate::{StickerKind, Undrawable, raster};

/// Longest still sticker. Source: stickers for bots, as Telegram's page on them says.
pub const STICKER_WEBP_BYTES_MAX: usize = 512 * 1024;
/// Longest side of a sticker, drawn sizes included. Source: Telegram's page on stickers.
pub(crate) const STICKER_SIDE_PX_MAX: u32 = 512;
/// Longest that a sticker moves. Chosen: Telegram takes 3 s; hosts bring what they have, and a profile
/// picture may move for 10 s.
pub(crate) const STICKER_DURATION_MS_MAX: u32 = 10_000;

/// The file of a sticker, ready to be drawn.
#[derive(Debug)]
pub(crate) enum Opened {
    /// An animation of figures.
    Tgs(Animation),
    /// Coded pictures.
    WebM(Box<Video>),
    /// A still.
    WebP(Pixmap),
}

impl Opened {
    /// Judges a file by its bytes and opens it.
    pub(crate) fn of(source: &[u8]) -> Result<Self, Undrawable> {
        match source {
            [0x1F, 0x8B, ..] => Ok(Self::Tgs(Animation::of(source)?)),
            [0x1A, 0x45, 0xDF, 0xA3, ..] => Ok(Self::WebM(Box::new(Video::of(source)?))),
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'E',
                b'B',
                b'P',
                ..,
            ] => Ok(Self::WebP(still(source)?)),
            _ => Err(Undrawable::Kind),
        }
    }

    /// Of which kind the file is.
    pub(crate) fn kind(&self) -> StickerKind {
        match self {
            Self::Tgs(_) => StickerKind::Tgs,
            Self::WebM(_) => StickerKind::WebM,
            Self::WebP(_) => StickerKind::WebP,
        }
    }

    /// Width and height in pixels.
    pub(crate) fn sides(&self) -> (u32, u32) {
        match self {
            Self::Tgs(_) => (STICKER_TGS_SIDE_PX, STICKER_TGS_SIDE_PX),
            Self::WebM(video) => video.sides(),
            Self::WebP(picture) => (picture.width(), picture.height()),
        }
    }

    /// How long it moves; 0 for a still.
    pub(crate) fn duration_s(&self) -> f64 {
        match self {
            Self::Tgs(animation) => animation.duration_s(),
            Self::WebM(video) => video.duration_s(),
            Self::WebP(_) => 0.0,
        }
    }

    /// The picture that is shown `at_s` seconds from the beginning, its longer side `side_px` long.
    pub(crate) fn picture(&mut self, at_s: f64, side_px: u32) -> Result<Pixmap, Undrawable> {
        let sides = raster::fitted(self.sides(), side_px);
        match self {
            Self::Tgs(animation) => animation.picture(at_s, side_px),
            Self::WebM(video) => raster::resized(video.picture(at_s)?, sides),
            Self::WebP(picture) => raster::resized(picture, sides),
        }
    }
}

/// Decodes a still sticker.
fn still(source: &[u8]) -> Result<Pixmap, Undrawable> {
    let limits = media::Limits {
        bytes_max: STICKER_WEBP_BYTES_MAX,
        side_px_max: STICKER_SIDE_PX_MAX,
        side_px_min: 1,
        aspect_max: STICKER_SIDE_PX_MAX,
        ..media::Limits::default()
    };
    let media::Rgba {
        width_px,
        height_px,
        pixels,
    } = media::webp_rgba(source, &limits)?;
    raster::from_straight((width_px, height_px), &pixels)
}
