//! `messages.getUnreadMentions`: mentions are not counted, so none is unread.
//! messages.getUnreadMentions#f107e790 flags:# peer:InputPeer top_msg_id:flags.0?int offset_id:int
//! add_offset:int limit:int max_id:int min_id:int = messages.Messages
//! Refuses: PEER_ID_INVALID, CHANNEL_PRIVATE. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::GetUnreadMentions;

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

impl Rpc for GetUnreadMentions {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        messages::place(&cx.services, &mut tx, caller.id, named_chat(&self.peer)).await?;
        Ok(answers::no_messages())
    }
}
