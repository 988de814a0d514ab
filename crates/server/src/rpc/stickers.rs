//! What methods of several namespaces share about stickers: how clients name a set.

use domain::stickers::NamedSet;
use tl::enums::InputStickerSet;

/// A set in the words of the rules.
pub(super) fn named_set(set: &InputStickerSet) -> NamedSet {
    match set {
        InputStickerSet::ID(set) => NamedSet::Id {
            set_id: set.id,
            access_hash: set.access_hash,
        },
        InputStickerSet::ShortName(set) => NamedSet::ShortName(set.short_name.clone()),
        _ => NamedSet::Other,
    }
}
