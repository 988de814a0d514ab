//! `messages.editChatAbout`: the words about a group.
//! messages.editChatAbout#def60797 peer:InputPeer about:string = Bool
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHAT_ABOUT_TOO_LONG, CHAT_ABOUT_NOT_MODIFIED.
//! Source: official method page.

use domain::{
    Error, Refusal,
    chats::{NamedPeer, groups},
};
use tl::functions::messages::EditChatAbout;

use super::{Cx, User, named_chat};
use crate::rpc::{Rpc, photos};

impl Rpc for EditChatAbout {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let NamedPeer::Group(chat_id) = named_chat(&self.peer) else {
            return Err(Refusal::PEER_ID_INVALID.into());
        };
        let who = photos::caller(caller.id, &caller.origin);
        groups::edit_about(&cx.services, who, chat_id, &self.about).await?;
        Ok(true)
    }
}
