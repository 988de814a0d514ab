//! `contacts.resolveUsername`: who has this username.
//! contacts.resolveUsername#725afbbc flags:# username:string referer:flags.0?string = contacts.ResolvedPeer
//! Refuses: USERNAME_NOT_OCCUPIED. Source: official method page.

use domain::{Error, chats::channels, contacts};
use tl::{functions::contacts::ResolveUsername, types};

use super::{Cx, resolved};
use crate::rpc::{Rpc, User, answers};

impl Rpc for ResolveUsername {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let channel = channels::by_username(&cx.services, caller.id, &self.username).await?;
        if let Some(view) = channel {
            let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
            return Ok(types::contacts::ResolvedPeer {
                peer: answers::peer(view.peer().number()),
                chats: answers::chats(to, &[view]),
                users: Vec::new(),
            });
        }
        let view = contacts::resolve_username(&cx.services, caller.id, &self.username).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(resolved(to, &view))
    }
}
