//! `messages.deleteChat`: ends a group for everybody.
//! messages.deleteChat#5bd0ee50 chat_id:long = Bool
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHAT_ADMIN_REQUIRED. Source: official method page.

use domain::{Error, chats::groups};
use tl::functions::messages::DeleteChat;

use super::{Cx, Human};
use crate::rpc::{Rpc, photos};

impl Rpc for DeleteChat {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        groups::delete(&cx.services, who, self.chat_id).await?;
        Ok(true)
    }
}
