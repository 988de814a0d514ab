//! Accounts: names, number, presence, and which photo is the fallback.

use super::rows_among;
use crate::{Row, StoreError, Tx, args};

/// One account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRow {
    /// Its id.
    pub user_id: i64,
    /// Digits only; `None` for bots and deleted accounts.
    pub phone: Option<String>,
    /// Its own name.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// May be empty.
    pub about: String,
    /// In the case its owner wrote it.
    pub username: Option<String>,
    /// Bots only.
    pub bot_owner_id: Option<i64>,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub deleted_at: Option<i64>,
    /// Shown to those who may not see the list.
    pub fallback_photo_id: Option<i64>,
    /// Unix seconds; 0: never.
    pub photo_changed_at: i64,
    /// Unix seconds; 0: went offline.
    pub online_until: i64,
    /// Unix seconds; 0: never.
    pub last_seen_at: i64,
    /// Bots only: rises with what their profile tells.
    pub bot_info_version: i64,
}

/// What a new account consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    /// Its id.
    pub user_id: i64,
    /// Digits only.
    pub phone: Option<String>,
    /// Its own name.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// Bots only.
    pub bot_owner_id: Option<i64>,
    /// Unix seconds.
    pub created_at: i64,
}

macro_rules! columns {
    () => {
        "user_id, phone, first_name, last_name, about, username, bot_owner_id, created_at, \
         deleted_at, fallback_photo_id, photo_changed_at, online_until, last_seen_at, \
         bot_info_version"
    };
}

fn user(row: &Row) -> Result<UserRow, StoreError> {
    Ok(UserRow {
        user_id: row.i64(0)?,
        phone: row.opt_text(1)?,
        first_name: row.text(2)?,
        last_name: row.text(3)?,
        about: row.text(4)?,
        username: row.opt_text(5)?,
        bot_owner_id: row.opt_i64(6)?,
        created_at: row.i64(7)?,
        deleted_at: row.opt_i64(8)?,
        fallback_photo_id: row.opt_i64(9)?,
        photo_changed_at: row.i64(10)?,
        online_until: row.i64(11)?,
        last_seen_at: row.i64(12)?,
        bot_info_version: row.i64(13)?,
    })
}

/// Writes a new account.
///
/// # Errors
/// [`StoreError::Conflict`]: the id or the number exists.
pub async fn insert(tx: &mut Tx, row: &NewUser) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO users (user_id, phone, first_name, last_name, bot_owner_id, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
        args![
            row.user_id,
            row.phone.as_deref(),
            &row.first_name,
            &row.last_name,
            row.bot_owner_id,
            row.created_at
        ],
    )
    .await?;
    Ok(())
}

/// The account with this id, deleted or not.
pub async fn by_id(tx: &mut Tx, user_id: i64) -> Result<Option<UserRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM users WHERE user_id = $1");
    tx.row(sql, args![user_id])
        .await?
        .as_ref()
        .map(user)
        .transpose()
}

/// The accounts with these ids, in no order; unknown ids are left out.
pub async fn by_ids(tx: &mut Tx, user_ids: &[i64]) -> Result<Vec<UserRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM users WHERE user_id IN (#)");
    rows_among(tx, sql, &[], user_ids)
        .await?
        .iter()
        .map(user)
        .collect()
}

/// The account with this number.
pub async fn by_phone(tx: &mut Tx, phone: &str) -> Result<Option<UserRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM users WHERE phone = $1");
    tx.row(sql, args![phone])
        .await?
        .as_ref()
        .map(user)
        .transpose()
}

/// The accounts with these numbers, in no order; unknown numbers are left out.
pub async fn by_phones(tx: &mut Tx, phones: &[&str]) -> Result<Vec<UserRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM users WHERE phone IN (#)");
    rows_among(tx, sql, &[], phones)
        .await?
        .iter()
        .map(user)
        .collect()
}

/// The account with this username; the case of ASCII letters does not count.
pub async fn by_username(tx: &mut Tx, username: &str) -> Result<Option<UserRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM users WHERE LOWER(username) = $1"
    );
    tx.row(sql, args![username.to_ascii_lowercase()])
        .await?
        .as_ref()
        .map(user)
        .transpose()
}

/// Accounts with ids above `after`, ascending: all of them, page by page.
pub async fn page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<UserRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM users WHERE user_id > $1 ORDER BY user_id LIMIT $2"
    );
    tx.rows(sql, args![after, limit])
        .await?
        .iter()
        .map(user)
        .collect()
}

/// Sets names and words about oneself. `false`: there is no such account.
pub async fn rename(
    tx: &mut Tx,
    user_id: i64,
    first_name: &str,
    last_name: &str,
    about: &str,
) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET first_name = $1, last_name = $2, about = $3 WHERE user_id = $4";
    Ok(tx
        .run(sql, args![first_name, last_name, about, user_id])
        .await?
        == 1)
}

/// Sets or takes away the username.
///
/// # Errors
/// [`StoreError::Conflict`]: somebody has it.
pub async fn set_username(
    tx: &mut Tx,
    user_id: i64,
    username: Option<&str>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET username = $1 WHERE user_id = $2";
    Ok(tx.run(sql, args![username, user_id]).await? == 1)
}

/// Sets when the account is or was there.
pub async fn set_presence(
    tx: &mut Tx,
    user_id: i64,
    online_until: i64,
    last_seen_at: i64,
) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET online_until = $1, last_seen_at = $2 WHERE user_id = $3";
    Ok(tx
        .run(sql, args![online_until, last_seen_at, user_id])
        .await?
        == 1)
}

/// Sets or takes away the fallback photo.
pub async fn set_fallback(
    tx: &mut Tx,
    user_id: i64,
    photo_id: Option<i64>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET fallback_photo_id = $1 WHERE user_id = $2";
    Ok(tx.run(sql, args![photo_id, user_id]).await? == 1)
}

/// Notes when the pictures of an account changed.
pub async fn set_photo_changed(tx: &mut Tx, user_id: i64, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET photo_changed_at = $1 WHERE user_id = $2";
    Ok(tx.run(sql, args![now, user_id]).await? == 1)
}

/// Notes that what the profile of a bot tells has changed.
pub async fn raise_bot_info(tx: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE users SET bot_info_version = bot_info_version + 1 WHERE user_id = $1";
    Ok(tx.run(sql, args![user_id]).await? == 1)
}

/// Empties an account: the id stays taken, number and username become free.
pub async fn delete(tx: &mut Tx, user_id: i64, now: i64) -> Result<bool, StoreError> {
    tx.run(
        "UPDATE users SET phone = NULL, first_name = '', last_name = '', about = '',
         username = NULL, deleted_at = $1, fallback_photo_id = NULL, online_until = 0,
         last_seen_at = 0 WHERE user_id = $2",
        args![now, user_id],
    )
    .await
    .map(|changed| changed == 1)
}
