//! `contacts.getStatuses`: who of the contacts is here.
//! contacts.getStatuses#c4a353ee = Vector<ContactStatus>
//! Source: official method page.

use domain::{Error, contacts};
use tl::{functions::contacts::GetStatuses, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetStatuses {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let list = contacts::list(&cx.services, caller.id).await?;
        let status = list.users.iter().filter_map(|view| {
            let status = answers::status(view)?;
            Some(types::ContactStatus {
                user_id: view.user_id,
                status,
            })
        });
        Ok(status.collect())
    }
}
