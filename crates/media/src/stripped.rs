//! Stripped thumbnails: a tiny JPEG without the header that every client has built in.

use crate::encode::{self, Codes, HEADER_BYTES};
use crate::square::Square;

/// Quality of the header that clients have built in. Source: its quantisation tables.
const STRIPPED_QUALITY: u32 = 20;
/// Largest side that fits the one byte the layout has for it.
const STRIPPED_SIDE_PX_MAX: usize = 255;

/// `square` as `0x01`, height, width, coded pixels. Inflating means: the known header with height
/// and width put in, the coded pixels, `FF D9`.
pub(crate) fn bytes(square: &Square) -> Vec<u8> {
    let side = square.side.min(STRIPPED_SIDE_PX_MAX);
    let jpeg = encode::jpeg(&square.reduced(side), STRIPPED_QUALITY, Codes::Standard);
    let mut out = vec![1, side as u8, side as u8];
    out.extend_from_slice(&jpeg[HEADER_BYTES..jpeg.len() - 2]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the low bytes of height and width stand in the header.
    const SIDES_AT: [usize; 2] = [164, 166];
    /// CRC-32 of the header that clients have built in, both sides zero.
    /// Source: computed from what Telethon 1.45.0 puts before the coded pixels.
    const KNOWN_HEADER_CRC: u32 = 0xDC1E_4C9F;

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
            })
        })
    }

    #[test]
    fn header_is_the_one_that_clients_have_built_in() {
        for side in [1, 8, 16, 39, 40, 255] {
            let square = Square {
                side,
                planes: [0, 1, 2].map(|c| vec![c * 90; side * side]),
            };
            let mut jpeg = encode::jpeg(&square, STRIPPED_QUALITY, Codes::Standard);
            for at in SIDES_AT {
                assert_eq!(usize::from(jpeg[at]), side);
                jpeg[at] = 0;
            }
            assert_eq!(
                crc32(&jpeg[..HEADER_BYTES]),
                KNOWN_HEADER_CRC,
                "side {side}"
            );
            assert_eq!(bytes(&square)[..3], [1, side as u8, side as u8]);
        }
    }
}
