//! Sets, lists of them, and stickers by their ids.

use domain::stickers::Kind;
use motion::StickerKind::{Tgs, WebM, WebP};
use testkit::{Account, Refused, set_named, sticker_set};
use tl::{enums, functions as api, types};

use crate::{full, import};

fn refused(name: &str) -> Refused {
    Refused::new(400, name)
}

#[tokio::test]
async fn a_set_is_found_by_the_name_in_its_link_and_by_what_was_shown_of_it() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let all = [(Tgs, "🙂😀"), (WebM, "🙂"), (WebP, "🐟")];
    let made = import(&server, ("Beasts", Kind::Stickers), &all).await;
    let found = sticker_set(&ada, set_named("bEASTS")).await.unwrap();
    assert_eq!(found.set.id, made.set.set_id);
    assert_eq!((&*found.set.short_name, found.set.count), ("Beasts", 3));
    assert!(!found.set.emojis && found.set.installed_date.is_some());
    let ids: Vec<i64> = found.documents.iter().map(|one| full(one).id).collect();
    let packs: Vec<(&str, Vec<i64>)> = found
        .packs
        .iter()
        .map(|pack| (&*pack.emoticon, pack.documents.clone()))
        .collect();
    let expected = [
        ("🙂", vec![ids[0], ids[1]]),
        ("😀", vec![ids[0]]),
        ("🐟", vec![ids[2]]),
    ];
    assert_eq!(packs, expected);

    let shown = types::InputStickerSetID {
        id: found.set.id,
        access_hash: found.set.access_hash,
    };
    let again = sticker_set(&ada, shown.clone().into()).await.unwrap();
    assert_eq!(again, found);
    // What Ada was shown is worth nothing to Bob, who must follow the link himself.
    let foreign = sticker_set(&bob, shown.clone().into()).await.unwrap_err();
    assert_eq!(foreign, refused("STICKERSET_INVALID"));
    assert!(sticker_set(&bob, set_named("Beasts")).await.is_ok());
    for asked in [
        set_named("nothing"),
        enums::InputStickerSet::EmojiDefaultTopicIcons,
        enums::InputStickerSet::AnimatedEmoji,
        enums::InputStickerSet::Empty,
    ] {
        let none = sticker_set(&ada, asked).await.unwrap_err();
        assert_eq!(none, refused("STICKERSET_INVALID"));
    }
    let known = api::messages::GetStickerSet {
        stickerset: shown.into(),
        hash: found.set.hash,
    };
    let same = ada.call(known).await.unwrap();
    assert_eq!(same, enums::messages::StickerSet::NotModified);
}

