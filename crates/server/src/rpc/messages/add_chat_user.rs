//! `messages.addChatUser`: brings somebody into a group.
//! messages.addChatUser#cbc6d107 chat_id:long user_id:InputUser fwd_limit:int = messages.InvitedUsers
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, USER_ID_INVALID, INPUT_USER_DEACTIVATED,
//! USER_ALREADY_PARTICIPANT, USERS_TOO_MUCH, USER_NOT_MUTUAL_CONTACT, CHAT_ADMIN_REQUIRED,
//! USER_PRIVACY_RESTRICTED (layers that cannot be told who is missing). Source: official method page.

use domain::{
    Error,
    chats::groups::{self, Adding},
};
use tl::functions::messages::AddChatUser;

use super::{Cx, Human, groups::added, groups::tells_missing};
use crate::rpc::{Rpc, photos, users::named};

impl Rpc for AddChatUser {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let adding = Adding {
            chat_id: self.chat_id,
            user: named(&self.user_id),
            tells_missing: tells_missing(&caller.origin),
        };
        let who = photos::caller(caller.id, &caller.origin);
        let made = groups::add_user(&cx.services, who, adding).await?;
        Ok(added(cx, &caller, &made))
    }
}
