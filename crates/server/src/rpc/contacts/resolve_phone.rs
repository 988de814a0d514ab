//! `contacts.resolvePhone`: who has this number.
//! contacts.resolvePhone#8af94344 phone:string = contacts.ResolvedPeer
//! Refuses: PHONE_NOT_OCCUPIED. Source: official method page.

use domain::{Error, contacts};
use tl::functions::contacts::ResolvePhone;

use super::{Cx, resolved};
use crate::rpc::{Human, Rpc, answers};

impl Rpc for ResolvePhone {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let view = contacts::resolve_phone(&cx.services, caller.id, &self.phone).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(resolved(to, &view))
    }
}
