//! Animated stickers: a Lottie animation packed with gzip. Our own reader, because readers of others paint
//! every figure for itself and so fill the holes that two figures make (docs/decisions/0163).

mod collect;
mod figure;
mod json;
mod model;
mod paint;
mod read;
mod read_shapes;
mod render;
mod value;
mod work;

use tiny_skia::Pixmap;

pub(crate) use self::model::Animation;
use crate::opened::STICKER_DURATION_MS_MAX;
use crate::{Undrawable, gzip};

/// Longest packed animation. Source: Telegram's page on animated stickers.
pub const STICKER_TGS_BYTES_MAX: usize = 64 * 1024;
/// Longest unpacked animation. Chosen: text of numbers packs to a tenth, so this is more than fits into
/// [`STICKER_TGS_BYTES_MAX`] without tricks.
const STICKER_TGS_UNPACKED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Width and height of an animated sticker. Source: Telegram's page on animated stickers.
pub(crate) const STICKER_TGS_SIDE_PX: u32 = 512;
/// Frames a second of an animated sticker. Source: Telegram's page on animated stickers.
const STICKER_TGS_RATES: [u32; 2] = [30, 60];

impl Animation {
    /// Unpacks, reads and judges a file.
    pub(crate) fn of(source: &[u8]) -> Result<Self, Undrawable> {
        if source.len() > STICKER_TGS_BYTES_MAX {
            return Err(Undrawable::Bytes {
                bytes: source.len(),
                max: STICKER_TGS_BYTES_MAX,
            });
        }
        let unpacked = gzip::unpacked(source, STICKER_TGS_UNPACKED_BYTES_MAX)?;
        let animation = Self::read(&unpacked)?;
        let (width, height) = (animation.width, animation.height);
        let side = STICKER_TGS_SIDE_PX as f32;
        if (width, height) != (side, side) {
            return Err(Undrawable::Sides {
                width_px: width as u32,
                height_px: height as u32,
            });
        }
        if !STICKER_TGS_RATES
            .map(|rate| rate as f32)
            .contains(&animation.rate)
        {
            return Err(Undrawable::Rate(animation.rate.to_string()));
        }
        let duration_ms = animation.duration_s() * 1_000.0;
        if !(1.0..=f64::from(STICKER_DURATION_MS_MAX)).contains(&duration_ms) {
            return Err(Undrawable::Duration {
                ms: duration_ms.max(0.0) as u64,
                max: STICKER_DURATION_MS_MAX,
            });
        }
        Ok(animation)
    }

    /// How long it lasts.
    pub(crate) fn duration_s(&self) -> f64 {
        f64::from(self.end - self.begin) / f64::from(self.rate)
    }

    /// Frames a second.
    pub(crate) fn rate(&self) -> f64 {
        f64::from(self.rate)
    }

    /// The frame that is shown at a time, the last one from the end on.
    pub(crate) fn picture(&self, at_s: f64, side_px: u32) -> Result<Pixmap, Undrawable> {
        let last = (self.end - self.begin).ceil() as i64 - 1;
        // A time that was made of a frame's number must give that number again.
        let number = (at_s * self.rate() + 1e-6)
            .floor()
            .clamp(0.0, last.max(0) as f64);
        self.draw(self.begin + number as f32, side_px)
    }
}

/// Reads and draws the text of an animation, whatever sides and rate it says.
pub(crate) fn fuzz(text: &[u8], side_px: u32) {
    if let Ok(animation) = Animation::read(text) {
        let _: Result<_, _> = animation.picture(f64::MAX, side_px);
    }
}
