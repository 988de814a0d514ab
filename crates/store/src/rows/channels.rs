//! What one event in a channel changes for all of its members: bulk statements, a bounded number for each
//! chunk of members. A channel's messages stand in its own box, `owner_id` and `peer_id` both its number.

use super::{chats, i64s, messages, number, pairs, rows_among, run_among};
use crate::{StoreError, Tx, args};

use chats::MemberRow;
use messages::MessageRow;

macro_rules! columns {
    () => {
        "messages.owner_id, message_id, messages.peer_id, from_id, sent_at, random_id, twin_id, \
         text, entities, reply_to, silent, photo_id, action, action_users, shared_id"
    };
}

macro_rules! members {
    () => {
        "chat_id, user_id, role, invited_by, joined_at"
    };
}

/// The message on top of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Top {
    /// The channel's number.
    pub channel: i64,
    /// In the channel's box; 0: nothing.
    pub message_id: i64,
    /// Unix seconds.
    pub sent_at: i64,
}

/// Who is in a chat now, by user id.
pub async fn present_ids(tx: &mut Tx, chat_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT user_id FROM chat_members WHERE chat_id = $1
               AND role IN ('creator', 'admin', 'member') ORDER BY user_id";
    i64s(&tx.rows(sql, args![chat_id]).await?, 0)
}

/// The members of a chat who are this there, by user id, without the first `skip`.
pub async fn with_role(
    tx: &mut Tx,
    (chat_id, role): (i64, &str),
    skip: i64,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE chat_id = $1 AND role = $2 ORDER BY user_id LIMIT $3 OFFSET $4"
    );
    let rows = tx.rows(sql, args![chat_id, role, limit, skip]).await?;
    rows.iter().map(chats::member_row).collect()
}

/// How many are this in a chat.
pub async fn count_role(tx: &mut Tx, chat_id: i64, role: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM chat_members WHERE chat_id = $1 AND role = $2";
    number(tx, sql, args![chat_id, role]).await
}

/// Who is in a chat now, by user id, without the first `skip`.
pub async fn present_page(
    tx: &mut Tx,
    chat_id: i64,
    skip: i64,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE chat_id = $1 AND role IN ('creator', 'admin', 'member')
         ORDER BY user_id LIMIT $2 OFFSET $3"
    );
    let rows = tx.rows(sql, args![chat_id, limit, skip]).await?;
    rows.iter().map(chats::member_row).collect()
}

/// Puts a new message of `author` on top for these members; it is unread for all but the author.
pub async fn message_on_top(
    tx: &mut Tx,
    top: Top,
    author: i64,
    members: &[i64],
) -> Result<u64, StoreError> {
    let sql = "UPDATE dialogs SET top_message_id = $1, top_sent_at = $2,
               unread_count = unread_count + CASE WHEN owner_id = $3 THEN 0 ELSE 1 END
               WHERE peer_id = $4 AND owner_id IN (#)";
    let args = args![top.message_id, top.sent_at, author, top.channel];
    run_among(tx, sql, args, members).await
}

/// Puts what is on top now on top for these members.
pub async fn set_top(tx: &mut Tx, top: Top, members: &[i64]) -> Result<u64, StoreError> {
    let sql = "UPDATE dialogs SET top_message_id = $1, top_sent_at = $2
               WHERE peer_id = $3 AND owner_id IN (#)";
    let args = args![top.message_id, top.sent_at, top.channel];
    run_among(tx, sql, args, members).await
}

/// Those of these members who have not read up to `message_id`, as `(owner_id, read_inbox_max_id)` in no
/// order.
pub async fn behind(
    tx: &mut Tx,
    (channel, message_id): (i64, i64),
    members: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT owner_id, read_inbox_max_id FROM dialogs
               WHERE peer_id = $1 AND read_inbox_max_id < $2 AND owner_id IN (#)";
    let rows = rows_among(tx, sql, args![channel, message_id], members).await?;
    pairs(&rows)
}

/// So many of the messages that these members had not read are gone.
pub async fn fewer_unread(
    tx: &mut Tx,
    (channel, count): (i64, i64),
    members: &[i64],
) -> Result<u64, StoreError> {
    let sql = "UPDATE dialogs SET unread_count =
               CASE WHEN unread_count > $1 THEN unread_count - $1 ELSE 0 END
               WHERE peer_id = $2 AND owner_id IN (#)";
    run_among(tx, sql, args![count, channel], members).await
}

/// Takes a channel out of the lists of these accounts.
pub async fn forget_dialogs(tx: &mut Tx, channel: i64, members: &[i64]) -> Result<u64, StoreError> {
    let sql = "DELETE FROM dialogs WHERE peer_id = $1 AND owner_id IN (#)";
    run_among(tx, sql, args![channel], members).await
}

/// How many messages above `read_max_id` somebody else than `reader` wrote.
pub async fn unread(
    tx: &mut Tx,
    channel: i64,
    read_max_id: i64,
    reader: i64,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM messages WHERE owner_id = $1 AND peer_id = $1
               AND message_id > $2 AND twin_id <> $3";
    number(tx, sql, args![channel, read_max_id, reader]).await
}

/// The top messages of those of `channels` that are in the owner's list, in no order.
pub async fn tops(
    tx: &mut Tx,
    owner_id: i64,
    channels: &[i64],
) -> Result<Vec<MessageRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM dialogs JOIN messages ON messages.owner_id = dialogs.peer_id
         AND messages.message_id = dialogs.top_message_id
         WHERE dialogs.owner_id = $1 AND dialogs.peer_id IN (#)"
    );
    let rows = rows_among(tx, sql, args![owner_id], channels).await?;
    rows.iter().map(messages::message).collect()
}

/// Notes where the box of a channel stood when somebody came in.
pub async fn set_joined_pts(
    tx: &mut Tx,
    chat_id: i64,
    user_id: i64,
    pts: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE chat_members SET joined_pts = $1 WHERE chat_id = $2 AND user_id = $3";
    Ok(tx.run(sql, args![pts, chat_id, user_id]).await? == 1)
}

/// Those of these channels that somebody is in, as `(chat_id, pts)` of when they came, in no order.
pub async fn joined_pts(
    tx: &mut Tx,
    user_id: i64,
    chat_ids: &[i64],
) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT chat_id, joined_pts FROM chat_members WHERE user_id = $1
               AND role IN ('creator', 'admin', 'member') AND chat_id IN (#)";
    let rows = rows_among(tx, sql, args![user_id], chat_ids).await?;
    pairs(&rows)
}

/// Where these boxes stand, as `(owner_id, pts)` in no order; one that has no box is left out.
pub async fn pts_among(tx: &mut Tx, owner_ids: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT owner_id, pts FROM boxes WHERE owner_id IN (#)";
    let rows = rows_among(tx, sql, &[], owner_ids).await?;
    pairs(&rows)
}
