//! `upload.*`: parts of files in, stretches of files out.

mod get_cdn_file;
mod get_file;
mod get_file_hashes;
mod get_web_file;
mod save_big_file_part;
mod save_file_part;

use domain::{
    files::{Location, NamedDocument},
    photos::NamedPhoto,
};
use tl::{
    enums::InputFileLocation,
    functions::upload::{
        GetCdnFile, GetFile, GetFileHashes, GetWebFile, SaveBigFilePart, SaveFilePart,
    },
};

use super::{Cx, Method, answers, stickers::named_set, users};

pub(super) const METHODS: &[Method] = &[
    Method::of::<GetCdnFile>(),
    Method::of::<GetFile>(),
    Method::of::<GetFileHashes>(),
    Method::of::<GetWebFile>(),
    Method::of::<SaveBigFilePart>(),
    Method::of::<SaveFilePart>(),
];

/// Where a file is, in the words of the rules. The legacy kinds and those of encrypted files do not exist
/// here, so nothing can be at such a place.
fn location(location: InputFileLocation) -> Location {
    match location {
        InputFileLocation::InputPhotoFileLocation(at) => Location::Photo {
            photo: NamedPhoto {
                photo_id: at.id,
                access_hash: at.access_hash,
                file_reference: at.file_reference,
            },
            letter: at.thumb_size,
        },
        InputFileLocation::InputPeerPhotoFileLocation(at) => Location::PeerPhoto {
            peer: users::named_chat(&at.peer),
            big: at.big,
            photo_id: at.photo_id,
        },
        InputFileLocation::InputDocumentFileLocation(at) => Location::Document {
            document: NamedDocument {
                document_id: at.id,
                access_hash: at.access_hash,
                file_reference: at.file_reference,
            },
            letter: at.thumb_size,
        },
        InputFileLocation::InputStickerSetThumb(at) => {
            Location::SetThumb(named_set(&at.stickerset))
        }
        _ => Location::Other,
    }
}
