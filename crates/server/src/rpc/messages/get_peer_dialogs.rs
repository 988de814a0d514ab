//! `messages.getPeerDialogs`: the caller's chats with these users, one that is still empty too.
//! messages.getPeerDialogs#e470bcfd peers:Vector<InputDialogPeer> = messages.PeerDialogs
//! Refuses: PEER_ID_INVALID, CHANNEL_INVALID, CHANNEL_PRIVATE, FOLDER_ID_INVALID, LIMIT_INVALID (more than
//! a hundred). Source: official method page.

use domain::{Error, Refusal, chats::NamedPeer, dialogs, updates};
use tl::{enums, functions::messages::GetPeerDialogs, types};

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

impl Rpc for GetPeerDialogs {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let peers: Vec<NamedPeer> = self
            .peers
            .iter()
            .map(named)
            .collect::<Result<_, Refusal>>()?;
        let list = dialogs::of_peers(&cx.services, caller.id, &peers).await?;
        let mut tx = cx.services.store.read().await?;
        let state = updates::state(&cx.services, &mut tx, caller.id).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::PeerDialogs {
            dialogs: answers::dialogs(&list.dialogs, &list.pts),
            messages: answers::messages(to, &list.messages, &list.bundle),
            chats: answers::chats(to, &list.bundle.chats),
            users: answers::users(to, &list.bundle.users),
            state: answers::state(state),
        })
    }
}

fn named(peer: &enums::InputDialogPeer) -> Result<NamedPeer, Refusal> {
    match peer {
        enums::InputDialogPeer::InputDialogPeer(dialog) => Ok(named_chat(&dialog.peer)),
        enums::InputDialogPeer::Folder(_) => Err(Refusal::FOLDER_ID_INVALID),
        enums::InputDialogPeer::Community(_) => Err(Refusal::PEER_ID_INVALID),
    }
}
