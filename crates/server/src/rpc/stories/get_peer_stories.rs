//! `stories.getPeerStories`: the stories of a user, group or channel: none.
//! stories.getPeerStories#2c4ada50 peer:InputPeer = stories.PeerStories
//! Refuses: PEER_ID_INVALID. Source: official method page. TDLib asks when it opens a chat.

use domain::{Error, chats};
use tl::{functions::stories::GetPeerStories, types};

use super::{Cx, Human, answers};
use crate::rpc::{Rpc, users::named_chat};

impl Rpc for GetPeerStories {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let peer = chats::peer(&cx.services, caller.id, named_chat(&self.peer))?;
        Ok(types::stories::PeerStories {
            stories: types::PeerStories::new(answers::peer(peer.number())),
            chats: Vec::new(),
            users: Vec::new(),
        })
    }
}
