//! `messages.setTyping`: shows the other side that the caller is writing, for as long as it looks.
//! messages.setTyping#58943ee2 flags:# peer:InputPeer top_msg_id:flags.0?int
//! action:SendMessageAction = Bool
//! Refuses: PEER_ID_INVALID. Source: official method page.
//! Chosen: nothing is stored, whoever is away never learns of it; with a block on either side nothing
//! is shown and the caller is not told.

use domain::{Error, contacts, messages};
use tl::functions::messages::SetTyping;

use super::{Cx, User, named_peer};
use crate::{push, rpc::Rpc};

impl Rpc for SetTyping {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let peer_id = messages::peer(&cx.services, caller.id, named_peer(&self.peer))?;
        if peer_id == caller.id {
            return Ok(true);
        }
        let mut tx = cx.services.store.read().await?;
        let blocked = contacts::is_blocked(&mut tx, peer_id, caller.id).await?
            || contacts::is_blocked(&mut tx, caller.id, peer_id).await?;
        if !blocked {
            let now = cx.services.clock.unix_seconds();
            push::typing(&cx.sessions, peer_id, (caller.id, &self.action), now);
        }
        Ok(true)
    }
}
