//! The rules of parts in plain values: numbers, sizes, totals.

use crate::Refusal;

/// Longest part. Source: official page on files.
pub const PART_BYTES_MAX: i64 = 512 * 1024;
/// What the length of every part but the last is a multiple of. Source: official page on files.
pub const PART_BYTES_MIN: i64 = 1024;

/// `file_total_parts` of a stream whose end is not known yet. Source: official page on files.
pub(super) const TOTAL_UNKNOWN: i32 = -1;

/// A part by its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// Counted from 0.
    pub(super) part: i32,
    /// `None`: sent with the method that has no total.
    pub(super) total: Option<i32>,
    /// Its length.
    pub(super) bytes: i64,
}

/// What is to be done with a part that may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// Its bytes are kept; a part of this number that is there is replaced.
    Bytes,
    /// It is the empty last part of a stream: kept unless a part of this number is there.
    EmptyLast,
    /// It only tells the total: a stream has ended with the part before it.
    TotalOnly,
}

/// What is known of a big file from parts that came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// Positive once a call told it.
    pub(super) total: i64,
    /// Length of its parts but the last; 0: not known yet.
    pub(super) part_bytes: i64,
}

impl Known {
    /// Before the first part.
    pub(super) const NOTHING: Self = Self {
        total: TOTAL_UNKNOWN as i64,
        part_bytes: 0,
    };
}

impl Numbers {
    fn is_last(self) -> bool {
        self.total.is_some_and(|total| self.part + 1 == total)
    }

    fn ends_stream(self) -> bool {
        self.total
            .is_some_and(|total| total > 0 && self.part == total)
    }

    /// What a part is by itself.
    ///
    /// # Errors
    /// FILE_PARTS_INVALID: a total that no file has. FILE_PART_INVALID: a number outside the file.
    /// FILE_PART_EMPTY, FILE_PART_TOO_BIG. FILE_PART_SIZE_INVALID: not the last part of its file and
    /// not a length that parts have.
    pub(super) fn alone(self, parts_max: i32) -> Result<Keep, Refusal> {
        if let Some(total) = self.total
            && total != TOTAL_UNKNOWN
            && !(1..=parts_max).contains(&total)
        {
            return Err(Refusal::FILE_PARTS_INVALID);
        }
        let empty_end = self.bytes == 0 && self.ends_stream();
        let above = self
            .total
            .is_some_and(|total| total > 0 && self.part >= total);
        if self.part < 0 || !empty_end && (self.part >= parts_max || above) {
            return Err(Refusal::FILE_PART_INVALID);
        }
        if self.bytes > PART_BYTES_MAX {
            return Err(Refusal::FILE_PART_TOO_BIG);
        }
        if self.bytes == 0 {
            return match (empty_end, self.is_last()) {
                (true, _) => Ok(Keep::TotalOnly),
                (false, true) => Ok(Keep::EmptyLast),
                (false, false) => Err(Refusal::FILE_PART_EMPTY),
            };
        }
        let inner = self
            .total
            .is_some_and(|total| total > 0 && self.part + 1 < total);
        if inner && !is_part_size(self.bytes) {
            return Err(Refusal::FILE_PART_SIZE_INVALID);
        }
        Ok(Keep::Bytes)
    }

    /// A part of a big file beside what is known of that file; returns what is known then.
    ///
    /// # Errors
    /// FILE_PARTS_INVALID: another total than before. FILE_PART_SIZE_CHANGED: another length than the
    /// parts before, or a last part that is longer than they are.
    pub(super) fn beside(self, known: Known) -> Result<Known, Refusal> {
        let Some(total) = self.total.map(i64::from).filter(|total| *total > 0) else {
            return Ok(known);
        };
        if known.total > 0 && known.total != total {
            return Err(Refusal::FILE_PARTS_INVALID);
        }
        let inner = i64::from(self.part) + 1 < total;
        let other = if inner {
            known.part_bytes > 0 && self.bytes != known.part_bytes
        } else {
            known.part_bytes > 0 && self.bytes > known.part_bytes
        };
        if other {
            return Err(Refusal::FILE_PART_SIZE_CHANGED);
        }
        let part_bytes = if inner { self.bytes } else { known.part_bytes };
        Ok(Known { total, part_bytes })
    }
}

/// Source: official page on files: a multiple of 1 KB that divides 512 KB.
fn is_part_size(bytes: i64) -> bool {
    bytes > 0 && bytes % PART_BYTES_MIN == 0 && PART_BYTES_MAX % bytes == 0
}

