//! `messages.getPinnedDialogs`: chats cannot be pinned here, so none is.
//! messages.getPinnedDialogs#d6b94df2 folder_id:int = messages.PeerDialogs
//! Source: official method page; desktop apps show no chats before it is answered.

use domain::{Error, updates};
use tl::{functions::messages::GetPinnedDialogs, types};

use super::{Cx, Human, answers};
use crate::rpc::Rpc;

impl Rpc for GetPinnedDialogs {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        let state = updates::state(&cx.services, &mut tx, caller.id).await?;
        Ok(types::messages::PeerDialogs {
            dialogs: Vec::new(),
            messages: Vec::new(),
            chats: Vec::new(),
            users: Vec::new(),
            state: answers::state(state),
        })
    }
}
