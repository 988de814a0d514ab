//! `contacts.getContacts`: all contacts, or that they are what the client has.
//! contacts.getContacts#5dd69e12 hash:long = contacts.Contacts
//! Source: official method page.

use domain::{Error, contacts};
use tl::{enums, functions::contacts::GetContacts, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetContacts {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let list = contacts::list(&cx.services, caller.id).await?;
        if self.hash != 0 && self.hash == contacts::list_hash(&list) {
            return Ok(enums::contacts::Contacts::NotModified);
        }
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let contacts = list.contacts.iter().map(|contact| types::Contact {
            user_id: contact.user_id,
            mutual: contact.mutual,
        });
        Ok(types::contacts::Contacts {
            contacts: contacts.collect(),
            saved_count: answers::int(list.saved_count),
            users: answers::users(to, &list.users),
        }
        .into())
    }
}
