//! The box of an account or of a channel: its messages, its counters `pts` and `message_id`.

use super::{i64s, number, pack, rows_among, run_among, unpack};
use crate::{Row, StoreError, Tx, args};

/// The counters of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxRow {
    /// The box's state; starts at 1.
    pub pts: i64,
    /// The highest message id handed out; starts at 0.
    pub message_id_last: i64,
}

/// One message in one box.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MessageRow {
    /// Whose box: an account's, or a channel's by its peer number.
    pub owner_id: i64,
    /// In that box.
    pub message_id: i64,
    /// With whom, or in which group or channel, the chat is: a peer number.
    pub peer_id: i64,
    /// Who wrote it: a peer number, a channel for its own posts.
    pub from_id: i64,
    /// Unix seconds.
    pub sent_at: i64,
    /// The sender's copy only.
    pub random_id: Option<i64>,
    /// Private chats: `message_id` of the other side's copy. Channels: the account that wrote it.
    pub twin_id: i64,
    /// The title, for a service message that tells of one.
    pub text: String,
    /// Its formatting: `kind,offset,length[,argument]` a line, places in UTF-16 units.
    pub entities: String,
    /// A `message_id` in this box.
    pub reply_to: Option<i64>,
    /// Sent without a sound.
    pub silent: bool,
    /// The picture that a service message tells of.
    pub photo_id: Option<i64>,
    /// What a service message tells; empty: a text.
    pub action: String,
    /// Whom a service message names.
    pub action_users: Vec<i64>,
    /// Groups: the same in every member's copy; 0 elsewhere.
    pub shared_id: i64,
}

/// Where one copy of a message stands, without what it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spot {
    /// As in [`MessageRow`], and so all that follow.
    pub owner_id: i64,
    /// In that box.
    pub message_id: i64,
    /// With whom the chat is.
    pub peer_id: i64,
    /// Who wrote it.
    pub from_id: i64,
    /// Unix seconds.
    pub sent_at: i64,
    /// Private chats: the other copy. Channels: the account that wrote it.
    pub twin_id: i64,
    /// Groups: the same in every copy.
    pub shared_id: i64,
}

/// A part of a chat: ids strictly between `above` and `below`, without the first `skip`, at most
/// `limit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Ids greater than this; 0: from the beginning.
    pub above: i64,
    /// Ids less than this; `i64::MAX`: to the end.
    pub below: i64,
    /// How many of them are left out at the start.
    pub skip: i64,
    /// How many are returned at most.
    pub limit: i64,
}

impl Window {
    /// The `limit` messages at the start of the whole chat.
    pub fn first(limit: i64) -> Window {
        Window {
            above: 0,
            below: i64::MAX,
            skip: 0,
            limit,
        }
    }
}

macro_rules! columns {
    () => {
        "owner_id, message_id, peer_id, from_id, sent_at, random_id, twin_id, text, entities, \
         reply_to, silent, photo_id, action, action_users, shared_id"
    };
}

macro_rules! spots {
    () => {
        "owner_id, message_id, peer_id, from_id, sent_at, twin_id, shared_id"
    };
}

fn spot(row: &Row) -> Result<Spot, StoreError> {
    Ok(Spot {
        owner_id: row.i64(0)?,
        message_id: row.i64(1)?,
        peer_id: row.i64(2)?,
        from_id: row.i64(3)?,
        sent_at: row.i64(4)?,
        twin_id: row.i64(5)?,
        shared_id: row.i64(6)?,
    })
}

pub(super) fn message(row: &Row) -> Result<MessageRow, StoreError> {
    Ok(MessageRow {
        owner_id: row.i64(0)?,
        message_id: row.i64(1)?,
        peer_id: row.i64(2)?,
        from_id: row.i64(3)?,
        sent_at: row.i64(4)?,
        random_id: row.opt_i64(5)?,
        twin_id: row.i64(6)?,
        text: row.text(7)?,
        entities: row.text(8)?,
        reply_to: row.opt_i64(9)?,
        silent: row.bool(10)?,
        photo_id: row.opt_i64(11)?,
        action: row.text(12)?,
        action_users: unpack(&row.opt_bytes(13)?.unwrap_or_default())?,
        shared_id: row.i64(14)?,
    })
}

