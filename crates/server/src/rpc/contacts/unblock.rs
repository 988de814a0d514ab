//! `contacts.unblock`: takes a block away.
//! contacts.unblock#b550d328 flags:# my_stories_from:flags.0?true id:InputPeer = Bool
//! Refuses: PEER_ID_INVALID, CONTACT_ID_INVALID. Source: official method page.

use domain::{Error, contacts};
use tl::functions::contacts::Unblock;

use super::Cx;
use crate::rpc::{Human, Rpc, users::named_peer};

impl Rpc for Unblock {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let (named, origin) = (named_peer(&self.id), caller.origin.session_id);
        contacts::unblock(&cx.services, caller.id, named, origin).await?;
        Ok(true)
    }
}
