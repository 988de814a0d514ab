//! Which bytes `upload.getFile` may be asked for, in plain values.

use crate::Refusal;

/// The stretches of a file that one answer must stay within. Source: official page on files.
pub const WINDOW_BYTES: i64 = 1024 * 1024;
/// What offset and limit are multiples of. Source: official page on files.
const STEP_BYTES: i64 = 4096;
/// The same with `precise`. Source: official page on files.
const PRECISE_STEP_BYTES: i64 = 1024;

/// Length of the blocks of `upload.getFileHashes`. Chosen: U37, the block of the official servers.
pub const HASH_BLOCK_BYTES: i64 = 128 * 1024;

/// A stretch of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First byte.
    pub offset: u64,
    /// Most bytes.
    pub bytes: usize,
}

impl Window {
    /// What `upload.getFile` asks for.
    ///
    /// # Errors
    /// OFFSET_INVALID, LIMIT_INVALID: not the multiples that the protocol allows, or a stretch that
    /// crosses a border of 1 MiB.
    pub fn of(offset: i64, limit: i32, precise: bool) -> Result<Self, Refusal> {
        let step = if precise {
            PRECISE_STEP_BYTES
        } else {
            STEP_BYTES
        };
        if offset < 0 || offset % step != 0 {
            return Err(Refusal::OFFSET_INVALID);
        }
        let limit = i64::from(limit);
        let divides = precise || limit > 0 && WINDOW_BYTES % limit == 0;
        if limit <= 0 || limit > WINDOW_BYTES || limit % step != 0 || !divides {
            return Err(Refusal::LIMIT_INVALID);
        }
        let into_window = offset % WINDOW_BYTES;
        if into_window + limit > WINDOW_BYTES {
            return Err(Refusal::LIMIT_INVALID);
        }
        // Both are positive, and a limit is at most 1 MiB.
        Ok(Self {
            offset: offset.cast_unsigned(),
            bytes: usize::try_from(limit).unwrap_or(0),
        })
    }

    /// The whole blocks that `upload.getFileHashes` answers for: the one that holds `offset` and those
    /// behind it, together 1 MiB at most.
    ///
    /// # Errors
    /// OFFSET_INVALID: below zero.
    pub fn of_hashes(offset: i64) -> Result<Self, Refusal> {
        if offset < 0 {
            return Err(Refusal::OFFSET_INVALID);
        }
        let start = offset - offset % HASH_BLOCK_BYTES;
        let bytes = usize::try_from(WINDOW_BYTES).unwrap_or(0);
        Ok(Self {
            offset: start.cast_unsigned(),
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: i32 = 1024;

    fn plain(offset: i64, limit: i32) -> Result<Window, Refusal> {
        Window::of(offset, limit, false)
    }

    /// P83.
    #[test]
    fn offset_and_limit_are_multiples() {
        assert_eq!(plain(0, 1000), Err(Refusal::LIMIT_INVALID));
        assert_eq!(plain(0, 12_288), Err(Refusal::LIMIT_INVALID));
        assert_eq!(plain(100, 4096), Err(Refusal::OFFSET_INVALID));
        assert_eq!(plain(1024, 4096), Err(Refusal::OFFSET_INVALID));
        for limit in [0, -4096, i32::MIN, 2048 * KIB, i32::MAX] {
            assert_eq!(plain(0, limit), Err(Refusal::LIMIT_INVALID), "{limit}");
        }
        for offset in [-4096, i64::MIN, i64::MAX] {
            assert_eq!(
                plain(offset, 4096),
                Err(Refusal::OFFSET_INVALID),
                "{offset}"
            );
        }
    }

    /// What the clients were seen to ask for.
    #[test]
    fn every_client_is_served() {
        for limit in [
            4 * KIB,
            32 * KIB,
            64 * KIB,
            128 * KIB,
            512 * KIB,
            1024 * KIB,
        ] {
            let bytes = usize::try_from(limit).unwrap();
            assert_eq!(plain(0, limit), Ok(Window { offset: 0, bytes }), "{limit}");
        }
    }

    /// P84.
    #[test]
    fn precise_counts_in_kibibytes() {
        let window = Window::of(1024, 3072, true);
        assert_eq!(
            window,
            Ok(Window {
                offset: 1024,
                bytes: 3072
            })
        );
        assert_eq!(Window::of(1024, 3000, true), Err(Refusal::LIMIT_INVALID));
        assert_eq!(Window::of(1000, 3072, true), Err(Refusal::OFFSET_INVALID));
        assert_eq!(Window::of(0, 1025 * KIB, true), Err(Refusal::LIMIT_INVALID));
    }

    /// P85.
    #[test]
    fn one_answer_stays_within_a_mebibyte() {
        assert_eq!(plain(1024 * 1024 - 4096, 8192), Err(Refusal::LIMIT_INVALID));
        assert!(plain(1024 * 1024 - 4096, 4096).is_ok());
        assert!(plain(1024 * 1024, 1024 * KIB).is_ok());
        assert!(plain(i64::MAX - 4095, 4096).is_ok());
        assert_eq!(
            Window::of(1023 * 1024, 2048, true),
            Err(Refusal::LIMIT_INVALID)
        );
    }

    /// P87.
    #[test]
    fn hashes_are_of_whole_blocks() {
        let start = |offset| Window::of_hashes(offset).map(|window| window.offset);
        assert_eq!(start(0), Ok(0));
        assert_eq!(start(131_071), Ok(0));
        assert_eq!(start(131_072), Ok(131_072));
        assert_eq!(start(-1), Err(Refusal::OFFSET_INVALID));
    }
}
