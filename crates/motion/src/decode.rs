//! Decodes the frames of a clip that are wanted, and as few others as possible.

use rusty_h264_common::YuvFrame;
use rusty_h264_decoder::Decoder;

use crate::Unplayable;
use crate::units::{Frame, Sets};

/// Calls `show` with each frame whose number is in `wanted` (rising, in decoding order), uncropped.
///
/// # Errors
/// A frame that is wanted, or needed for one, cannot be decoded; or `show` refuses.
pub(crate) fn decode(
    sets: &Sets<'_>,
    frames: &[Frame<'_>],
    wanted: &[usize],
    show: &mut dyn FnMut(usize, &YuvFrame) -> Result<(), Unplayable>,
) -> Result<(), Unplayable> {
    let mut decoder = Decoder::new();
    let mut stream = Vec::new();
    sets.stream(&mut stream)?;
    // The frame that is looked at next.
    let mut next = 0;
    for &target in wanted {
        let fresh = (next..=target).rfind(|&number| frames[number].fresh);
        for (number, frame) in frames.iter().enumerate().take(target + 1).skip(next) {
            // Parameter sets hold until they change, even if nothing else of a frame is decoded.
            frame.parameters(&mut stream)?;
            let before = fresh.is_some_and(|fresh| number < fresh);
            if before || (number != target && !frame.needed) {
                continue;
            }
            frame.slices(&mut stream);
            let decoded = decoder.decode(&stream);
            stream.clear();
            let undecodable = |why: String| Unplayable::Undecodable { frame: number, why };
            let decoded = decoded.map_err(|why| undecodable(why.to_string()))?;
            if number == target {
                let missing = || undecodable("a part of it is missing".to_owned());
                show(number, &decoded.ok_or_else(missing)?)?;
            }
        }
        next = target + 1;
    }
    Ok(())
}
