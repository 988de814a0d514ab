//! Stretches of files on their way out, and every way in which a location can be wrong.

use bytes::Bytes;
use testkit::{Account, Client, Refused, picture};
use tl::{enums, functions, types};

use crate::{refused, set};

const RED: [u8; 3] = [200, 20, 20];

fn location(photo: &types::Photo, letter: &str) -> enums::InputFileLocation {
    types::InputPhotoFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: letter.to_owned(),
    }
    .into()
}

async fn read(
    client: &Client,
    location: enums::InputFileLocation,
    (offset, limit, precise): (i64, i32, bool),
) -> Result<types::upload::File, Refused> {
    let mut request = functions::upload::GetFile::new(location, offset, limit);
    (request.precise, request.cdn_supported) = (precise, true);
    match client.call(request).await? {
        enums::upload::File::File(file) => Ok(*file),
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    }
}

/// Ada's picture of Bob, from pixels that take some room.
async fn speckled(server: &testkit::TestServer) -> (Account, Account, types::Photo) {
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let mut bmp = b"BM".to_vec();
    for word in [
        54 + 640 * 640 * 3_u32,
        0,
        54,
        40,
        640,
        640,
        0x0018_0001,
        0,
        0,
        0,
        0,
        0,
        0,
    ] {
        bmp.extend_from_slice(&word.to_le_bytes());
    }
    let mut state = 1_u32;
    bmp.extend((0..640 * 640 * 3).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    }));
    let file = ada.upload(&bmp, "x.bmp").await;
    let photo = set(&ada, &bob, file).await.unwrap();
    (ada, bob, photo)
}

fn length(photo: &types::Photo, letter: &str) -> usize {
    let size = photo.sizes.iter().find_map(|size| match size {
        enums::PhotoSize::PhotoSize(size) if size.r#type == letter => Some(size.size),
        _ => None,
    });
    usize::try_from(size.unwrap()).unwrap()
}

