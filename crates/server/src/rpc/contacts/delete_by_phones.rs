//! `contacts.deleteByPhones`: contacts with these numbers, and saved numbers without an account.
//! contacts.deleteByPhones#1013fd9e phones:Vector<string> = Bool
//! Refuses: LIMIT_INVALID: more numbers than an address book holds. Source: official method page.

use domain::{Error, contacts};
use tl::functions::contacts::DeleteByPhones;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for DeleteByPhones {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let origin = caller.origin.session_id;
        contacts::delete_by_phones(&cx.services, caller.id, &self.phones, origin).await?;
        Ok(true)
    }
}
