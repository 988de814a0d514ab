//! How frames are told apart on the stream: the head in front of each payload, read and written.
//! Source: official page on transports; sizes: spec section 1.1.

use super::full;
use crate::Violation;

/// Shortest payload that can be a message: its first field alone.
/// Chosen: spec 1.9, shorter ones are refused.
pub(super) const PAYLOAD_BYTES_MIN: usize = 8;

/// Abridged: lengths from here on take four bytes.
const ABRIDGED_LONG: u8 = 0x7f;

/// Intermediate: the bit of the length that asks for a quick acknowledgement.
const QUICK_ACK_BIT: u32 = 1 << 31;

/// Most bytes of padding behind a padded payload. Source: spec 1.1.
pub(super) const PADDING_BYTES_MAX: usize = 15;

/// The outermost shape of the stream.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Framing {
    /// One or four bytes of length, counted in words.
    Abridged,
    /// Four bytes of length.
    Intermediate,
    /// As intermediate, with up to 15 random bytes behind the payload.
    Padded,
    /// Length, running number and checksum around every payload.
    Full,
    /// No head at all: every piece that arrives is one payload. For the bodies of HTTP requests.
    Raw,
}

/// The head of a frame.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) struct Head {
    /// Bytes before the payload.
    pub(super) head_bytes: usize,
    /// Bytes of the payload, transport padding included.
    pub(super) payload_bytes: usize,
    /// Bytes behind the payload.
    pub(super) tail_bytes: usize,
    /// A quick acknowledgement is asked for.
    pub(super) quick_ack: bool,
}

impl Head {
    pub(super) fn frame_bytes(&self) -> usize {
        self.head_bytes + self.payload_bytes + self.tail_bytes
    }
}

impl Framing {
    /// The head at the start of `stream`; `None` while it is incomplete.
    pub(super) fn read_head(self, stream: &[u8]) -> Result<Option<Head>, Violation> {
        let word = || stream.first_chunk().map(|word| u32::from_le_bytes(*word));
        let head = match self {
            Framing::Abridged => read_abridged(stream),
            Framing::Intermediate | Framing::Padded => word().map(|length| Head {
                head_bytes: 4,
                payload_bytes: (length & !QUICK_ACK_BIT) as usize,
                tail_bytes: 0,
                quick_ack: length & QUICK_ACK_BIT != 0,
            }),
            Framing::Full => match word() {
                Some(length) => Some(full::head(length)?),
                None => None,
            },
            Framing::Raw => (!stream.is_empty()).then_some(Head {
                head_bytes: 0,
                payload_bytes: stream.len(),
                tail_bytes: 0,
                quick_ack: false,
            }),
        };
        let Some(head) = head else { return Ok(None) };
        let length = head.payload_bytes;
        // Only padding may break the rhythm of four bytes; a body of HTTP may carry it too.
        let whole_words =
            length.is_multiple_of(4) || matches!(self, Framing::Padded | Framing::Raw);
        if length < PAYLOAD_BYTES_MIN || !whole_words {
            return Err(Violation::FrameLength { length });
        }
        Ok(Some(head))
    }

    /// Appends the head of a frame. The payload's length is in bytes, padding included.
    pub(super) fn write_head(self, length: usize, quick_ack: bool, out: &mut Vec<u8>) {
        match self {
            Framing::Abridged => write_abridged(length / 4, quick_ack, out),
            Framing::Intermediate | Framing::Padded => {
                let ack = if quick_ack { QUICK_ACK_BIT } else { 0 };
                out.extend_from_slice(&(length as u32 | ack).to_le_bytes());
            }
            Framing::Full | Framing::Raw => {}
        }
    }
}

fn read_abridged(stream: &[u8]) -> Option<Head> {
    let first = *stream.first()?;
    let quick_ack = first & 0x80 != 0;
    let (head_bytes, words) = match first & 0x7f {
        ABRIDGED_LONG => {
            let [_, low, middle, high] = *stream.first_chunk()?;
            (4, u32::from_le_bytes([low, middle, high, 0]))
        }
        words => (1, u32::from(words)),
    };
    Some(Head {
        head_bytes,
        payload_bytes: 4 * words as usize,
        tail_bytes: 0,
        quick_ack,
    })
}

