//! What clients are told of a sticker that a host imports.

use bytes::Bytes;

use crate::opened::Opened;
use crate::{Sticker, Undrawable, outline::outline, thumb};

/// Judges the file of a sticker and makes what belongs to it: a thumbnail and an outline of its first picture.
///
/// `source` is a whole TGS, WebM or WebP file; its bytes say which. The same bytes give the same result.
///
/// # Errors
/// One [`Undrawable`] per reason; limits are checked before anything is decoded.
///
/// Source: Telegram's page on stickers; official page on files, thumbnails.
pub fn sticker(source: &[u8]) -> Result<Sticker, Undrawable> {
    let mut opened = Opened::of(source)?;
    let (width_px, height_px) = opened.sides();
    let (thumb_width_px, thumb_height_px) = thumb::sides(width_px, height_px);
    let small = opened.picture(0.0, thumb_width_px.max(thumb_height_px))?;
    let large = opened.picture(0.0, width_px.max(height_px))?;
    Ok(Sticker {
        kind: opened.kind(),
        width_px,
        height_px,
        duration_ms: (opened.duration_s() * 1_000.0).round() as u32,
        thumb: Bytes::from(thumb::webp(&small)?),
        thumb_width_px,
        thumb_height_px,
        outline: outline(&large)?.map(Bytes::from),
    })
}
