//! The client's end of the transport, for tests, the test kit and benches.

use super::buffer::Input;
use super::framing::{self, Framing};
use super::full;
use super::obfuscated::{DC_AT, HEADER_BYTES, Secret, Streams, TAG_AT};
use crate::Violation;
use crate::crypto::Random;
use bytes::BytesMut;

/// First words that would be taken for another transport, so that a header must not begin with
/// them. Source: official page on transports; spec 1.3.
const TAKEN_WORDS: [[u8; 4]; 7] = [
    *b"HEAD",
    *b"POST",
    *b"GET ",
    *b"OPTI",
    [0xdd; 4],
    [0xee; 4],
    [0x16, 0x03, 0x01, 0x02],
];

/// What a server sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// A message.
    Payload(BytesMut),
    /// The token of a quick acknowledgement, top bit set.
    QuickAck(u32),
    /// A transport error, negative.
    Error(i32),
}

/// How to obfuscate.
#[derive(Debug, Clone, Default)]
pub struct Obfuscation {
    /// The secret of the server, if it has one.
    pub secret: Option<Secret>,
    /// The data centre to name in the header.
    pub dc: i16,
}

/// The client's end of one connection's transport.
#[derive(Debug)]
pub struct ClientTransport {
    framing: Framing,
    input: Input,
    streams: Option<Streams>,
    next_received: u32,
    next_sent: u32,
}

impl ClientTransport {
    /// A transport with this framing; what a client sends first is appended to `out`.
    pub fn new(framing: Framing, out: &mut Vec<u8>) -> ClientTransport {
        match framing {
            Framing::Abridged => out.push(0xef),
            Framing::Intermediate => out.extend_from_slice(&[0xee; 4]),
            Framing::Padded => out.extend_from_slice(&[0xdd; 4]),
            Framing::Full | Framing::Raw => {}
        }
        ClientTransport::with(framing, None)
    }

    /// An obfuscated transport; its header is appended to `out`. Framings without a tag of their
    /// own (full, raw) are replaced by intermediate.
    pub fn obfuscated(
        framing: Framing,
        obfuscation: &Obfuscation,
        random: &mut Random,
        out: &mut Vec<u8>,
    ) -> ClientTransport {
        let (framing, tag) = match framing {
            Framing::Abridged => (framing, [0xef; 4]),
            Framing::Padded => (framing, [0xdd; 4]),
            _ => (Framing::Intermediate, [0xee; 4]),
        };
        let mut header: [u8; HEADER_BYTES] = loop {
            let header: [u8; HEADER_BYTES] = random.array();
            let taken = TAKEN_WORDS.iter().any(|word| header.starts_with(word));
            if header[0] != 0xef && !taken && header[4..8] != [0; 4] {
                break header;
            }
        };
        header[TAG_AT..DC_AT].copy_from_slice(&tag);
        header[DC_AT..DC_AT + 2].copy_from_slice(&obfuscation.dc.to_le_bytes());
        let streams = scramble(&mut header, obfuscation.secret.as_ref());
        out.extend_from_slice(&header);
        ClientTransport::with(framing, Some(streams))
    }

    fn with(framing: Framing, streams: Option<Streams>) -> ClientTransport {
        ClientTransport {
            framing,
            input: Input::default(),
            streams,
            next_received: 0,
            next_sent: 0,
        }
    }

    /// Appends one frame with this payload to `out`.
    pub fn send(
        &mut self,
        payload: &[u8],
        quick_ack: bool,
        random: &mut Random,
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        let padding: [u8; framing::PADDING_BYTES_MAX] = random.array();
        let padding = match self.framing {
            Framing::Padded => &padding[..random.below(padding.len() as u64 + 1) as usize],
            _ => &[],
        };
        if self.framing == Framing::Full {
            full::write_head(payload.len(), self.next_sent, out);
            self.next_sent = self.next_sent.wrapping_add(1);
        }
        self.framing
            .write_head(payload.len() + padding.len(), quick_ack, out);
        out.extend_from_slice(payload);
        if self.framing == Framing::Full {
            full::write_tail(start, out);
        }
        out.extend_from_slice(padding);
        if let Some(streams) = &mut self.streams {
            streams.to_server.apply(&mut out[start..]);
        }
    }

