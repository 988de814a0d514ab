//! `messages.deleteChatUser`: removes somebody from a group, or leaves it.
//! messages.deleteChatUser#a2185cab flags:# revoke_history:flags.0?true chat_id:long user_id:InputUser
//! = Updates
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, USER_ID_INVALID, USER_NOT_PARTICIPANT, CHAT_ADMIN_REQUIRED.
//! Source: official method page.

use domain::{
    Error,
    chats::groups::{self, Removing},
};
use tl::functions::messages::DeleteChatUser;

use super::{Cx, User, groups::told};
use crate::rpc::{Rpc, photos, users::named};

impl Rpc for DeleteChatUser {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let removing = Removing {
            chat_id: self.chat_id,
            user: named(&self.user_id),
            revoke_history: self.revoke_history,
        };
        let who = photos::caller(caller.id, &caller.origin);
        let outcome = groups::delete_user(&cx.services, who, removing).await?;
        Ok(told(cx, caller.id, &caller.origin, &outcome))
    }
}
