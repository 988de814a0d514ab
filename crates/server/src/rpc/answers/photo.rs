//! `photo`: sizes, reference and the hash that belongs to one viewer.

use bytes::Bytes;
use domain::Seen;
use store::rows::photos::PhotoRow;
use tl::{enums, types};

use super::{For, int};

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
        video_sizes: None,
        dc_id: to.dc_id,
    }
    .into()
}

/// What a removal answers. Chosen: id 0, which every client reads as "no photo".
pub(crate) fn no_photo() -> enums::Photo {
    types::PhotoEmpty { id: 0 }.into()
}
