//! `upload.*` through a real socket: parts in, stretches out. Tests name their rows of the acceptance
//! matrix.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

use bytes::Bytes;
use testkit::{Account, Client, Refused, picture};
use tl::{enums, functions, types};

const RED: [u8; 3] = [200, 20, 20];
const FILE_ID: i64 = 42;

fn refused<T>(name: &str) -> Result<T, Refused> {
    Err(Refused {
        code: 400,
        name: name.to_owned(),
    })
}

async fn small(client: &Client, part: i32, bytes: &[u8]) -> Result<bool, Refused> {
    let bytes = Bytes::copy_from_slice(bytes);
    client
        .call(functions::upload::SaveFilePart {
            file_id: FILE_ID,
            file_part: part,
            bytes,
        })
        .await
}

async fn big(client: &Client, part: i32, total: i32, bytes: &[u8]) -> Result<bool, Refused> {
    let request = functions::upload::SaveBigFilePart {
        file_id: FILE_ID,
        file_part: part,
        file_total_parts: total,
        bytes: Bytes::copy_from_slice(bytes),
    };
    client.call(request).await
}

fn file(parts: i32, md5: &str) -> enums::InputFile {
    let (name, md5_checksum) = ("x.jpg".to_owned(), md5.to_owned());
    types::InputFile {
        id: FILE_ID,
        parts,
        name,
        md5_checksum,
    }
    .into()
}

fn big_file(parts: i32) -> enums::InputFile {
    types::InputFileBig {
        id: FILE_ID,
        parts,
        name: "x.jpg".to_owned(),
    }
    .into()
}

/// Uses an upload as the picture of Bob.
async fn set(
    ada: &Account,
    bob: &Account,
    file: enums::InputFile,
) -> Result<types::Photo, Refused> {
    let mut request = ada.contact_photo(bob).await;
    request.save = true;
    request.file = Some(file);
    match ada.call(request).await?.photo {
        enums::Photo::Photo(photo) => Ok(*photo),
        enums::Photo::Empty(_) => panic!("a set picture is answered with it"),
    }
}

/// The outcome without the photo.
async fn used(ada: &Account, bob: &Account, file: enums::InputFile) -> Result<(), Refused> {
    set(ada, bob, file).await.map(|_| ())
}

/// P66: the first hole is named, filled, and the same call works; P77: and works again.
#[tokio::test]
async fn p66_p77_a_hole_is_filled_and_the_call_repeated() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let parts: Vec<&[u8]> = jpeg.chunks(4096).collect();
    let count = i32::try_from(parts.len()).unwrap();
    for (number, part) in parts.iter().enumerate().filter(|(number, _)| *number != 2) {
        assert_eq!(
            small(&ada, i32::try_from(number).unwrap(), part).await,
            Ok(true)
        );
    }
    assert_eq!(
        used(&ada, &bob, file(count, "")).await,
        refused("FILE_PART_2_MISSING")
    );
    small(&ada, 2, parts[2]).await.unwrap();
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    let more = format!("FILE_PART_{count}_MISSING");
    assert_eq!(used(&ada, &bob, file(count + 1, "")).await, refused(&more));
}

/// P67 to P71: how an upload is named.
#[tokio::test]
async fn p67_p71_an_upload_is_named_by_parts_and_digest() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    small(&ada, 0, &picture(RED, 320)).await.unwrap();
    for parts in [0, -1, 4001, i32::MAX] {
        assert_eq!(
            used(&ada, &bob, file(parts, "")).await,
            refused("FILE_PARTS_INVALID"),
            "{parts}"
        );
    }
    let wrong = "0123456789abcdef0123456789abcdef";
    assert_eq!(
        used(&ada, &bob, file(1, wrong)).await,
        refused("MD5_CHECKSUM_INVALID")
    );
    assert_eq!(used(&ada, &bob, file(1, "")).await, Ok(()));
    assert_eq!(used(&ada, &bob, big_file(1)).await, Ok(()));
    let id = enums::InputDocument::Empty;
    let story = types::InputFileStoryDocument { id }.into();
    assert_eq!(used(&ada, &bob, story).await, refused("PHOTO_INVALID"));
}

