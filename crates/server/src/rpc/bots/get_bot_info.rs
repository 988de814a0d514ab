//! `bots.getBotInfo`: what a bot tells in one language, for itself and for its owner.
//! bots.getBotInfo#dcd914fd flags:# bot:flags.0?InputUser lang_code:string = bots.BotInfo
//! Refuses: USER_BOT_INVALID, BOT_INVALID, LANG_CODE_INVALID. Source: official method page.

use domain::{Error, bots};
use tl::{functions::bots::GetBotInfo, types};

use super::{Cx, editor};
use crate::rpc::{Rpc, User};

impl Rpc for GetBotInfo {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let editor = editor(&caller, self.bot.as_ref());
        let info = bots::info(&cx.services, editor, &self.lang_code).await?;
        Ok(types::bots::BotInfo {
            name: info.name,
            about: info.about,
            description: info.description,
        })
    }
}
