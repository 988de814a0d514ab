//! `stories.getPeerStories`: the stories of one user, which are none.
//! stories.getPeerStories#2c4ada50 peer:InputPeer = stories.PeerStories
//! Refuses: PEER_ID_INVALID. Source: official method page. TDLib asks when it opens a chat.

use domain::{Error, messages};
use tl::{functions::stories::GetPeerStories, types};

use super::{Cx, Human, answers};
use crate::rpc::{Rpc, users::named_peer};

impl Rpc for GetPeerStories {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let user_id = messages::peer(&cx.services, caller.id, named_peer(&self.peer))?;
        Ok(types::stories::PeerStories {
            stories: types::PeerStories::new(answers::peer(user_id)),
            chats: Vec::new(),
            users: Vec::new(),
        })
    }
}
