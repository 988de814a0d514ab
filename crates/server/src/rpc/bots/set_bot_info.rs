//! `bots.setBotInfo`: name, about text and description, by the bot itself or by its owner.
//! bots.setBotInfo#10cf3123 flags:# bot:flags.2?InputUser lang_code:string name:flags.3?string
//! about:flags.0?string description:flags.1?string = Bool
//! Refuses: USER_BOT_INVALID, BOT_INVALID, LANG_CODE_INVALID, FIRSTNAME_INVALID, ABOUT_TOO_LONG.
//! Source: official method page.

use domain::{
    Error,
    bots::{self, InfoChange},
};
use tl::functions::bots::SetBotInfo;

use super::{Cx, editor};
use crate::rpc::{Rpc, User};

impl Rpc for SetBotInfo {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let editor = editor(&caller, self.bot.as_ref());
        let change = InfoChange {
            name: self.name,
            about: self.about,
            description: self.description,
        };
        let origin = caller.origin.session_id;
        bots::set_info(&cx.services, editor, &self.lang_code, change, origin).await?;
        Ok(true)
    }
}
