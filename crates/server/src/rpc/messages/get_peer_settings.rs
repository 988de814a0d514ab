//! `messages.getPeerSettings`: what a chat offers to do with the other side.
//! messages.getPeerSettings#efd9a6a2 peer:InputPeer = messages.PeerSettings
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{Error, Refusal, messages, updates};
use tl::{functions::messages::GetPeerSettings, types};

use super::{Cx, Human, answers, named_peer};
use crate::rpc::Rpc;

impl Rpc for GetPeerSettings {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let user_id = messages::peer(&cx.services, caller.id, named_peer(&self.peer))?;
        let mut tx = cx.services.store.read().await?;
        let offers = updates::offers(&cx.services, &mut tx, caller.id, user_id).await?;
        let offers = offers.ok_or(Refusal::PEER_ID_INVALID)?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::PeerSettings {
            settings: answers::chat_offers(&offers),
            chats: Vec::new(),
            users: vec![answers::user(to, &offers.view)],
        })
    }
}
