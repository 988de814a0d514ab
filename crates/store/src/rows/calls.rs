//! Calls that have acted and must not act again.

use super::{pack, unpack};
use crate::{StoreError, Tx, args};

/// What a call did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActedRow {
    /// The photo that it made, if it made one.
    pub photo_id: Option<i64>,
    /// The channel that it changed or made.
    pub peer_id: Option<i64>,
    /// The photos that it took off a list.
    pub removed: Vec<i64>,
}

/// Notes a call in the transaction that acts for it. [`StoreError::Conflict`]: it has acted.
pub async fn put(
    tx: &mut Tx,
    owner_id: i64,
    call_id: i64,
    acted: &ActedRow,
    now: i64,
) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO acted_calls (owner_id, call_id, photo_id, peer_id, removed, acted_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            owner_id,
            call_id,
            acted.photo_id,
            acted.peer_id,
            pack(&acted.removed),
            now
        ],
    )
    .await?;
    Ok(())
}

/// What a call did; `None`: it has not acted.
pub async fn find(
    tx: &mut Tx,
    owner_id: i64,
    call_id: i64,
) -> Result<Option<ActedRow>, StoreError> {
    let row = tx
        .row(
            "SELECT photo_id, peer_id, removed FROM acted_calls
             WHERE owner_id = $1 AND call_id = $2",
            args![owner_id, call_id],
        )
        .await?;
    row.map(|row| {
        Ok(ActedRow {
            photo_id: row.opt_i64(0)?,
            peer_id: row.opt_i64(1)?,
            removed: unpack(&row.opt_bytes(2)?.unwrap_or_default())?,
        })
    })
    .transpose()
}

/// Forgets calls that acted before `before`; says how many.
pub async fn delete_older(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    tx.run("DELETE FROM acted_calls WHERE acted_at < $1", args![before])
        .await
}