/// P80, P81, P84, P86: whole sizes and stretches of them.
#[tokio::test]
async fn p80_p86_stretches_of_a_size() {
    let server = testkit::start().await;
    let (ada, _bob, photo) = speckled(&server).await;
    let all = (0, 1024 * 1024, false);
    for letter in ["a", "b", "c"] {
        let found = read(&ada, location(&photo, letter), all).await.unwrap();
        assert_eq!(found.bytes.len(), length(&photo, letter));
        assert_eq!(found.r#type, enums::storage::FileType::FileJpeg);
        assert_eq!(found.mtime, photo.date);
    }
    for letter in ["z", "i", "u", "", "ab"] {
        let missing = read(&ada, location(&photo, letter), all).await;
        assert_eq!(missing, refused("LOCATION_INVALID"), "{letter}");
    }
    let whole = read(&ada, location(&photo, "c"), all).await.unwrap().bytes;
    assert!(whole.len() > 128 * 1024);
    let mut joined = Vec::new();
    while joined.len() < whole.len() {
        let offset = i64::try_from(joined.len()).unwrap();
        let part = read(&ada, location(&photo, "c"), (offset, 32 * 1024, false))
            .await
            .unwrap();
        assert!(!part.bytes.is_empty());
        joined.extend_from_slice(&part.bytes);
    }
    assert_eq!(joined, whole);
    let some = read(&ada, location(&photo, "c"), (1024, 3072, true))
        .await
        .unwrap();
    assert_eq!(some.bytes, whole.slice(1024..4096));
    let past = read(&ada, location(&photo, "c"), (1024 * 1024, 4096, false))
        .await
        .unwrap();
    assert!(past.bytes.is_empty());
}

/// P83, P85: offsets and limits.
#[tokio::test]
async fn p83_p85_offset_and_limit_are_multiples() {
    let server = testkit::start().await;
    let (ada, _bob, photo) = speckled(&server).await;
    for (offset, limit, precise, name) in [
        (0, 1000, false, "LIMIT_INVALID"),
        (0, 12_288, false, "LIMIT_INVALID"),
        (0, 0, false, "LIMIT_INVALID"),
        (0, 2 * 1024 * 1024, false, "LIMIT_INVALID"),
        (0, 1000, true, "LIMIT_INVALID"),
        (1024 * 1024 - 4096, 8192, false, "LIMIT_INVALID"),
        (100, 4096, false, "OFFSET_INVALID"),
        (1024, 4096, false, "OFFSET_INVALID"),
        (-4096, 4096, false, "OFFSET_INVALID"),
        (100, 1024, true, "OFFSET_INVALID"),
    ] {
        let found = read(&ada, location(&photo, "a"), (offset, limit, precise)).await;
        assert_eq!(found, refused(name), "{offset} {limit} {precise}");
    }
}

/// P82 and every other way in which a location can be wrong.
#[tokio::test]
async fn p82_locations_are_refused_by_name() {
    let server = testkit::start().await;
    let (ada, bob, photo) = speckled(&server).await;
    let with = |change: &dyn Fn(&mut types::Photo)| {
        let mut changed = photo.clone();
        change(&mut changed);
        location(&changed, "a")
    };
    let peer = ada.peer(&bob).await;
    let of_peer = |peer, photo_id| {
        types::InputPeerPhotoFileLocation {
            big: false,
            peer,
            photo_id,
        }
        .into()
    };
    let document = types::InputDocumentFileLocation {
        id: photo.id,
        access_hash: photo.access_hash,
        file_reference: photo.file_reference.clone(),
        thumb_size: String::new(),
    };
    let sticker = types::InputStickerSetThumb {
        stickerset: enums::InputStickerSet::Empty,
        thumb_version: 1,
    };
    let chat = types::InputPeerChat { chat_id: 5 };
    for (location, name) in [
        (
            with(&|it| it.file_reference = Bytes::new()),
            "FILE_REFERENCE_EMPTY",
        ),
        (
            with(&|it| it.file_reference = Bytes::from_static(b"?")),
            "FILE_REFERENCE_INVALID",
        ),
        (with(&|it| it.access_hash += 1), "LOCATION_INVALID"),
        (with(&|it| it.id = 0), "FILE_ID_INVALID"),
        (with(&|it| it.id += 1), "LOCATION_INVALID"),
        (of_peer(peer, photo.id + 1), "LOCATION_INVALID"),
        (
            of_peer(enums::InputPeer::Self_, photo.id),
            "LOCATION_INVALID",
        ),
        (
            of_peer(enums::InputPeer::Empty, photo.id),
            "LOCATION_INVALID",
        ),
        (of_peer(chat.into(), photo.id), "LOCATION_INVALID"),
        (document.into(), "LOCATION_INVALID"),
        (sticker.into(), "LOCATION_INVALID"),
        (
            enums::InputFileLocation::InputTakeoutFileLocation,
            "LOCATION_INVALID",
        ),
    ] {
        let found = read(&ada, location.clone(), (0, 4096, false)).await;
        assert_eq!(found, refused(name), "{location:?}");
    }
    server.expire_file_references();
    let found = read(&ada, location(&photo, "a"), (0, 4096, false)).await;
    assert_eq!(found, refused("FILE_REFERENCE_EXPIRED"));
}

/// The own picture by `inputPeerSelf`.
#[tokio::test]
async fn the_own_picture_is_read_by_self() {
    let server = testkit::start().await;
    let bob = server.account("Bob").await;
    let enums::Photo::Photo(photo) = bob.set_own(&picture(RED, 640)).await.unwrap().photo else {
        panic!("a new picture is answered with it");
    };
    let location = types::InputPeerPhotoFileLocation {
        big: true,
        peer: enums::InputPeer::Self_,
        photo_id: photo.id,
    };
    let found = read(&bob, location.into(), (0, 1024 * 1024, false))
        .await
        .unwrap();
    assert_eq!(found.bytes.len(), length(&photo, "c"));
}

/// P87: the hashes are of the bytes that are read.
#[tokio::test]
async fn p87_hashes_are_of_blocks() {
    let server = testkit::start().await;
    let (ada, bob, photo) = speckled(&server).await;
    let whole = read(&ada, location(&photo, "c"), (0, 1024 * 1024, false))
        .await
        .unwrap()
        .bytes;
    let request = functions::upload::GetFileHashes {
        location: location(&photo, "c"),
        offset: 0,
    };
    let hashes = ada.call(request.clone()).await.unwrap();
    let mut end = 0;
    for block in &hashes {
        assert_eq!(usize::try_from(block.offset).unwrap(), end);
        let start = end;
        end += usize::try_from(block.limit).unwrap();
        // The store names blobs by the same digest.
        assert_eq!(
            block.hash,
            store::blobs::BlobKey::of(&whole[start..end]).0[..]
        );
    }
    assert_eq!(end, whole.len());
    assert!(hashes.len() > 1);
    let stranger = bob.call(request.clone()).await.map(|_| ());
    assert_eq!(stranger, refused("LOCATION_INVALID"));
    let below = functions::upload::GetFileHashes {
        offset: -1,
        ..request
    };
    assert_eq!(ada.call(below).await.map(|_| ()), refused("OFFSET_INVALID"));
}

/// There is no CDN and there are no web files.
#[tokio::test]
async fn what_is_never_handed_out_is_never_found() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let file_token = Bytes::from_static(b"token");
    let request = functions::upload::GetCdnFile {
        file_token,
        offset: 0,
        limit: 4096,
    };
    assert_eq!(
        ada.call(request).await.map(|_| ()),
        refused("FILE_TOKEN_INVALID")
    );
    let at = types::InputWebFileLocation {
        url: "http://example".to_owned(),
        access_hash: 1,
    };
    let request = functions::upload::GetWebFile {
        location: at.into(),
        offset: 0,
        limit: 4096,
    };
    assert_eq!(
        ada.call(request).await.map(|_| ()),
        refused("LOCATION_INVALID")
    );
}
