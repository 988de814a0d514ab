//! Bitmaps of every pixel layout that is read.

use super::Picture;

/// A file with header fields `bits` and `compression`; `height` negative for rows from the top.
pub(crate) fn file(
    (width, height): (i32, i32),
    bits: u16,
    compression: u32,
    palette: &[[u8; 3]],
    pixels: &[u8],
) -> Vec<u8> {
    let masks: &[u32] = match (compression, bits) {
        (3, 16) => &[0xF800, 0x07E0, 0x001F],
        (3, _) => &[0xFF00_0000, 0x00FF_0000, 0xFF00],
        _ => &[],
    };
    let start = 54 + masks.len() * 4 + palette.len() * 4;
    let mut file = b"BM".to_vec();
    for value in [(start + pixels.len()) as u32, 0, start as u32, 40] {
        file.extend(value.to_le_bytes());
    }
    file.extend(width.to_le_bytes());
    file.extend(height.to_le_bytes());
    file.extend(1u16.to_le_bytes());
    file.extend(bits.to_le_bytes());
    for value in [
        compression,
        pixels.len() as u32,
        2835,
        2835,
        palette.len() as u32,
        0,
    ] {
        file.extend(value.to_le_bytes());
    }
    masks
        .iter()
        .for_each(|mask| file.extend(mask.to_le_bytes()));
    palette
        .iter()
        .for_each(|&[r, g, b]| file.extend([b, g, r, 0]));
    file.extend(pixels);
    file
}

/// Rows from the bottom, each padded to four bytes, by `row`.
pub(crate) fn rows(picture: &Picture, row: impl Fn(&[[u8; 3]]) -> Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    for line in picture.pixels().chunks(picture.width).rev() {
        let mut bytes = row(line);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        out.extend(bytes);
    }
    out
}

pub(crate) fn bytes3(line: &[[u8; 3]]) -> Vec<u8> {
    line.iter().flat_map(|&[r, g, b]| [b, g, r]).collect()
}
