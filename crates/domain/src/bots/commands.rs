//! The commands that a bot offers: to everybody, to those in private chats, to one chat.

use store::{
    Tx,
    rows::bots::{self as rows, CommandsRow},
};

use super::info::{changed, language};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer},
    peers::{self, Named},
};

/// Commands for one scope and language. Source: official page on commands of bots.
const COMMANDS_MAX: usize = 100;
/// Characters of a command. Source: the web service for bots (`BotCommand`).
const COMMAND_CHARS_MAX: usize = 32;
/// Characters of its description. Source: the web service for bots (`BotCommand`).
const DESCRIPTION_CHARS_MAX: usize = 256;

/// Something that a bot can be told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// Without the slash.
    pub command: String,
    /// What it does.
    pub description: String,
}

/// For whom commands are. Source: official page on commands of bots.
#[derive(Clone, Copy, Debug)]
pub enum Scope {
    /// Everybody for whom there are no others.
    Default,
    /// Private chats.
    Users,
    /// Groups.
    Chats,
    /// Administrators of groups.
    ChatAdmins,
    /// One chat.
    Peer(NamedPeer),
    /// Administrators of one group.
    PeerAdmins(NamedPeer),
    /// One member of one group.
    PeerUser(NamedPeer, Named),
}

/// `bots.getBotCommands`: the commands of `bot` for a scope and language, none where none were set.
///
/// # Errors
/// LANG_CODE_INVALID. PEER_ID_INVALID, USER_ID_INVALID: a scope that names nobody.
pub async fn commands(
    services: &Services,
    bot: i64,
    scope: Scope,
    lang_code: &str,
) -> Result<Vec<Command>, Error> {
    language(lang_code)?;
    let scope = code(services, bot, scope)?;
    let mut tx = services.store.read().await?;
    let rows = rows::commands(&mut tx, bot, &[&scope]).await?;
    let row = rows.into_iter().find(|row| row.lang_code == lang_code);
    Ok(row.map(|row| read(&row.commands)).unwrap_or_default())
}

/// `bots.setBotCommands` and `bots.resetBotCommands` (no commands); whoever shows the bot is told.
///
/// # Errors
/// LANG_CODE_INVALID. PEER_ID_INVALID, USER_ID_INVALID: a scope that names nobody.
/// BOT_COMMANDS_TOO_MUCH, BOT_COMMAND_INVALID, BOT_COMMAND_DESCRIPTION_INVALID.
pub async fn set_commands(
    services: &Services,
    bot: i64,
    scope: Scope,
    lang_code: &str,
    commands: &[Command],
) -> Result<(), Error> {
    language(lang_code)?;
    let scope = code(services, bot, scope)?;
    let commands = written(commands)?;
    let mut tx = services.store.begin().await?;
    if commands.is_empty() {
        rows::delete_commands(&mut tx, bot, &scope, lang_code).await?;
    } else {
        let row = CommandsRow {
            user_id: bot,
            scope,
            lang_code: lang_code.to_owned(),
            commands,
        };
        rows::put_commands(&mut tx, &row).await?;
    }
    // What every session shows of the bot is asked again, that of the caller too.
    let wake = changed(services, &mut tx, bot, 0).await?;
    services.commit(tx, &wake).await
}

/// What `viewer`, who speaks `lang_code`, is offered in its private chat with `bot`: the commands of the
/// narrowest scope for which there are any, its own language before the default one.
pub(super) async fn for_viewer(
    tx: &mut Tx,
    bot: i64,
    viewer: i64,
    lang_code: &str,
) -> Result<Vec<Command>, Error> {
    let own = of_peer("peer", Peer::User(viewer));
    let scopes = [own.as_str(), "users", "default"];
    let rows = rows::commands(tx, bot, &scopes).await?;
    let wanted = scopes
        .iter()
        .flat_map(|scope| [lang_code, ""].map(|lang_code| (*scope, lang_code)));
    let mut found = wanted.filter_map(|(scope, lang_code)| {
        rows.iter()
            .find(|row| row.scope == scope && row.lang_code == lang_code)
    });
    Ok(found
        .next()
        .map(|row| read(&row.commands))
        .unwrap_or_default())
}

