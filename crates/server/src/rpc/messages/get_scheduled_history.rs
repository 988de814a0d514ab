//! `messages.getScheduledHistory`: messages cannot be scheduled here, so there are none.
//! messages.getScheduledHistory#f516760b peer:InputPeer hash:long = messages.Messages
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::GetScheduledHistory;

use super::{Cx, Human, answers, named_peer};
use crate::rpc::Rpc;

impl Rpc for GetScheduledHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        messages::peer(&cx.services, caller.id, named_peer(&self.peer))?;
        Ok(answers::no_messages())
    }
}
