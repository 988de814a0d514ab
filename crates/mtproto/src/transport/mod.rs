//! From the stream of a connection to frames and back: recognises the transport from the first
//! bytes, takes off obfuscation, cuts frames, and frames what is sent.

mod buffer;
#[cfg(feature = "client")]
pub mod client;
mod detect;
mod framing;
mod full;
mod obfuscated;

pub use buffer::READ_BYTES_MIN;
pub use detect::{Detected, Detector, Opening};
pub use framing::Framing;
pub use obfuscated::Secret;

use crate::Violation;
use crate::crypto::Random;
use buffer::Input;
use bytes::BytesMut;
use framing::Head;
use obfuscated::Streams;
use std::sync::Arc;

/// Longest payload before the client has signed in.
/// Chosen: spec 1.9; an upload part of 512 KiB fits with room to spare.
pub const FRAME_BYTES_MAX_BEFORE_SIGN_IN: usize = 2 * 1024 * 1024;
/// Longest payload once the client has signed in.
/// Chosen: spec 1.9, the most that a desktop client accepts itself.
pub const FRAME_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Most bytes the head and tail of a frame add to its payload, padding included.
pub const FRAME_OVERHEAD_BYTES_MAX: usize = 4 + framing::PADDING_BYTES_MAX;

/// One payload that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The message, plain or encrypted, without the transport's padding. The buffer is the
    /// frame's own, so it can be decrypted in place.
    pub payload: BytesMut,
    /// The client asks for a quick acknowledgement of this message.
    pub quick_ack: bool,
}

/// The server's end of one connection's transport.
///
/// Bytes go in by [`Transport::receive`], or without a copy by [`Transport::read_buffer`] and
/// [`Transport::received`]; then [`Transport::next_frame`] is called until it has no more.
#[derive(Debug)]
pub struct Transport {
    stage: Stage,
    input: Input,
    streams: Option<Streams>,
    dc: Option<i16>,
    payload_bytes_max: usize,
    /// Numbers of the next frames, for the full transport.
    next_received: u32,
    next_sent: u32,
}

#[derive(Debug)]
enum Stage {
    Detecting(Arc<Detector>),
    Framed(Framing),
}

impl Transport {
    /// The transport of a connection whose first bytes have not arrived, or of a WebSocket, whose
    /// payload bytes are such a stream too.
    pub fn new(detector: Arc<Detector>) -> Transport {
        Transport::at(Stage::Detecting(detector))
    }

    /// The transport of HTTP: every [`Transport::receive`] is the body of one request.
    pub fn http() -> Transport {
        Transport::framed(Framing::Raw)
    }

    fn framed(framing: Framing) -> Transport {
        Transport::at(Stage::Framed(framing))
    }

    fn at(stage: Stage) -> Transport {
        Transport {
            stage,
            input: Input::default(),
            streams: None,
            dc: None,
            payload_bytes_max: FRAME_BYTES_MAX_BEFORE_SIGN_IN,
            next_received: 0,
            next_sent: 0,
        }
    }

    /// The framing, once it is known.
    pub fn framing(&self) -> Option<Framing> {
        match self.stage {
            Stage::Detecting(_) => None,
            Stage::Framed(framing) => Some(framing),
        }
    }

    /// Whether frames are the bodies of HTTP requests and responses.
    pub fn is_http(&self) -> bool {
        self.framing() == Some(Framing::Raw)
    }

    /// Whether the stream is obfuscated.
    pub fn is_obfuscated(&self) -> bool {
        self.streams.is_some()
    }

    /// The data centre that the header of an obfuscated stream names: plus 10000 for test
    /// servers, negative for media. Some clients leave random bytes here.
    pub fn dc_hint(&self) -> Option<i16> {
        self.dc
    }

    /// Memory that this transport holds: itself, the state of obfuscation and waiting bytes.
    pub fn memory_bytes(&self) -> usize {
        let streams = self.streams.as_ref().map_or(0, Streams::memory_bytes);
        size_of::<Transport>() + streams + self.input.memory_bytes()
    }

    /// Sets the longest payload to accept from now on.
    pub fn limit_payload(&mut self, bytes: usize) {
        self.payload_bytes_max = bytes;
    }

    /// Takes bytes that arrived, split anywhere.
    ///
    /// # Errors
    /// What [`Transport::received`] says.
    pub fn receive(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        self.input.append(bytes);
        self.received(bytes.len())
    }

    /// Room for the next bytes of the stream, as many as are worth reading now; append them and
    /// say how many by [`Transport::received`]. Allocates, so call it once bytes are there.
    pub fn read_buffer(&mut self) -> &mut BytesMut {
        self.input.room()
    }

    /// Bytes that are still to come of a frame that has begun to arrive; 0 between frames.
    pub fn missing_bytes(&self) -> usize {
        self.input.missing()
    }

    /// Takes note of `count` bytes that were appended to [`Transport::read_buffer`].
    ///
    /// # Errors
    /// [`Violation::UnknownTransport`]: the first bytes of the connection fit no transport; HTTP
    /// and TLS are for the driver to recognise, by [`Detector::detect`], before it comes here.
    pub fn received(&mut self, count: usize) -> Result<(), Violation> {
        match &self.stage {
            Stage::Framed(_) => {
                if let Some(streams) = &mut self.streams {
                    streams.to_server.apply(self.input.newest(count));
                }
                Ok(())
            }
            Stage::Detecting(detector) => match detector.detect(self.input.bytes()) {
                None => Ok(()),
                Some(Detected::Framing(opening)) => {
                    self.open(opening);
                    Ok(())
                }
                Some(_) => Err(Violation::UnknownTransport),
            },
        }
    }