    /// Takes bytes that arrived, split anywhere; with the raw framing, one whole body.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.input.append(bytes);
        if let Some(streams) = &mut self.streams {
            streams.to_client.apply(self.input.newest(bytes.len()));
        }
    }

    /// The next thing the server sent, or `None` until more bytes have arrived.
    ///
    /// # Errors
    /// As [`super::Transport::next_frame`].
    #[expect(
        clippy::should_implement_trait,
        reason = "fallible, and not an iteration"
    )]
    pub fn next(&mut self) -> Result<Option<Received>, Violation> {
        if let Some(token) = self.quick_ack_token() {
            self.input.skip(4);
            return Ok(Some(Received::QuickAck(token)));
        }
        // A transport error is shorter than any message, which the reader of heads refuses.
        let (head_bytes, payload_bytes) = match self.framing.read_head(self.input.bytes()) {
            Ok(Some(head)) => (head.frame_bytes() - head.payload_bytes, head.payload_bytes),
            Ok(None) => return Ok(None),
            Err(Violation::FrameLength { length }) if (4..8).contains(&length) => {
                (self.overhead_bytes(), length)
            }
            Err(violation) => return Err(violation),
        };
        if self.input.bytes().len() < head_bytes + payload_bytes {
            return Ok(None);
        }
        let mut frame = self.input.take(head_bytes + payload_bytes);
        let mut start = head_bytes;
        if self.framing == Framing::Full {
            full::check(&frame, self.next_received)?;
            self.next_received = self.next_received.wrapping_add(1);
            start = full::HEAD_BYTES;
        }
        let mut payload = frame.split_off(start);
        payload.truncate(payload_bytes);
        if let Some(code) = payload.first_chunk()
            && payload_bytes < 8 + framing::PADDING_BYTES_MAX
            && i32::from_le_bytes(*code) < 0
        {
            return Ok(Some(Received::Error(i32::from_le_bytes(*code))));
        }
        if self.framing == Framing::Padded {
            payload.truncate(framing::unpadded_length(&payload));
        }
        Ok(Some(Received::Payload(payload)))
    }

    fn overhead_bytes(&self) -> usize {
        match self.framing {
            Framing::Abridged => 1,
            Framing::Intermediate | Framing::Padded => 4,
            Framing::Full => full::HEAD_BYTES + full::TAIL_BYTES,
            Framing::Raw => 0,
        }
    }

    fn quick_ack_token(&self) -> Option<u32> {
        let word = *self.input.bytes().first_chunk()?;
        let token = match self.framing {
            Framing::Abridged => u32::from_be_bytes(word),
            Framing::Intermediate | Framing::Padded => u32::from_le_bytes(word),
            Framing::Full | Framing::Raw => return None,
        };
        (token >> 31 == 1).then_some(token)
    }
}

/// Encrypts the last 8 bytes of a header, which names the streams it returns.
fn scramble(header: &mut [u8; HEADER_BYTES], secret: Option<&Secret>) -> Streams {
    let mut streams = Streams::new(header, secret);
    let mut encrypted = *header;
    streams.to_server.apply(&mut encrypted);
    header[TAG_AT..].copy_from_slice(&encrypted[TAG_AT..]);
    streams
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn the_known_header_is_scrambled_as_known() {
        let mut header: [u8; 64] = std::array::from_fn(|i| (7 * i + 1) as u8);
        header[TAG_AT..].copy_from_slice(&hex::<8>("eeeeeeee020055aa"));
        scramble(&mut header, None);
        assert_eq!(header[TAG_AT..], hex::<8>("5e33578fd2ad1081"));
    }
}
