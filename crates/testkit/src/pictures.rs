//! Pictures with known pixels, made by code.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, codecs::jpeg::JpegEncoder};

/// A square JPEG of one colour with a white dot in the middle, so that crops and mirrors show.
pub fn picture(colour: [u8; 3], side_px: u32) -> Vec<u8> {
    picture_of(colour, side_px, side_px)
}

/// The same with other proportions.
pub fn picture_of(colour: [u8; 3], width_px: u32, height_px: u32) -> Vec<u8> {
    jpeg(&dotted(colour, width_px, height_px))
}

/// The same as a PNG.
pub fn png(colour: [u8; 3], side_px: u32) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    dotted(colour, side_px, side_px)
        .write_to(&mut out, ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

/// A square PNG of one colour that one can see through: not at all on the left, wholly on the right.
pub fn png_with_alpha(colour: [u8; 3], side_px: u32) -> Vec<u8> {
    let [red, green, blue] = colour;
    let alpha = |x| if x < side_px / 2 { 255 } else { 0 };
    let pixels = RgbaImage::from_fn(side_px, side_px, |x, _| Rgba([red, green, blue, alpha(x)]));
    let mut out = Cursor::new(Vec::new());
    pixels.write_to(&mut out, ImageFormat::Png).unwrap();
    out.into_inner()
}

/// A square JPEG whose upper half has one colour and its lower half another, as a camera writes it that was
/// turned: `orientation` is the number in its EXIF block, 1 to 8.
pub fn picture_turned(upper: [u8; 3], lower: [u8; 3], side_px: u32, orientation: u8) -> Vec<u8> {
    let half = |y| if y < side_px / 2 { upper } else { lower };
    let pixels = RgbImage::from_fn(side_px, side_px, |_, y| Rgb(half(y)));
    let jpeg = jpeg(&pixels);
    // One entry: tag 0x0112, a short, once.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    // Behind the mark at the start of the file.
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

/// The square of `side_px` in the middle of a JPEG or PNG, as a JPEG.
pub fn cut(bytes: &[u8], side_px: u32) -> Vec<u8> {
    let whole = decode(bytes);
    let [x, y] = [whole.width(), whole.height()].map(|side| (side - side_px) / 2);
    jpeg(&image::imageops::crop_imm(&whole, x, y, side_px, side_px).to_image())
}

fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 95)
        .encode_image(pixels)
        .unwrap();
    out
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
