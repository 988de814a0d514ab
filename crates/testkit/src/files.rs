//! Pictures as a client reads and downloads them.

use tl::{enums, functions, types};

use crate::{Account, Refused};

/// The films of a photo: letter, side, start; the big one first, both square. What is drawn has one, too:
/// clients fail at a picture that has something else in its place.
pub fn films(photo: &types::Photo) -> Vec<(String, i32, Option<f64>)> {
    let sizes = photo.video_sizes.iter().flatten();
    let films = sizes.filter_map(|size| match size {
        enums::VideoSize::VideoSize(film) => {
            assert_eq!(film.w, film.h);
            assert!(film.size > 0);
            Some((film.r#type.clone(), film.w, film.video_start_ts))
        }
        _ => None,
    });
    let films: Vec<_> = films.collect();
    let letters: Vec<&str> = films.iter().map(|film| film.0.as_str()).collect();
    assert!(matches!(letters[..], [] | ["u"] | ["u", "p"]), "{photo:?}");
    assert_eq!(photo.video_sizes.is_some(), !films.is_empty(), "{photo:?}");
    films
}

/// What a photo is drawn from; it stands behind the films.
pub fn markup(photo: &types::Photo) -> Option<&enums::VideoSize> {
    let sizes = photo.video_sizes.as_deref().unwrap_or_default();
    let is_drawn = |size: &enums::VideoSize| !matches!(size, enums::VideoSize::VideoSize(_));
    let drawn: Vec<&enums::VideoSize> = sizes.iter().filter(|size| is_drawn(size)).collect();
    assert!(drawn.len() <= 1, "{photo:?}");
    sizes.last().filter(|size| is_drawn(size))
}

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
