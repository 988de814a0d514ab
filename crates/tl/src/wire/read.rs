//! Reading: nothing is believed that the remaining bytes do not back.

use bytes::Bytes;

use super::{BOOL_FALSE_ID, BOOL_TRUE_ID, VECTOR_ID};

/// How deep boxed values may stand inside each other.
/// Chosen: the deepest request of the schema needs 9; real clients nest far less than this.
pub const READ_DEPTH_MAX: u32 = 32;
/// How many vector elements one request may hold altogether.
/// Chosen: the largest real request is a contact import of a few thousand rows.
pub const READ_ELEMENTS_MAX: u32 = 100_000;
/// Capacity reserved for a vector before its elements are seen.
/// Chosen: longer vectors grow as they are read, so a false count costs nothing.
pub const READ_RESERVE_ELEMENTS_MAX: usize = 1024;
/// Why bytes could not be read as the expected TL value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No method of the selection has this id.
    #[error("unknown method id {0:08x}")]
    Method(u32),
    /// The expected type has no constructor with this id.
    #[error("unknown constructor id {0:08x}")]
    Constructor(u32),
    /// The data ends inside a value.
    #[error("data ends inside a value")]
    Short,
    /// A value breaks a rule of its type; the text names the rule.
    #[error("broken value: {0}")]
    Broken(&'static str),
    /// Bytes stand behind the value, or the data is larger than the receiver accepts.
    #[error("data too long")]
    TooLong,
    /// Values are nested deeper than [`READ_DEPTH_MAX`].
    #[error("values nested too deeply")]
    TooDeep,
    /// More vector elements than the budget or the remaining bytes allow.
    #[error("too many vector elements")]
    TooMany,
}

/// Reads TL values from a shared buffer; never panics, and never reserves more than the data backs.
///
/// All `Result`s are [`ReadError::Short`] at the end of the data; other causes are named per function.
/// After an error the position is unspecified and the reader is to be dropped.
#[derive(Clone, Debug)]
pub struct Reader {
    data: Bytes,
    at: usize,
    depth_left: u32,
    elements_left: u32,
}

impl Reader {
    /// A reader over `data` with the limits for requests.
    #[must_use]
    pub fn new(data: Bytes) -> Self {
        Self::new_with_limits(data, READ_DEPTH_MAX, READ_ELEMENTS_MAX)
    }