/// Whether parts of these lengths are one file; returns its length.
///
/// # Errors
/// FILE_PART_SIZE_INVALID: a part before the last has a length that parts do not have, or another
/// than the first; or the last is longer than those before it.
pub(super) fn file_bytes(parts: &[i64]) -> Result<i64, Refusal> {
    // The empty end of a stream says nothing about the part before it, which may be the short one.
    let parts = parts.strip_suffix(&[0]).unwrap_or(parts);
    let Some((last, inner)) = parts.split_last() else {
        return Ok(0);
    };
    if let Some(first) = inner.first() {
        let alike = inner.iter().all(|bytes| bytes == first) && last <= first;
        if !alike || !is_part_size(*first) {
            return Err(Refusal::FILE_PART_SIZE_INVALID);
        }
    }
    Ok(parts.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX: i32 = 4000;

    fn small(part: i32, bytes: i64) -> Result<Keep, Refusal> {
        Numbers {
            part,
            total: None,
            bytes,
        }
        .alone(MAX)
    }

    fn big(part: i32, total: i32, bytes: i64) -> Result<Keep, Refusal> {
        Numbers {
            part,
            total: Some(total),
            bytes,
        }
        .alone(MAX)
    }

    /// P74.
    #[test]
    fn a_small_part_has_a_number_and_a_length() {
        assert_eq!(small(0, 1), Ok(Keep::Bytes));
        assert_eq!(small(3999, PART_BYTES_MAX), Ok(Keep::Bytes));
        assert_eq!(small(0, 0), Err(Refusal::FILE_PART_EMPTY));
        assert_eq!(small(0, 600 * 1024), Err(Refusal::FILE_PART_TOO_BIG));
        assert_eq!(small(-1, 10), Err(Refusal::FILE_PART_INVALID));
        assert_eq!(small(4000, 10), Err(Refusal::FILE_PART_INVALID));
    }

    /// P75, second half.
    #[test]
    fn a_big_part_before_the_last_has_a_length_that_parts_have() {
        for bytes in [1024, 32 * 1024, 512 * 1024] {
            assert_eq!(big(0, 3, bytes), Ok(Keep::Bytes), "{bytes}");
        }
        for bytes in [1, 1000, 1025, 3 * 1024, 511 * 1024] {
            assert_eq!(
                big(0, 3, bytes),
                Err(Refusal::FILE_PART_SIZE_INVALID),
                "{bytes}"
            );
            assert_eq!(big(2, 3, bytes), Ok(Keep::Bytes), "{bytes}");
        }
    }

    #[test]
    fn totals_and_numbers_fit_each_other() {
        for total in [0, -2, i32::MIN, 4001, i32::MAX] {
            assert_eq!(
                big(0, total, 1024),
                Err(Refusal::FILE_PARTS_INVALID),
                "{total}"
            );
        }
        assert_eq!(big(3, 3, 1024), Err(Refusal::FILE_PART_INVALID));
        assert_eq!(big(-1, -1, 1024), Err(Refusal::FILE_PART_INVALID));
        assert_eq!(big(i32::MAX, -1, 1024), Err(Refusal::FILE_PART_INVALID));
        assert_eq!(big(3999, 4000, 1024), Ok(Keep::Bytes));
    }

    /// P76: a stream ends with a last part that may be empty, counted or not.
    #[test]
    fn a_stream_may_end_with_nothing() {
        assert_eq!(big(0, -1, 700), Ok(Keep::Bytes));
        assert_eq!(big(0, -1, 0), Err(Refusal::FILE_PART_EMPTY));
        assert_eq!(big(2, 3, 0), Ok(Keep::EmptyLast));
        assert_eq!(big(3, 3, 0), Ok(Keep::TotalOnly));
        assert_eq!(big(4000, 4000, 0), Ok(Keep::TotalOnly));
        assert_eq!(big(1, 3, 0), Err(Refusal::FILE_PART_EMPTY));
        assert_eq!(big(4, 3, 0), Err(Refusal::FILE_PART_INVALID));
    }

    #[test]
    fn the_parts_of_a_big_file_agree() {
        let known = Known {
            total: 3,
            part_bytes: 2048,
        };
        let beside = |part, total, bytes| {
            Numbers {
                part,
                total: Some(total),
                bytes,
            }
            .beside(known)
        };
        assert_eq!(beside(1, 3, 2048), Ok(known));
        assert_eq!(beside(2, 3, 100), Ok(known));
        assert_eq!(beside(5, -1, 4096), Ok(known));
        assert_eq!(beside(1, 4, 2048), Err(Refusal::FILE_PARTS_INVALID));
        assert_eq!(beside(1, 3, 1024), Err(Refusal::FILE_PART_SIZE_CHANGED));
        assert_eq!(beside(1, 3, 4096), Err(Refusal::FILE_PART_SIZE_CHANGED));
        assert_eq!(beside(2, 3, 4096), Err(Refusal::FILE_PART_SIZE_CHANGED));
        let first = Numbers {
            part: 0,
            total: Some(3),
            bytes: 2048,
        };
        assert_eq!(first.beside(Known::NOTHING), Ok(known));
        let last = Numbers {
            part: 2,
            total: Some(3),
            bytes: 5,
        };
        assert_eq!(
            last.beside(Known::NOTHING),
            Ok(Known {
                total: 3,
                part_bytes: 0
            })
        );
    }

    /// P75, first half.
    #[test]
    fn parts_make_a_file_if_they_are_alike() {
        assert_eq!(file_bytes(&[7]), Ok(7));
        assert_eq!(file_bytes(&[1024, 1024, 1]), Ok(2049));
        assert_eq!(file_bytes(&[1024, 1024, 1024]), Ok(3072));
        assert_eq!(file_bytes(&[1024, 0]), Ok(1024));
        assert_eq!(file_bytes(&[1024, 700, 0]), Ok(1724));
        assert_eq!(file_bytes(&[0]), Ok(0));
        for parts in [
            &[1000, 1000, 1000][..],
            &[1024, 2048, 1],
            &[1024, 1025],
            &[2048, 1024, 2048],
            &[0, 1024],
            &[700, 700, 0],
            &[3072, 1],
        ] {
            assert_eq!(
                file_bytes(parts),
                Err(Refusal::FILE_PART_SIZE_INVALID),
                "{parts:?}"
            );
        }
    }
}
