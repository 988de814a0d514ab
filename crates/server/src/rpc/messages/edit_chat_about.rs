//! `messages.editChatAbout`: the words about a group or channel.
//! messages.editChatAbout#def60797 peer:InputPeer about:string = Bool
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN,
//! CHAT_ADMIN_REQUIRED, CHAT_ABOUT_TOO_LONG, CHAT_ABOUT_NOT_MODIFIED. Source: official method page.

use domain::{
    Error, Refusal,
    chats::{NamedPeer, channels, groups},
};
use tl::functions::messages::EditChatAbout;

use super::{Cx, User, named_chat};
use crate::rpc::{Rpc, photos};

impl Rpc for EditChatAbout {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        match named_chat(&self.peer) {
            NamedPeer::Group(chat_id) => {
                groups::edit_about(&cx.services, who, chat_id, &self.about).await?;
            }
            named @ NamedPeer::Channel { .. } => {
                channels::edit_about(&cx.services, who, named, &self.about).await?;
            }
            NamedPeer::User(_) | NamedPeer::Nothing => {
                return Err(Refusal::PEER_ID_INVALID.into());
            }
        }
        Ok(true)
    }
}
