//! `messages.getFullChat`: a group with its picture and its members.
//! messages.getFullChat#aeb00b34 chat_id:long = messages.ChatFull
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID. Source: official method page.

use domain::{Error, chats::groups};
use tl::{functions::messages::GetFullChat, types};

use super::{Cx, User, answers};
use crate::rpc::Rpc;

impl Rpc for GetFullChat {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let full = groups::full(&cx.services, caller.id, self.chat_id).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::ChatFull {
            full_chat: answers::full_group(to, &full),
            chats: answers::chats(to, &full.bundle.chats),
            users: answers::users(to, &full.bundle.users),
        })
    }
}
