//! Bots: whose they are, the digests of their tokens, and what they tell of themselves. A bot is an
//! account too, in `users`.

use super::rows_among;
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

/// Removes a bot and all that it tells of itself. `false`: there was none.
pub async fn delete(tx: &mut Tx, user_id: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM bot_texts WHERE user_id = $1";
    tx.run(sql, args![user_id]).await?;
    let sql = "DELETE FROM bot_commands WHERE user_id = $1";
    tx.run(sql, args![user_id]).await?;
    let sql = "DELETE FROM bots WHERE user_id = $1";
    Ok(tx.run(sql, args![user_id]).await? == 1)
}

/// What a bot tells of itself in one language; an empty field is as in the default language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextRow {
    /// The bot.
    pub user_id: i64,
    /// Two letters; empty: the default language.
    pub lang_code: String,
    /// Its name; not used in the default language.
    pub name: String,
    /// A line on its profile; not used in the default language.
    pub about: String,
    /// Shown in an empty chat with it.
    pub description: String,
}

/// What a bot tells in these languages, in no order.
pub async fn texts(
    tx: &mut Tx,
    user_id: i64,
    lang_codes: &[&str],
) -> Result<Vec<TextRow>, StoreError> {
    let sql = "SELECT user_id, lang_code, name, about, description FROM bot_texts
               WHERE user_id = $1 AND lang_code IN (#)";
    let rows = rows_among(tx, sql, args![user_id], lang_codes).await?;
    let text = |row: &Row| {
        Ok(TextRow {
            user_id: row.i64(0)?,
            lang_code: row.text(1)?,
            name: row.text(2)?,
            about: row.text(3)?,
            description: row.text(4)?,
        })
    };
    rows.iter().map(text).collect()
}

/// Writes what a bot tells in one language, instead of what it told before.
pub async fn put_text(tx: &mut Tx, row: &TextRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO bot_texts (user_id, lang_code, name, about, description)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (user_id, lang_code) DO UPDATE SET name = $3, about = $4, description = $5",
        args![
            row.user_id,
            &row.lang_code,
            &row.name,
            &row.about,
            &row.description
        ],
    )
    .await?;
    Ok(())
}

/// Commands of a bot for some people in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandsRow {
    /// The bot.
    pub user_id: i64,
    /// For whom.
    pub scope: String,
    /// Two letters; empty: the default language.
    pub lang_code: String,
    /// Command, space, description, one a line.
    pub commands: String,
}

/// The commands of a bot for these scopes in all languages, in no order.
pub async fn commands(
    tx: &mut Tx,
    user_id: i64,
    scopes: &[&str],
) -> Result<Vec<CommandsRow>, StoreError> {
    let sql = "SELECT user_id, scope, lang_code, commands FROM bot_commands
               WHERE user_id = $1 AND scope IN (#)";
    let rows = rows_among(tx, sql, args![user_id], scopes).await?;
    let commands = |row: &Row| {
        Ok(CommandsRow {
            user_id: row.i64(0)?,
            scope: row.text(1)?,
            lang_code: row.text(2)?,
            commands: row.text(3)?,
        })
    };
    rows.iter().map(commands).collect()
}

/// Writes the commands for one scope and language, instead of those before.
pub async fn put_commands(tx: &mut Tx, row: &CommandsRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO bot_commands (user_id, scope, lang_code, commands)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (user_id, scope, lang_code) DO UPDATE SET commands = $4",
        args![row.user_id, &row.scope, &row.lang_code, &row.commands],
    )
    .await?;
    Ok(())
}

/// Removes the commands for one scope and language. `false`: there were none.
pub async fn delete_commands(
    tx: &mut Tx,
    user_id: i64,
    scope: &str,
    lang_code: &str,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM bot_commands WHERE user_id = $1 AND scope = $2 AND lang_code = $3";
    Ok(tx.run(sql, args![user_id, scope, lang_code]).await? == 1)
}