    /// A reader that allows `depth_max` nested values and `elements_max` vector elements in all.
    #[must_use]
    pub fn new_with_limits(data: Bytes, depth_max: u32, elements_max: u32) -> Self {
        Self {
            data,
            at: 0,
            depth_left: depth_max,
            elements_left: elements_max,
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ReadError> {
        let (head, _) = self.data[self.at..]
            .split_first_chunk()
            .ok_or(ReadError::Short)?;
        self.at += N;
        Ok(*head)
    }

    /// Four bytes as an unsigned number: ids and flag words.
    pub fn u32(&mut self) -> Result<u32, ReadError> {
        self.array().map(u32::from_le_bytes)
    }

    /// The next four bytes without moving on.
    pub fn peek_u32(&self) -> Result<u32, ReadError> {
        let (head, _) = self.data[self.at..]
            .split_first_chunk()
            .ok_or(ReadError::Short)?;
        Ok(u32::from_le_bytes(*head))
    }

    /// TL `int`.
    pub fn i32(&mut self) -> Result<i32, ReadError> {
        self.array().map(i32::from_le_bytes)
    }

    /// TL `long`.
    pub fn i64(&mut self) -> Result<i64, ReadError> {
        self.array().map(i64::from_le_bytes)
    }

    /// TL `double`; NaN and infinities pass, their meaning is the caller's business.
    pub fn f64(&mut self) -> Result<f64, ReadError> {
        self.array().map(f64::from_le_bytes)
    }

    /// TL `int128`, bytes in wire order.
    pub fn int128(&mut self) -> Result<[u8; 16], ReadError> {
        self.array()
    }

    /// TL `int256`, bytes in wire order.
    pub fn int256(&mut self) -> Result<[u8; 32], ReadError> {
        self.array()
    }

    /// TL `bytes` as a slice of the received buffer, not a copy.
    ///
    /// The padding must be there; its content is ignored, as it is by every known peer.
    ///
    /// # Errors
    /// [`ReadError::Broken`]: first byte 255, which no length has.
    pub fn bytes(&mut self) -> Result<Bytes, ReadError> {
        let [first] = self.array()?;
        let (len, head) = match first {
            255 => return Err(ReadError::Broken("length of bytes")),
            254 => {
                let [low, middle, high] = self.array()?;
                (u32::from_le_bytes([low, middle, high, 0]) as usize, 4)
            }
            short => (usize::from(short), 1),
        };
        let padding = (head + len).next_multiple_of(4) - head - len;
        if self.remaining() < len + padding {
            return Err(ReadError::Short);
        }
        let value = self.data.slice(self.at..self.at + len);
        self.at += len + padding;
        Ok(value)
    }

    /// TL `string`.
    ///
    /// # Errors
    /// [`ReadError::Broken`]: not UTF-8, or the length byte is 255.
    pub fn string(&mut self) -> Result<String, ReadError> {
        let value = self.bytes()?;
        let text =
            std::str::from_utf8(&value).map_err(|_| ReadError::Broken("text is not UTF-8"))?;
        Ok(text.to_owned())
    }

    /// TL `Bool`.
    ///
    /// # Errors
    /// [`ReadError::Constructor`]: neither `boolTrue` nor `boolFalse`.
    pub fn bool(&mut self) -> Result<bool, ReadError> {
        match self.u32()? {
            BOOL_TRUE_ID => Ok(true),
            BOOL_FALSE_ID => Ok(false),
            id => Err(ReadError::Constructor(id)),
        }
    }

    /// Id and count of a boxed `Vector`; the count is taken from the element budget.
    ///
    /// # Errors
    /// [`ReadError::Constructor`]: not a vector. [`ReadError::TooMany`]: more elements than the
    /// remaining bytes can hold (each has at least four) or than the budget has left.
    pub fn vector_count(&mut self) -> Result<usize, ReadError> {
        match self.u32()? {
            VECTOR_ID => self.bare_vector_count(),
            id => Err(ReadError::Constructor(id)),
        }
    }

    /// Count of a bare `vector`, as the service schema has them; checked as in
    /// [`Self::vector_count`].
    pub fn bare_vector_count(&mut self) -> Result<usize, ReadError> {
        let count = self.u32()?;
        let backed = count as usize <= self.remaining() / 4;
        let budget = self.elements_left.checked_sub(count).filter(|_| backed);
        self.elements_left = budget.ok_or(ReadError::TooMany)?;
        Ok(count as usize)
    }

    /// Runs `read` one level deeper; called around every boxed value that can hold others.
    ///
    /// # Errors
    /// [`ReadError::TooDeep`], and whatever `read` returns.
    pub fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        self.depth_left = self.depth_left.checked_sub(1).ok_or(ReadError::TooDeep)?;
        let value = read(self)?;
        self.depth_left += 1;
        Ok(value)
    }

    /// Bytes not read yet.
    #[must_use]
    pub fn remaining(&self) -> usize {
        self.data.len() - self.at
    }

    /// Takes everything that is left, as a slice of the buffer.
    pub fn rest(&mut self) -> Bytes {
        let rest = self.data.slice(self.at..);
        self.at = self.data.len();
        rest
    }

    /// Takes exactly `len` bytes, as a slice of the buffer.
    pub fn take(&mut self, len: usize) -> Result<Bytes, ReadError> {
        if self.remaining() < len {
            return Err(ReadError::Short);
        }
        let taken = self.data.slice(self.at..self.at + len);
        self.at += len;
        Ok(taken)
    }

    /// Ends reading.
    ///
    /// # Errors
    /// [`ReadError::TooLong`]: bytes stand behind the value.
    pub fn finish(&self) -> Result<(), ReadError> {
        if self.remaining() == 0 {
            Ok(())
        } else {
            Err(ReadError::TooLong)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Writer;

    fn reader(data: &[u8]) -> Reader {
        Reader::new(Bytes::copy_from_slice(data))
    }

    #[test]
    fn numbers_come_back_as_written() {
        let mut w = Writer::new(148);
        w.u32(0xdead_beef);
        w.i32(-2);
        w.i64(i64::MIN);
        w.f64(1.5);
        w.int128(&[7; 16]);
        w.int256(&[9; 32]);
        w.bool(true);
        w.bool(false);
        let mut r = reader(&w.into_result().unwrap());
        assert_eq!(r.peek_u32(), Ok(0xdead_beef));
        assert_eq!(r.u32(), Ok(0xdead_beef));
        assert_eq!(r.i32(), Ok(-2));
        assert_eq!(r.i64(), Ok(i64::MIN));
        assert_eq!(r.f64(), Ok(1.5));
        assert_eq!(r.int128(), Ok([7; 16]));
        assert_eq!(r.int256(), Ok([9; 32]));
        assert_eq!(r.bool(), Ok(true));
        assert_eq!(r.bool(), Ok(false));
        assert_eq!(r.finish(), Ok(()));
        assert_eq!(r.u32(), Err(ReadError::Short));
    }

    #[test]
    fn bytes_of_every_length_class_are_padded_to_four() {
        for len in [0, 1, 2, 3, 4, 252, 253, 254, 255, 256, 257, 65_536] {
            let value = vec![0xaa; len];
            let mut w = Writer::new(148);
            w.bytes(&value);
            let out = w.into_result().unwrap();
            assert_eq!(out.len() % 4, 0, "{len}");
            let mut r = reader(&out);
            assert_eq!(r.bytes().unwrap(), value, "{len}");
            assert_eq!(r.finish(), Ok(()), "{len}");
            for cut in 0..out.len().min(8) {
                assert_eq!(
                    reader(&out[..cut]).bytes(),
                    Err(ReadError::Short),
                    "{len} cut {cut}"
                );
            }
            assert_eq!(
                reader(&out[..out.len() - 1]).bytes(),
                Err(ReadError::Short),
                "{len}"
            );
        }
    }

    #[test]
    fn read_bytes_share_the_received_buffer() {
        let mut w = Writer::new(148);
        w.bytes(&[1; 600]);
        let data = Bytes::from(w.into_result().unwrap());
        let value = Reader::new(data.clone()).bytes().unwrap();
        assert_eq!(value.as_ptr(), data[4..].as_ptr());
    }

    #[test]
    fn text_that_is_not_utf8_is_refused() {
        assert_eq!(
            reader(&[1, 0xff, 0, 0]).string(),
            Err(ReadError::Broken("text is not UTF-8"))
        );
        assert_eq!(
            reader(&[255, 0, 0, 0]).bytes(),
            Err(ReadError::Broken("length of bytes"))
        );
    }

    #[test]
    fn a_vector_count_needs_bytes_behind_it_and_budget() {
        let mut data = VECTOR_ID.to_le_bytes().to_vec();
        data.extend_from_slice(&3u32.to_le_bytes());
        data.extend_from_slice(&[0; 12]);
        assert_eq!(reader(&data).vector_count(), Ok(3));
        assert_eq!(reader(&data[..19]).vector_count(), Err(ReadError::TooMany));
        let mut tight = Reader::new_with_limits(Bytes::from(data), 1, 2);
        assert_eq!(tight.vector_count(), Err(ReadError::TooMany));
        assert_eq!(
            reader(&[1, 2, 3, 4]).vector_count(),
            Err(ReadError::Constructor(0x0403_0201))
        );
    }

    #[test]
    fn depth_is_given_back_after_each_value() {
        let mut r = Reader::new_with_limits(Bytes::new(), 2, 0);
        for _ in 0..5 {
            assert_eq!(r.nested(|r| r.nested(|_| Ok(1))), Ok(1));
        }
        let three = r.nested(|r| r.nested(|r| r.nested(|_| Ok(1))));
        assert_eq!(three, Err(ReadError::TooDeep));
    }

    #[test]
    fn leftover_bytes_are_refused() {
        let mut r = reader(&[0; 7]);
        r.u32().unwrap();
        assert_eq!(r.finish(), Err(ReadError::TooLong));
        assert_eq!(r.take(4), Err(ReadError::Short));
        assert_eq!(r.rest().len(), 3);
        assert_eq!(r.finish(), Ok(()));
    }
}
