//! Bots: whose they are and the digests of their tokens. A bot is an account too, in `users`.

use crate::{Row, StoreError, Tx, args};

/// One bot. Digests must not be logged: `Debug` leaves them out.
#[derive(Clone, PartialEq, Eq)]
pub struct BotRow {
    /// The bot.
    pub user_id: i64,
    /// The person who owns it.
    pub owner_id: i64,
    /// SHA-256 of the secret part of its token.
    pub token_hash: Vec<u8>,
    /// The digest of the token before that; `None`: it has had one token only.
    pub revoked_hash: Option<Vec<u8>>,
    /// Unix seconds.
    pub created_at: i64,
}

impl std::fmt::Debug for BotRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("BotRow");
        fields
            .field("user_id", &self.user_id)
            .field("owner_id", &self.owner_id);
        fields.finish_non_exhaustive()
    }
}

macro_rules! columns {
    () => {
        "user_id, owner_id, token_hash, revoked_hash, created_at"
    };
}

fn bot(row: &Row) -> Result<BotRow, StoreError> {
    Ok(BotRow {
        user_id: row.i64(0)?,
        owner_id: row.i64(1)?,
        token_hash: row.bytes(2)?,
        revoked_hash: row.opt_bytes(3)?,
        created_at: row.i64(4)?,
    })
}

/// Writes a new bot.
///
/// # Errors
/// [`StoreError::Conflict`]: the id is taken.
pub async fn insert(tx: &mut Tx, row: &BotRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO bots (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5)"
        ),
        args![
            row.user_id,
            row.owner_id,
            &row.token_hash,
            row.revoked_hash.as_deref(),
            row.created_at
        ],
    )
    .await?;
    Ok(())
}

/// The bot with this id.
pub async fn find(tx: &mut Tx, user_id: i64) -> Result<Option<BotRow>, StoreError> {
    let sql = concat!("SELECT ", columns!(), " FROM bots WHERE user_id = $1");
    tx.row(sql, args![user_id])
        .await?
        .as_ref()
        .map(bot)
        .transpose()
}

/// The bots of one person, by id.
pub async fn of_owner(tx: &mut Tx, owner_id: i64) -> Result<Vec<BotRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM bots WHERE owner_id = $1 ORDER BY user_id"
    );
    tx.rows(sql, args![owner_id])
        .await?
        .iter()
        .map(bot)
        .collect()
}

/// Bots with ids above `after`, ascending: all of them, page by page.
pub async fn page(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<BotRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM bots WHERE user_id > $1 ORDER BY user_id LIMIT $2"
    );
    tx.rows(sql, args![after, limit])
        .await?
        .iter()
        .map(bot)
        .collect()
}

/// Gives a bot another token; the one it had is remembered as revoked. `false`: there is no such bot.
pub async fn set_token(tx: &mut Tx, user_id: i64, token_hash: &[u8]) -> Result<bool, StoreError> {
    let sql = "UPDATE bots SET revoked_hash = token_hash, token_hash = $1 WHERE user_id = $2";
    Ok(tx.run(sql, args![token_hash, user_id]).await? == 1)
}

/// Removes a bot. `false`: there was none.
pub async fn delete(tx: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM bots WHERE user_id = $1";
    Ok(tx.run(sql, args![user_id]).await? == 1)
}
