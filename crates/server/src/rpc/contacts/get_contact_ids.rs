//! `contacts.getContactIDs`: the ids of all contacts.
//! contacts.getContactIDs#7adc669d hash:long = Vector<int>
//! Source: official method page. The ids are 32 bits wide here, as ours are.

use domain::{Error, contacts};
use tl::functions::contacts::GetContactIDs;

use super::Cx;
use crate::rpc::{Human, Rpc, answers::int};

impl Rpc for GetContactIDs {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let list = contacts::list(&cx.services, caller.id).await?;
        Ok(list
            .contacts
            .iter()
            .map(|contact| int(contact.user_id))
            .collect())
    }
}
