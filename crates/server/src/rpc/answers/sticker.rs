//! Stickers and custom emoji: `document`, `stickerSet` and the lists that hold them.

use bytes::Bytes;
use domain::{
    Seen,
    stickers::{Hashed, Kind, Listed, Whole},
};
use store::rows::stickers::{DocumentRow, SetRow};
use tl::{enums, types};

use super::{For, int};

/// A sticker or custom emoji for one viewer: outline, first picture, and what it stands for.
///
/// Source: official pages on stickers and on custom emoji; file names are those that clients see there.
pub(crate) fn document(to: For<'_>, row: &DocumentRow) -> enums::Document {
    let seen = Seen::document(to.viewer, row.document_id);
    let hashes = &to.services.hashes;
    let reference = hashes.reference(seen, to.services.reference_age());
    let mut document = types::Document::new(
        row.document_id,
        hashes.access_hash(seen),
        reference.into(),
        int(row.created_at),
        row.mime_type.clone(),
        row.bytes,
        to.dc_id,
        attributes(to, row),
    );
    document.thumbs = Some(thumbs(row));
    document.into()
}

/// Documents in the order of the rows.
pub(crate) fn documents(to: For<'_>, rows: &[DocumentRow]) -> Vec<enums::Document> {
    rows.iter().map(|row| document(to, row)).collect()
}

fn thumbs(row: &DocumentRow) -> Vec<enums::PhotoSize> {
    let outline = row.outline.as_ref().map(|outline| {
        types::PhotoPathSize::new("j".to_owned(), Bytes::from(outline.clone())).into()
    });
    let first = types::PhotoSize {
        r#type: "m".to_owned(),
        w: int(row.thumb.width),
        h: int(row.thumb.height),
        size: int(row.thumb.bytes),
    };
    outline.into_iter().chain([first.into()]).collect()
}

fn attributes(to: For<'_>, row: &DocumentRow) -> Vec<enums::DocumentAttribute> {
    let (w, h) = (int(row.width), int(row.height));
    let (file_name, size) = match row.mime_type.as_str() {
        "video/webm" => {
            let seconds = f64::from(int(row.duration_ms)) / 1000.0;
            let film = types::DocumentAttributeVideo::new(seconds, w, h);
            ("sticker.webm", film.into())
        }
        "image/webp" => (
            "sticker.webp",
            types::DocumentAttributeImageSize { w, h }.into(),
        ),
        _ => (
            "AnimatedSticker.tgs",
            types::DocumentAttributeImageSize { w, h }.into(),
        ),
    };
    let alt = row.emoji.first().cloned().unwrap_or_default();
    let set = named(to, row.set_id);
    let meaning = if row.custom_emoji {
        let mut emoji = types::DocumentAttributeCustomEmoji::new(alt, set);
        emoji.free = row.free;
        emoji.text_color = row.text_color;
        emoji.into()
    } else {
        types::DocumentAttributeSticker::new(alt, set).into()
    };
    let file_name = types::DocumentAttributeFilename {
        file_name: file_name.to_owned(),
    };
    vec![size, meaning, file_name.into()]
}

/// A set as its viewer names it, whether it is still there or not.
pub(super) fn named(to: For<'_>, set_id: i64) -> enums::InputStickerSet {
    let seen = Seen::sticker_set(to.viewer, set_id);
    types::InputStickerSetID {
        id: set_id,
        access_hash: to.services.hashes.access_hash(seen),
    }
    .into()
}

/// A set for one viewer. Everybody has all sets, so each is an installed one.
fn set(to: For<'_>, row: &SetRow, count: i64, first: Option<i64>) -> types::StickerSet {
    let seen = Seen::sticker_set(to.viewer, row.set_id);
    let mut set = types::StickerSet::new(
        row.set_id,
        to.services.hashes.access_hash(seen),
        row.title.clone(),
        row.short_name.clone(),
        int(count),
        int(row.hash),
    );
    set.installed_date = Some(int(row.created_at));
    set.emojis = row.kind == Kind::Emoji.word();
    set.text_color = row.text_color;
    set.thumb_document_id = first.filter(|_| set.emojis);
    set
}

/// `messages.allStickers`, or that the caller has it.
pub(crate) fn all_stickers(
    to: For<'_>,
    sets: &Hashed<Listed>,
    known: i64,
) -> enums::messages::AllStickers {
    if known != 0 && known == sets.hash {
        return enums::messages::AllStickers::NotModified;
    }
    let entry = |listed: &Listed| set(to, &listed.set, listed.count, listed.first);
    let all = sets.entries.iter().map(entry).collect();
    types::messages::AllStickers::new(sets.hash, all).into()
}

/// `messages.stickerSet`: the set, its stickers, and which of them stand for which emoji.
pub(crate) fn sticker_set(to: For<'_>, whole: &Whole) -> types::messages::StickerSet {
    let count = i64::try_from(whole.documents.len()).unwrap_or(i64::MAX);
    let first = whole.documents.first().map(|row| row.document_id);
    let mut packs: Vec<types::StickerPack> = Vec::new();
    for row in &whole.documents {
        for emoji in &row.emoji {
            match packs.iter_mut().find(|pack| pack.emoticon == *emoji) {
                Some(pack) => pack.documents.push(row.document_id),
                None => packs.push(types::StickerPack::new(
                    emoji.clone(),
                    vec![row.document_id],
                )),
            }
        }
    }
    types::messages::StickerSet::new(
        set(to, &whole.set, count, first),
        packs,
        Vec::new(),
        documents(to, &whole.documents),
    )
}

/// `emojiList`, or that the caller has it.
pub(crate) fn emoji_list(list: Hashed<i64>, known: i64) -> enums::EmojiList {
    if known != 0 && known == list.hash {
        return enums::EmojiList::NotModified;
    }
    types::EmojiList::new(list.hash, list.entries).into()
}
