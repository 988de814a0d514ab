//! Groups and channels, and who is or was in them.

use super::{i64s, number, pairs, rows_among};
use crate::{Row, StoreError, Tx, args};

/// A group or a channel.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChatRow {
    /// Positive; groups and channels share one sequence.
    pub chat_id: i64,
    /// `group`, `megagroup` or `broadcast`.
    pub kind: String,
    /// Who made it.
    pub creator_id: i64,
    /// Its name.
    pub title: String,
    /// May be empty.
    pub about: String,
    /// Without `@`; channels only.
    pub username: Option<String>,
    /// The picture that members see.
    pub photo_id: Option<i64>,
    /// Of the list of members, from 1.
    pub version: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub deleted_at: Option<i64>,
}

/// Somebody who is or was in a chat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberRow {
    /// Where.
    pub chat_id: i64,
    /// Who.
    pub user_id: i64,
    /// `creator`, `admin`, `member`, `left` or `kicked`.
    pub role: String,
    /// Who added them, themselves for one who came alone; who sent them away, themselves for one who
    /// left a channel.
    pub invited_by: i64,
    /// Unix seconds.
    pub joined_at: i64,
}

macro_rules! columns {
    () => {
        "chat_id, kind, creator_id, title, about, username, photo_id, version, created_at, \
         deleted_at"
    };
}

macro_rules! members {
    () => {
        "chat_id, user_id, role, invited_by, joined_at"
    };
}

fn chat(row: &Row) -> Result<ChatRow, StoreError> {
    Ok(ChatRow {
        chat_id: row.i64(0)?,
        kind: row.text(1)?,
        creator_id: row.i64(2)?,
        title: row.text(3)?,
        about: row.text(4)?,
        username: row.opt_text(5)?,
        photo_id: row.opt_i64(6)?,
        version: row.i64(7)?,
        created_at: row.i64(8)?,
        deleted_at: row.opt_i64(9)?,
    })
}

pub(super) fn member_row(row: &Row) -> Result<MemberRow, StoreError> {
    Ok(MemberRow {
        chat_id: row.i64(0)?,
        user_id: row.i64(1)?,
        role: row.text(2)?,
        invited_by: row.i64(3)?,
        joined_at: row.i64(4)?,
    })
}

/// Adds a chat.
pub async fn insert(tx: &mut Tx, row: &ChatRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO chats (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ),
        args![
            row.chat_id,
            &row.kind,
            row.creator_id,
            &row.title,
            &row.about,
            row.username.as_deref(),
            row.photo_id,
            row.version,
            row.created_at,
            row.deleted_at
        ],
    )
    .await?;
    Ok(())
}

/// Chats by id, in no order; deleted ones too.
pub async fn by_ids(tx: &mut Tx, chat_ids: &[i64]) -> Result<Vec<ChatRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM chats WHERE chat_id IN (#)");
    rows_among(tx, sql, &[], chat_ids)
        .await?
        .iter()
        .map(chat)
        .collect()
}

/// One chat, a deleted one too.
pub async fn by_id(tx: &mut Tx, chat_id: i64) -> Result<Option<ChatRow>, StoreError> {
    Ok(by_ids(tx, &[chat_id]).await?.pop())
}

/// Who has this name, in any case.
pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<ChatRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM chats WHERE LOWER(username) = $1"
    );
    tx.row(sql, args![username.to_ascii_lowercase()])
        .await?
        .as_ref()
        .map(chat)
        .transpose()
}

/// Chats by id above `after`.
pub async fn page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<ChatRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM chats WHERE chat_id > $1 ORDER BY chat_id LIMIT $2"
    );
    tx.rows(sql, args![after, limit])
        .await?
        .iter()
        .map(chat)
        .collect()
}

/// Gives a chat its title, description and name.
pub async fn describe(tx: &mut Tx, row: &ChatRow) -> Result<bool, StoreError> {
    let sql = "UPDATE chats SET title = $1, about = $2, username = $3 WHERE chat_id = $4";
    let args = args![&row.title, &row.about, row.username.as_deref(), row.chat_id];
    Ok(tx.run(sql, args).await? == 1)
}

/// Gives a chat a picture, or takes it away.
pub async fn set_photo(
    tx: &mut Tx,
    chat_id: i64,
    photo_id: Option<i64>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE chats SET photo_id = $1 WHERE chat_id = $2";
    Ok(tx.run(sql, args![photo_id, chat_id]).await? == 1)
}

/// The chats that show this picture now.
pub async fn with_photo(tx: &mut Tx, photo_id: i64) -> Result<Vec<ChatRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM chats WHERE photo_id = $1");
    tx.rows(sql, args![photo_id])
        .await?
        .iter()
        .map(chat)
        .collect()
}

/// Counts a change of the list of members; returns the new version.
pub async fn next_version(tx: &mut Tx, chat_id: i64) -> Result<i64, StoreError> {
    let sql = "UPDATE chats SET version = version + 1 WHERE chat_id = $1 RETURNING version";
    number(tx, sql, args![chat_id]).await
}

/// Ends a chat: its row stays, without a picture and a name.
pub async fn delete(tx: &mut Tx, chat_id: i64, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE chats SET deleted_at = $1, photo_id = NULL, username = NULL
               WHERE chat_id = $2";
    Ok(tx.run(sql, args![now, chat_id]).await? == 1)
}

