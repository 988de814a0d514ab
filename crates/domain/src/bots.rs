//! Bots: accounts that a program signs in to with a token. Whoever runs the server makes them.

mod commands;
mod info;
mod token;

pub use commands::{Command, Scope, commands, set_commands};
pub use info::{
    BOT_ABOUT_CHARS_MAX, BOT_DESCRIPTION_CHARS_MAX, Editor, Info, InfoChange, Profile, info,
    profile, set_info,
};

use store::{
    Tx,
    rows::{
        bots::{self as rows, BotRow},
        codes, keys,
        users::{self, UserRow},
    },
};

use crate::{
    Error, Refusal, Services,
    accounts::{self, Names},
};
use token::Token;

/// What a bot's username ends in, in any case. Source: official page on bots.
const USERNAME_END: &str = "bot";

/// What a new bot consists of.
#[derive(Clone, Debug)]
pub struct NewBot {
    /// The person whose it is.
    pub owner_id: i64,
    /// Shown above its messages.
    pub first_name: String,
    /// Without `@`; ends in "bot".
    pub username: String,
}

/// One bot, as whoever runs the server sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bot {
    /// The bot.
    pub user_id: i64,
    /// The person whose it is.
    pub owner_id: i64,
    /// Shown above its messages.
    pub first_name: String,
    /// Without `@`.
    pub username: Option<String>,
    /// Unix seconds.
    pub created_at: i64,
}

/// A bot whose token is shown now and never again: only a digest of it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct WithToken {
    /// The bot.
    pub user_id: i64,
    /// `<user_id>:<35 characters>`; must not be logged.
    pub token: String,
    /// Keys on which the bot was signed in and is no longer.
    pub ended: Vec<i64>,
}

impl std::fmt::Debug for WithToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WithToken")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// Makes a bot.
///
/// # Errors
/// USER_ID_INVALID: the owner is nobody, deleted, or a bot itself. FIRSTNAME_INVALID.
/// USERNAME_INVALID: no username, or it does not end in "bot". USERNAME_OCCUPIED.
pub async fn create(services: &Services, new: &NewBot) -> Result<WithToken, Error> {
    let names = Names {
        first: new.first_name.clone(),
        last: String::new(),
    }
    .checked()?;
    accounts::check_username(&new.username)?;
    if !new.username.to_ascii_lowercase().ends_with(USERNAME_END) {
        return Err(Refusal::USERNAME_INVALID.into());
    }
    let mut tx = services.store.begin().await?;
    let owner = users::by_id(&mut tx, new.owner_id).await?;
    if !owner.is_some_and(|owner| owner.deleted_at.is_none() && owner.bot_owner_id.is_none()) {
        return Err(Refusal::USER_ID_INVALID.into());
    }
    let holder = accounts::username_holder(&mut tx, &new.username).await?;
    if holder.is_some() {
        return Err(Refusal::USERNAME_OCCUPIED.into());
    }
    let account = (None, Some(new.owner_id));
    let user_id = accounts::create(services, &mut tx, account, &names).await?;
    users::set_username(&mut tx, user_id, Some(&new.username)).await?;
    let token = Token::random(user_id)?;
    let row = BotRow {
        user_id,
        owner_id: new.owner_id,
        token_hash: token.hash(),
        revoked_hash: None,
        created_at: services.clock.unix_seconds(),
    };
    rows::insert(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(WithToken {
        user_id,
        token: token.to_string(),
        ended: Vec::new(),
    })
}

/// Gives a bot another token: the one it had is worth nothing any more, and whoever signed in with it
/// is signed out.
///
/// # Errors
/// BOT_INVALID: no bot has this id.
pub async fn new_token(services: &Services, user_id: i64) -> Result<WithToken, Error> {
    let token = Token::random(user_id)?;
    let mut tx = services.store.begin().await?;
    if !rows::set_token(&mut tx, user_id, &token.hash()).await? {
        return Err(Refusal::BOT_INVALID.into());
    }
    let signed_in = keys::of_user(&mut tx, user_id).await?;
    let ended: Vec<i64> = signed_in.iter().map(|key| key.auth_key_id).collect();
    for auth_key_id in &ended {
        keys::sign_out(&mut tx, *auth_key_id).await?;
    }
    codes::forget_exports(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(WithToken {
        user_id,
        token: token.to_string(),
        ended,
    })
}

/// The bots of one person, by id.
///
/// # Errors
/// The store failed.
pub async fn of_owner(services: &Services, owner_id: i64) -> Result<Vec<Bot>, Error> {
    let mut tx = services.store.read().await?;
    let rows = rows::of_owner(&mut tx, owner_id).await?;
    described(&mut tx, rows).await
}

/// At most `limit` bots with ids above `after`, ascending: all of them, page by page.
///
/// # Errors
/// The store failed.
pub async fn page(services: &Services, after: i64, limit: i64) -> Result<Vec<Bot>, Error> {
    let mut tx = services.store.read().await?;
    let rows = rows::page(&mut tx, after, limit).await?;
    described(&mut tx, rows).await
}

/// Deletes a bot: its account, pictures and token. Returns the keys on which it was signed in.
///
/// # Errors
/// BOT_INVALID: no bot has this id.
pub async fn delete(services: &Services, user_id: i64) -> Result<Vec<i64>, Error> {
    let mut tx = services.store.read().await?;
    if rows::find(&mut tx, user_id).await?.is_none() {
        return Err(Refusal::BOT_INVALID.into());
    }
    drop(tx);
    accounts::delete(services, user_id).await
}

/// `auth.importBotAuthorization`: signs a bot in on a key; returns the bot.
///
/// # Errors
/// API_ID_INVALID: the host accepts other applications only. ACCESS_TOKEN_INVALID: no bot has this
/// token. ACCESS_TOKEN_EXPIRED: it is the one that the bot had before its present one.
pub async fn sign_in(
    services: &Services,
    auth_key_id: i64,
    api_id: i32,
    token: &str,
) -> Result<i64, Error> {
    accounts::accepts_app(services, api_id)?;
    let token = Token::parse(token).ok_or(Refusal::ACCESS_TOKEN_INVALID)?;
    let mut tx = services.store.begin().await?;
    let bot = rows::find(&mut tx, token.user_id).await?;
    let bot = bot.ok_or(Refusal::ACCESS_TOKEN_INVALID)?;
    token.opens(&bot)?;
    accounts::enter(services, &mut tx, auth_key_id, bot.user_id).await?;
    tx.commit().await?;
    Ok(bot.user_id)
}

async fn described(tx: &mut Tx, rows: Vec<BotRow>) -> Result<Vec<Bot>, Error> {
    let ids: Vec<i64> = rows.iter().map(|row| row.user_id).collect();
    let mut accounts: Vec<UserRow> = users::by_ids(tx, &ids).await?;
    let mut named = |row: BotRow| {
        let at = accounts.iter().position(|user| user.user_id == row.user_id);
        let user = accounts.swap_remove(at?);
        Some(Bot {
            user_id: row.user_id,
            owner_id: row.owner_id,
            first_name: user.first_name,
            username: user.username,
            created_at: row.created_at,
        })
    };
    Ok(rows.into_iter().filter_map(&mut named).collect())
}