/// The word for a scope in the store.
fn code(services: &Services, bot: i64, scope: Scope) -> Result<String, Refusal> {
    let peer = |named| chats::peer(services, bot, named);
    Ok(match scope {
        Scope::Default => "default".to_owned(),
        Scope::Users => "users".to_owned(),
        Scope::Chats => "chats".to_owned(),
        Scope::ChatAdmins => "chat_admins".to_owned(),
        Scope::Peer(named) => of_peer("peer", peer(named)?),
        Scope::PeerAdmins(named) => of_peer("peer_admins", peer(named)?),
        Scope::PeerUser(named, user) => {
            let user_id = peers::known(services, bot, user)?;
            format!("{}:{user_id}", of_peer("peer_user", peer(named)?))
        }
    })
}

fn of_peer(kind: &str, peer: Peer) -> String {
    format!("{kind}:{}", peer.number())
}

/// Commands as they are stored, checked.
fn written(commands: &[Command]) -> Result<String, Refusal> {
    if commands.len() > COMMANDS_MAX {
        return Err(Refusal::BOT_COMMANDS_TOO_MUCH);
    }
    let mut lines = Vec::with_capacity(commands.len());
    for Command {
        command,
        description,
    } in commands
    {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let length = command.len();
        if length == 0 || length > COMMAND_CHARS_MAX || !command.bytes().all(letter) {
            return Err(Refusal::BOT_COMMAND_INVALID);
        }
        // A menu shows one line.
        let description = description.trim().replace(['\n', '\r'], " ");
        let length = description.chars().count();
        if length == 0 || length > DESCRIPTION_CHARS_MAX {
            return Err(Refusal::BOT_COMMAND_DESCRIPTION_INVALID);
        }
        lines.push(format!("{command} {description}"));
    }
    Ok(lines.join("\n"))
}

fn read(stored: &str) -> Vec<Command> {
    let command = |line: &str| {
        let (command, description) = line.split_once(' ')?;
        Some(Command {
            command: command.to_owned(),
            description: description.to_owned(),
        })
    };
    stored.lines().filter_map(command).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(command: &str, description: &str) -> Vec<Command> {
        vec![Command {
            command: command.to_owned(),
            description: description.to_owned(),
        }]
    }

    #[test]
    fn commands_are_read_as_they_were_written() {
        let mut all = one("start", "Begin here, now");
        all.extend(one("help_2", "Hilfe für alle"));
        assert_eq!(read(&written(&all).unwrap()), all);
        assert_eq!(read(&written(&[]).unwrap()), []);
        let lines = one("start", " two\nlines ");
        let stored = written(&lines).unwrap();
        assert_eq!(read(&stored), one("start", "two lines"));
    }

    #[test]
    fn what_is_no_command_is_refused() {
        let long = "a".repeat(COMMAND_CHARS_MAX + 1);
        for command in ["", "Start", "/start", "a b", "a-b", "é", &long] {
            let refused = written(&one(command, "Begin"));
            assert_eq!(refused, Err(Refusal::BOT_COMMAND_INVALID), "{command}");
        }
        let long = "a".repeat(DESCRIPTION_CHARS_MAX + 1);
        for description in ["", " \n ", &long] {
            let refused = written(&one("start", description));
            let wanted = Err(Refusal::BOT_COMMAND_DESCRIPTION_INVALID);
            assert_eq!(refused, wanted, "{description:?}");
        }
        let many = vec![one("start", "Begin").remove(0); COMMANDS_MAX + 1];
        assert_eq!(written(&many), Err(Refusal::BOT_COMMANDS_TOO_MUCH));
        assert!(written(&many[1..]).is_ok());
    }
}
