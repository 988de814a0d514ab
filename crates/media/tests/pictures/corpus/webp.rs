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

/// Lossless data of one block per picture that claims 65,536 sets of codes, each as large in
/// memory and as small in the file as can be.
pub(crate) fn codes_bomb(width: usize, height: usize) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.put(0x2F, 8);
    bits.put(width as u32 - 1, 14);
    bits.put(height as u32 - 1, 14);
    // No alpha, version 0, no transform, no colour cache; several sets, blocks of 512 pixels.
    bits.put(0, 4);
    bits.put(0, 1);
    bits.put(0, 1);
    bits.put(1, 1);
    bits.put(7, 3);
    // The image of set numbers: no colour cache, every pixel green 255 and red 255.
    bits.put(0, 1);
    for symbol in [255, 255, 0, 255, 0] {
        // A simple code of one symbol of 8 bits.
        bits.put(0b101, 3);
        bits.put(symbol, 8);
    }
    for _ in 0..65_536 * 5 {
        bits.deep_code();
    }
    extended(0, width, height, &[(b"VP8L", bits.bytes)])
}

/// Bits, least significant first.
#[derive(Default)]
struct BitWriter {
    bytes: Vec<u8>,
    filled: u32,
}

impl BitWriter {
    fn put(&mut self, value: u32, bits: u32) {
        for bit in 0..bits {
            if self.filled.is_multiple_of(8) {
                self.bytes.push(0);
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= (value >> bit & 1) as u8 * (1 << (self.filled % 8));
            }
            self.filled += 1;
        }
    }

    /// A code with lengths 1 to 9 and 9 again: the deepest table for the fewest bits.
    fn deep_code(&mut self) {
        self.put(0, 1);
        // Lengths of length codes up to symbol 9: ten of four bits (for 0 to 9), stored order
        // 17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9.
        self.put(13 - 4, 4);
        for length in [0, 0, 0, 4, 4, 4, 4, 3, 0, 3, 3, 3, 2] {
            self.put(length, 3);
        }
        // Ten lengths are stored: 1 to 9 and 9.
        self.put(1, 1);
        self.put(1, 3);
        self.put(10 - 2, 4);
        // Codes by length, then symbol: 9 is 00, then 5, 6, 7, 8 are 010 to 101, 1 to 4 1100 on.
        let code = |symbol: u32| match symbol {
            9 => (0b00, 2),
            5..=8 => (0b010 + symbol - 5, 3),
            _ => (0b1100 + symbol - 1, 4),
        };
        for symbol in [1, 2, 3, 4, 5, 6, 7, 8, 9, 9] {
            let (code, bits) = code(symbol);
            for bit in (0..bits).rev() {
                self.put(code >> bit & 1, 1);
            }
        }
    }
}
