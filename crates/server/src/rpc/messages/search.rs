//! `messages.search`: messages of one chat, or of all, by text, writer, time and kind.
//! messages.search#29ee847a flags:# peer:InputPeer q:string from_id:flags.0?InputPeer
//! saved_peer_id:flags.2?InputPeer saved_reaction:flags.3?Vector<Reaction> top_msg_id:flags.1?int
//! filter:MessagesFilter min_date:int max_date:int offset_id:int add_offset:int limit:int max_id:int
//! min_id:int hash:long = messages.Messages
//! Refuses: PEER_ID_INVALID, CHANNEL_PRIVATE. Source: official method page and page on pagination.
//! Chosen: kinds of message that do not exist here (media, calls, pinned ones) are found nowhere.

use domain::{
    Error,
    messages::{self, Hits, Page},
};
use tl::{enums, enums::MessagesFilter as Filter, functions::messages::Search};

use super::{Cx, Human, answers, named_chat, named_peer};
use crate::rpc::Rpc;

impl Rpc for Search {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let everywhere = matches!(self.peer, enums::InputPeer::Empty);
        let search = messages::Search {
            peer: (!everywhere).then(|| named_chat(&self.peer)),
            text: self.q,
            from: self.from_id.as_ref().map(named_peer),
            hits: hits(&self.filter),
            min_date: self.min_date.into(),
            max_date: self.max_date.into(),
            page: Page {
                offset_id: self.offset_id.into(),
                offset_date: 0,
                add_offset: self.add_offset.into(),
                limit: self.limit.into(),
                max_id: self.max_id.into(),
                min_id: self.min_id.into(),
            },
        };
        let listed = messages::search(&cx.services, caller.id, &search).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::listed(to, &listed, self.hash))
    }
}

fn hits(filter: &Filter) -> Hits {
    match filter {
        Filter::InputMessagesFilterEmpty => Hits::All,
        Filter::InputMessagesFilterUrl => Hits::Links,
        Filter::InputMessagesFilterChatPhotos => Hits::ChatPhotos,
        _ => Hits::None,
    }
}
