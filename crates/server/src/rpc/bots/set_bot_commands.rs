//! `bots.setBotCommands`: what the calling bot offers to whom.
//! bots.setBotCommands#517165a scope:BotCommandScope lang_code:string commands:Vector<BotCommand> = Bool
//! Refuses: USER_BOT_REQUIRED, LANG_CODE_INVALID, PEER_ID_INVALID, USER_ID_INVALID,
//! BOT_COMMANDS_TOO_MUCH, BOT_COMMAND_INVALID, BOT_COMMAND_DESCRIPTION_INVALID.
//! Source: official method page. Chosen: those who show the bot are told with `updateUser` and ask for
//! its profile again (docs/decisions/0102).

use domain::{
    Error,
    bots::{self, Command},
};
use tl::functions::bots::SetBotCommands;

use super::{Cx, given, scope};
use crate::rpc::{Bot, Rpc};

impl Rpc for SetBotCommands {
    type Caller = Bot;

    async fn handle(self, caller: Bot, cx: &Cx) -> Result<bool, Error> {
        let scope = scope(&self.scope);
        let commands: Vec<Command> = self.commands.into_iter().map(given).collect();
        bots::set_commands(&cx.services, caller.id, scope, &self.lang_code, &commands).await?;
        Ok(true)
    }
}
