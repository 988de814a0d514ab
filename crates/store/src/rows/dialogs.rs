//! The list of chats in a box: what is on top, what is read.

use super::{i64s, number, rows_among};
use crate::{Row, StoreError, Tx, args};

/// One chat of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogRow {
    /// Whose box.
    pub owner_id: i64,
    /// With whom.
    pub peer_id: i64,
    /// The newest message in the owner's box; 0: all are deleted.
    pub top_message_id: i64,
    /// Its time.
    pub top_sent_at: i64,
    /// Messages of the peer that the owner has not read.
    pub unread_count: i64,
    /// Up to here the owner has read.
    pub read_inbox_max_id: i64,
    /// Up to here, in the owner's ids, the peer has read.
    pub read_outbox_max_id: i64,
}

macro_rules! columns {
    () => {
        "owner_id, peer_id, top_message_id, top_sent_at, unread_count, read_inbox_max_id, \
         read_outbox_max_id"
    };
}

fn dialog(row: &Row) -> Result<DialogRow, StoreError> {
    Ok(DialogRow {
        owner_id: row.i64(0)?,
        peer_id: row.i64(1)?,
        top_message_id: row.i64(2)?,
        top_sent_at: row.i64(3)?,
        unread_count: row.i64(4)?,
        read_inbox_max_id: row.i64(5)?,
        read_outbox_max_id: row.i64(6)?,
    })
}

/// Writes a chat, new or changed.
pub async fn put(tx: &mut Tx, row: &DialogRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO dialogs (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (owner_id, peer_id) DO UPDATE SET top_message_id = $3, top_sent_at = $4,
             unread_count = $5, read_inbox_max_id = $6, read_outbox_max_id = $7"
        ),
        args![
            row.owner_id,
            row.peer_id,
            row.top_message_id,
            row.top_sent_at,
            row.unread_count,
            row.read_inbox_max_id,
            row.read_outbox_max_id
        ],
    )
    .await?;
    Ok(())
}

/// One chat.
pub async fn find(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
) -> Result<Option<DialogRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM dialogs WHERE owner_id = $1 AND peer_id = $2"
    );
    tx.row(sql, args![owner_id, peer_id])
        .await?
        .as_ref()
        .map(dialog)
        .transpose()
}

/// The owner's chats with any of `peer_ids`, in no order.
pub async fn among(
    tx: &mut Tx,
    owner_id: i64,
    peer_ids: &[i64],
) -> Result<Vec<DialogRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM dialogs WHERE owner_id = $1 AND peer_id IN (#)"
    );
    rows_among(tx, sql, args![owner_id], peer_ids)
        .await?
        .iter()
        .map(dialog)
        .collect()
}

/// A page of the chats, latest on top first: those that come after `before` in the order of the top
/// message's time, its id and the peer; all three `i64::MAX`: from the first. Ids of different boxes may
/// be the same, so the peer decides between them.
pub async fn page(
    tx: &mut Tx,
    owner_id: i64,
    before: (i64, i64, i64),
    limit: i64,
) -> Result<Vec<DialogRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM dialogs WHERE owner_id = $1 AND (top_sent_at, top_message_id, peer_id) < ($2, $3, $4)
         ORDER BY top_sent_at DESC, top_message_id DESC, peer_id DESC LIMIT $5"
    );
    let (sent_at, message_id, peer_id) = before;
    let args = args![owner_id, sent_at, message_id, peer_id, limit];
    tx.rows(sql, args).await?.iter().map(dialog).collect()
}

/// How many chats an account has.
pub async fn count(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COUNT(*) FROM dialogs WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}

/// How many chats of an account have messages.
pub async fn count_shown(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM dialogs WHERE owner_id = $1 AND top_message_id > 0";
    number(tx, sql, args![owner_id]).await
}

/// Unread messages of an account, all chats together.
pub async fn unread_total(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(unread_count), 0) AS BIGINT) FROM dialogs
               WHERE owner_id = $1";
    number(tx, sql, args![owner_id]).await
}

/// With whom an account has chats, ascending.
pub async fn peers_of(tx: &mut Tx, owner_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT peer_id FROM dialogs WHERE owner_id = $1 ORDER BY peer_id";
    i64s(&tx.rows(sql, args![owner_id]).await?, 0)
}

/// Removes a chat from the list; `false`: it was not there.
pub async fn delete(tx: &mut Tx, owner_id: i64, peer_id: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM dialogs WHERE owner_id = $1 AND peer_id = $2";
    Ok(tx.run(sql, args![owner_id, peer_id]).await? == 1)
}
