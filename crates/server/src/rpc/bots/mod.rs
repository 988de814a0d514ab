//! `bots.*`: what a bot tells of itself and which commands it offers.

mod get_bot_commands;
mod get_bot_info;
mod reset_bot_commands;
mod set_bot_commands;
mod set_bot_info;

use domain::bots::{Command, Editor, Scope};
use tl::{
    enums::{BotCommandScope, InputUser},
    functions::bots::{GetBotCommands, GetBotInfo, ResetBotCommands, SetBotCommands, SetBotInfo},
    types,
};

use super::{
    Cx, Method, User,
    users::{named, named_chat},
};

pub(super) const METHODS: &[Method] = &[
    Method::of::<GetBotCommands>(),
    Method::of::<GetBotInfo>(),
    Method::of::<ResetBotCommands>(),
    Method::of::<SetBotCommands>(),
    Method::of::<SetBotInfo>(),
];

/// The caller, and the bot that it names.
fn editor(caller: &User, bot: Option<&InputUser>) -> Editor {
    Editor {
        user_id: caller.id,
        is_bot: caller.origin.is_bot,
        bot: bot.map(named),
    }
}

fn scope(scope: &BotCommandScope) -> Scope {
    match scope {
        BotCommandScope::Default => Scope::Default,
        BotCommandScope::Users => Scope::Users,
        BotCommandScope::Chats => Scope::Chats,
        BotCommandScope::ChatAdmins => Scope::ChatAdmins,
        BotCommandScope::Peer(scope) => Scope::Peer(named_chat(&scope.peer)),
        BotCommandScope::PeerAdmins(scope) => Scope::PeerAdmins(named_chat(&scope.peer)),
        BotCommandScope::PeerUser(scope) => {
            Scope::PeerUser(named_chat(&scope.peer), named(&scope.user_id))
        }
    }
}

fn given(command: types::BotCommand) -> Command {
    Command {
        command: command.command,
        description: command.description,
    }
}
