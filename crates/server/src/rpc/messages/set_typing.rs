//! `messages.setTyping`: shows the other side that the caller is writing, for as long as it looks.
//! messages.setTyping#58943ee2 flags:# peer:InputPeer top_msg_id:flags.0?int
//! action:SendMessageAction = Bool
//! Refuses: PEER_ID_INVALID, CHAT_WRITE_FORBIDDEN. Source: official method page.
//! Chosen: nothing is stored, whoever is away never learns of it; with a block on either side nothing
//! is shown and the caller is not told. In channels nothing is shown.

use domain::{
    Error, Peer,
    chats::{self, groups},
    contacts,
};
use tl::functions::messages::SetTyping;

use super::{Cx, User, named_chat};
use crate::{push, rpc::Rpc};

impl Rpc for SetTyping {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let peer = chats::peer(&cx.services, caller.id, named_chat(&self.peer))?;
        let mut tx = cx.services.store.read().await?;
        let told = match peer {
            Peer::User(user_id) if user_id == caller.id => Vec::new(),
            Peer::User(user_id) => {
                let blocked = contacts::is_blocked(&mut tx, user_id, caller.id).await?
                    || contacts::is_blocked(&mut tx, caller.id, user_id).await?;
                if blocked { Vec::new() } else { vec![user_id] }
            }
            Peer::Group(chat_id) => groups::listeners(&mut tx, caller.id, chat_id).await?,
            Peer::Channel(_) => Vec::new(),
        };
        let typing = push::Typing {
            user_id: caller.id,
            peer,
            action: self.action,
        };
        let now = cx.services.clock.unix_seconds();
        push::typing((&cx.sessions, &cx.services.bus), &told, &typing, now);
        Ok(true)
    }
}
