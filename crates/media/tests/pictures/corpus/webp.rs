//! WebP containers around lossless pictures, and one lossy picture as a fixture.

use image_webp::{ColorType, WebPEncoder};

use super::Picture;

/// 176 by 160 pixels of [`lossy_picture`], lossy. Written by Pillow 12 (libwebp) at quality 90
/// from our own pixels; no rights of others.
pub(crate) const LOSSY: &[u8] = include_bytes!("../fixtures/lossy.webp");
/// The same with an alpha plane of 128 in the left half, 255 in the right.
pub(crate) const LOSSY_ALPHA: &[u8] = include_bytes!("../fixtures/lossy_alpha.webp");

/// What the fixtures show.
pub(crate) fn lossy_picture() -> Picture {
    Picture::new(176, 160)
}

/// A lossless file; `alpha` is every pixel's opacity.
pub(crate) fn lossless(picture: &Picture, alpha: Option<u8>) -> Vec<u8> {
    let mut file = Vec::new();
    let (samples, colour) = match alpha {
        None => (picture.rgb.clone(), ColorType::Rgb8),
        Some(alpha) => {
            let rgba = picture
                .pixels()
                .iter()
                .flat_map(|&[r, g, b]| [r, g, b, alpha]);
            (rgba.collect(), ColorType::Rgba8)
        }
    };
    let (width, height) = (picture.width as u32, picture.height as u32);
    WebPEncoder::new(&mut file)
        .encode(&samples, width, height, colour)
        .unwrap();
    file
}

/// Body of the first chunk called `name`.
pub(crate) fn body<'a>(file: &'a [u8], name: &[u8; 4]) -> &'a [u8] {
    let mut at = 12;
    loop {
        let length = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        if file[at..at + 4] == *name {
            return &file[at + 8..at + 8 + length];
        }
        at += 8 + length.next_multiple_of(2);
    }
}

/// A file with a canvas header in front of `chunks`.
pub(crate) fn extended(
    flags: u8,
    width: usize,
    height: usize,
    chunks: &[(&[u8; 4], Vec<u8>)],
) -> Vec<u8> {
    let mut header = vec![flags, 0, 0, 0];
    header.extend(&(width as u32 - 1).to_le_bytes()[..3]);
    header.extend(&(height as u32 - 1).to_le_bytes()[..3]);
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    chunk(&mut file, b"VP8X", &header);
    for (name, body) in chunks {
        chunk(&mut file, name, body);
    }
    let length = (file.len() as u32 - 8).to_le_bytes();
    file[4..8].copy_from_slice(&length);
    file
}

/// A frame of an animation with `picture` (a chunk's name and body) at `left`, `top`.
pub(crate) fn frame(
    (left, top): (u32, u32),
    (width, height): (usize, usize),
    (name, body): (&[u8; 4], &[u8]),
) -> Vec<u8> {
    let mut frame = Vec::new();
    for value in [left / 2, top / 2, width as u32 - 1, height as u32 - 1, 100] {
        frame.extend(&value.to_le_bytes()[..3]);
    }
    frame.push(0);
    chunk(&mut frame, name, body);
    frame
}

fn chunk(file: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    file.extend(name);
    file.extend((body.len() as u32).to_le_bytes());
    file.extend(body);
    if body.len() % 2 == 1 {
        file.push(0);
    }
}
