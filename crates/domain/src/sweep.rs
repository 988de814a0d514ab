//! Removes what nothing refers to: uploads that nobody used, photos that nobody shows, blobs that
//! no row names, updates that are too old to be asked for.
//!
//! Safe beside running requests, also those of other nodes: a photo goes in the transaction that sees
//! no reference to it, and a blob goes only if it was last put long before, so that a picture whose row
//! is about to commit keeps its files.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use store::{
    blobs::{BlobError, BlobKey},
    rows::{blobs, calls, codes, counters, photos, uploads},
};

use crate::{Error, Fault, Services, updates};

/// The name of the turn under which nodes sweep.
const TURN: &str = "swept_at";

/// Seconds that a photo is kept at least, referred to or not. Chosen: a client that was just answered
/// still downloads what it was answered with.
const PHOTO_GRACE_S: i64 = 3600;
/// Seconds between the last put of a blob and its removal. Chosen: far above the time from there to
/// the commit of its row.
const BLOB_GRACE_S: u64 = 3600;
/// Seconds that bytes of a part outlive their row. Chosen: far above the time from row to removal.
const SPOOL_GRACE_S: i64 = 3600;
/// Seconds that an expired login code is remembered.
const CODES_KEPT_S: i64 = 24 * 60 * 60;
/// Seconds that a call is known to have acted. Chosen: older messages are not accepted any more, and a
/// client that was away for a day has asked for everything anew.
const CALLS_KEPT_S: i64 = 24 * 60 * 60;
/// Rows of one transaction. Chosen: a writer that waits for a sweep waits milliseconds.
const BATCH_ROWS: i64 = 200;

/// How much a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Uploads that were not used in time.
    pub uploads: u64,
    /// Parts that no row names.
    pub parts: u64,
    /// Photos that nothing refers to.
    pub photos: u64,
    /// Blobs that no row names.
    pub blobs: u64,
    /// Journalled updates that are too old to be asked for.
    pub updates: u64,
}

/// Whether it is this node's turn to sweep, where every node asks after each `every` seconds: of several
/// that share a store, about one does. Two at once would do no harm.
///
/// # Errors
/// The store failed.
pub async fn turn(services: &Services, every: u64) -> Result<bool, Error> {
    if !services.bus.has_others() {
        return Ok(true);
    }
    // Half: a node that asks a moment early must not wait for the next time.
    let every = i64::try_from(every / 2).unwrap_or(i64::MAX);
    let now = services.clock.unix_seconds();
    let mut tx = services.store.begin().await?;
    let ours = counters::turn(&mut tx, TURN, now, every).await;
    let outcome = match ours {
        Ok(ours) => tx.commit().await.map(|()| ours),
        Err(error) => Err(error),
    };
    match outcome.map_err(Error::from) {
        // Another node came first.
        Err(Error::Conflict) => Ok(false),
        outcome => outcome,
    }
}

/// One whole sweep.
///
/// # Errors
/// The store, the spool or the blobs failed. What was removed until then stays removed; the next sweep
/// goes on.
pub async fn run_once(services: &Services) -> Result<Swept, Error> {
    let uploads = expired_uploads(services).await?;
    let parts = unnamed_parts(services).await?;
    let photos = unreferenced_photos(services).await?;
    let blobs = unnamed_blobs(services).await?;
    let updates = old_updates(services).await?;
    old_codes(services).await?;
    let swept = Swept {
        uploads,
        parts,
        photos,
        blobs,
        updates,
    };
    if swept != Swept::default() {
        tracing::info!(
            uploads,
            parts,
            photos,
            blobs,
            updates,
            "swept what nothing refers to"
        );
    }
    Ok(swept)
}