/// Gives an account an empty box.
///
/// # Errors
/// [`StoreError::Conflict`]: it has one.
pub async fn open_box(tx: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO boxes (owner_id, pts, message_id_last) VALUES ($1, 1, 0)";
    tx.run(sql, args![owner_id]).await?;
    Ok(())
}

/// The counters of a box; `None`: no such account.
pub async fn box_of(tx: &mut Tx, owner_id: i64) -> Result<Option<BoxRow>, StoreError> {
    let sql = "SELECT pts, message_id_last FROM boxes WHERE owner_id = $1";
    let row = tx.row(sql, args![owner_id]).await?;
    row.map(|row| {
        Ok(BoxRow {
            pts: row.i64(0)?,
            message_id_last: row.i64(1)?,
        })
    })
    .transpose()
}

/// Moves a box by `pts_count` and hands out `message_ids` new message ids; returns the new `pts`
/// and the highest message id.
///
/// # Errors
/// [`StoreError::Broken`]: the account has no box.
pub async fn advance_box(
    tx: &mut Tx,
    owner_id: i64,
    pts_count: i64,
    message_ids: i64,
) -> Result<(i64, i64), StoreError> {
    let row = tx
        .row(
            "UPDATE boxes SET pts = pts + $1, message_id_last = message_id_last + $2
             WHERE owner_id = $3 RETURNING pts, message_id_last",
            args![pts_count, message_ids, owner_id],
        )
        .await?;
    let row = row.ok_or_else(|| StoreError::Broken("an account has no box".into()))?;
    Ok((row.i64(0)?, row.i64(1)?))
}

/// Writes a message into a box.
///
/// # Errors
/// [`StoreError::Conflict`]: the id exists, or the sender used this `random_id` before.
pub async fn insert(tx: &mut Tx, row: &MessageRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO messages (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
             $15)"
        ),
        args![
            row.owner_id,
            row.message_id,
            row.peer_id,
            row.from_id,
            row.sent_at,
            row.random_id,
            row.twin_id,
            &row.text,
            &row.entities,
            row.reply_to,
            row.silent,
            row.photo_id,
            &row.action,
            pack(&row.action_users),
            row.shared_id
        ],
    )
    .await?;
    Ok(())
}

/// The message that was sent with this `random_id`.
pub async fn by_random_id(
    tx: &mut Tx,
    owner_id: i64,
    random_id: i64,
) -> Result<Option<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE owner_id = $1 AND random_id = $2"
    );
    tx.row(sql, args![owner_id, random_id])
        .await?
        .as_ref()
        .map(message)
        .transpose()
}

/// The messages with these ids in a box, in no order; unknown ids are left out.
pub async fn by_ids(
    tx: &mut Tx,
    owner_id: i64,
    message_ids: &[i64],
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE owner_id = $1 AND message_id IN (#)"
    );
    rows_among(tx, sql, args![owner_id], message_ids)
        .await?
        .iter()
        .map(message)
        .collect()
}

/// Messages of a chat, newest first.
pub async fn newest_first(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    window: Window,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE owner_id = $1 AND peer_id = $2 AND message_id > $3
         AND message_id < $4 ORDER BY message_id DESC LIMIT $5 OFFSET $6"
    );
    let Window {
        above,
        below,
        skip,
        limit,
    } = window;
    let args = args![owner_id, peer_id, above, below, limit, skip];
    tx.rows(sql, args).await?.iter().map(message).collect()
}

/// Messages of a chat, oldest first.
pub async fn oldest_first(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    window: Window,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE owner_id = $1 AND peer_id = $2 AND message_id > $3
         AND message_id < $4 ORDER BY message_id LIMIT $5 OFFSET $6"
    );
    let Window {
        above,
        below,
        skip,
        limit,
    } = window;
    let args = args![owner_id, peer_id, above, below, limit, skip];
    tx.rows(sql, args).await?.iter().map(message).collect()
}

