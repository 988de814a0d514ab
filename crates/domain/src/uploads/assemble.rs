//! The use of an upload: its parts become one file again.

use bytes::Bytes;
use md5::{Digest, Md5};
use store::{
    blobs::BlobError,
    rows::uploads::{self as rows, UploadPartRow},
};

use super::parts::file_bytes;
use crate::{Error, Fault, Refusal, Services};

/// A file as a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GivenFile {
    /// `inputFile`, `inputFileBig`: parts that the caller has saved.
    Uploaded(GivenParts),
    /// Something that is no upload.
    NotUploaded,
}

/// Saved parts as a request names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenParts {
    /// The upload.
    pub file_id: i64,
    /// How many parts the file has.
    pub parts: i32,
    /// As the sender's system calls the file.
    pub name: String,
    /// Hexadecimal digits; empty: not checked.
    pub md5: String,
}

/// The bytes of a file that `owner_id` has uploaded. The parts stay: a client that missed the answer
/// repeats its request.
///
/// # Errors
/// FILE_PARTS_INVALID: a number of parts that no file has, or another than was told with the parts.
/// FILE_PART_X_MISSING: the first part that is not there. FILE_PART_SIZE_INVALID: parts that are not
/// alike. PHOTO_SAVE_FILE_INVALID: more than `bytes_max` together; nothing was read.
pub(crate) async fn read(
    services: &Services,
    owner_id: i64,
    given: &GivenParts,
    bytes_max: usize,
) -> Result<Bytes, Error> {
    if !(1..=services.rules.upload_parts_max).contains(&given.parts) {
        return Err(Refusal::FILE_PARTS_INVALID.into());
    }
    let count = i64::from(given.parts);
    let mut tx = services.store.read().await?;
    let file = rows::find_file(&mut tx, owner_id, given.file_id).await?;
    let told = file.map_or(0, |file| file.total_parts);
    if told > 0 && told != count {
        return Err(Refusal::FILE_PARTS_INVALID.into());
    }
    let parts = rows::parts(&mut tx, owner_id, given.file_id, 0, count).await?;
    drop(tx);
    let bytes = whole(&parts, count, bytes_max)?;
    gather(services, &parts, bytes).await
}

/// The length of a file of `count` parts, of which `parts` are there, in order.
fn whole(parts: &[UploadPartRow], count: i64, bytes_max: usize) -> Result<usize, Refusal> {
    let hole = (0..count).find(|number| {
        let there = usize::try_from(*number)
            .ok()
            .and_then(|place| parts.get(place));
        there.is_none_or(|part| part.part != *number)
    });
    if let Some(number) = hole {
        return Err(Refusal::FILE_PART_X_MISSING.with(number));
    }
    let lengths: Vec<i64> = parts.iter().map(|part| part.bytes).collect();
    let bytes = usize::try_from(file_bytes(&lengths)?).unwrap_or(usize::MAX);
    if bytes > bytes_max {
        Err(Refusal::PHOTO_SAVE_FILE_INVALID)
    } else {
        Ok(bytes)
    }
}

async fn gather(
    services: &Services,
    parts: &[UploadPartRow],
    bytes: usize,
) -> Result<Bytes, Error> {
    if let [part] = parts {
        return part_bytes(services, part).await;
    }
    let mut whole = Vec::with_capacity(bytes);
    for part in parts {
        whole.extend_from_slice(&part_bytes(services, part).await?);
    }
    Ok(whole.into())
}

/// The bytes of one part. Those that a power cut took away are missing like a part that never came:
/// the client sends it again.
async fn part_bytes(services: &Services, part: &UploadPartRow) -> Result<Bytes, Error> {
    let len = usize::try_from(part.bytes).unwrap_or(usize::MAX);
    match services.spool.read(&part.spool_key, 0, len).await {
        Ok(bytes) if bytes.len() == len => Ok(bytes),
        Ok(_) | Err(BlobError::NotFound) => {
            Err(Refusal::FILE_PART_X_MISSING.with(part.part).into())
        }
        Err(error) => Err(Fault::doing("read an upload part")(error).into()),
    }
}

/// Whether `bytes` have the MD5 that the client gave, in hexadecimal digits of either case; an empty
/// one always fits.
pub(crate) fn md5_matches(bytes: &[u8], given: &str) -> bool {
    if given.is_empty() {
        return true;
    }
    let digest = Md5::digest(bytes);
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let known = digits.map(|digit| char::from_digit(u32::from(digit), 16));
    known.eq(given.chars().map(|digit| Some(digit.to_ascii_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(lengths: &[(i64, i64)]) -> Vec<UploadPartRow> {
        let row = |(part, bytes): &(i64, i64)| UploadPartRow {
            part: *part,
            bytes: *bytes,
            spool_key: String::new(),
        };
        lengths.iter().map(row).collect()
    }

    /// P66.
    #[test]
    fn the_first_hole_is_named() {
        let missing = |lengths: &[(i64, i64)], count| {
            whole(&parts(lengths), count, 1 << 20).map_err(|no| no.name().to_owned())
        };
        assert_eq!(missing(&[], 3), Err("FILE_PART_0_MISSING".into()));
        assert_eq!(
            missing(&[(0, 1024), (2, 9)], 3),
            Err("FILE_PART_1_MISSING".into())
        );
        assert_eq!(
            missing(&[(0, 1024), (1, 1024)], 3),
            Err("FILE_PART_2_MISSING".into())
        );
        assert_eq!(missing(&[(0, 1024), (1, 9)], 2), Ok(1033));
    }

    #[test]
    fn a_file_that_is_too_long_is_refused_before_it_is_read() {
        let rows = parts(&[(0, 1024), (1, 1024)]);
        assert_eq!(whole(&rows, 2, 2048), Ok(2048));
        assert_eq!(whole(&rows, 2, 2047), Err(Refusal::PHOTO_SAVE_FILE_INVALID));
    }

    /// P68, P69.
    #[test]
    fn md5_is_compared_in_any_case_and_only_when_given() {
        let hello = "5d41402abc4b2a76b9719d911017c592";
        assert!(md5_matches(b"hello", hello));
        assert!(md5_matches(b"hello", &hello.to_uppercase()));
        assert!(md5_matches(b"hello", ""));
        assert!(!md5_matches(b"hellO", hello));
        assert!(!md5_matches(b"hello", &hello[..31]));
        assert!(!md5_matches(b"hello", &format!("{hello}0")));
        assert!(!md5_matches(
            b"hello",
            "5d41402abc4b2a76b9719d911017c59\u{e9}"
        ));
    }
}
