//! How clients name a sticker set.

use store::Tx;
use store::rows::stickers::{self as rows, SetRow};

use crate::{Error, Refusal, Seen, Services};

/// A sticker set as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedSet {
    /// `inputStickerSetID`.
    Id {
        /// Its id.
        set_id: i64,
        /// Proof that the caller was shown it.
        access_hash: i64,
    },
    /// `inputStickerSetShortName`: as in a link, which anybody may follow.
    ShortName(String),
    /// A set by what it is for (dice, topic icons, …), or none: there are no such sets here.
    Other,
}

/// The set that `viewer` names.
///
/// # Errors
/// STICKERSET_INVALID: there is no such set, or `viewer` was not given it.
pub async fn find_set(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: &NamedSet,
) -> Result<SetRow, Error> {
    let found = match named {
        NamedSet::Id {
            set_id,
            access_hash,
        } => {
            let seen = Seen::sticker_set(viewer, *set_id);
            if services.hashes.access_hash(seen) != *access_hash {
                return Err(Refusal::STICKERSET_INVALID.into());
            }
            rows::set_by_id(tx, *set_id).await?
        }
        NamedSet::ShortName(name) => rows::set_by_name(tx, name).await?,
        NamedSet::Other => None,
    };
    found.ok_or_else(|| Refusal::STICKERSET_INVALID.into())
}
