//! Picture parameter sets of H.264, as far as it takes to refuse what the decoder draws wrongly: where 8x8 blocks are
//! predicted and the pixel above and left of one is coded, but may not be used, or the other way round.
//! Source: ITU-T H.264, 7.3.2.2, 7.3.3 and 8.3.2.2.

use crate::Unplayable;
use crate::sps::plain;
use crate::sps_read::{Look, Reader};
use crate::units::{Frame, Sets};

/// Bytes of a slice that hold `first_mb_in_slice`, escapes included.
const FIRST_MB_BYTES: usize = 8;
/// Side of a macroblock.
const MACROBLOCK_PX: u32 = 16;

/// What a picture parameter set says of blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Blocks {
    /// Blocks of 8x8 may be transformed and predicted.
    transform_8x8_mode: bool,
    /// Nothing is predicted from pixels that were moved here from other frames.
    constrained_intra_pred: bool,
}

/// Refuses frames that the decoder would draw wrongly.
pub(crate) fn decoded_right(
    sets: &Sets<'_>,
    frames: &[Frame<'_>],
    look: &Look,
) -> Result<(), Unplayable> {
    let inside = frames.iter().flat_map(Frame::picture_sets);
    let blocks = sets.pps.iter().copied().chain(inside).map(blocks);
    let blocks: Vec<Blocks> = blocks.filter(|blocks| blocks.transform_8x8_mode).collect();
    if blocks.is_empty() {
        return Ok(());
    }
    let moves = frames.iter().any(|frame| !frame.fresh);
    if moves && blocks.iter().any(|blocks| blocks.constrained_intra_pred) {
        return Err(Unplayable::Unsupported(
            "constrained intra prediction with 8x8 blocks",
        ));
    }
    let row = look.coded_px.0 / MACROBLOCK_PX;
    let mut slices = frames.iter().flat_map(Frame::slice_units);
    if slices.any(|slice| !begins_row(slice, row)) {
        return Err(Unplayable::Unsupported(
            "slices that begin inside a row, with 8x8 blocks",
        ));
    }
    Ok(())
}

/// Reads a set; what cannot be read is left to the decoder.
fn blocks(set: &[u8]) -> Blocks {
    let bytes = plain(set.get(1..).unwrap_or_default());
    read(&bytes).unwrap_or_default()
}

fn read(bytes: &[u8]) -> Option<Blocks> {
    let last = bytes.iter().rposition(|&byte| byte != 0)?;
    let stop = last * 8 + 7 - bytes[last].trailing_zeros() as usize;
    let mut reader = Reader::of(bytes);
    // Ids of this set and of the other.
    reader.ue()?;
    reader.ue()?;
    // How numbers are coded, and whether fields have an order of their own.
    reader.bits(2)?;
    if reader.ue()? != 0 {
        // Groups of slices: the decoder refuses them.
        return None;
    }
    // References, and how they are weighed.
    reader.ue()?;
    reader.ue()?;
    reader.bits(3)?;
    // Three quantisers, and whether slices say how edges are smoothed.
    for _ in 0..3 {
        reader.se()?;
    }
    reader.bits(1)?;
    let constrained_intra_pred = reader.bit()?;
    // Whether pictures come twice.
    reader.bits(1)?;
    Some(Blocks {
        transform_8x8_mode: reader.at() < stop && reader.bit()?,
        constrained_intra_pred,
    })
}

/// Whether a slice begins at the left edge of a frame of `row` macroblocks.
fn begins_row(slice: &[u8], row: u32) -> bool {
    let head = slice.get(1..).unwrap_or_default();
    let head = plain(&head[..head.len().min(FIRST_MB_BYTES)]);
    let first = Reader::of(&head).ue();
    first.is_none_or(|first| row == 0 || first % row == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_say_which_blocks_there_are() {
        // As x264 writes them: Baseline, Main, High, and High with its option for constrained intra.
        for (set, transform_8x8_mode, constrained_intra_pred) in [
            (&[0x68, 0xCB, 0x83, 0xCB, 0x20][..], false, false),
            (&[0x68, 0xEB, 0xE3, 0xCB, 0x20], false, false),
            (&[0x68, 0xEB, 0xE3, 0xCB, 0x22, 0xC0], true, false),
            (&[0x68, 0xEB, 0xE3, 0xCB, 0xA2, 0xC0], true, true),
            (&[0x68], false, false),
            (&[0x68, 0xEB, 0xE3], false, false),
        ] {
            let said = Blocks {
                transform_8x8_mode,
                constrained_intra_pred,
            };
            assert_eq!(blocks(set), said, "{set:02x?}");
        }
    }

    #[test]
    fn a_slice_begins_a_row_or_not() {
        // First macroblocks 0, 11 and 12, in Exp-Golomb code.
        for (slice, begins) in [
            (&[0x65, 0x88][..], true),
            (&[0x65, 0b0001_1000], true),
            (&[0x65, 0b0001_1010], false),
        ] {
            assert_eq!(begins_row(slice, 11), begins, "{slice:02x?}");
        }
    }
}
