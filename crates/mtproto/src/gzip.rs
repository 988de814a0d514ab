//! `gzip_packed`: opening what clients compress (gzip or zlib, told apart by the first bytes)
//! within a bound, and packing large answers. A hostile client must not turn 1 KiB into 1 GiB here.

use std::io::{Read, Write};

use bytes::Bytes;
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;
use tl::wire::{BYTES_LEN_MAX, Writer};

/// Id of `gzip_packed#3072cfa1 packed_data:bytes = Object`.
pub const GZIP_PACKED_ID: u32 = 0x3072_cfa1;
/// Most bytes that one wrapper may expand to.
/// Chosen: the largest request is an upload part of 512 KiB; contact imports stay far below this.
pub const GZIP_EXPANDED_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Most bytes that all wrappers of one frame may expand to together.
/// Chosen: twice the bound of one wrapper, so that a container of wrappers stays bounded too.
pub const GZIP_FRAME_BYTES_MAX: usize = 2 * GZIP_EXPANDED_BYTES_MAX;
/// How deep wrappers may stand in each other. Source: TDLib nests two.
pub const GZIP_DEPTH_MAX: usize = 2;
/// Answers shorter than this are sent as they are.
/// Source: every client library uses 512 bytes as its own threshold.
pub const GZIP_ANSWER_BYTES_MIN: usize = 512;

/// Why packed data could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GzipError {
    /// The data begins like neither gzip nor zlib.
    #[error("neither gzip nor zlib data")]
    Format,
    /// The stream is broken or ends early.
    #[error("compressed data is broken")]
    Broken,
    /// More than the allowed number of bytes came out.
    #[error("compressed data expands to more than {limit} bytes")]
    TooLong {
        /// The bound that was in force, in bytes.
        limit: usize,
    },
    /// Wrappers stand in wrappers deeper than [`GZIP_DEPTH_MAX`].
    #[error("compressed data is nested too deeply")]
    TooDeep,
}

/// Expands gzip (`1f 8b`) or zlib (`78 ..`) data to at most `limit` bytes.
///
/// Takes the content of `packed_data`, without the TL length. Memory grows with what comes out,
/// never beyond `limit` or [`GZIP_EXPANDED_BYTES_MAX`] by more than one read.
///
/// # Errors
/// Every [`GzipError`] except [`GzipError::TooDeep`].
///
/// Source: TDLib and mtcute pack with zlib, the others with gzip.
pub fn gunzip_bounded(packed: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut budget = limit;
    gunzip_within(packed, &mut budget)
}

/// Like [`gunzip_bounded`], but takes what came out from `budget`, even when it ended in an error:
/// broken data has cost the same work.
pub(crate) fn gunzip_within(packed: &[u8], budget: &mut usize) -> Result<Vec<u8>, GzipError> {
    match packed {
        [0x1f, 0x8b, ..] => expand(GzDecoder::new(packed), budget),
        [0x78, ..] => expand(ZlibDecoder::new(packed), budget),
        _ => Err(GzipError::Format),
    }
}

fn expand(decoder: impl Read, budget: &mut usize) -> Result<Vec<u8>, GzipError> {
    let limit = (*budget).min(GZIP_EXPANDED_BYTES_MAX);
    let mut out = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = decoder.take(bound).read_to_end(&mut out);
    *budget -= out.len().min(limit);
    match read {
        Err(_) => Err(GzipError::Broken),
        Ok(_) if out.len() > limit => Err(GzipError::TooLong { limit }),
        Ok(_) => Ok(out),
    }
}

/// `body` as a `gzip_packed` object, or `None` when it is short or does not shrink.
///
/// Always the gzip format: one client library opens nothing else.
#[must_use]
pub fn pack(body: &[u8]) -> Option<Bytes> {
    if body.len() < GZIP_ANSWER_BYTES_MIN {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).ok()?;
    let packed = encoder.finish().ok()?;
    if packed.len() + 8 >= body.len() || packed.len() > BYTES_LEN_MAX {
        return None;
    }
    let mut writer = Writer::with_capacity(0, packed.len() + 12);
    writer.id(GZIP_PACKED_ID);
    writer.bytes(&packed);
    writer.into_result().ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use flate2::write::ZlibEncoder;
    use tl::wire::Reader;

    use super::*;

    fn zlib(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn packed_answers_open_again() {
        let body = vec![7; 4000];
        let mut reader = Reader::new(pack(&body).unwrap());
        assert_eq!(reader.u32(), Ok(GZIP_PACKED_ID));
        let packed = reader.bytes().unwrap();
        assert_eq!(reader.finish(), Ok(()));
        assert_eq!(gunzip_bounded(&packed, 4000), Ok(body));
    }

    #[test]
    fn short_and_incompressible_answers_stay_plain() {
        assert_eq!(pack(&[0; 511]), None);
        let noise: [u8; 4000] = crate::crypto::Random::new([1; 32]).array();
        assert_eq!(pack(&noise), None);
    }

    #[test]
    fn zlib_data_opens() {
        assert_eq!(gunzip_bounded(&zlib(b"hello"), 100), Ok(b"hello".to_vec()));
    }

    #[test]
    fn expansion_stops_at_the_bound() {
        let bomb = zlib(&vec![0; GZIP_EXPANDED_BYTES_MAX + 1]);
        assert!(bomb.len() < 1 << 15);
        assert_eq!(
            gunzip_bounded(&bomb, GZIP_EXPANDED_BYTES_MAX),
            Err(GzipError::TooLong {
                limit: GZIP_EXPANDED_BYTES_MAX
            })
        );
        assert!(gunzip_bounded(&zlib(&vec![0; 1 << 20]), 1 << 20).is_ok());
        assert_eq!(
            gunzip_bounded(&zlib(&vec![0; 1 << 20]), (1 << 20) - 1),
            Err(GzipError::TooLong {
                limit: (1 << 20) - 1
            })
        );
    }

    #[test]
    fn what_came_out_is_taken_from_the_budget_even_when_the_data_is_broken() {
        let mut budget = 1 << 20;
        let packed = zlib(&vec![0; 1 << 16]);
        assert!(gunzip_within(&packed, &mut budget).is_ok());
        assert_eq!(budget, (1 << 20) - (1 << 16));
        assert!(gunzip_within(&packed[..packed.len() - 1], &mut budget).is_err());
        assert!(budget < (1 << 20) - (1 << 16));
        assert!(gunzip_within(b"PK", &mut budget).is_err());
    }

    #[test]
    fn broken_and_foreign_data_is_refused() {
        let whole = zlib(&[1; 100]);
        assert_eq!(
            gunzip_bounded(&whole[..whole.len() - 3], 100),
            Err(GzipError::Broken)
        );
        assert_eq!(gunzip_bounded(b"PK", 100), Err(GzipError::Format));
        assert_eq!(gunzip_bounded(&[], 100), Err(GzipError::Format));
    }
}
