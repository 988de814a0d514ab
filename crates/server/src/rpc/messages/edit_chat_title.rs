//! `messages.editChatTitle`: gives a group another name.
//! messages.editChatTitle#73783ffd chat_id:long title:string = Updates
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHAT_TITLE_EMPTY, CHAT_NOT_MODIFIED.
//! Source: official method page.

use domain::{Error, chats::groups};
use tl::functions::messages::EditChatTitle;

use super::{Cx, User, groups::told};
use crate::rpc::{Rpc, photos};

impl Rpc for EditChatTitle {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        let outcome = groups::edit_title(&cx.services, who, self.chat_id, &self.title).await?;
        Ok(told(cx, caller.id, &caller.origin, &outcome))
    }
}
