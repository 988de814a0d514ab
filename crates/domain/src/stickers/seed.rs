//! The set that comes with the program: given to every server once. A host who deletes it is not given it
//! again, and neither is one who has another set of that name (docs/decisions/0172).

use store::rows::{counters, stickers as rows};

use super::import::{insert, keep_files};
use super::{NewSet, sound};
use crate::{Error, Fault, Services};

/// The counter that remembers it.
const SEEDED: &str = "sticker_sets_seeded";

/// A set whose ids are fixed, so that they are the same on every server.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Its id.
    pub set_id: i64,
    /// The ids of its stickers.
    pub document_ids: Vec<i64>,
    /// The set.
    pub set: NewSet,
}

/// Gives the server its first set, if it was never given it; says whether it was given now.
///
/// # Errors
/// The store or the files failed; the next start tries again. Conflict: another node was faster.
pub async fn seed(
    services: &Services,
    load: impl FnOnce() -> Result<Seed, Fault>,
) -> Result<bool, Error> {
    let mut tx = services.store.read().await?;
    let seeded = counters::kept(&mut tx, SEEDED).await?.is_some();
    drop(tx);
    if seeded {
        return Ok(false);
    }
    let seed = load()?;
    sound(&seed.set).map_err(Fault::doing("read the first sticker set"))?;
    let files = keep_files(services, &seed.set).await?;
    let mut tx = services.store.begin().await?;
    let first = counters::next(&mut tx, SEEDED).await? == 1;
    let there = rows::set_by_name(&mut tx, &seed.set.short_name).await?;
    let given = first && there.is_none();
    if given {
        let settled = (seed.set_id, &seed.document_ids[..], &files[..]);
        insert(services, &mut tx, &seed.set, settled).await?;
    }
    services.commit(tx, &[]).await?;
    Ok(given)
}