#[tokio::test]
async fn a_sticker_says_what_it_is_and_what_it_stands_for() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let all = [(Tgs, "🙂"), (WebM, "⭐"), (WebP, "🐟")];
    import(&server, ("Beasts", Kind::Stickers), &all).await;
    import(&server, ("Smiles", Kind::Emoji), &all[..1]).await;
    let stickers = sticker_set(&ada, set_named("Beasts")).await.unwrap();
    let of_set: enums::InputStickerSet = types::InputStickerSetID {
        id: stickers.set.id,
        access_hash: stickers.set.access_hash,
    }
    .into();
    let told = stickers.documents.iter().map(full);
    let kinds: Vec<(&str, i64)> = told.map(|one| (&*one.mime_type, one.size)).collect();
    let bytes = "file of 🙂 in Beasts".len() as i64;
    let expected = [
        ("application/x-tgsticker", bytes),
        ("video/webm", bytes - 1),
        ("image/webp", bytes),
    ];
    assert_eq!(kinds, expected);
    let film = full(&stickers.documents[1]);
    let film_attribute = types::DocumentAttributeVideo::new(2.5, 512, 500);
    assert!(film.attributes.contains(&film_attribute.into()), "{film:?}");
    let still = full(&stickers.documents[2]);
    let size = types::DocumentAttributeImageSize { w: 512, h: 500 };
    let meaning = types::DocumentAttributeSticker::new("🐟".to_owned(), of_set);
    for attribute in [size.into(), meaning.into()] {
        assert!(still.attributes.contains(&attribute), "{still:?}");
    }
    let [
        enums::PhotoSize::PhotoPathSize(outline),
        enums::PhotoSize::PhotoSize(thumb),
    ] = &still.thumbs.as_ref().unwrap()[..]
    else {
        panic!("{still:?}")
    };
    assert_eq!(
        (&*outline.r#type, &outline.bytes[..]),
        ("j", &[1, 2, 3][..])
    );
    assert_eq!((&*thumb.r#type, thumb.w, thumb.h), ("m", 128, 125));

    let emoji = sticker_set(&ada, set_named("Smiles")).await.unwrap();
    assert!(emoji.set.emojis);
    let one = full(&emoji.documents[0]);
    assert_eq!(emoji.set.thumb_document_id, Some(one.id));
    let meaning = one.attributes.iter().find_map(|attribute| match attribute {
        enums::DocumentAttribute::CustomEmoji(emoji) => Some(emoji),
        _ => None,
    });
    let meaning = meaning.unwrap();
    assert_eq!(
        (&*meaning.alt, meaning.free, meaning.text_color),
        ("🙂", true, false)
    );
}

/// P137.
#[tokio::test]
async fn p137_custom_emoji_are_found_by_id_and_unknown_ones_left_out() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let all = [(Tgs, "🙂"), (WebP, "🐟")];
    let emoji = import(&server, ("Smiles", Kind::Emoji), &all).await;
    let sticker = import(&server, ("Beasts", Kind::Stickers), &all).await;
    let ids: Vec<i64> = emoji.documents.iter().map(|row| row.document_id).collect();
    let asked = vec![
        ids[1],
        7,
        sticker.documents[0].document_id,
        ids[0],
        ids[1],
        -1,
        0,
    ];
    let ask = |document_id| api::messages::GetCustomEmojiDocuments { document_id };
    let found = ada.call(ask(asked)).await.unwrap();
    let found: Vec<i64> = found.iter().map(|one| full(one).id).collect();
    assert_eq!(found, [ids[1], ids[0]]);
    assert_eq!(ada.call(ask(Vec::new())).await.unwrap(), []);
    assert_eq!(ada.call(ask(vec![7; 200])).await.unwrap(), []);
    let many = ada.call(ask(vec![7; 201])).await.unwrap_err();
    assert_eq!(many, refused("LIMIT_INVALID"));
    let nobody = server.client().await;
    let nobody = nobody.call(ask(ids)).await.unwrap_err();
    assert_eq!(nobody.name, "AUTH_KEY_UNREGISTERED");
}

#[tokio::test]
async fn every_set_of_the_host_is_installed_for_everybody() {
    let server = testkit::start().await;
    let (ada, bob) = server.two_strangers("Ada", "Bob").await;
    let all = [(Tgs, "🙂"), (WebP, "🐟")];
    let before = emoji_sets(&bob, 0).await;
    let one = import(&server, ("Smiles", Kind::Emoji), &all).await;
    let other = import(&server, ("Beasts", Kind::Stickers), &all).await;
    let stickers = api::messages::GetAllStickers { hash: 0 };
    let enums::messages::AllStickers::AllStickers(stickers) = ada.call(stickers).await.unwrap()
    else {
        panic!("nothing was there before")
    };
    let ids: Vec<i64> = stickers.sets.iter().map(|set| set.id).collect();
    assert_eq!(ids, [other.set.set_id]);
    // The hash is the one that clients count from the hashes of the sets.
    let hashes = stickers.sets.iter().map(|set| i64::from(set.hash));
    assert_eq!(stickers.hash, domain::list_hash(hashes));
    let again = api::messages::GetAllStickers {
        hash: stickers.hash,
    };
    let again = ada.call(again).await.unwrap();
    assert_eq!(again, enums::messages::AllStickers::NotModified);
    let after = emoji_sets(&bob, before.hash).await;
    assert_eq!(after.sets.len(), before.sets.len() + 1);
    assert_eq!(after.sets.last().unwrap().id, one.set.set_id);
    // Another state of a set is another hash.
    let changed = import(&server, ("Smiles", Kind::Emoji), &all[1..]).await;
    assert_eq!(changed.set.set_id, one.set.set_id);
    assert_eq!(
        changed.documents[0].document_id,
        one.documents[1].document_id
    );
    let now = emoji_sets(&bob, after.hash).await;
    assert_eq!(now.sets.last().unwrap().count, 1);
}

async fn emoji_sets(viewer: &Account, hash: i64) -> types::messages::AllStickers {
    let request = api::messages::GetEmojiStickers { hash };
    match viewer.call(request).await.unwrap() {
        enums::messages::AllStickers::AllStickers(all) => all,
        enums::messages::AllStickers::NotModified => panic!("it is another list"),
    }
}

#[tokio::test]
async fn stickers_and_emoji_are_found_by_what_they_stand_for() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let all = [(Tgs, "🐸🐟"), (WebP, "🐟")];
    let emoji = import(&server, ("Smiles", Kind::Emoji), &all).await;
    let beasts = import(&server, ("Beasts", Kind::Stickers), &all).await;
    let ask = |emoticon: &str, hash| api::messages::GetStickers {
        emoticon: emoticon.to_owned(),
        hash,
    };
    let enums::messages::Stickers::Stickers(found) = ada.call(ask("🐟", 0)).await.unwrap() else {
        panic!("nothing was there before")
    };
    let ids: Vec<i64> = found.stickers.iter().map(|one| full(one).id).collect();
    let expected: Vec<i64> = beasts.documents.iter().map(|row| row.document_id).collect();
    assert_eq!(ids, expected);
    let same = ada.call(ask("🐟", found.hash)).await.unwrap();
    assert_eq!(same, enums::messages::Stickers::NotModified);
    let enums::messages::Stickers::Stickers(none) = ada.call(ask("🦄", 0)).await.unwrap() else {
        panic!("nothing was there before")
    };
    assert!(none.stickers.is_empty());
    let ask = |hash| api::messages::SearchCustomEmoji {
        emoticon: "🐸".to_owned(),
        hash,
    };
    let enums::EmojiList::EmojiList(found) = ada.call(ask(0)).await.unwrap() else {
        panic!("nothing was there before")
    };
    assert_eq!(found.document_id, [emoji.documents[0].document_id]);
    let same = ada.call(ask(found.hash)).await.unwrap();
    assert_eq!(same, enums::EmojiList::NotModified);
}

