//! Which sticker a markup names, as the rules find it for whoever sends it.

use domain::photos::Markup;
use domain::stickers::{DrawableSticker, Kind, NamedSet, for_markup};
use domain::{Error, Seen};
use motion::StickerKind::{Tgs, WebP};
use testkit::TestServer;

use crate::import;

async fn found(
    server: &TestServer,
    viewer: i64,
    markup: Markup,
) -> Result<DrawableSticker, String> {
    match for_markup(&server.running().services, viewer, &markup).await {
        Err(Error::Refused(refusal)) => Err(refusal.name().to_owned()),
        outcome => Ok(outcome.unwrap()),
    }
}

fn emoji(emoji_id: i64) -> Markup {
    Markup::Emoji {
        emoji_id,
        colours: vec![0xff11_2233_u32.cast_signed(), 0],
    }
}

fn sticker(set: NamedSet, sticker_id: i64) -> Markup {
    Markup::Sticker {
        set,
        sticker_id,
        colours: vec![1],
    }
}

/// P52 and its like: what is not known to whoever sends it is refused by its name.
#[tokio::test]
async fn a_markup_names_a_sticker_that_its_sender_knows() {
    let server = testkit::start().await;
    let all = [(Tgs, "🙂"), (WebP, "🐟")];
    let smiles = import(&server, ("Smiles", Kind::Emoji), &all).await;
    let beasts = import(&server, ("Beasts", Kind::Stickers), &all).await;
    let one = &smiles.documents[0];
    let drawn = found(&server, 7, emoji(one.document_id)).await.unwrap();
    assert_eq!(
        (drawn.document_id, drawn.set_id),
        (one.document_id, one.set_id)
    );
    assert_eq!(
        (drawn.blob, drawn.bytes, drawn.as_emoji),
        (one.blob, one.bytes, true)
    );
    assert_eq!((drawn.white, drawn.colours), (false, vec![0x11_2233, 0]));

    let beast = beasts.documents[1].document_id;
    let named = NamedSet::ShortName("beasts".to_owned());
    let drawn = found(&server, 7, sticker(named.clone(), beast))
        .await
        .unwrap();
    assert_eq!((drawn.document_id, drawn.as_emoji), (beast, false));
    let set_id = beasts.set.set_id;
    let hashes = &server.running().services.hashes;
    let access_hash = hashes.access_hash(Seen::sticker_set(7, set_id));
    let by_id = NamedSet::Id {
        set_id,
        access_hash,
    };
    assert!(
        found(&server, 7, sticker(by_id.clone(), beast))
            .await
            .is_ok()
    );

    for (viewer, markup, name) in [
        (7, emoji(5), "EMOJI_MARKUP_INVALID"),
        (7, emoji(beast), "EMOJI_MARKUP_INVALID"),
        (7, sticker(named, one.document_id), "EMOJI_MARKUP_INVALID"),
        (7, Markup::File, "EMOJI_MARKUP_INVALID"),
        (8, sticker(by_id, beast), "STICKERSET_INVALID"),
        (7, sticker(NamedSet::Other, beast), "STICKERSET_INVALID"),
    ] {
        let refused = found(&server, viewer, markup.clone()).await;
        assert_eq!(refused.unwrap_err(), name, "{markup:?}");
    }
}
