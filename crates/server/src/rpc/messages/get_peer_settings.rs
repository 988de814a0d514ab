//! `messages.getPeerSettings`: what a chat offers to do with the other side; nothing in groups.
//! messages.getPeerSettings#efd9a6a2 peer:InputPeer = messages.PeerSettings
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{
    Error, Peer, Refusal,
    chats::{self, Role},
    updates,
};
use tl::{functions::messages::GetPeerSettings, types};

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

impl Rpc for GetPeerSettings {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let peer = chats::peer(&cx.services, caller.id, named_chat(&self.peer))?;
        let mut tx = cx.services.store.read().await?;
        let user_id = match peer {
            Peer::User(user_id) => user_id,
            Peer::Group(_) | Peer::Channel(_) => {
                let view = chats::view_one(&cx.services, &mut tx, caller.id, peer).await?;
                // The id of a group can be guessed: a stranger does not learn whether there is one.
                let view = view
                    .filter(|view| view.is_open() || view.role != Role::Stranger)
                    .ok_or(Refusal::PEER_ID_INVALID)?;
                let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
                return Ok(types::messages::PeerSettings {
                    settings: types::PeerSettings::new(),
                    chats: vec![answers::chat(to, &view)],
                    users: Vec::new(),
                });
            }
        };
        let mut offers = updates::offers(&cx.services, &mut tx, caller.id, &[user_id]).await?;
        let offers = offers.pop().ok_or(Refusal::PEER_ID_INVALID)?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::PeerSettings {
            settings: answers::chat_offers(&offers),
            chats: Vec::new(),
            users: vec![answers::user(to, &offers.view)],
        })
    }
}
