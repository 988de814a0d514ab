//! What moved an account's `pts`, and which peers look different to it.

use std::collections::HashMap;

use super::{number, pack, places, unpack};
use crate::{Row, StoreError, Tx, Value, args};

/// Rows that one INSERT takes at most, and the smaller steps below it.
const CHANGES_STEPS: [usize; 3] = [64, 8, 1];

/// One entry of an account's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdateRow {
    /// Whose journal.
    pub owner_id: i64,
    /// The box's state after it.
    pub pts: i64,
    /// By how much it moved the state.
    pub pts_count: i64,
    /// `message` | `deleted` | `read_inbox` | `read_outbox`.
    pub kind: String,
    /// `message`: the new one; `read_…`: `max_id`.
    pub message_id: i64,
    /// `deleted`: the ids; empty otherwise.
    pub message_ids: Vec<i64>,
    /// `read_…`: the chat. In the journal of a channel: the account that did it.
    pub peer_id: i64,
    /// `read_inbox`: messages still unread.
    pub still_unread: i64,
    /// `session_id` that learnt of it in its answer; 0: nobody did.
    pub origin: i64,
    /// Unix seconds.
    pub created_at: i64,
}

/// A peer that looks different to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerChangeRow {
    /// Who is told.
    pub owner_id: i64,
    /// Who changed.
    pub peer_id: i64,
    /// `user` | `settings` | `members` | `chat` | `blocked` | `channel` | `channel_news` | `channel_read`,
    /// or `privacy_` and the word of the key whose rules changed.
    pub kind: String,
    /// Rising.
    pub change_id: i64,
    /// `session_id` that learnt of it in its answer; 0: nobody did.
    pub origin: i64,
    /// Unix seconds.
    pub changed_at: i64,
}

macro_rules! columns {
    () => {
        "owner_id, pts, pts_count, kind, message_id, message_ids, peer_id, still_unread, origin, \
         created_at"
    };
}

fn update(row: &Row) -> Result<UpdateRow, StoreError> {
    Ok(UpdateRow {
        owner_id: row.i64(0)?,
        pts: row.i64(1)?,
        pts_count: row.i64(2)?,
        kind: row.text(3)?,
        message_id: row.i64(4)?,
        message_ids: unpack(&row.opt_bytes(5)?.unwrap_or_default())?,
        peer_id: row.i64(6)?,
        still_unread: row.i64(7)?,
        origin: row.i64(8)?,
        created_at: row.i64(9)?,
    })
}

/// Adds an entry to an account's journal.
///
/// # Errors
/// [`StoreError::Conflict`]: there is an entry with this `pts`.
pub async fn append(tx: &mut Tx, row: &UpdateRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO updates (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            row.owner_id,
            row.pts,
            row.pts_count,
            &row.kind,
            row.message_id,
            pack(&row.message_ids),
            row.peer_id,
            row.still_unread,
            row.origin,
            row.created_at
        ],
    )
    .await?;
    Ok(())
}

/// The entries of a journal above `pts`, in order, at most `limit`.
pub async fn after(
    tx: &mut Tx,
    owner_id: i64,
    pts: i64,
    limit: i64,
) -> Result<Vec<UpdateRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM updates WHERE owner_id = $1 AND pts > $2 ORDER BY pts LIMIT $3"
    );
    tx.rows(sql, args![owner_id, pts, limit])
        .await?
        .iter()
        .map(update)
        .collect()
}

/// The entry that announced a message, if the journal still has it. Looks through the journal from
/// its end: for calls that are repeated.
pub async fn of_message(
    tx: &mut Tx,
    owner_id: i64,
    message_id: i64,
) -> Result<Option<UpdateRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM updates WHERE owner_id = $1 AND kind = 'message' AND message_id = $2
         ORDER BY pts DESC LIMIT 1"
    );
    tx.row(sql, args![owner_id, message_id])
        .await?
        .as_ref()
        .map(update)
        .transpose()
}

/// Removes the oldest entries made before `before`, at most `limit`; says how many.
pub async fn delete_older(tx: &mut Tx, before: i64, limit: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM updates WHERE (owner_id, pts) IN
         (SELECT owner_id, pts FROM updates WHERE created_at < $1
          ORDER BY created_at, pts LIMIT $2)",
        args![before, limit],
    )
    .await
}

