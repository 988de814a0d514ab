//! The bytes of a stream that are not yet a frame. Grows with what arrives, not with what a head
//! announces, and keeps no memory while it is empty.

use bytes::{Buf, BytesMut};

/// Least room offered for reading. Chosen: holds the small calls that make up most traffic.
pub const READ_BYTES_MIN: usize = 4 * 1024;

/// A frame's buffer may be this many times larger than what has arrived of it. Chosen: a 1 MiB
/// frame moves once, when 64 KiB are there; one that is announced and never sent costs little.
const GROWTH: usize = 16;

#[derive(Debug, Default)]
pub(super) struct Input {
    bytes: BytesMut,
    /// Length of the frame that has begun to arrive; 0 when its head is not there yet.
    frame_bytes: usize,
}

impl Input {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Memory outside of this value.
    pub(super) fn memory_bytes(&self) -> usize {
        self.bytes.capacity()
    }

    /// Notes how long the current frame is, and gives memory back when nothing is waiting.
    pub(super) fn expect(&mut self, frame_bytes: usize) {
        self.frame_bytes = frame_bytes;
        if self.bytes.is_empty() {
            self.bytes = BytesMut::new();
        }
    }

    /// Bytes that the current frame still needs, as far as what has arrived vouches for them.
    fn wanted(&self) -> usize {
        let arrived = self.bytes.len();
        self.missing().min(arrived * GROWTH)
    }

    /// Bytes that are still to come of a frame that has begun to arrive.
    pub(super) fn missing(&self) -> usize {
        self.frame_bytes.saturating_sub(self.bytes.len())
    }

    pub(super) fn room(&mut self) -> &mut BytesMut {
        self.bytes.reserve(self.wanted().max(READ_BYTES_MIN));
        &mut self.bytes
    }

    pub(super) fn append(&mut self, bytes: &[u8]) {
        // Only when it must grow: growing a little more often than needed would move it often.
        if self.bytes.capacity() - self.bytes.len() < bytes.len() {
            self.bytes.reserve(self.wanted().max(bytes.len()));
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The last `count` bytes.
    pub(super) fn newest(&mut self, count: usize) -> &mut [u8] {
        let start = self.bytes.len().saturating_sub(count);
        &mut self.bytes[start..]
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.bytes.advance(count.min(self.bytes.len()));
    }

    /// Cuts off the first `count` bytes, without a copy.
    pub(super) fn take(&mut self, count: usize) -> BytesMut {
        self.frame_bytes = 0;
        if count >= self.bytes.len() {
            return std::mem::take(&mut self.bytes);
        }
        self.bytes.split_to(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announced_bytes_are_not_allocated_before_a_share_has_arrived() {
        let mut input = Input::default();
        input.append(&[0; 8]);
        input.expect(16 << 20);
        assert!(input.room().capacity() <= 8 + READ_BYTES_MIN);
        input.append(&[0; 1_000]);
        assert!(input.room().capacity() < 20_000);
    }

    #[test]
    fn a_frame_that_arrives_is_moved_a_few_times_at_most() {
        const FRAME_BYTES: usize = 1 << 20;
        let mut input = Input::default();
        let (mut moved, mut before) = (0, std::ptr::null());
        while input.bytes().len() < FRAME_BYTES {
            let arrived = input.bytes().len();
            input.append(&[7; 4_096]);
            if input.bytes().as_ptr() != before {
                moved += arrived;
                before = input.bytes().as_ptr();
            }
            input.expect(FRAME_BYTES);
        }
        assert!(moved < FRAME_BYTES / 8, "{moved} bytes moved");
        assert_eq!(input.take(FRAME_BYTES).len(), FRAME_BYTES);
        input.expect(0);
        assert_eq!(input.room().capacity(), READ_BYTES_MIN);
    }

    #[test]
    fn what_is_missing_of_a_frame_is_known_while_it_arrives() {
        let mut input = Input::default();
        input.append(&[1; 100]);
        assert_eq!(input.missing(), 0, "its head was not read yet");
        input.expect(1_000);
        assert_eq!(input.missing(), 900);
        input.append(&[1; 1_200]);
        assert_eq!(input.missing(), 0);
        drop(input.take(1_000));
        assert_eq!(input.missing(), 0, "of the next one nothing is known");
    }

    #[test]
    fn an_empty_buffer_keeps_nothing() {
        let mut input = Input::default();
        input.append(&[1; 100]);
        drop(input.take(60));
        drop(input.take(40));
        input.expect(0);
        assert_eq!(input.bytes.capacity(), 0);
    }
}
