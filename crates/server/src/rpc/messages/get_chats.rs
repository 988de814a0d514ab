//! `messages.getChats`: groups by id; `chatEmpty` for what the caller was never in.
//! messages.getChats#49e9528f id:Vector<long> = messages.Chats
//! Source: official method page. Chosen: nothing tells an unknown id from a group of others.

use domain::{Error, chats::groups};
use tl::{functions::messages::GetChats, types};

use super::{Cx, User, answers};
use crate::rpc::Rpc;

impl Rpc for GetChats {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let found = groups::groups(&cx.services, caller.id, &self.id).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let chats = found.iter().map(|entry| match entry {
            Ok(view) => answers::chat(to, view),
            Err(id) => types::ChatEmpty { id: *id }.into(),
        });
        Ok(types::messages::Chats {
            chats: chats.collect(),
        }
        .into())
    }
}
