//! The traits that every TL type has, and what generated code calls.

use bytes::Bytes;

use crate::wire::{READ_RESERVE_ELEMENTS_MAX, ReadError, Reader, WriteError, Writer};

/// A value that can be written in any layer.
pub trait Put {
    /// Writes the value boxed, in the form of `w.layer()`.
    fn put(&self, w: &mut Writer);

    /// Whether `layer` has the constructor of this value. Elements of vectors and optional fields
    /// without a form in the layer are left out.
    fn exists_in(&self, layer: i32) -> bool {
        let _ = layer;
        true
    }
}

/// A value that can be read; the layer plays no part, as an id fixes its layout.
pub trait Get: Sized {
    /// Reads the value with its id.
    ///
    /// # Errors
    /// [`ReadError`], whatever is wrong with the data.
    fn get(r: &mut Reader) -> Result<Self, ReadError>;
}

/// Name and ids of one constructor.
pub trait Constructor {
    /// TL name, with namespace.
    const NAME: &'static str;
    /// Id in the newest layer.
    const ID: u32;
    /// Every id it is read from, its own oldest first.
    const IDS: &'static [u32];
}

/// What [`Get`] is made from: reading behind an id that was read already.
pub trait Body: Sized {
    /// Reads the fields that `id` has.
    ///
    /// # Errors
    /// [`ReadError::Constructor`] if the type has no such id, else what is wrong with the data.
    fn get_body(r: &mut Reader, id: u32) -> Result<Self, ReadError>;
}

impl<T: Body> Get for T {
    fn get(r: &mut Reader) -> Result<Self, ReadError> {
        r.nested(|r| {
            let id = r.u32()?;
            T::get_body(r, id)
        })
    }
}

/// A request: its ids, how it is read, and what answers it.
pub trait Method: Sized {
    /// TL name, with namespace.
    const NAME: &'static str;
    /// Id in the newest layer.
    const ID: u32;
    /// Every id, oldest first.
    const IDS: &'static [u32];
    /// The answer, as the newest layer has it.
    #[cfg(not(feature = "client"))]
    type Output: Put;
    /// The answer, as the newest layer has it.
    #[cfg(feature = "client")]
    type Output: Put + Get;

    /// Reads the fields behind `id`, which is one of [`Self::IDS`].
    ///
    /// # Errors
    /// [`ReadError::Method`] for another id, else what is wrong with the data. The caller checks
    /// with [`Reader::finish`] that nothing is left over.
    fn get(r: &mut Reader, id: u32) -> Result<Self, ReadError>;

    /// Writes an answer. Some methods answered with another type in older layers.
    fn put_output(output: &Self::Output, w: &mut Writer) {
        output.put(w);
    }

    /// Reads an answer, in the form of any layer.
    ///
    /// # Errors
    /// What is wrong with the data.
    #[cfg(feature = "client")]
    fn get_output(r: &mut Reader) -> Result<Self::Output, ReadError> {
        <Self::Output as Get>::get(r)
    }
}

/// `value` boxed, in the form of `layer`.
///
/// # Errors
/// [`WriteError`]: the value has no form in that layer.
pub fn encode<T: Put + ?Sized>(value: &T, layer: i32) -> Result<Vec<u8>, WriteError> {
    let mut w = Writer::new(layer);
    value.put(&mut w);
    w.into_result()
}

/// Writes `value` behind what `out` holds; on an error `out` is as before.
///
/// # Errors
/// [`WriteError`]: the value has no form in that layer.
pub fn encode_into<T: Put + ?Sized>(
    value: &T,
    layer: i32,
    out: &mut Vec<u8>,
) -> Result<(), WriteError> {
    let before = out.len();
    let mut w = Writer::append_to(std::mem::take(out), layer);
    value.put(&mut w);
    let (bytes, error) = w.into_parts();
    *out = bytes;
    match error {
        None => Ok(()),
        Some(error) => {
            out.truncate(before);
            Err(error)
        }
    }
}

/// One whole value out of `data`.
///
/// # Errors
/// What is wrong with the data, bytes left over among it.
pub fn decode<T: Get>(data: Bytes) -> Result<T, ReadError> {
    let mut r = Reader::new(data);
    let value = T::get(&mut r)?;
    r.finish()?;
    Ok(value)
}

macro_rules! primitive {
    ($($ty:ty, $method:ident, |$value:ident| $by:expr;)*) => {$(
        impl Put for $ty {
            fn put(&self, w: &mut Writer) {
                let $value = self;
                w.$method($by);
            }
        }

        impl Get for $ty {
            fn get(r: &mut Reader) -> Result<Self, ReadError> {
                r.$method()
            }
        }
    )*};
}

primitive! {
    bool, bool, |value| *value;
    i32, i32, |value| *value;
    i64, i64, |value| *value;
    f64, f64, |value| *value;
    [u8; 16], int128, |value| value;
    [u8; 32], int256, |value| value;
    String, string, |value| value;
    Bytes, bytes, |value| value;
}

impl<T: Put> Put for Vec<T> {
    fn put(&self, w: &mut Writer) {
        let layer = w.layer();
        let existing = self.iter().filter(|element| element.exists_in(layer));
        w.vector_header(existing.clone().count());
        existing.for_each(|element| element.put(w));
    }
}

impl<T: Get> Get for Vec<T> {
    fn get(r: &mut Reader) -> Result<Self, ReadError> {
        let count = r.vector_count()?;
        let mut elements = Self::with_capacity(count.min(READ_RESERVE_ELEMENTS_MAX));
        for _ in 0..count {
            elements.push(T::get(r)?);
        }
        Ok(elements)
    }
}

impl<T: Put + ?Sized> Put for &T {
    fn put(&self, w: &mut Writer) {
        (**self).put(w);
    }

    fn exists_in(&self, layer: i32) -> bool {
        (**self).exists_in(layer)
    }
}

impl<T: Put + ?Sized> Put for Box<T> {
    fn put(&self, w: &mut Writer) {
        (**self).put(w);
    }

    fn exists_in(&self, layer: i32) -> bool {
        (**self).exists_in(layer)
    }
}

/// A flag word with bit `bit` set if `on`.
pub(crate) fn bit(on: bool, bit: u32) -> u32 {
    u32::from(on) << bit
}

/// Writes what is there.
pub(crate) fn put_opt<T: Put>(value: Option<&T>, w: &mut Writer) {
    if let Some(value) = value {
        value.put(w);
    }
}

/// Reads a value whose flag bit is `on`.
pub(crate) fn get_opt<T: Get>(r: &mut Reader, on: bool) -> Result<Option<T>, ReadError> {
    if on { T::get(r).map(Some) } else { Ok(None) }
}

/// Refuses a value of a type that was not selected.
pub(crate) fn absent(r: &Reader, on: bool) -> Result<(), ReadError> {
    if on {
        Err(ReadError::Constructor(r.peek_u32()?))
    } else {
        Ok(())
    }
}

/// Reads a vector of a type that was not selected: it must be empty.
#[allow(dead_code, reason = "not every selection has such a vector")]
pub(crate) fn empty_vector(r: &mut Reader) -> Result<(), ReadError> {
    let count = r.vector_count()?;
    absent(r, count > 0)
}
