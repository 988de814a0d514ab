//! `messages.getHistory`: a page of a private chat, newest first.
//! messages.getHistory#4423e6c5 peer:InputPeer offset_id:int offset_date:int add_offset:int
//! limit:int max_id:int min_id:int hash:long = messages.Messages
//! Refuses: PEER_ID_INVALID. Source: official method page and page on pagination.

use domain::{
    Error,
    messages::{self, Page},
};
use tl::functions::messages::GetHistory;

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

impl Rpc for GetHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let page = Page {
            offset_id: self.offset_id.into(),
            offset_date: self.offset_date.into(),
            add_offset: self.add_offset.into(),
            limit: self.limit.into(),
            max_id: self.max_id.into(),
            min_id: self.min_id.into(),
        };
        let peer = named_chat(&self.peer);
        let listed = messages::history(&cx.services, caller.id, peer, page).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::listed(to, &listed, self.hash))
    }
}
