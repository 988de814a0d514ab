//! `contacts.resolvePhone`: who has this number.
//! contacts.resolvePhone#8af94344 phone:string = contacts.ResolvedPeer
//! Refuses: PHONE_NOT_OCCUPIED. Source: official method page.

use domain::{Error, contacts};
use tl::functions::contacts::ResolvePhone;

use super::{Cx, resolved};
use crate::rpc::{Rpc, User};

impl Rpc for ResolvePhone {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let view = contacts::resolve_phone(&cx.services, caller.id, &self.phone).await?;
        Ok(resolved(cx, &caller, &view))
    }
}
