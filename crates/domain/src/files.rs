//! Files on their way out: which bytes a client may read, and their hashes.

mod sticker;
mod window;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use store::{
    Tx,
    blobs::BlobKey,
    rows::photos::{self as rows, PhotoRow},
};

pub use sticker::NamedDocument;
pub use window::{HASH_BLOCK_BYTES, WINDOW_BYTES, Window};

use crate::{
    Error, Fault, Refusal, Seen, Services,
    chats::{self, NamedPeer},
    peers,
    photos::{self, NamedPhoto},
    stickers::NamedSet,
};

/// The letters of the two sizes that a peer's picture is asked for by. Source: official page on files.
const PEER_PHOTO_SMALL: &str = "a";
const PEER_PHOTO_BIG: &str = "c";

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// `inputPhotoFileLocation`: one size of a photo.
    Photo {
        /// The photo, as the client was given it.
        photo: NamedPhoto,
        /// The size.
        letter: String,
    },
    /// `inputPeerPhotoFileLocation`: a photo of a user, group or channel that the client may see now.
    PeerPhoto {
        /// Whose picture.
        peer: NamedPeer,
        /// The large size.
        big: bool,
        /// The photo that the client saw on that peer.
        photo_id: i64,
    },
    /// `inputDocumentFileLocation`: a sticker or custom emoji.
    Document {
        /// The sticker, as the client was given it.
        document: NamedDocument,
        /// Empty: the whole file; `m`: its first picture.
        letter: String,
    },
    /// `inputStickerSetThumb`: the picture of a set, which is that of its first sticker.
    SetThumb(NamedSet),
    /// Any other kind: nothing here has one.
    Other,
}

/// Of which kind a file is, as far as the protocol has a word for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `storage.fileJpeg`.
    Jpeg,
    /// `storage.fileMp4`.
    Mp4,
    /// `storage.fileWebp`.
    Webp,
    /// `storage.fileUnknown`: animations and films of stickers.
    Unknown,
}

/// A stretch of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What the file is.
    pub kind: FileKind,
    /// Unix seconds at which the file was made.
    pub made_at: i64,
    /// Shorter than asked for at the end of the file, empty behind it.
    pub bytes: Bytes,
}

/// The SHA-256 of one block of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockHash {
    /// First byte.
    pub offset: i64,
    /// Length.
    pub bytes: i64,
    /// The digest.
    pub hash: [u8; 32],
}

/// `upload.getFile`: a stretch of a file that `viewer` may see now.
///
/// # Errors
/// LOCATION_INVALID: no such file, or none that this viewer may see. FILE_ID_INVALID: not the id of
/// any file. FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
pub async fn read(
    services: &Services,
    viewer: i64,
    location: &Location,
    window: Window,
) -> Result<Stretch, Error> {
    let found = find(services, viewer, location).await?;
    let bytes = services
        .blobs
        .read(&found.blob, window.offset, window.bytes)
        .await;
    let bytes = bytes.map_err(Fault::doing("read a stretch of a file"))?;
    Ok(Stretch {
        kind: found.kind,
        made_at: found.made_at,
        bytes,
    })
}

/// `upload.getFileHashes`: the hashes of the blocks in `window`.
///
/// # Errors
/// Those of [`read`].
pub async fn hashes(
    services: &Services,
    viewer: i64,
    location: &Location,
    window: Window,
) -> Result<Vec<BlockHash>, Error> {
    let stretch = read(services, viewer, location, window).await?;
    let block = usize::try_from(HASH_BLOCK_BYTES).unwrap_or(usize::MAX);
    let mut offset = window.offset.cast_signed();
    let hashes = stretch.bytes.chunks(block).map(|bytes| {
        let hash = BlockHash {
            offset,
            bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            hash: Sha256::digest(bytes).into(),
        };
        offset += hash.bytes;
        hash
    });
    Ok(hashes.collect())
}

/// A file that the viewer may read.
struct Found {
    blob: BlobKey,
    kind: FileKind,
    made_at: i64,
}

