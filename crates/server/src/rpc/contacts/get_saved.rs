//! `contacts.getSaved`: imported numbers that have no account.
//! contacts.getSaved#82f1e39f = Vector<SavedContact>
//! Source: official method page; clients ask inside a takeout.

use domain::Error;
use store::rows::contacts;
use tl::{functions::contacts::GetSaved, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers::int};

impl Rpc for GetSaved {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        let saved = contacts::saved_phones_by(&mut tx, caller.id).await?;
        let saved = saved.into_iter().map(|row| types::SavedPhoneContact {
            phone: row.phone,
            first_name: row.first_name,
            last_name: row.last_name,
            date: int(row.saved_at),
        });
        Ok(saved.collect())
    }
}
