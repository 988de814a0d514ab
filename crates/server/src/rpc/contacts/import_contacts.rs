//! `contacts.importContacts`: an address book becomes contacts.
//! contacts.importContacts#2c800be5 contacts:Vector<InputContact> = contacts.ImportedContacts
//! Refuses: LIMIT_INVALID: more entries than an address book holds. Source: official method page.

use domain::{
    Error,
    contacts::{self, PhoneEntry},
};
use tl::{functions::contacts::ImportContacts, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for ImportContacts {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let entries = self.contacts.into_iter().map(|contact| PhoneEntry {
            client_id: contact.client_id,
            phone: contact.phone,
            first_name: contact.first_name,
            last_name: contact.last_name,
        });
        let origin = caller.origin.session_id;
        let import = contacts::import(&cx.services, caller.id, entries.collect(), origin).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let imported = import
            .imported
            .iter()
            .map(|imported| types::ImportedContact {
                user_id: imported.user_id,
                client_id: imported.client_id,
            });
        Ok(types::contacts::ImportedContacts {
            imported: imported.collect(),
            popular_invites: Vec::new(),
            retry_contacts: Vec::new(),
            users: answers::users(to, &import.users),
        })
    }
}
