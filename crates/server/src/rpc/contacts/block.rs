//! `contacts.block`: the blocked user sees neither pictures nor presence and cannot write.
//! contacts.block#2e2e8734 flags:# my_stories_from:flags.0?true id:InputPeer = Bool
//! Refuses: PEER_ID_INVALID, CONTACT_ID_INVALID. Source: official method page.

use domain::{Error, contacts};
use tl::functions::contacts::Block;

use super::Cx;
use crate::rpc::{Human, Rpc, users::named_peer};

impl Rpc for Block {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let (named, origin) = (named_peer(&self.id), caller.origin.session_id);
        contacts::block(&cx.services, caller.id, named, origin).await?;
        Ok(true)
    }
}
