//! What a bot tells of itself: name, about text and description, in the languages that it speaks.

use store::{
    Tx,
    rows::{
        bots::{self as rows, TextRow},
        users::{self, UserRow},
    },
};

use super::commands::{self, Command};
use crate::{
    Error, Refusal, Services,
    accounts::Names,
    peers::{self, Named},
    updates,
};

/// Characters of a bot's about text. Source: the web service for bots (`setMyShortDescription`).
pub const BOT_ABOUT_CHARS_MAX: usize = 120;
/// Characters of a bot's description. Source: the web service for bots (`setMyDescription`).
pub const BOT_DESCRIPTION_CHARS_MAX: usize = 512;

/// Who edits a bot, or asks what it tells.
#[derive(Clone, Copy, Debug)]
pub struct Editor {
    /// The caller.
    pub user_id: i64,
    /// The caller is a bot itself.
    pub is_bot: bool,
    /// The bot that the request names; bots need not name themselves.
    pub bot: Option<Named>,
}

/// What a bot tells in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Its name.
    pub name: String,
    /// A line on its profile.
    pub about: String,
    /// Shown in an empty chat with it.
    pub description: String,
}

/// `bots.setBotInfo`: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct InfoChange {
    /// Its name; empty: that of the default language.
    pub name: Option<String>,
    /// A line on its profile; empty: that of the default language.
    pub about: Option<String>,
    /// Shown in an empty chat with it; empty: that of the default language.
    pub description: Option<String>,
}

/// What the profile of a bot tells one viewer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// A line on the profile.
    pub about: String,
    /// Shown in an empty chat with it.
    pub description: String,
    /// What the viewer may tell it to do.
    pub commands: Vec<Command>,
}

/// `bots.getBotInfo`: what a bot tells in a language, as far as it says it there.
///
/// # Errors
/// LANG_CODE_INVALID. USER_BOT_INVALID: a person named no bot. BOT_INVALID: not the caller's own bot.
pub async fn info(services: &Services, editor: Editor, lang_code: &str) -> Result<Info, Error> {
    language(lang_code)?;
    let mut tx = services.store.read().await?;
    let bot = edited(services, &mut tx, editor).await?;
    told(&mut tx, &bot, lang_code).await
}

/// `bots.setBotInfo`; whoever shows the bot is told. The session `origin` learns of it in its answer.
///
/// # Errors
/// LANG_CODE_INVALID. USER_BOT_INVALID: a person named no bot. BOT_INVALID: not the caller's own bot.
/// FIRSTNAME_INVALID: too long, or none in the default language. ABOUT_TOO_LONG: about text or
/// description (Chosen: the official server names no error for the latter).
pub async fn set_info(
    services: &Services,
    editor: Editor,
    lang_code: &str,
    change: InfoChange,
    origin: i64,
) -> Result<(), Error> {
    language(lang_code)?;
    let mut tx = services.store.begin().await?;
    let bot = edited(services, &mut tx, editor).await?;
    let before = told(&mut tx, &bot, lang_code).await?;
    let after = Info {
        name: change.name.unwrap_or(before.name),
        about: change.about.unwrap_or(before.about),
        description: change.description.unwrap_or(before.description),
    }
    .checked(lang_code.is_empty())?;
    let mut row = TextRow {
        user_id: bot.user_id,
        lang_code: lang_code.to_owned(),
        name: after.name,
        about: after.about,
        description: after.description,
    };
    if lang_code.is_empty() {
        let (name, about) = (
            std::mem::take(&mut row.name),
            std::mem::take(&mut row.about),
        );
        users::rename(&mut tx, bot.user_id, &name, &bot.last_name, &about).await?;
    }
    rows::put_text(&mut tx, &row).await?;
    let wake = changed(services, &mut tx, bot.user_id, origin).await?;
    services.commit(tx, &wake).await
}

impl Info {
    fn checked(self, default_language: bool) -> Result<Self, Refusal> {
        let name = if self.name.is_empty() && !default_language {
            self.name
        } else {
            let names = Names {
                first: self.name,
                last: String::new(),
            };
            names.checked()?.first
        };
        let too_long = self.about.chars().count() > BOT_ABOUT_CHARS_MAX
            || self.description.chars().count() > BOT_DESCRIPTION_CHARS_MAX;
        if too_long {
            return Err(Refusal::ABOUT_TOO_LONG);
        }
        Ok(Self { name, ..self })
    }
}

