//! Unpacks a gzip file with a bound on what comes out.

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};

use crate::Undrawable;

/// Flags in the header of a file. Source: RFC 1952.
const HAS_CHECK: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;
/// Check and length behind the packed bytes.
const TRAILER_BYTES: usize = 8;

/// What is packed in the first member of a file, at most `bytes_max` long.
///
/// The check sum is not compared: a file that was damaged and unpacks all the same is judged by what it says.
pub(crate) fn unpacked(file: &[u8], bytes_max: usize) -> Result<Vec<u8>, Undrawable> {
    let [0x1F, 0x8B, 8, flags, _, _, _, _, _, _, rest @ ..] = file else {
        return Err(Undrawable::Kind);
    };
    let mut body = rest;
    if flags & HAS_EXTRA != 0 {
        let (length, rest) = body.split_first_chunk::<2>().ok_or(Undrawable::Truncated)?;
        let length = usize::from(u16::from_le_bytes(*length));
        body = rest.get(length..).ok_or(Undrawable::Truncated)?;
    }
    for text in [HAS_NAME, HAS_COMMENT] {
        if flags & text != 0 {
            let end = body.iter().position(|byte| *byte == 0);
            body = &body[end.ok_or(Undrawable::Truncated)? + 1..];
        }
    }
    if flags & HAS_CHECK != 0 {
        body = body.get(2..).ok_or(Undrawable::Truncated)?;
    }
    let length = body
        .len()
        .checked_sub(TRAILER_BYTES)
        .ok_or(Undrawable::Truncated)?;
    decompress_to_vec_with_limit(&body[..length], bytes_max).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => Undrawable::Unpacked { max: bytes_max },
        TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput => {
            Undrawable::Truncated
        }
        _ => Undrawable::Broken("gzip: packed bytes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(flags: u8, extra: &[u8], bytes: &[u8]) -> Vec<u8> {
        let body = miniz_oxide::deflate::compress_to_vec(bytes, 9);
        [
            &[0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3],
            extra,
            &body,
            &[0; 8],
        ]
        .concat()
    }

    #[test]
    fn files_with_and_without_names_unpack() {
        for (flags, extra) in [
            (0, &b""[..]),
            (8, b"a.json\0"),
            (31, b"\x02\0xxname\0comment\0cc"),
        ] {
            assert_eq!(
                unpacked(&packed(flags, extra, b"{}"), 99),
                Ok(b"{}".to_vec())
            );
        }
    }

    #[test]
    fn bombs_and_cut_files_are_refused() {
        let bomb = packed(0, b"", &vec![b' '; 1 << 20]);
        assert!(bomb.len() < 2_000);
        assert_eq!(
            unpacked(&bomb, 1 << 19),
            Err(Undrawable::Unpacked { max: 1 << 19 })
        );
        for length in 0..bomb.len() - 8 {
            assert!(unpacked(&bomb[..length], 1 << 21).is_err(), "{length}");
        }
        assert_eq!(unpacked(b"\x1F\x8Bno", 9), Err(Undrawable::Kind));
    }
}
