//! Writing: bytes for one layer, and the first thing that has no form in it.

use super::{BOOL_FALSE_ID, BOOL_TRUE_ID, BYTES_LEN_MAX, VECTOR_ID};

/// Why a value has no form in the layer it was written for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The layer has no such constructor and nothing may stand in for it.
    #[error("{name} does not exist in layer {layer}")]
    Unsupported {
        /// The constructor's TL name.
        name: &'static str,
        /// The layer that was asked for.
        layer: i32,
    },
    /// A `bytes` or `string` longer than [`BYTES_LEN_MAX`], or a vector longer than its count.
    #[error("a value of {len} bytes or elements is too long for TL")]
    TooLong {
        /// Its length in bytes or elements.
        len: usize,
    },
}

/// Writes TL values for one layer.
///
/// Never fails in the middle: the first thing without a form is remembered and
/// [`Writer::into_result`] reports it, so that generated code needs no error paths.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    layer: i32,
    error: Option<WriteError>,
}

impl Writer {
    /// An empty writer for `layer`.
    #[must_use]
    pub fn new(layer: i32) -> Self {
        Self::append_to(Vec::new(), layer)
    }

    /// An empty writer with room for `bytes` bytes.
    #[must_use]
    pub fn with_capacity(layer: i32, bytes: usize) -> Self {
        Self::append_to(Vec::with_capacity(bytes), layer)
    }

    /// Writes behind what `out` already holds, so that a header can precede a value uncopied.
    #[must_use]
    pub fn append_to(out: Vec<u8>, layer: i32) -> Self {
        Self {
            out,
            layer,
            error: None,
        }
    }

    /// The layer that values are written for.
    #[must_use]
    pub fn layer(&self) -> i32 {
        self.layer
    }

    /// Bytes written so far, with those that [`Writer::append_to`] began with.
    #[must_use]
    pub fn written(&self) -> &[u8] {
        &self.out
    }

    /// A constructor or method id.
    pub fn id(&mut self, id: u32) {
        self.out.extend_from_slice(&id.to_le_bytes());
    }

    /// A flag word or another unsigned number of four bytes.
    pub fn u32(&mut self, value: u32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// TL `int`.
    pub fn i32(&mut self, value: i32) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// TL `long`.
    pub fn i64(&mut self, value: i64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// TL `double`.
    pub fn f64(&mut self, value: f64) {
        self.out.extend_from_slice(&value.to_le_bytes());
    }

    /// TL `int128`, bytes in wire order.
    pub fn int128(&mut self, value: &[u8; 16]) {
        self.out.extend_from_slice(value);
    }

    /// TL `int256`, bytes in wire order.
    pub fn int256(&mut self, value: &[u8; 32]) {
        self.out.extend_from_slice(value);
    }

    /// TL `bytes`: length, content, zeros up to a multiple of four.
    pub fn bytes(&mut self, value: &[u8]) {
        let len = value.len();
        let head = match len {
            0..=253 => {
                self.out.push(len as u8);
                1
            }
            254..=BYTES_LEN_MAX => {
                let [low, middle, high, ..] = len.to_le_bytes();
                self.out.extend_from_slice(&[254, low, middle, high]);
                4
            }
            _ => {
                self.fail(WriteError::TooLong { len });
                return;
            }
        };
        self.out.extend_from_slice(value);
        let padding = (head + len).next_multiple_of(4) - head - len;
        self.out.extend_from_slice(&[0; 3][..padding]);
    }

    /// TL `string`.
    pub fn string(&mut self, value: &str) {
        self.bytes(value.as_bytes());
    }

    /// TL `Bool`.
    pub fn bool(&mut self, value: bool) {
        self.id(if value { BOOL_TRUE_ID } else { BOOL_FALSE_ID });
    }

    /// Id and count of a boxed `Vector` of `len` elements; the elements follow.
    pub fn vector_header(&mut self, len: usize) {
        self.id(VECTOR_ID);
        match i32::try_from(len) {
            Ok(count) => self.i32(count),
            Err(_) => self.fail(WriteError::TooLong { len }),
        }
    }

    /// Bytes that are TL already.
    pub fn raw(&mut self, value: &[u8]) {
        self.out.extend_from_slice(value);
    }

    /// Notes that the constructor `name` has no form in this layer.
    pub fn unsupported(&mut self, name: &'static str) {
        self.fail(WriteError::Unsupported {
            name,
            layer: self.layer,
        });
    }

    fn fail(&mut self, error: WriteError) {
        self.error.get_or_insert(error);
    }

    /// Ends writing: the bytes, with those that [`Writer::append_to`] began with.
    ///
    /// # Errors
    /// The first [`WriteError`] met on the way.
    pub fn into_result(self) -> Result<Vec<u8>, WriteError> {
        match self.error {
            None => Ok(self.out),
            Some(error) => Err(error),
        }
    }

    /// Ends writing in any case: the buffer, and the first error met on the way.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, Option<WriteError>) {
        (self.out, self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unsupported_thing_is_reported() {
        let mut w = Writer::append_to(vec![1, 2, 3, 4], 150);
        w.unsupported("birthday");
        w.unsupported("other");
        w.i32(1);
        let error = WriteError::Unsupported {
            name: "birthday",
            layer: 150,
        };
        assert_eq!(w.into_result(), Err(error.clone()));
        assert_eq!(error.to_string(), "birthday does not exist in layer 150");
    }

    #[test]
    fn a_string_beyond_three_length_bytes_is_an_error_not_a_lie() {
        let mut w = Writer::new(148);
        w.bytes(&vec![0; BYTES_LEN_MAX + 1]);
        assert_eq!(
            w.into_result(),
            Err(WriteError::TooLong {
                len: BYTES_LEN_MAX + 1
            })
        );
    }
}
