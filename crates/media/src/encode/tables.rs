//! Quantisation tables, marker segments and their order: everything before the coded pixels.

use super::entropy::Code;

/// Bytes before the coded pixels when the standard Huffman codes are used.
pub(crate) const HEADER_BYTES: usize = 623;
/// Natural position of each coefficient in zigzag order. Source: ITU-T T.81, figure A.6.
pub(crate) const ZIGZAG: [u8; 64] = zigzag();

const fn zigzag() -> [u8; 64] {
    let mut order = [0; 64];
    let (mut at, mut diagonal) = (0, 0);
    while diagonal < 15 {
        let mut step = 0;
        while step <= diagonal {
            // Even diagonals run upwards, odd ones downwards.
            let (x, y) = if diagonal % 2 == 0 {
                (step, diagonal - step)
            } else {
                (diagonal - step, step)
            };
            if x < 8 && y < 8 {
                order[at] = (y * 8 + x) as u8;
                at += 1;
            }
            step += 1;
        }
        diagonal += 1;
    }
    order
}

/// Example table for luminance, natural order. Source: ITU-T T.81, table K.1.
const LUMA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113,
    92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];
/// The corner of the example table for chrominance that is not 99. Source: T.81, table K.2.
const CHROMA_CORNER: [[u16; 4]; 4] = [
    [17, 18, 24, 47],
    [18, 21, 26, 66],
    [24, 26, 56, 99],
    [47, 66, 99, 99],
];

/// Divisors of the coefficients, natural order.
pub(super) struct Quantisers {
    pub(super) luma: [u16; 64],
    pub(super) chroma: [u16; 64],
}

impl Quantisers {
    /// Tables for `quality` 1 to 100. Source: the scale of the common C library.
    pub(super) fn of_quality(quality: u32) -> Self {
        let quality = quality.clamp(1, 100);
        let percent = if quality < 50 {
            5000 / quality
        } else {
            200 - quality * 2
        };
        let scaled = |base: u16| ((u32::from(base) * percent + 50) / 100).clamp(1, 255) as u16;
        let mut chroma = [99; 64];
        for (y, row) in CHROMA_CORNER.iter().enumerate() {
            chroma[y * 8..][..4].copy_from_slice(row);
        }
        Self {
            luma: LUMA.map(scaled),
            chroma: chroma.map(scaled),
        }
    }
}

/// All marker segments from SOI to SOS; `codes` are DC luma, DC chroma, AC luma, AC chroma.
pub(super) fn header(side: usize, quantisers: &Quantisers, codes: &[Code]) -> Vec<u8> {
    let mut out = vec![0xFF, 0xD8];
    // JFIF 1.01, density 1:1 without unit, no thumbnail.
    segment(&mut out, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for (id, table) in [(0, &quantisers.luma), (1, &quantisers.chroma)] {
        let mut body = vec![id];
        body.extend(ZIGZAG.map(|at| table[usize::from(at)] as u8));
        segment(&mut out, 0xDB, &body);
    }
    let [high, low] = (side as u16).to_be_bytes();
    // Three components: luma twice as fine as chroma both ways.
    segment(
        &mut out,
        0xC0,
        &[
            8, high, low, high, low, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1,
        ],
    );
    for (id, code) in [(0x00, 0), (0x10, 2), (0x01, 1), (0x11, 3)] {
        let mut body = vec![id];
        body.extend_from_slice(&codes[code].lengths);
        body.extend_from_slice(&codes[code].symbols);
        segment(&mut out, 0xC4, &body);
    }
    segment(&mut out, 0xDA, &[3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0]);
    out
}

fn segment(out: &mut Vec<u8>, marker: u8, body: &[u8]) {
    out.extend_from_slice(&[0xFF, marker]);
    out.extend_from_slice(&((body.len() + 2) as u16).to_be_bytes());
    out.extend_from_slice(body);
}