fn write_abridged(words: usize, quick_ack: bool, out: &mut Vec<u8>) {
    let ack = if quick_ack { 0x80 } else { 0 };
    if words < usize::from(ABRIDGED_LONG) {
        out.push(words as u8 | ack);
    } else {
        let [low, middle, high, ..] = words.to_le_bytes();
        out.extend_from_slice(&[ABRIDGED_LONG | ack, low, middle, high]);
    }
}

/// The length of a padded payload without what the transport added behind it.
///
/// A plain message says its own length; an encrypted one has 24 bytes and whole cipher blocks.
/// Source: spec 1.1, padded receive rule.
pub(super) fn unpadded_length(payload: &[u8]) -> usize {
    const PLAIN_HEAD_BYTES: usize = 20;
    const SEALED_HEAD_BYTES: usize = 24;
    let length = payload.len();
    if let Some(head) = payload.first_chunk::<PLAIN_HEAD_BYTES>()
        && head[..8] == [0; 8]
    {
        let body = u32::from_le_bytes([head[16], head[17], head[18], head[19]]) as usize;
        return PLAIN_HEAD_BYTES.saturating_add(body).min(length);
    }
    match length.checked_sub(SEALED_HEAD_BYTES) {
        Some(sealed) => length - sealed % 16,
        None => length,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_as_they_are_written() {
        for framing in [Framing::Abridged, Framing::Intermediate, Framing::Padded] {
            for length in [8, 12, 504, 508, 512, 65_536, 1 << 20, (1 << 26) - 4] {
                for quick_ack in [false, true] {
                    let mut out = Vec::new();
                    framing.write_head(length, quick_ack, &mut out);
                    let head = framing.read_head(&out).unwrap().unwrap();
                    assert_eq!((head.payload_bytes, head.quick_ack), (length, quick_ack));
                    assert_eq!(head.head_bytes, out.len());
                    for cut in 0..out.len() {
                        assert_eq!(framing.read_head(&out[..cut]), Ok(None));
                    }
                }
            }
        }
    }

    #[test]
    fn abridged_lengths_from_508_bytes_on_take_four_bytes() {
        let mut out = Vec::new();
        Framing::Abridged.write_head(504, false, &mut out);
        assert_eq!(out, [0x7e]);
        out.clear();
        Framing::Abridged.write_head(508, false, &mut out);
        assert_eq!(out, [0x7f, 0x7f, 0, 0]);
    }

    #[test]
    fn lengths_that_cannot_be_messages_are_refused() {
        for length in [0_u32, 3, 4, 9, 0x7fff_ffff] {
            let word = length.to_le_bytes();
            let read = Framing::Intermediate.read_head(&word);
            assert_eq!(
                read,
                Err(Violation::FrameLength {
                    length: length as usize
                })
            );
        }
        assert!(Framing::Padded.read_head(&9_u32.to_le_bytes()).is_ok());
        assert!(Framing::Padded.read_head(&7_u32.to_le_bytes()).is_err());
        assert!(Framing::Abridged.read_head(&[0]).is_err());
        assert!(Framing::Abridged.read_head(&[1]).is_err());
    }

    #[test]
    fn padding_is_recognised_behind_both_kinds_of_messages() {
        let mut plain = vec![0; 20 + 40];
        plain[16] = 40;
        let sealed = vec![1; 24 + 64];
        for surplus in 0..=15 {
            for message in [&plain, &sealed] {
                let mut padded = message.clone();
                padded.resize(message.len() + surplus, 0x55);
                assert_eq!(unpadded_length(&padded), message.len());
            }
        }
        plain[19] = 0x7f; // says more than there is: left whole, refused later
        assert_eq!(unpadded_length(&plain), plain.len());
        assert_eq!(unpadded_length(&[0; 9]), 9);
    }
}
