//! Files of stickers: the whole file, and its first picture.

use store::Tx;
use store::rows::stickers::{self as rows, DocumentRow};

use super::{FileKind, Found};
use crate::stickers::{self, NamedSet};
use crate::{Error, Refusal, Seen, Services};

/// The letter of a sticker's first picture. Source: official page on files, a box of 320 pixels.
const THUMB: &str = "m";

/// A sticker or custom emoji as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedDocument {
    /// Its id.
    pub document_id: i64,
    /// Proof that the caller was shown it.
    pub access_hash: i64,
    /// Where the caller has it from.
    pub file_reference: bytes::Bytes,
}

/// A file of a sticker. Whoever was given a sticker may read it: all of them belong to everybody.
///
/// # Errors
/// FILE_ID_INVALID: not the id of any sticker. LOCATION_INVALID: no such sticker, a wrong hash, or a size
/// that it has not. FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
pub(super) async fn find(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    (named, letter): (&NamedDocument, &str),
) -> Result<Found, Error> {
    let seen = Seen::document(viewer, named.document_id);
    let proof = (named.access_hash, &named.file_reference[..]);
    super::was_shown(services, seen, proof)?;
    let row = rows::by_id(tx, named.document_id).await?;
    let row = row.ok_or(Refusal::LOCATION_INVALID)?;
    match letter {
        "" => Ok(Found {
            blob: row.blob,
            kind: kind(&row.mime_type),
            made_at: row.created_at,
        }),
        THUMB => Ok(thumb(&row)),
        _ => Err(Refusal::LOCATION_INVALID.into()),
    }
}

/// The picture of a set. Lists name no size of it, so that clients take the first sticker; one that asks
/// all the same is given the same picture.
///
/// # Errors
/// LOCATION_INVALID: a set that is not known, or was not given to the viewer.
pub(super) async fn find_thumb(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    set: &NamedSet,
) -> Result<Found, Error> {
    let set = match stickers::find_set(services, tx, viewer, set).await {
        Err(Error::Refused(_)) => return Err(Refusal::LOCATION_INVALID.into()),
        outcome => outcome?,
    };
    let firsts = rows::firsts(tx, &[set.set_id]).await?;
    let first = firsts.get(&set.set_id).ok_or(Refusal::LOCATION_INVALID)?;
    let row = rows::by_id(tx, *first).await?;
    Ok(thumb(&row.ok_or(Refusal::LOCATION_INVALID)?))
}

fn thumb(row: &DocumentRow) -> Found {
    Found {
        blob: row.thumb.blob,
        kind: FileKind::Webp,
        made_at: row.created_at,
    }
}

/// Chosen: films of stickers are not MP4, which is the only film the protocol has a word for.
fn kind(mime_type: &str) -> FileKind {
    match mime_type {
        "image/webp" => FileKind::Webp,
        _ => FileKind::Unknown,
    }
}
