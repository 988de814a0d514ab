//! The thumbnail of a sticker: WebP with transparency, written without loss.

use image_webp::{ColorType, WebPEncoder};
use tiny_skia::Pixmap;

use crate::{STICKER_THUMB_PX, Undrawable, raster};

/// Writes a picture that is already of the thumbnail's sides.
pub(crate) fn webp(picture: &Pixmap) -> Result<Vec<u8>, Undrawable> {
    let rgba = raster::to_straight(picture);
    let mut file = Vec::new();
    WebPEncoder::new(&mut file)
        .encode(&rgba, picture.width(), picture.height(), ColorType::Rgba8)
        .map_err(|_| Undrawable::Broken("no thumbnail could be written"))?;
    Ok(file)
}

/// Sides of the thumbnail of a sticker of these sides; it is never larger than the sticker.
pub(crate) fn sides(width_px: u32, height_px: u32) -> (u32, u32) {
    let side = width_px.max(height_px).min(STICKER_THUMB_PX);
    raster::fitted((width_px, height_px), side)
}
