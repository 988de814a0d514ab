//! How many rows there are, counted a stretch at a time: for whoever runs the server. Each stretch is
//! cheap, so that nobody waits for a count of a large table.

use crate::{StoreError, Tx, args};

/// A stretch of a count: how many rows, and the last key, where the next stretch goes on; `None`:
/// there are no more.
pub type Stretch = (i64, Option<i64>);

/// Accounts behind `after`, at most `limit`: not deleted, and no bots.
pub async fn people(tx: &mut Tx, after: i64, limit: i64) -> Result<Stretch, StoreError> {
    let sql = "SELECT user_id, deleted_at IS NULL AND bot_owner_id IS NULL FROM users
               WHERE user_id > $1 ORDER BY user_id LIMIT $2";
    stretch(tx, sql, (after, limit)).await
}

/// Bots behind `after`, at most `limit` accounts looked at: not deleted.
pub async fn bots(tx: &mut Tx, after: i64, limit: i64) -> Result<Stretch, StoreError> {
    let sql = "SELECT user_id, deleted_at IS NULL AND bot_owner_id IS NOT NULL FROM users
               WHERE user_id > $1 ORDER BY user_id LIMIT $2";
    stretch(tx, sql, (after, limit)).await
}

/// Groups and channels behind `after`, at most `limit`: not deleted.
pub async fn chats(tx: &mut Tx, after: i64, limit: i64) -> Result<Stretch, StoreError> {
    let sql = "SELECT chat_id, deleted_at IS NULL FROM chats
               WHERE chat_id > $1 ORDER BY chat_id LIMIT $2";
    stretch(tx, sql, (after, limit)).await
}

/// Photos behind `after`, at most `limit`.
pub async fn photos(tx: &mut Tx, after: i64, limit: i64) -> Result<Stretch, StoreError> {
    let sql = "SELECT photo_id, photo_id IS NOT NULL FROM photos
               WHERE photo_id > $1 ORDER BY photo_id LIMIT $2";
    stretch(tx, sql, (after, limit)).await
}

/// Logins behind the key `after`, at most `limit` keys looked at.
pub async fn logins(tx: &mut Tx, after: i64, limit: i64) -> Result<Stretch, StoreError> {
    let sql = "SELECT auth_key_id, user_id IS NOT NULL FROM auth_keys
               WHERE auth_key_id > $1 ORDER BY auth_key_id LIMIT $2";
    stretch(tx, sql, (after, limit)).await
}

async fn stretch(
    tx: &mut Tx,
    sql: &str,
    (after, limit): (i64, i64),
) -> Result<Stretch, StoreError> {
    let rows = tx.rows(sql, args![after, limit]).await?;
    let mut count = 0;
    for row in &rows {
        count += i64::from(row.bool(1)?);
    }
    let last = rows.last().map(|row| row.i64(0)).transpose()?;
    Ok((count, last))
}