async fn find(services: &Services, viewer: i64, location: &Location) -> Result<Found, Error> {
    let mut tx = services.store.read().await?;
    let (photo, letter) = match location {
        Location::Photo { photo, letter } => (
            by_reference(services, &mut tx, viewer, photo).await?,
            letter.as_str(),
        ),
        Location::PeerPhoto {
            peer,
            big,
            photo_id,
        } => {
            let photo = of_peer(services, &mut tx, viewer, (*peer, *photo_id)).await?;
            (
                photo,
                if *big {
                    PEER_PHOTO_BIG
                } else {
                    PEER_PHOTO_SMALL
                },
            )
        }
        Location::Document { document, letter } => {
            return sticker::find(services, &mut tx, viewer, (document, letter)).await;
        }
        Location::SetThumb(set) => {
            return sticker::find_thumb(services, &mut tx, viewer, set).await;
        }
        Location::Other => return Err(Refusal::LOCATION_INVALID.into()),
    };
    let file = photo.file(letter).ok_or(Refusal::LOCATION_INVALID)?;
    Ok(Found {
        blob: file.blob,
        kind: if file.is_video() {
            FileKind::Mp4
        } else {
            FileKind::Jpeg
        },
        made_at: photo.created_at,
    })
}

/// Whether the viewer was given a file: by its access hash, and by a reference that has not expired.
///
/// # Errors
/// FILE_ID_INVALID: not the id of any file. LOCATION_INVALID: a wrong hash. FILE_REFERENCE_EMPTY,
/// FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
fn was_shown(
    services: &Services,
    seen: Seen,
    (access_hash, file_reference): (i64, &[u8]),
) -> Result<(), Refusal> {
    if seen.id <= 0 {
        return Err(Refusal::FILE_ID_INVALID);
    }
    if services.hashes.access_hash(seen) != access_hash {
        return Err(Refusal::LOCATION_INVALID);
    }
    let age = services.reference_age();
    services.hashes.check_reference(seen, file_reference, age)
}

async fn by_reference(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: &NamedPhoto,
) -> Result<PhotoRow, Error> {
    let seen = Seen::photo(viewer, named.photo_id);
    let proof = (named.access_hash, &named.file_reference[..]);
    was_shown(services, seen, proof)?;
    let photo = rows::by_id(tx, named.photo_id)
        .await?
        .ok_or(Refusal::LOCATION_INVALID)?;
    if photos::may_hold(tx, viewer, &photo).await? {
        Ok(photo)
    } else {
        Err(Refusal::LOCATION_INVALID.into())
    }
}

async fn of_peer(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    (peer, photo_id): (NamedPeer, i64),
) -> Result<PhotoRow, Error> {
    let NamedPeer::User(peer) = peer else {
        let photo = of_chat(services, tx, viewer, (peer, photo_id)).await?;
        return photo.ok_or_else(|| Refusal::LOCATION_INVALID.into());
    };
    let owner = match peers::resolve(services, tx, viewer, peer).await {
        Err(Error::Refused(_)) => return Err(Refusal::LOCATION_INVALID.into()),
        outcome => outcome?,
    };
    let photo = photos::shown_of(services, tx, viewer, &owner, photo_id).await?;
    photo.ok_or_else(|| Refusal::LOCATION_INVALID.into())
}

/// The picture that a group or channel shows `viewer` now, if it is this one.
///
/// Chosen: earlier ones are asked for by the messages that tell of them.
async fn of_chat(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    (peer, photo_id): (NamedPeer, i64),
) -> Result<Option<PhotoRow>, Error> {
    let Ok(peer) = chats::peer(services, viewer, peer) else {
        return Ok(None);
    };
    let shown = chats::view_one(services, tx, viewer, peer).await?;
    let shown = shown.and_then(|view| view.photo);
    match shown.filter(|photo| photo.photo_id == photo_id) {
        Some(_) => Ok(rows::by_id(tx, photo_id).await?),
        None => Ok(None),
    }
}