/// What the profile of `bot` tells `viewer`, whose client speaks `lang_code` (as the client wrote it).
///
/// # Errors
/// The store failed.
pub async fn profile(
    tx: &mut Tx,
    bot: &UserRow,
    viewer: i64,
    lang_code: &str,
) -> Result<Profile, Error> {
    let spoken = spoken(lang_code);
    let mut texts = rows::texts(tx, bot.user_id, &["", &spoken]).await?;
    // The language of the client first, then the default one.
    texts.sort_by_key(|row| row.lang_code.is_empty());
    let first = |of: fn(&TextRow) -> &String| {
        let mut said = texts.iter().map(of).filter(|text| !text.is_empty());
        said.next().cloned()
    };
    let commands = commands::for_viewer(tx, bot.user_id, viewer, &spoken).await?;
    Ok(Profile {
        about: first(|row| &row.about).unwrap_or_else(|| bot.about.clone()),
        description: first(|row| &row.description).unwrap_or_default(),
        commands,
    })
}

/// Notes that a bot tells something else now; returns whom to wake.
pub(super) async fn changed(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    origin: i64,
) -> Result<Vec<i64>, Error> {
    users::raise_bot_info(tx, user_id).await?;
    updates::tell_watchers(services, tx, user_id, origin).await
}

/// # Errors
/// LANG_CODE_INVALID: neither empty nor two small letters.
pub(super) fn language(lang_code: &str) -> Result<(), Refusal> {
    let letters = lang_code.bytes().all(|byte| byte.is_ascii_lowercase());
    match lang_code.len() {
        0 => Ok(()),
        2 if letters => Ok(()),
        _ => Err(Refusal::LANG_CODE_INVALID),
    }
}

/// The two letters of what a client says it speaks, `de` of `de-AT`; empty: it says nothing usable.
fn spoken(lang_code: &str) -> String {
    let letters = lang_code.split(['-', '_']).next().unwrap_or_default();
    let letters = letters.to_ascii_lowercase();
    match language(&letters) {
        Ok(()) => letters,
        Err(_) => String::new(),
    }
}

async fn told(tx: &mut Tx, bot: &UserRow, lang_code: &str) -> Result<Info, Error> {
    let row = rows::texts(tx, bot.user_id, &[lang_code]).await?.pop();
    let mut info = row.map_or_else(Info::default, |row| Info {
        name: row.name,
        about: row.about,
        description: row.description,
    });
    if lang_code.is_empty() {
        info.name = bot.first_name.clone();
        info.about = bot.about.clone();
    }
    Ok(info)
}

/// The bot that `editor` may edit.
async fn edited(services: &Services, tx: &mut Tx, editor: Editor) -> Result<UserRow, Error> {
    let named = match (editor.bot, editor.is_bot) {
        (Some(named), _) => named,
        (None, true) => Named::Itself,
        (None, false) => return Err(Refusal::USER_BOT_INVALID.into()),
    };
    let found = match peers::resolve(services, tx, editor.user_id, named).await {
        Err(Error::Refused(_)) => None,
        found => Some(found?),
    };
    let own = |user: &UserRow| {
        let itself = editor.is_bot && user.user_id == editor.user_id;
        itself || user.bot_owner_id == Some(editor.user_id)
    };
    found
        .filter(own)
        .filter(|user| user.deleted_at.is_none())
        .ok_or_else(|| Refusal::BOT_INVALID.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_two_small_letters_or_none() {
        assert_eq!(language(""), Ok(()));
        assert_eq!(language("de"), Ok(()));
        for lang_code in ["d", "deu", "DE", "d1", "é"] {
            let refused = Err(Refusal::LANG_CODE_INVALID);
            assert_eq!(language(lang_code), refused, "{lang_code}");
        }
    }

    #[test]
    fn a_client_speaks_the_language_without_the_country() {
        for (said, spoken_here) in [
            ("de", "de"),
            ("de-AT", "de"),
            ("PT_br", "pt"),
            ("", ""),
            ("klingon", ""),
        ] {
            assert_eq!(spoken(said), spoken_here, "{said}");
        }
    }
}