    fn open(&mut self, opening: Opening) {
        self.stage = Stage::Framed(opening.framing);
        self.input.skip(opening.consumed);
        if let Some(mut opened) = opening.obfuscation {
            let rest = self.input.bytes().len();
            opened.streams.to_server.apply(self.input.newest(rest));
            self.dc = Some(opened.dc);
            self.streams = Some(opened.streams);
        }
    }

    /// The next whole frame, or `None` until more bytes have arrived.
    ///
    /// # Errors
    /// [`Violation::FrameLength`], [`Violation::FrameTooLong`]: as soon as the head says so.
    /// [`Violation::FrameSequence`], [`Violation::FrameChecksum`]: full transport only. The
    /// stream cannot be read any further after any of them.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Violation> {
        let Stage::Framed(framing) = self.stage else {
            return Ok(None);
        };
        let Some(head) = framing.read_head(self.input.bytes())? else {
            self.input.expect(0);
            return Ok(None);
        };
        if head.payload_bytes > self.payload_bytes_max {
            let (length, limit) = (head.payload_bytes, self.payload_bytes_max);
            return Err(Violation::FrameTooLong { length, limit });
        }
        if self.input.bytes().len() < head.frame_bytes() {
            self.input.expect(head.frame_bytes());
            return Ok(None);
        }
        let frame = self.input.take(head.frame_bytes());
        let payload = self.unframe(framing, head, frame)?;
        Ok(Some(Frame {
            payload,
            quick_ack: head.quick_ack,
        }))
    }

    fn unframe(
        &mut self,
        framing: Framing,
        head: Head,
        mut frame: BytesMut,
    ) -> Result<BytesMut, Violation> {
        if framing == Framing::Full {
            full::check(&frame, self.next_received)?;
            self.next_received = self.next_received.wrapping_add(1);
        }
        let mut payload = frame.split_off(head.head_bytes);
        payload.truncate(head.payload_bytes);
        if matches!(framing, Framing::Padded | Framing::Raw) {
            payload.truncate(framing::unpadded_length(&payload));
        }
        Ok(payload)
    }

    /// Appends one frame to `out`, ready to be written to the connection.
    ///
    /// `write` appends the payload, exactly `length` bytes, which is a multiple of 4. Building
    /// the payload where it is sent from saves a copy of every file that is downloaded.
    pub fn send_with(
        &mut self,
        length: usize,
        random: &mut Random,
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let padding: [u8; framing::PADDING_BYTES_MAX] = random.array();
        let padding = match self.framing() {
            Some(Framing::Padded) => &padding[..random.below(padding.len() as u64 + 1) as usize],
            _ => &[],
        };
        out.reserve(length + FRAME_OVERHEAD_BYTES_MAX);
        self.frame(length, padding, out, write);
    }

    fn frame(
        &mut self,
        length: usize,
        padding: &[u8],
        out: &mut Vec<u8>,
        write: impl FnOnce(&mut Vec<u8>),
    ) {
        let framing = self.framing().unwrap_or(Framing::Raw);
        let start = out.len();
        if framing == Framing::Full {
            full::write_head(length, self.next_sent, out);
            self.next_sent = self.next_sent.wrapping_add(1);
        }
        framing.write_head(length + padding.len(), false, out);
        let body = out.len();
        write(out);
        debug_assert_eq!(
            out.len() - body,
            length,
            "the length goes out before the payload"
        );
        if framing == Framing::Full {
            full::write_tail(start, out);
        }
        out.extend_from_slice(padding);
        self.obfuscate(&mut out[start..]);
    }

    /// Appends one frame with this payload to `out`.
    pub fn send(&mut self, payload: &[u8], random: &mut Random, out: &mut Vec<u8>) {
        self.send_with(payload.len(), random, out, |out| {
            out.extend_from_slice(payload)
        });
    }

    /// Appends a transport error to `out`: a frame that holds nothing but the negative `code`,
    /// never padded, because clients know it by its length. Nothing is appended before the
    /// framing is known, nor over HTTP, which has its own status.
    pub fn transport_error(&mut self, code: i32, out: &mut Vec<u8>) {
        if matches!(self.framing(), None | Some(Framing::Raw)) {
            return;
        }
        self.frame(4, &[], out, |out| {
            out.extend_from_slice(&code.to_le_bytes())
        });
    }

    /// Appends a quick acknowledgement to `out`: the bare token, outside of any frame. The full
    /// transport and HTTP have none.
    pub fn quick_ack(&mut self, token: u32, out: &mut Vec<u8>) {
        let mut bytes = match self.framing() {
            Some(Framing::Abridged) => token.to_be_bytes(),
            Some(Framing::Intermediate | Framing::Padded) => token.to_le_bytes(),
            Some(Framing::Full | Framing::Raw) | None => return,
        };
        self.obfuscate(&mut bytes);
        out.extend_from_slice(&bytes);
    }

    fn obfuscate(&mut self, bytes: &mut [u8]) {
        if let Some(streams) = &mut self.streams {
            streams.to_client.apply(bytes);
        }
    }
}
