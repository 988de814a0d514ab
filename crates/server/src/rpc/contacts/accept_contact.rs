//! `contacts.acceptContact`: shares one's number with somebody who asks for it.
//! contacts.acceptContact#f831a20f id:InputUser = Updates
//! Refuses: CONTACT_REQ_MISSING: nobody can ask here; a number is shared with `contacts.addContact`.

use domain::{Error, Refusal};
use tl::functions::contacts::AcceptContact;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for AcceptContact {
    type Caller = Human;

    async fn handle(self, _caller: Human, _cx: &Cx) -> Result<Self::Output, Error> {
        Err(Refusal::CONTACT_REQ_MISSING.into())
    }
}
