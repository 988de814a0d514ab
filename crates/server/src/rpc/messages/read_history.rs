//! `messages.readHistory`: the caller has seen a chat; the other side is told up to where.
//! messages.readHistory#e306d3a peer:InputPeer max_id:int = messages.AffectedMessages
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::ReadHistory;

use super::{Cx, Human, affected, doer, named_chat};
use crate::rpc::Rpc;

impl Rpc for ReadHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let (doer, peer) = (doer(caller.id, &caller.origin), named_chat(&self.peer));
        let read = messages::read_history(&cx.services, doer, peer, self.max_id.into()).await?;
        Ok(affected(read))
    }
}