/// Login codes, exported logins and noted calls that nobody can use any more. Codes are kept for a day, since those
/// that nobody showed are counted.
async fn old_codes(services: &Services) -> Result<(), Error> {
    let now = services.clock.unix_seconds();
    let mut tx = services.store.begin().await?;
    codes::delete_expired(&mut tx, now - CODES_KEPT_S).await?;
    codes::delete_expired_exports(&mut tx, now).await?;
    calls::delete_older(&mut tx, now - CALLS_KEPT_S).await?;
    Ok(tx.commit().await?)
}

async fn expired_uploads(services: &Services) -> Result<u64, Error> {
    let before = services.clock.unix_seconds() - services.rules.upload_lifetime_s;
    let mut removed = 0;
    loop {
        let mut tx = services.store.begin().await?;
        let expired = uploads::expired(&mut tx, before, BATCH_ROWS).await?;
        let mut spool_keys = Vec::new();
        for (owner_id, file_id) in &expired {
            spool_keys.extend(uploads::delete_file(&mut tx, *owner_id, *file_id).await?);
        }
        tx.commit().await?;
        for spool_key in spool_keys {
            let gone = services.spool.delete(&spool_key).await;
            gone.map_err(Fault::doing("remove an upload part"))?;
        }
        removed += expired.len() as u64;
        if (expired.len() as i64) < BATCH_ROWS {
            return Ok(removed);
        }
    }
}

async fn unnamed_parts(services: &Services) -> Result<u64, Error> {
    let age = seconds(services.rules.upload_lifetime_s + SPOOL_GRACE_S);
    let swept = services.spool.sweep(now(services), age).await;
    Ok(swept.map_err(Fault::doing("sweep the spool"))?)
}

async fn unreferenced_photos(services: &Services) -> Result<u64, Error> {
    let before = services.clock.unix_seconds() - PHOTO_GRACE_S;
    let mut removed = 0;
    let mut after = 0;
    loop {
        // Looked for without keeping writers waiting; looked at once more when they go.
        let mut tx = services.store.read().await?;
        let (unused, last) = photos::unreferenced(&mut tx, after, before, BATCH_ROWS).await?;
        drop(tx);
        if !unused.is_empty() {
            let mut tx = services.store.begin().await?;
            let deleted = photos::delete_unreferenced(&mut tx, &unused).await?;
            tx.commit().await?;
            removed += deleted.len() as u64;
        }
        let Some(last) = last else {
            return Ok(removed);
        };
        after = last;
    }
}

async fn unnamed_blobs(services: &Services) -> Result<u64, Error> {
    let (now, age) = (now(services), Duration::from_secs(BLOB_GRACE_S));
    let doing = "remove blobs that no row names";
    let batch = usize::try_from(BATCH_ROWS).unwrap_or(1);
    let mut removed = 0;
    let mut after: Option<BlobKey> = None;
    loop {
        let old = services.blobs.older_than(now, age, after, batch).await;
        let old: Vec<BlobKey> = old
            .map_err(Fault::doing(doing))?
            .iter()
            .map(|kept| kept.key)
            .collect();
        let mut tx = services.store.read().await?;
        let named = blobs::named(&mut tx, &old).await?;
        drop(tx);
        for key in old.iter().filter(|key| !named.contains(*key)) {
            match services.blobs.delete_older(key, now, age).await {
                Ok(gone) => removed += u64::from(gone),
                Err(BlobError::NotFound) => {}
                Err(error) => return Err(Fault::doing(doing)(error).into()),
            }
        }
        after = old.last().copied();
        if old.len() < batch {
            return Ok(removed);
        }
    }
}

async fn old_updates(services: &Services) -> Result<u64, Error> {
    let mut removed = 0;
    loop {
        let batch = updates::sweep(services, BATCH_ROWS).await?;
        removed += batch;
        if batch < BATCH_ROWS.cast_unsigned() {
            return Ok(removed);
        }
    }
}

fn now(services: &Services) -> SystemTime {
    let ms = u64::try_from(services.clock.unix_ms()).unwrap_or(0);
    UNIX_EPOCH + Duration::from_millis(ms)
}

fn seconds(count: i64) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}
