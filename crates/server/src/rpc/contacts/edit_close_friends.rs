//! `contacts.editCloseFriends`: the contacts for whom rules about close friends are.
//! contacts.editCloseFriends#ba6705f0 id:Vector<long> = Bool
//! Refuses: LIMIT_INVALID: more than an address book holds. Source: official method page.

use domain::{Error, Refusal, contacts};
use tl::functions::contacts::EditCloseFriends;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for EditCloseFriends {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        if self.id.len() > contacts::IMPORT_ENTRIES_MAX {
            return Err(Refusal::LIMIT_INVALID.into());
        }
        let owner = (caller.id, caller.origin.session_id);
        contacts::edit_close_friends(&cx.services, owner, &self.id).await?;
        Ok(true)
    }
}
