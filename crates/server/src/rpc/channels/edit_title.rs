//! `channels.editTitle`: another name, and a message that tells of it.
//! channels.editTitle#566decd0 channel:InputChannel title:string = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
//! CHAT_TITLE_EMPTY, CHAT_NOT_MODIFIED. Source: official method page.

use domain::{Error, chats::channels};
use tl::functions::channels::EditTitle;

use super::{Cx, User, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for EditTitle {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let edited = channels::edit_title(&cx.services, who, named, &self.title).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), edited))
    }
}
