//! Pictures with known pixels, made by code.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage, codecs::jpeg::JpegEncoder};

/// A square JPEG of one colour with a white dot in the middle, so that crops and mirrors show.
pub fn picture(colour: [u8; 3], side_px: u32) -> Vec<u8> {
    picture_of(colour, side_px, side_px)
}

/// The same with other proportions.
pub fn picture_of(colour: [u8; 3], width_px: u32, height_px: u32) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 95)
        .encode_image(&dotted(colour, width_px, height_px))
        .unwrap();
    out
}

/// The same as a PNG.
pub fn png(colour: [u8; 3], side_px: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    dotted(colour, side_px, side_px)
        .write_to(&mut out, ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

fn dotted(colour: [u8; 3], width_px: u32, height_px: u32) -> RgbImage {
    let reach = i64::from(width_px.min(height_px) / 8);
    let (middle_x, middle_y) = (i64::from(width_px / 2), i64::from(height_px / 2));
    RgbImage::from_fn(width_px, height_px, |x, y| {
        let (dx, dy) = (i64::from(x) - middle_x, i64::from(y) - middle_y);
        if dx * dx + dy * dy <= reach * reach {
            Rgb([255; 3])
        } else {
            Rgb(colour)
        }
    })
}

/// Decodes a JPEG or PNG.
pub fn decode(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).unwrap().to_rgb8()
}

/// A pixel of a picture, by its place in eighths of its sides.
pub fn pixel(picture: &RgbImage, eighths: (u32, u32)) -> [u8; 3] {
    let (width, height) = picture.dimensions();
    picture
        .get_pixel(width * eighths.0 / 8, height * eighths.1 / 8)
        .0
}
