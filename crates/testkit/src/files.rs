//! Pictures as a client downloads them.

use tl::{enums, functions, types};

use crate::{Account, Refused};

/// One size of a photo, by the photo.
///
/// # Errors
/// What the server refused it with.
pub async fn download(
    viewer: &Account,
    photo: &types::Photo,
    letter: &str,
) -> Result<Vec<u8>, Refused> {
    let location = types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: letter.to_owned(),
    };
    read(viewer, location.into()).await
}

/// The picture of a user, group or channel, by the peer.
///
/// # Errors
/// What the server refused it with.
pub async fn peer_photo(
    viewer: &Account,
    peer: enums::InputPeer,
    photo_id: i64,
    big: bool,
) -> Result<Vec<u8>, Refused> {
    let location = types::InputPeerPhotoFileLocation {
        big,
        peer,
        photo_id,
    };
    read(viewer, location.into()).await
}

async fn read(viewer: &Account, location: enums::InputFileLocation) -> Result<Vec<u8>, Refused> {
    let request = functions::upload::GetFile::new(location, 0, 1024 * 1024);
    match viewer.call(request).await? {
        enums::upload::File::File(file) => Ok(file.bytes.to_vec()),
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    }
}
