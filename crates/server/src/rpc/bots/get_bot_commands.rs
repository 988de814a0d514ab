//! `bots.getBotCommands`: what the calling bot set for a scope and language.
//! bots.getBotCommands#e34c0dd6 scope:BotCommandScope lang_code:string = Vector<BotCommand>
//! Refuses: USER_BOT_REQUIRED, LANG_CODE_INVALID, PEER_ID_INVALID, USER_ID_INVALID.
//! Source: official method page.

use domain::{Error, bots};
use tl::{functions::bots::GetBotCommands, types};

use super::{Cx, scope};
use crate::rpc::{Bot, Rpc, answers};

impl Rpc for GetBotCommands {
    type Caller = Bot;

    async fn handle(self, caller: Bot, cx: &Cx) -> Result<Vec<types::BotCommand>, Error> {
        let scope = scope(&self.scope);
        let found = bots::commands(&cx.services, caller.id, scope, &self.lang_code).await?;
        Ok(answers::commands(found))
    }
}
