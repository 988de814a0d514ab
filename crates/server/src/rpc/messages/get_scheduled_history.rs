//! `messages.getScheduledHistory`: messages cannot be scheduled here, so there are none.
//! messages.getScheduledHistory#f516760b peer:InputPeer hash:long = messages.Messages
//! Refuses: PEER_ID_INVALID, CHANNEL_PRIVATE. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::GetScheduledHistory;

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

impl Rpc for GetScheduledHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        messages::place(&cx.services, &mut tx, caller.id, named_chat(&self.peer)).await?;
        Ok(answers::no_messages())
    }
}