/// Puts somebody into a chat, or changes what they are there.
pub async fn put_member(tx: &mut Tx, row: &MemberRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO chat_members (",
            members!(),
            ") VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (chat_id, user_id) DO UPDATE SET
             role = $3, invited_by = $4, joined_at = $5"
        ),
        args![
            row.chat_id,
            row.user_id,
            &row.role,
            row.invited_by,
            row.joined_at
        ],
    )
    .await?;
    tx.run(
        "INSERT INTO chats_of (user_id, chat_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![row.user_id, row.chat_id],
    )
    .await?;
    Ok(())
}

/// What somebody is in a chat; `None`: was never there.
pub async fn member(
    tx: &mut Tx,
    chat_id: i64,
    user_id: i64,
) -> Result<Option<MemberRow>, StoreError> {
    Ok(memberships(tx, user_id, &[chat_id]).await?.pop())
}

/// What somebody is or was in these chats, in no order.
pub async fn memberships(
    tx: &mut Tx,
    user_id: i64,
    chat_ids: &[i64],
) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE user_id = $1 AND chat_id IN (#)"
    );
    rows_among(tx, sql, args![user_id], chat_ids)
        .await?
        .iter()
        .map(member_row)
        .collect()
}

/// What these users are or were in a chat, in no order.
pub async fn members_among(
    tx: &mut Tx,
    chat_id: i64,
    user_ids: &[i64],
) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE chat_id = $1 AND user_id IN (#)"
    );
    rows_among(tx, sql, args![chat_id], user_ids)
        .await?
        .iter()
        .map(member_row)
        .collect()
}

/// Who is in a chat now, by user id above `after`.
pub async fn present(
    tx: &mut Tx,
    chat_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE chat_id = $1 AND user_id > $2
         AND role IN ('creator', 'admin', 'member') ORDER BY user_id LIMIT $3"
    );
    tx.rows(sql, args![chat_id, after, limit])
        .await?
        .iter()
        .map(member_row)
        .collect()
}

/// Who is or was in a chat, by user id.
pub async fn everybody(tx: &mut Tx, chat_id: i64) -> Result<Vec<MemberRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        members!(),
        " FROM chat_members WHERE chat_id = $1 ORDER BY user_id"
    );
    tx.rows(sql, args![chat_id])
        .await?
        .iter()
        .map(member_row)
        .collect()
}

/// How many are in each of these chats now; a chat without anybody is left out.
pub async fn counts(tx: &mut Tx, chat_ids: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT chat_id, COUNT(*) FROM chat_members
               WHERE role IN ('creator', 'admin', 'member') AND chat_id IN (#)
               GROUP BY chat_id";
    let rows = rows_among(tx, sql, &[], chat_ids).await?;
    pairs(&rows)
}

/// Every chat that somebody is or was in, by id.
pub async fn of_user(tx: &mut Tx, user_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT chat_id FROM chats_of WHERE user_id = $1 ORDER BY chat_id";
    i64s(&tx.rows(sql, args![user_id]).await?, 0)
}

/// In how many groups and in how many channels that have not ended each of these users is now, as
/// `(user_id, groups, channels)`; one who is in none is left out.
pub async fn counts_of(tx: &mut Tx, user_ids: &[i64]) -> Result<Vec<(i64, i64, i64)>, StoreError> {
    let sql = "SELECT chats_of.user_id, SUM(CASE WHEN kind = 'group' THEN 1 ELSE 0 END),
               SUM(CASE WHEN kind = 'group' THEN 0 ELSE 1 END) FROM chats_of
               JOIN chat_members ON chat_members.chat_id = chats_of.chat_id
               AND chat_members.user_id = chats_of.user_id
               JOIN chats ON chats.chat_id = chats_of.chat_id
               WHERE role IN ('creator', 'admin', 'member') AND deleted_at IS NULL
               AND chats_of.user_id IN (#) GROUP BY chats_of.user_id";
    let rows = rows_among(tx, sql, &[], user_ids).await?;
    rows.iter()
        .map(|row| Ok((row.i64(0)?, row.i64(1)?, row.i64(2)?)))
        .collect()
}

/// Takes somebody out of every chat; returns the groups among those that have not ended, by id.
pub async fn leave_all(tx: &mut Tx, user_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT chats_of.chat_id FROM chats_of
               JOIN chat_members ON chat_members.chat_id = chats_of.chat_id
               AND chat_members.user_id = chats_of.user_id
               JOIN chats ON chats.chat_id = chats_of.chat_id
               WHERE chats_of.user_id = $1 AND role IN ('creator', 'admin', 'member')
               AND kind = 'group' AND deleted_at IS NULL ORDER BY chats_of.chat_id";
    let groups = i64s(&tx.rows(sql, args![user_id]).await?, 0)?;
    let sql = "UPDATE chat_members SET role = 'left' WHERE user_id = $1
               AND role IN ('creator', 'admin', 'member')
               AND chat_id IN (SELECT chat_id FROM chats_of WHERE chats_of.user_id = $1)";
    tx.run(sql, args![user_id]).await?;
    Ok(groups)
}

/// Nobody knows any more that somebody was in a chat.
pub async fn forget_member(tx: &mut Tx, chat_id: i64, user_id: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM chat_members WHERE chat_id = $1 AND user_id = $2";
    tx.run(sql, args![chat_id, user_id]).await?;
    let sql = "DELETE FROM chats_of WHERE user_id = $1 AND chat_id = $2";
    tx.run(sql, args![user_id, chat_id]).await?;
    Ok(())
}