/// P72, P73: parts belong to the account, on whichever connection they come.
#[tokio::test]
async fn p72_p73_an_upload_belongs_to_the_account() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let (first, last) = jpeg.split_at(4096);
    let other_key = server.session_of(&ada).await;
    let connection = ada.beside(server.address()).await;
    small(&connection, 0, first).await.unwrap();
    for (number, part) in last.chunks(4096).enumerate() {
        small(&other_key, i32::try_from(number).unwrap() + 1, part)
            .await
            .unwrap();
    }
    let count = i32::try_from(jpeg.chunks(4096).count()).unwrap();
    assert_eq!(used(&ada, &bob, file(count, "")).await, Ok(()));
    bob.import(&ada).await;
    assert_eq!(
        used(&bob, &ada, file(count, "")).await,
        refused("FILE_PART_0_MISSING")
    );
}

/// P74, P75, and the other things that are refused when a part is saved.
#[tokio::test]
async fn p74_p75_parts_are_refused_by_name() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    assert_eq!(small(&ada, 0, &[]).await, refused("FILE_PART_EMPTY"));
    assert_eq!(
        small(&ada, 0, &vec![0; 600 * 1024]).await,
        refused("FILE_PART_TOO_BIG")
    );
    assert_eq!(small(&ada, -1, &[1]).await, refused("FILE_PART_INVALID"));
    assert_eq!(small(&ada, 4000, &[1]).await, refused("FILE_PART_INVALID"));
    for part in 0..3 {
        assert_eq!(small(&ada, part, &[7; 1000]).await, Ok(true));
    }
    assert_eq!(
        used(&ada, &bob, file(3, "")).await,
        refused("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 3, &[7; 1000]).await,
        refused("FILE_PART_SIZE_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 0, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(
        big(&ada, 0, 4001, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(big(&ada, 0, 3, &[7; 1024]).await, Ok(true));
    assert_eq!(
        big(&ada, 1, 3, &[7; 2048]).await,
        refused("FILE_PART_SIZE_CHANGED")
    );
    assert_eq!(
        big(&ada, 1, 4, &[7; 1024]).await,
        refused("FILE_PARTS_INVALID")
    );
    assert_eq!(
        big(&ada, 3, 3, &[7; 1024]).await,
        refused("FILE_PART_INVALID")
    );
    let nobody = server.client().await;
    let refusal = small(&nobody, 0, &[1]).await.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.name.as_str()),
        (401, "AUTH_KEY_UNREGISTERED")
    );
}

/// P70, P76: streams.
#[tokio::test]
async fn p70_p76_a_stream_tells_its_length_at_the_end() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let jpeg = picture(RED, 800);
    let parts: Vec<&[u8]> = jpeg.chunks(4096).collect();
    let count = i32::try_from(parts.len()).unwrap();
    for (number, part) in parts.iter().enumerate() {
        assert_eq!(
            big(&ada, i32::try_from(number).unwrap(), -1, part).await,
            Ok(true)
        );
    }
    assert_eq!(big(&ada, count, count, &[]).await, Ok(true));
    assert_eq!(used(&ada, &bob, big_file(count)).await, Ok(()));
    assert_eq!(
        used(&ada, &bob, big_file(count - 1)).await,
        refused("FILE_PARTS_INVALID")
    );
}

/// 40 MiB over three connections: every part is taken; as a picture it is too long, and nothing of it is
/// read for that answer.
#[tokio::test]
async fn a_long_upload_is_taken_over_several_connections() {
    const PARTS: i32 = 80;
    let server = testkit::start().await;
    let (ada, bob) = server.two_contacts("Ada", "Bob").await;
    let (second, third) = tokio::join!(ada.beside(server.address()), ada.beside(server.address()));
    let part = vec![9; 512 * 1024];
    let some = async |client: &Client, first: i32| {
        let mut number = first;
        while number < PARTS {
            assert_eq!(big(client, number, PARTS, &part).await, Ok(true));
            number += 3;
        }
    };
    tokio::join!(some(&ada, 0), some(&second, 1), some(&third, 2));
    assert_eq!(
        used(&ada, &bob, big_file(PARTS)).await,
        refused("PHOTO_SAVE_FILE_INVALID")
    );
}

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
