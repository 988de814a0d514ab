//! Sticker sets and custom emoji as clients find, list and download them.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod files;
mod first_set;
mod markup;
mod sets;

use bytes::Bytes;
use domain::stickers::{self, GivenSticker, Kind, NewSet, NewSticker, Traits, Whole};
use motion::{Sticker, StickerKind};
use testkit::TestServer;
use tl::{enums, types};

/// A set of a name with one sticker for each kind of file and emoji; what is in the files does not matter.
async fn import(
    server: &TestServer,
    (name, kind): (&str, Kind),
    all: &[(StickerKind, &str)],
) -> Whole {
    let sticker = |(kind, emoji): &(StickerKind, &str)| NewSticker {
        given: GivenSticker {
            file_name: "x".to_owned(),
            file: Bytes::from(format!("file of {emoji} in {name}")),
            emoji: stickers::emoji_of(emoji),
            traits: Traits {
                free: true,
                text_color: false,
                for_profiles: false,
                for_groups: true,
                for_backgrounds: false,
            },
        },
        facts: Sticker {
            kind: *kind,
            width_px: 512,
            height_px: 500,
            duration_ms: 2500,
            thumb: Bytes::from(format!("thumb of {emoji} in {name}")),
            thumb_width_px: 128,
            thumb_height_px: 125,
            outline: Some(Bytes::from_static(&[1, 2, 3])),
        },
    };
    let new = NewSet {
        short_name: name.to_owned(),
        title: format!("Set {name}"),
        kind,
        stickers: all.iter().map(sticker).collect(),
    };
    stickers::import(&server.running().services, &new, true)
        .await
        .unwrap()
}

/// A document that is there.
fn full(document: &enums::Document) -> &types::Document {
    match document {
        enums::Document::Document(document) => document,
        enums::Document::Empty(_) => panic!("an empty document"),
    }
}
