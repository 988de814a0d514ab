//! Baseline JPEG, 4:2:0, JFIF: exactly the pixels-to-bytes rules of the common C library, so that
//! stripped thumbnails fit the header that clients have built in (docs/decisions/0032).

mod blocks;
mod entropy;
mod fdct;
mod tables;

pub(crate) use tables::{HEADER_BYTES, ZIGZAG};

use crate::square::Square;
use entropy::{Code, Symbols};
use tables::Quantisers;

/// Which Huffman codes a file carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codes {
    /// The example codes of the standard, known to every client.
    Standard,
    /// Codes made for this picture; smaller by some percent, still baseline.
    Optimal,
}

/// Encodes `square` at `quality` (1 to 100, the common scale).
pub(crate) fn jpeg(square: &Square, quality: u32, codes: Codes) -> Vec<u8> {
    let quantisers = Quantisers::of_quality(quality);
    let blocks = square.side.div_ceil(8).pow(2);
    let mut symbols = Symbols::with_room(blocks);
    blocks::quantised(square, &quantisers, |component, coefficients| {
        symbols.block(component, coefficients);
    });
    let used = match codes {
        Codes::Standard => Code::standard(),
        Codes::Optimal => symbols.codes(),
    };
    let mut out = tables::header(square.side, &quantisers, &used);
    symbols.write(&used, &mut out);
    out.extend_from_slice(&[0xFF, 0xD9]);
    out
}
