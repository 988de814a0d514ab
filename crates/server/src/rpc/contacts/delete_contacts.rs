//! `contacts.deleteContacts`: saved names and personal pictures go with the contacts.
//! contacts.deleteContacts#96a0e00 id:Vector<InputUser> = Updates
//! Source: official method page.

use domain::{Error, contacts, peers::Named};
use tl::functions::contacts::DeleteContacts;

use super::{Cx, settings_changed};
use crate::rpc::{Human, Rpc, users::named};

impl Rpc for DeleteContacts {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named: Vec<Named> = self.id.iter().map(named).collect();
        let origin = caller.origin.session_id;
        let offered = contacts::delete(&cx.services, caller.id, &named, origin).await?;
        Ok(settings_changed(cx, &caller, &offered))
    }
}
