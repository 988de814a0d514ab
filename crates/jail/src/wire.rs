//! Messages between parent and child: a length of four bytes, then that many. Both ends are one binary, so
//! there is no version; each end checks every length against the bytes that are there.

mod asked;
mod said;

use bytes::Bytes;

pub(crate) use asked::Asked;
pub(crate) use said::Said;

use crate::limits::MESSAGE_BYTES_MAX;

/// Bytes before a message that say how long it is, little-endian.
pub(crate) const LENGTH_BYTES: usize = 4;

/// The bytes are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no message: {0}")]
pub(crate) struct Garbled(pub(crate) &'static str);

/// The length of the message that follows.
pub(crate) fn length(header: [u8; LENGTH_BYTES]) -> Result<usize, Garbled> {
    let length = u32::from_le_bytes(header) as usize;
    if length > MESSAGE_BYTES_MAX {
        return Err(Garbled("longer than any may be"));
    }
    Ok(length)
}

/// Writes a message with its length before it.
#[derive(Debug)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// `tag` says what follows.
    fn new(tag: u8) -> Writer {
        let mut bytes = vec![0; LENGTH_BYTES];
        bytes.push(tag);
        Writer(bytes)
    }

    fn u8(&mut self, value: u8) {
        self.0.push(value);
    }

    fn flag(&mut self, value: bool) {
        self.u8(value.into());
    }

    fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_le_bytes());
    }

    fn bytes(&mut self, value: &[u8]) {
        // What does not fit is found by `finish`, whose limit is far below.
        self.u32(u32::try_from(value.len()).unwrap_or(u32::MAX));
        self.0.extend_from_slice(value);
    }

    fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Writer, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// The whole message.
    ///
    /// # Errors
    /// It is longer than any may be.
    fn finish(mut self) -> Result<Vec<u8>, Garbled> {
        let length = self.0.len() - LENGTH_BYTES;
        if length > MESSAGE_BYTES_MAX {
            return Err(Garbled("longer than any may be"));
        }
        let length = u32::try_from(length).map_err(|_| Garbled("longer than any may be"))?;
        self.0[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        Ok(self.0)
    }
}

/// Reads a message without its length; files within share its memory.
#[derive(Debug)]
pub(crate) struct Reader(Bytes);

impl Reader {
    fn take(&mut self, length: usize) -> Result<Bytes, Garbled> {
        if self.0.len() < length {
            return Err(Garbled("cut off"));
        }
        Ok(self.0.split_to(length))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Garbled> {
        let taken = self.take(N)?;
        taken.as_ref().try_into().map_err(|_| Garbled("cut off"))
    }

    fn u8(&mut self) -> Result<u8, Garbled> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    fn flag(&mut self) -> Result<bool, Garbled> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Garbled("neither yes nor no")),
        }
    }

    fn u32(&mut self) -> Result<u32, Garbled> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, Garbled> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn bytes(&mut self) -> Result<Bytes, Garbled> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Reader) -> Result<T, Garbled>,
    ) -> Result<Option<T>, Garbled> {
        if self.flag()? {
            read(self).map(Some)
        } else {
            Ok(None)
        }
    }

    fn end(self) -> Result<(), Garbled> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Garbled("something after its end"))
        }
    }
}

/// Any bytes as a message of either side: what can be read is written back as the same bytes.
///
/// # Panics
/// It is not.
pub fn fuzz_message(data: &[u8]) {
    let whole = Bytes::copy_from_slice(data);
    if let Ok(asked) = Asked::read(whole.clone()) {
        let written = asked.write().unwrap_or_default();
        assert_eq!(written.get(LENGTH_BYTES..), Some(data));
    }
    if let Ok(said) = Said::read(whole) {
        let written = said.write().unwrap_or_default();
        assert_eq!(written.get(LENGTH_BYTES..), Some(data));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_length_above_the_limit_is_no_message() {
        assert_eq!(length([255; LENGTH_BYTES]), length([255, 255, 255, 127]));
        let most = u32::try_from(MESSAGE_BYTES_MAX).unwrap().to_le_bytes();
        assert_eq!(length(most), Ok(MESSAGE_BYTES_MAX));
        assert!(length([255; LENGTH_BYTES]).is_err());
    }

    #[test]
    fn what_is_too_long_is_not_sent() {
        let mut writer = Writer::new(0);
        writer.bytes(&vec![0; MESSAGE_BYTES_MAX]);
        assert!(writer.finish().is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_refused_or_come_back_as_they_were(
            data in proptest::collection::vec(any::<u8>(), 0..200),
            tag in 0_u8..24,
        ) {
            fuzz_message(&data);
            let mut tagged = data;
            tagged.insert(0, tag);
            fuzz_message(&tagged);
        }
    }
}