#[tokio::test]
async fn what_apps_ask_beside_it_is_empty() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    import(&server, ("Beasts", Kind::Stickers), &[(Tgs, "🙂")]).await;
    let featured = ada
        .call(api::messages::GetFeaturedStickers { hash: 0 })
        .await;
    let enums::messages::FeaturedStickers::FeaturedStickers(featured) = featured.unwrap() else {
        panic!("nothing was there before")
    };
    assert_eq!((featured.count, featured.sets.len()), (0, 0));
    let featured = api::messages::GetFeaturedEmojiStickers { hash: 0 };
    let enums::messages::FeaturedStickers::FeaturedStickers(featured) =
        ada.call(featured).await.unwrap()
    else {
        panic!("nothing was there before")
    };
    assert!(featured.sets.is_empty());
    let faved = ada.call(api::messages::GetFavedStickers { hash: 0 }).await;
    let enums::messages::FavedStickers::FavedStickers(faved) = faved.unwrap() else {
        panic!("nothing was there before")
    };
    assert!(faved.stickers.is_empty());
    let recent = ada.call(api::messages::GetRecentStickers::new(0)).await;
    let enums::messages::RecentStickers::RecentStickers(recent) = recent.unwrap() else {
        panic!("nothing was there before")
    };
    assert!(recent.stickers.is_empty());
}

/// A deleted set is gone for everybody.
#[tokio::test]
async fn a_deleted_set_is_found_no_more() {
    let server = testkit::start().await;
    let ada = server.account("Ada").await;
    let made = import(&server, ("Smiles", Kind::Emoji), &[(Tgs, "🙂")]).await;
    let services = &server.running().services;
    let gone = domain::stickers::delete(services, "smiles").await.unwrap();
    assert_eq!((gone.0.set_id, gone.1), (made.set.set_id, 1));
    let none = sticker_set(&ada, set_named("Smiles")).await.unwrap_err();
    assert_eq!(none, refused("STICKERSET_INVALID"));
    let document_id = vec![made.documents[0].document_id];
    let ask = api::messages::GetCustomEmojiDocuments { document_id };
    assert_eq!(ada.call(ask).await.unwrap(), []);
    assert!(domain::stickers::delete(services, "smiles").await.is_err());
}

/// Layer 148 has no outline of the newer constructors, and counts seconds of a film in whole ones.
#[tokio::test]
async fn an_old_layer_reads_sets_too() {
    let server = testkit::start().await;
    let all = [(Tgs, "🙂"), (WebM, "⭐"), (WebP, "🐟")];
    import(&server, ("Beasts", Kind::Stickers), &all).await;
    for layer in [148, 158, 185, testkit::LAYER] {
        let client = server.client_in_layer(layer).await;
        let ada = Account::sign_up(client, &format!("1777000{layer:04}"), "Ada").await;
        let found = sticker_set(&ada, set_named("Beasts")).await.unwrap();
        assert_eq!(found.documents.len(), 3, "layer {layer}");
        let film = full(&found.documents[1]);
        let seconds = film
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                enums::DocumentAttribute::Video(film) => Some(film.duration),
                _ => None,
            });
        let seconds = seconds.unwrap();
        assert!((2.0..=3.0).contains(&seconds), "layer {layer}: {seconds}");
        assert_eq!(film.thumbs.as_ref().unwrap().len(), 2, "layer {layer}");
    }
}