/// How many messages of a chat have ids strictly between `above` and `below`.
pub async fn count(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    above: i64,
    below: i64,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM messages WHERE owner_id = $1 AND peer_id = $2
               AND message_id > $3 AND message_id < $4";
    number(tx, sql, args![owner_id, peer_id, above, below]).await
}

/// How many messages of a chat that somebody else than `reader_id` wrote have ids above `read_max_id`.
pub async fn unread(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    reader_id: i64,
    read_max_id: i64,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM messages WHERE owner_id = $1 AND peer_id = $2
               AND message_id > $3 AND from_id <> $4";
    number(tx, sql, args![owner_id, peer_id, read_max_id, reader_id]).await
}

/// The highest id in a chat that was sent before `date`; 0: none.
pub async fn last_before(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    date: i64,
) -> Result<i64, StoreError> {
    let sql = "SELECT COALESCE(MAX(message_id), 0) FROM messages
               WHERE owner_id = $1 AND peer_id = $2 AND sent_at < $3";
    number(tx, sql, args![owner_id, peer_id, date]).await
}

/// The messages of a box that tell of this photo, newest first.
pub async fn with_photo(
    tx: &mut Tx,
    owner_id: i64,
    photo_id: i64,
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE owner_id = $1 AND photo_id = $2
         ORDER BY message_id DESC"
    );
    tx.rows(sql, args![owner_id, photo_id])
        .await?
        .iter()
        .map(message)
        .collect()
}

/// The copies of one message of a group in these boxes, in no order.
pub async fn by_shared_id(
    tx: &mut Tx,
    shared_id: i64,
    owner_ids: &[i64],
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE shared_id = $1 AND shared_id <> 0 AND owner_id IN (#)"
    );
    rows_among(tx, sql, args![shared_id], owner_ids)
        .await?
        .iter()
        .map(message)
        .collect()
}

/// As [`by_ids`], without what they say.
pub async fn spots(
    tx: &mut Tx,
    owner_id: i64,
    message_ids: &[i64],
) -> Result<Vec<Spot>, StoreError> {
    let sql = concat!(
        "SELECT ",
        spots!(),
        " FROM messages WHERE owner_id = $1 AND message_id IN (#)"
    );
    let rows = rows_among(tx, sql, args![owner_id], message_ids).await?;
    rows.iter().map(spot).collect()
}

/// As [`newest_first`], without what they say.
pub async fn spots_newest_first(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    window: Window,
) -> Result<Vec<Spot>, StoreError> {
    let sql = concat!(
        "SELECT ",
        spots!(),
        " FROM messages WHERE owner_id = $1 AND peer_id = $2 AND message_id > $3
         AND message_id < $4 ORDER BY message_id DESC LIMIT $5 OFFSET $6"
    );
    let Window {
        above,
        below,
        skip,
        limit,
    } = window;
    let args = args![owner_id, peer_id, above, below, limit, skip];
    tx.rows(sql, args).await?.iter().map(spot).collect()
}

/// All copies of these messages of groups, in whatever box they stand, in no order.
pub async fn spots_shared(tx: &mut Tx, shared_ids: &[i64]) -> Result<Vec<Spot>, StoreError> {
    let sql = concat!(
        "SELECT ",
        spots!(),
        " FROM messages WHERE shared_id <> 0 AND shared_id IN (#)"
    );
    let rows = rows_among(tx, sql, &[], shared_ids).await?;
    rows.iter().map(spot).collect()
}

/// The boxes with numbers below `below` in which a message tells of this photo.
pub async fn boxes_with_photo(
    tx: &mut Tx,
    photo_id: i64,
    below: i64,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT DISTINCT owner_id FROM messages WHERE photo_id = $1 AND owner_id < $2";
    i64s(&tx.rows(sql, args![photo_id, below]).await?, 0)
}

/// Deletes messages from a box; says how many there were. The other copy stays.
pub async fn delete(tx: &mut Tx, owner_id: i64, message_ids: &[i64]) -> Result<u64, StoreError> {
    let sql = "DELETE FROM messages WHERE owner_id = $1 AND message_id IN (#)";
    run_among(tx, sql, args![owner_id], message_ids).await
}
