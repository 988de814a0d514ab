//! Which files some row names. Whoever adds a column with a blob adds it here, or a sweep removes its files.

use std::collections::HashSet;

use super::rows_among;
use crate::blobs::BlobKey;
use crate::{Row, StoreError, Tx};

/// Which of `blobs` some row names: a size of a photo, a sticker, or its first picture. A sweep deletes
/// the others, if they are old.
pub async fn named(tx: &mut Tx, blobs: &[BlobKey]) -> Result<HashSet<BlobKey>, StoreError> {
    let of_photos = "SELECT DISTINCT blob FROM photo_files WHERE blob IN (#)";
    let of_stickers = "SELECT DISTINCT blob FROM documents WHERE blob IN (#)";
    let of_thumbs = "SELECT DISTINCT thumb_blob FROM documents WHERE thumb_blob IN (#)";
    let mut named = HashSet::new();
    for sql in [of_photos, of_stickers, of_thumbs] {
        for row in rows_among(tx, sql, &[], blobs).await? {
            named.insert(key(&row, 0)?);
        }
    }
    Ok(named)
}

/// A column that names a blob.
pub(super) fn key(row: &Row, column: usize) -> Result<BlobKey, StoreError> {
    let digest = row.bytes(column)?.try_into();
    let digest = digest.map_err(|_| StoreError::Broken("a blob has no SHA-256 for a name".into()));
    Ok(BlobKey(digest?))
}
