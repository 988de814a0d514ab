//! `bots.resetBotCommands`: the calling bot takes its commands for a scope and language back.
//! bots.resetBotCommands#3d8de0f9 scope:BotCommandScope lang_code:string = Bool
//! Refuses: USER_BOT_REQUIRED, LANG_CODE_INVALID, PEER_ID_INVALID, USER_ID_INVALID.
//! Source: official method page.

use domain::{Error, bots};
use tl::functions::bots::ResetBotCommands;

use super::{Cx, scope};
use crate::rpc::{Bot, Rpc};

impl Rpc for ResetBotCommands {
    type Caller = Bot;

    async fn handle(self, caller: Bot, cx: &Cx) -> Result<bool, Error> {
        let scope = scope(&self.scope);
        bots::set_commands(&cx.services, caller.id, scope, &self.lang_code, &[]).await?;
        Ok(true)
    }
}
