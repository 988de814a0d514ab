//! `messages.editChatAdmin`: makes a member of a group an administrator, or takes that back.
//! messages.editChatAdmin#a85bd1c2 chat_id:long user_id:InputUser is_admin:Bool = Bool
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHAT_ADMIN_REQUIRED, USER_ID_INVALID, USER_NOT_PARTICIPANT.
//! Source: official method page.

use domain::{Error, chats::groups};
use tl::functions::messages::EditChatAdmin;

use super::{Cx, Human};
use crate::rpc::{Rpc, photos, users::named};

impl Rpc for EditChatAdmin {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        let change = (named(&self.user_id), self.is_admin);
        groups::edit_admin(&cx.services, who, self.chat_id, change).await?;
        Ok(true)
    }
}
