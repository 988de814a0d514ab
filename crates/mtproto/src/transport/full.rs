//! The full transport: every payload between its length and number in front and a checksum
//! behind. Each direction counts from 0 per connection.

use super::framing::Head;
use crate::Violation;

/// Length and number.
pub(super) const HEAD_BYTES: usize = 8;
/// The checksum.
pub(super) const TAIL_BYTES: usize = 4;

/// The head of a frame whose length field says `length`, which counts the whole frame.
pub(super) fn head(length: u32) -> Result<Head, Violation> {
    let length = length as usize;
    match length.checked_sub(HEAD_BYTES + TAIL_BYTES) {
        Some(payload_bytes) => Ok(Head {
            head_bytes: HEAD_BYTES,
            payload_bytes,
            tail_bytes: TAIL_BYTES,
            quick_ack: false,
        }),
        None => Err(Violation::FrameLength { length }),
    }
}

/// Checks number and checksum of a whole frame, which must have head and tail.
pub(super) fn check(frame: &[u8], expected: u32) -> Result<(), Violation> {
    let (Some((covered, sum)), Some(head)) =
        (frame.split_last_chunk(), frame.first_chunk::<HEAD_BYTES>())
    else {
        return Err(Violation::FrameLength {
            length: frame.len(),
        });
    };
    let got = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
    if got != expected {
        return Err(Violation::FrameSequence { got, expected });
    }
    if crc32fast::hash(covered) != u32::from_le_bytes(*sum) {
        return Err(Violation::FrameChecksum);
    }
    Ok(())
}

/// Appends length and number of a frame.
pub(super) fn write_head(payload_bytes: usize, number: u32, out: &mut Vec<u8>) {
    let length = payload_bytes + HEAD_BYTES + TAIL_BYTES;
    out.extend_from_slice(&(length as u32).to_le_bytes());
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends the checksum of the frame that begins at `start`.
pub(super) fn write_tail(start: usize, out: &mut Vec<u8>) {
    let sum = crc32fast::hash(&out[start..]);
    out.extend_from_slice(&sum.to_le_bytes());
}