/// Notes that peers look different. A later change of the same kind takes the place of an
/// earlier one, so an account is told once however often a peer changes.
pub async fn put_changes(tx: &mut Tx, rows: &[PeerChangeRow]) -> Result<(), StoreError> {
    // One statement must not write a row twice: of doubles only the last is kept.
    let mut latest: HashMap<(i64, i64, &str), &PeerChangeRow> = HashMap::new();
    for row in rows {
        latest.insert((row.owner_id, row.peer_id, &row.kind), row);
    }
    let mut rows: Vec<&PeerChangeRow> = latest.into_values().collect();
    // In one order for all writers, so that they wait for each other instead of deadlocking.
    rows.sort_unstable_by_key(|row| (row.owner_id, row.peer_id, row.change_id));
    let mut rest = rows.as_slice();
    while !rest.is_empty() {
        let step = CHANGES_STEPS
            .into_iter()
            .find(|step| *step <= rest.len())
            .unwrap_or(1);
        let (now, later) = rest.split_at(step);
        put_changes_at_once(tx, now).await?;
        rest = later;
    }
    Ok(())
}

async fn put_changes_at_once(tx: &mut Tx, rows: &[&PeerChangeRow]) -> Result<(), StoreError> {
    let groups: Vec<String> = (0..rows.len())
        .map(|row| format!("({})", places(row * 6 + 1, 6)))
        .collect();
    let args: Vec<Value> = rows
        .iter()
        .flat_map(|row| {
            let args: [Value; 6] = [
                row.owner_id.into(),
                row.peer_id.into(),
                row.kind.as_str().into(),
                row.change_id.into(),
                row.origin.into(),
                row.changed_at.into(),
            ];
            args
        })
        .collect();
    let sql = format!(
        "INSERT INTO peer_changes (owner_id, peer_id, kind, change_id, origin, changed_at)
         VALUES {} ON CONFLICT (owner_id, peer_id, kind) DO UPDATE SET
         change_id = excluded.change_id, origin = excluded.origin,
         changed_at = excluded.changed_at",
        groups.join(",")
    );
    tx.run(&sql, &args).await?;
    Ok(())
}

fn change(row: &Row) -> Result<PeerChangeRow, StoreError> {
    Ok(PeerChangeRow {
        owner_id: row.i64(0)?,
        peer_id: row.i64(1)?,
        kind: row.text(2)?,
        change_id: row.i64(3)?,
        origin: row.i64(4)?,
        changed_at: row.i64(5)?,
    })
}

/// The changes that an account is told, above `change_id`, in order, at most `limit`.
pub async fn changes_after(
    tx: &mut Tx,
    owner_id: i64,
    change_id: i64,
    limit: i64,
) -> Result<Vec<PeerChangeRow>, StoreError> {
    let sql = "SELECT owner_id, peer_id, kind, change_id, origin, changed_at FROM peer_changes
               WHERE owner_id = $1 AND change_id > $2 ORDER BY change_id LIMIT $3";
    tx.rows(sql, args![owner_id, change_id, limit])
        .await?
        .iter()
        .map(change)
        .collect()
}

/// The changes that an account is told, made at or after `changed_at`, in the order of their times,
/// at most `limit`.
pub async fn changes_since(
    tx: &mut Tx,
    owner_id: i64,
    changed_at: i64,
    limit: i64,
) -> Result<Vec<PeerChangeRow>, StoreError> {
    let sql = "SELECT owner_id, peer_id, kind, change_id, origin, changed_at FROM peer_changes
               WHERE owner_id = $1 AND changed_at >= $2 ORDER BY changed_at, change_id LIMIT $3";
    tx.rows(sql, args![owner_id, changed_at, limit])
        .await?
        .iter()
        .map(change)
        .collect()
}

/// The highest change id that an account is told; 0: none.
pub async fn last_change_id(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(change_id), 0) FROM peer_changes WHERE owner_id = $1";
    number(tx, sql, args![owner_id]).await
}

/// The highest change id in use; 0: none. Looks at every account: for the start of a server.
pub async fn last_change_id_of_all(tx: &mut Tx) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COALESCE(MAX(change_id), 0) FROM peer_changes",
        args![],
    )
    .await
}

/// Removes the oldest changes made before `before`, at most `limit`; says how many.
pub async fn delete_older_changes(tx: &mut Tx, before: i64, limit: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM peer_changes WHERE (owner_id, peer_id, kind) IN
         (SELECT owner_id, peer_id, kind FROM peer_changes WHERE changed_at < $1
          ORDER BY changed_at, change_id LIMIT $2)",
        args![before, limit],
    )
    .await
}
