//! `photo`: sizes, reference and the hash that belongs to one viewer.

use bytes::Bytes;
use domain::Seen;
use store::rows::photos::{MarkupRow, PhotoFileRow, PhotoRow};
use tl::{enums, types};

use super::{For, int, sticker::named};

/// A photo for one viewer: stripped bytes first, then the sizes in the order of their letters.
///
/// Source: official page on files; the order `i`, `a`, `b`, `c` is what clients pick from.
pub(crate) fn photo(to: For<'_>, row: &PhotoRow) -> enums::Photo {
    let seen = Seen::photo(to.viewer, row.photo_id);
    let reference = to
        .services
        .hashes
        .reference(seen, to.services.reference_age());
    let stripped = types::PhotoStrippedSize {
        r#type: "i".to_owned(),
        bytes: Bytes::from(row.stripped_photo.clone()),
    };
    let stills = row
        .files
        .iter()
        .filter(|file| !file.is_video())
        .map(|file| {
            enums::PhotoSize::from(types::PhotoSize {
                r#type: file.letter.clone(),
                w: int(file.width),
                h: int(file.height),
                size: int(file.bytes),
            })
        });
    let sizes = std::iter::once(stripped.into()).chain(stills).collect();
    types::Photo {
        has_stickers: false,
        id: row.photo_id,
        access_hash: to.services.hashes.access_hash(seen),
        file_reference: reference.into(),
        date: int(row.created_at),
        sizes,
        video_sizes: video_sizes(to, row),
        dc_id: to.dc_id,
    }
    .into()
}

/// What moves, the big film first, then what the picture is drawn from. Layers that know no markup are
/// sent the films alone; there is always one.
fn video_sizes(to: For<'_>, row: &PhotoRow) -> Option<Vec<enums::VideoSize>> {
    let film = |file: &PhotoFileRow| {
        types::VideoSize {
            r#type: file.letter.clone(),
            w: int(file.width),
            h: int(file.height),
            size: int(file.bytes),
            video_start_ts: row.video_start_ts,
        }
        .into()
    };
    let markup = row.markup.as_ref().map(|drawn| markup(to, drawn));
    let sizes: Vec<enums::VideoSize> = row.films().map(film).chain(markup).collect();
    (!sizes.is_empty()).then_some(sizes)
}

/// What a picture is drawn from: a set is named by its id, whatever name it came by, because clients read
/// nothing else.
fn markup(to: For<'_>, row: &MarkupRow) -> enums::VideoSize {
    let background_colors = row.colours.clone();
    let Some(set_id) = row.set_id else {
        return types::VideoSizeEmojiMarkup {
            emoji_id: row.document_id,
            background_colors,
        }
        .into();
    };
    types::VideoSizeStickerMarkup {
        stickerset: named(to, set_id),
        sticker_id: row.document_id,
        background_colors,
    }
    .into()
}

/// What a removal answers. Chosen: id 0, which every client reads as "no photo".
pub(crate) fn no_photo() -> enums::Photo {
    types::PhotoEmpty { id: 0 }.into()
}
