//! The set that is part of the program: given once, the same on every server, and described as its files are.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use testkit::{TestServer, set_named, sticker_set};
use tl::{enums, functions as api};

use crate::full;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/emoji")
}

/// What is found in each file, as `facts.json` holds it, and the first pictures by their names.
fn found() -> (String, BTreeMap<String, Vec<u8>>) {
    let (mut facts, mut thumbs) = (BTreeMap::new(), BTreeMap::new());
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(stem) = name.strip_suffix(".tgs") else {
            continue;
        };
        let sticker = motion::sticker(&fs::read(&path).unwrap()).unwrap();
        let digits = |bytes: &bytes::Bytes| {
            let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>()
        };
        let fact = json!({
            "width_px": sticker.width_px,
            "height_px": sticker.height_px,
            "duration_ms": sticker.duration_ms,
            "thumb_width_px": sticker.thumb_width_px,
            "thumb_height_px": sticker.thumb_height_px,
            "outline": sticker.outline.as_ref().map(digits),
        });
        thumbs.insert(format!("{stem}.webp"), sticker.thumb.to_vec());
        facts.insert(name, fact);
    }
    let lines = facts
        .iter()
        .map(|(name, fact)| format!("  \"{name}\": {fact}"));
    let lines: Vec<String> = lines.collect();
    (format!("{{\n{}\n}}\n", lines.join(",\n")), thumbs)
}

/// With `CAMEO_WRITE_FACTS` set, what is found is written beside the drawings instead.
#[test]
fn the_facts_beside_the_drawings_are_what_is_found_in_them() {
    let (facts, thumbs) = found();
    let place = folder();
    if std::env::var_os("CAMEO_WRITE_FACTS").is_some() {
        fs::create_dir_all(place.join("thumbs")).unwrap();
        fs::write(place.join("facts.json"), &facts).unwrap();
        for (name, bytes) in &thumbs {
            fs::write(place.join("thumbs").join(name), bytes).unwrap();
        }
    }
    let anew = "CAMEO_WRITE_FACTS=1 cargo test -p cameo --test stickers facts writes them anew";
    assert_eq!(
        fs::read_to_string(place.join("facts.json")).unwrap(),
        facts,
        "{anew}"
    );
    let kept = fs::read_dir(place.join("thumbs")).unwrap();
    assert_eq!(kept.count(), thumbs.len(), "{anew}");
    for (name, bytes) in &thumbs {
        assert!(
            fs::read(place.join("thumbs").join(name)).unwrap() == *bytes,
            "{name}: {anew}"
        );
    }
}

async fn offered(server: &TestServer, hash: i64) -> enums::EmojiList {
    let ada = server.account("Ada").await;
    let ask = api::account::GetDefaultProfilePhotoEmojis { hash };
    ada.call(ask).await.unwrap()
}

/// P136.
#[tokio::test]
async fn p136_custom_emoji_are_offered_for_pictures_from_the_first_start() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let enums::EmojiList::EmojiList(list) = offered(&server, 0).await else {
        panic!("nothing was there before")
    };
    assert!(list.document_id.len() >= 10, "{list:?}");
    assert_eq!(
        offered(&server, list.hash).await,
        enums::EmojiList::NotModified
    );
    let known = |list: enums::EmojiList| match list {
        enums::EmojiList::EmojiList(list) => list.document_id,
        enums::EmojiList::NotModified => panic!("nothing was there before"),
    };
    let groups = api::account::GetDefaultGroupPhotoEmojis { hash: 0 };
    let groups = known(ada.call(groups).await.unwrap());
    let backgrounds = api::account::GetDefaultBackgroundEmojis { hash: 0 };
    let backgrounds = known(ada.call(backgrounds).await.unwrap());
    assert!(!groups.is_empty() && !backgrounds.is_empty());
    // Of another state, as a client has it from another server, all are told.
    let other = offered(&server, list.hash ^ 1).await;
    assert_eq!(known(other), list.document_id);
    // Every one of them is known, and patterns take the colour of text.
    let document_id = [&list.document_id[..], &groups, &backgrounds].concat();
    let ask = api::messages::GetCustomEmojiDocuments { document_id };
    let found = ada.call(ask).await.unwrap();
    for one in found.iter().map(full) {
        assert_eq!(one.mime_type, "application/x-tgsticker");
        assert!(one.thumbs.as_ref().is_some_and(|thumbs| !thumbs.is_empty()));
        let white = one.attributes.iter().any(|attribute| {
            matches!(attribute, enums::DocumentAttribute::CustomEmoji(emoji) if emoji.text_color)
        });
        assert!(white || !backgrounds.contains(&one.id));
        let (mut sides, mut meaning) = (None, None);
        for attribute in &one.attributes {
            match attribute {
                enums::DocumentAttribute::ImageSize(size) => sides = Some((size.w, size.h)),
                enums::DocumentAttribute::CustomEmoji(emoji) => meaning = Some(emoji),
                _ => {}
            }
        }
        assert_eq!(sides, Some((512, 512)), "{one:?}");
        let meaning = meaning.unwrap();
        assert!(meaning.free && !meaning.alt.is_empty(), "{one:?}");
        let set = sticker_set(&ada, meaning.stickerset.clone()).await.unwrap();
        assert!(set.documents.iter().any(|it| full(it).id == one.id));
    }
    let ids = |ids: &[i64]| {
        ids.iter()
            .filter(|id| found.iter().any(|one| full(one).id == **id))
            .count()
    };
    assert_eq!(ids(&list.document_id), list.document_id.len());
}

#[tokio::test]
async fn a_host_who_deletes_the_first_set_is_not_given_it_again() {
    let mut server = testkit::start().await;
    let same: Value = ids(&server).await;
    let other = testkit::start().await;
    assert_eq!(ids(&other).await, same, "the same on every server");
    server.restart().await;
    assert_eq!(ids(&server).await, same);
    let services = &server.running().services;
    domain::stickers::delete(services, "CameoEmoji")
        .await
        .unwrap();
    server.restart().await;
    let ada = server.account("Ada").await;
    let none = sticker_set(&ada, set_named("CameoEmoji"))
        .await
        .unwrap_err();
    assert_eq!(none.name, "STICKERSET_INVALID");
}

/// The id and hash of the first set, and the ids of its stickers.
async fn ids(server: &TestServer) -> Value {
    let ada = server.account("Ada").await;
    let set = sticker_set(&ada, set_named("CameoEmoji")).await.unwrap();
    let stickers: Vec<i64> = set.documents.iter().map(|one| full(one).id).collect();
    json!([set.set.id, set.set.hash, stickers])
}
