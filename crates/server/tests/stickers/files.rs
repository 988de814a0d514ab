//! Files of stickers: whole, their first picture, and who may not read them.

use domain::stickers::Kind;
use motion::StickerKind::{Tgs, WebP};
use sha2::{Digest, Sha256};
use testkit::{Account, Refused, TestServer, set_named, sticker_set};
use tl::{enums, functions as api, types};

use crate::{full, import};

/// The stickers of a set as `viewer` was given them.
async fn shown(server: &TestServer, viewer: &Account) -> Vec<types::Document> {
    import(
        server,
        ("Beasts", Kind::Stickers),
        &[(Tgs, "🙂"), (WebP, "🐟")],
    )
    .await;
    let set = sticker_set(viewer, set_named("Beasts")).await.unwrap();
    set.documents.iter().map(|one| full(one).clone()).collect()
}

fn at(document: &types::Document, thumb_size: &str) -> types::InputDocumentFileLocation {
    types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: thumb_size.to_owned(),
    }
}

async fn read(
    viewer: &Account,
    location: impl Into<enums::InputFileLocation>,
) -> Result<types::upload::File, Refused> {
    let request = api::upload::GetFile::new(location.into(), 0, 1024 * 1024);
    match viewer.call(request).await? {
        enums::upload::File::File(file) => Ok(*file),
        enums::upload::File::CdnRedirect(_) => panic!("there is no CDN"),
    }
}

fn name(outcome: Result<types::upload::File, Refused>) -> String {
    outcome.unwrap_err().name
}

#[tokio::test]
async fn a_sticker_is_read_whole_and_as_its_first_picture() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let [moving, still] = &shown(&server, &ada).await[..] else {
        panic!("two stickers")
    };
    let file = read(&ada, at(moving, "")).await.unwrap();
    assert_eq!(file.bytes, "file of 🙂 in Beasts".as_bytes());
    assert_eq!(file.r#type, enums::storage::FileType::FileUnknown);
    let file = read(&ada, at(still, "")).await.unwrap();
    assert_eq!(file.bytes, "file of 🐟 in Beasts".as_bytes());
    assert_eq!(file.r#type, enums::storage::FileType::FileWebp);
    assert_eq!(file.mtime, still.date);
    let thumb = read(&ada, at(moving, "m")).await.unwrap();
    assert_eq!(thumb.bytes, "thumb of 🙂 in Beasts".as_bytes());
    assert_eq!(thumb.r#type, enums::storage::FileType::FileWebp);
    let ask = api::upload::GetFileHashes {
        location: at(moving, "m").into(),
        offset: 0,
    };
    let hashes = ada.call(ask).await.unwrap();
    assert_eq!(hashes.len(), 1);
    assert_eq!(hashes[0].hash[..], Sha256::digest(&thumb.bytes)[..]);
    for letter in ["j", "a", "s", "mm"] {
        let no = name(read(&ada, at(moving, letter)).await);
        assert_eq!(no, "LOCATION_INVALID", "{letter}");
    }
    let set = types::InputStickerSetThumb {
        stickerset: set_named("Beasts"),
        thumb_version: 0,
    };
    assert_eq!(read(&ada, set).await.unwrap().bytes, thumb.bytes);
}

#[tokio::test]
async fn what_one_was_shown_of_a_sticker_is_worth_nothing_to_another() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let moving = &shown(&server, &ada).await[0];
    assert_eq!(name(read(&bob, at(moving, "")).await), "LOCATION_INVALID");
    let mut wrong = at(moving, "");
    wrong.access_hash += 1;
    assert_eq!(name(read(&ada, wrong).await), "LOCATION_INVALID");
    let mut none = at(moving, "");
    none.id = 0;
    assert_eq!(name(read(&ada, none).await), "FILE_ID_INVALID");
    let mut bare = at(moving, "");
    bare.file_reference = bytes::Bytes::new();
    assert_eq!(name(read(&ada, bare).await), "FILE_REFERENCE_EMPTY");
    let mut foreign = at(moving, "");
    foreign.file_reference = shown(&server, &bob).await[0].file_reference.clone();
    assert_eq!(name(read(&ada, foreign).await), "FILE_REFERENCE_INVALID");
    // A photo of the same id has other hashes.
    let photo = types::InputPhotoFileLocation {
        id: moving.id,
        access_hash: moving.access_hash,
        file_reference: moving.file_reference.clone(),
        thumb_size: "a".to_owned(),
    };
    assert_eq!(name(read(&ada, photo).await), "LOCATION_INVALID");
    let set = types::InputStickerSetThumb {
        stickerset: set_named("Nothing"),
        thumb_version: 0,
    };
    assert_eq!(name(read(&ada, set).await), "LOCATION_INVALID");
}

#[tokio::test]
async fn an_expired_reference_is_renewed_by_asking_for_the_set() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let moving = &shown(&server, &ada).await[0];
    server.expire_file_references();
    assert_eq!(
        name(read(&ada, at(moving, "m")).await),
        "FILE_REFERENCE_EXPIRED"
    );
    let moving = &shown(&server, &ada).await[0];
    assert!(read(&ada, at(moving, "m")).await.is_ok());
    let gone = domain::stickers::delete(&server.running().services, "Beasts").await;
    gone.unwrap();
    assert_eq!(name(read(&ada, at(moving, "m")).await), "LOCATION_INVALID");
}
