//! `messages.getUnreadMentions`: mentions are not counted in private chats, so none is unread.
//! messages.getUnreadMentions#f107e790 flags:# peer:InputPeer top_msg_id:flags.0?int offset_id:int
//! add_offset:int limit:int max_id:int min_id:int = messages.Messages
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::GetUnreadMentions;

use super::{Cx, Human, answers, named_peer};
use crate::rpc::Rpc;

impl Rpc for GetUnreadMentions {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        messages::peer(&cx.services, caller.id, named_peer(&self.peer))?;
        Ok(answers::no_messages())
    }
}
