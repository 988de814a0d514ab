//! Sticker sets and custom emoji. They belong to the host: it imports them, and every account of the
//! server has all of them (docs/decisions/0170).

mod emoji;
mod import;
mod judge;
mod markup;
mod named;
mod seed;

pub use emoji::{EMOJI_MAX, emoji_of, is_emoji};
pub use import::{NewSet, NewSticker, NotTaken, STICKERS_MAX, Traits, delete, import, sound};
pub use judge::{GivenSet, GivenSticker, judged};
pub use markup::{DrawableSticker, for_markup};
pub use named::{NamedSet, find_set};
pub use seed::{Seed, seed};

use store::Tx;
use store::rows::stickers::{self as rows, DocumentRow, SetRow};

use crate::{Error, Refusal, Services, list_hash};

/// Ids in one request for documents. Source: official page of messages.getCustomEmojiDocuments.
pub const DOCUMENTS_ASKED_MAX: usize = 200;
/// Most sets of a server. Chosen: a list of all sets is read as a whole, and an app shows each as a tab.
pub const SETS_MAX: usize = 200;
/// Most custom emoji that are offered for one thing. Chosen: clients ask for all of them at once.
const OFFERED_MAX: i64 = DOCUMENTS_ASKED_MAX as i64;
/// Most stickers that are answered for one emoji. Chosen: apps show a row or two.
const OF_EMOJI_MAX: i64 = 100;

/// What a set holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Custom emoji.
    Emoji,
    /// Stickers.
    Stickers,
}

impl Kind {
    /// As it is kept.
    pub fn word(self) -> &'static str {
        match self {
            Self::Emoji => "emoji",
            Self::Stickers => "stickers",
        }
    }
}

/// What custom emoji are offered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Pictures of people.
    Profiles,
    /// Pictures of groups and channels.
    Groups,
    /// The pattern behind a profile.
    Backgrounds,
}

/// A set with what lists tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The set.
    pub set: SetRow,
    /// How many stickers it has.
    pub count: i64,
    /// Its first sticker.
    pub first: Option<i64>,
}

/// A set with its stickers, in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The set.
    pub set: SetRow,
    /// Its stickers.
    pub documents: Vec<DocumentRow>,
}

/// A list that clients name by its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashed<T> {
    /// Its hash; 0: it is empty.
    pub hash: i64,
    /// What it holds.
    pub entries: Vec<T>,
}

/// All sets of one kind, in the order in which they came.
///
/// Source of the hash: over the hashes of the sets, as clients count it.
pub async fn installed(services: &Services, kind: Kind) -> Result<Hashed<Listed>, Error> {
    let mut tx = services.store.read().await?;
    let mut sets = all_sets(&mut tx).await?;
    sets.retain(|set| set.kind == kind.word());
    let hash = list_hash(sets.iter().map(|set| set.hash));
    let entries = listed(&mut tx, sets).await?;
    Ok(Hashed { hash, entries })
}

/// Sets with their counts and first stickers.
pub async fn listed(tx: &mut Tx, sets: Vec<SetRow>) -> Result<Vec<Listed>, Error> {
    let ids: Vec<i64> = sets.iter().map(|set| set.set_id).collect();
    let counts = rows::counts(tx, &ids).await?;
    let firsts = rows::firsts(tx, &ids).await?;
    let listed = sets.into_iter().map(|set| Listed {
        count: counts.get(&set.set_id).copied().unwrap_or(0),
        first: firsts.get(&set.set_id).copied(),
        set,
    });
    Ok(listed.collect())
}

/// Ids of the custom emoji that are offered for something, set after set.
pub async fn offered(services: &Services, what: Use) -> Result<Hashed<i64>, Error> {
    let mut tx = services.store.read().await?;
    let entries = match what {
        Use::Profiles => rows::ids_for_profiles(&mut tx, OFFERED_MAX).await?,
        Use::Groups => rows::ids_for_groups(&mut tx, OFFERED_MAX).await?,
        Use::Backgrounds => rows::ids_for_backgrounds(&mut tx, OFFERED_MAX).await?,
    };
    let hash = list_hash(entries.iter().copied());
    Ok(Hashed { hash, entries })
}

/// The custom emoji with these ids in the order of the ids, each once; unknown ids are left out.
///
/// # Errors
/// LIMIT_INVALID: more ids than [`DOCUMENTS_ASKED_MAX`].
pub async fn custom_emoji(
    services: &Services,
    document_ids: &[i64],
) -> Result<Vec<DocumentRow>, Error> {
    if document_ids.len() > DOCUMENTS_ASKED_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut tx = services.store.read().await?;
    let mut found = rows::by_ids(&mut tx, document_ids).await?;
    found.retain(|row| row.custom_emoji);
    found.sort_by_key(|row| document_ids.iter().position(|id| *id == row.document_id));
    Ok(found)
}

/// Ids of the custom emoji that stand for `emoji`.
pub async fn emoji_like(services: &Services, emoji: &str) -> Result<Hashed<i64>, Error> {
    let found = like(services, emoji, Kind::Emoji).await?;
    let entries: Vec<i64> = found.iter().map(|row| row.document_id).collect();
    let hash = list_hash(entries.iter().copied());
    Ok(Hashed { hash, entries })
}

/// The stickers that stand for `emoji`.
pub async fn stickers_like(services: &Services, emoji: &str) -> Result<Hashed<DocumentRow>, Error> {
    let entries = like(services, emoji, Kind::Stickers).await?;
    let hash = list_hash(entries.iter().map(|row| row.document_id));
    Ok(Hashed { hash, entries })
}

async fn like(services: &Services, emoji: &str, kind: Kind) -> Result<Vec<DocumentRow>, Error> {
    let mut tx = services.store.read().await?;
    let ids = rows::ids_of_emoji(&mut tx, emoji, kind == Kind::Emoji, OF_EMOJI_MAX).await?;
    let mut found = rows::by_ids(&mut tx, &ids).await?;
    found.sort_by_key(|row| row.document_id);
    Ok(found)
}

/// One set with its stickers.
///
/// # Errors
/// STICKERSET_INVALID: there is no such set, or `viewer` was not given it.
pub async fn whole_set(services: &Services, viewer: i64, named: &NamedSet) -> Result<Whole, Error> {
    let mut tx = services.store.read().await?;
    let set = find_set(services, &mut tx, viewer, named).await?;
    let documents = rows::of_set(&mut tx, set.set_id).await?;
    Ok(Whole { set, documents })
}

async fn all_sets(tx: &mut Tx) -> Result<Vec<SetRow>, Error> {
    let most = i64::try_from(SETS_MAX).unwrap_or(i64::MAX);
    Ok(rows::sets(tx, 0, most).await?)
}
