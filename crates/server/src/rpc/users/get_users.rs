//! `users.getUsers`: one entry per name, in order; who is not found is `userEmpty`.
//! users.getUsers#d91a548 id:Vector<InputUser> = Vector<User>
//! Refuses: LIMIT_INVALID: more than a thousand names. Source: official method page.

use std::collections::HashMap;

use domain::{
    Error, Refusal,
    peers::{self, Named},
};
use tl::{enums, functions::users::GetUsers, types};

use super::{Cx, named};
use crate::rpc::{Rpc, User, answers};

/// Names in one request. Chosen: clients ask for a few hundred at most, and a short request that
/// names one user over and over must not be answered with a hundred thousand copies.
const NAMES_MAX: usize = 1_000;

impl Rpc for GetUsers {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Vec<enums::User>, Error> {
        if self.id.len() > NAMES_MAX {
            return Err(Refusal::LIMIT_INVALID.into());
        }
        let asked: Vec<(i64, bool)> = self
            .id
            .iter()
            .map(|user| {
                let named = named(user);
                match (peers::known(&cx.services, caller.id, named), named) {
                    (Ok(user_id), _) => (user_id, true),
                    (Err(_), Named::User { user_id, .. }) => (user_id, false),
                    (Err(_), _) => (0, false),
                }
            })
            .collect();
        let ids: Vec<i64> = asked
            .iter()
            .filter(|(_, known)| *known)
            .map(|(id, _)| *id)
            .collect();
        let mut tx = cx.services.store.read().await?;
        let views = peers::view(&cx.services, &mut tx, caller.id, &ids).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let users: HashMap<i64, enums::User> = views
            .iter()
            .map(|view| (view.user_id, answers::user(to, view)))
            .collect();
        let entry = |(id, known): &(i64, bool)| {
            let found = users.get(id).filter(|_| *known).cloned();
            found.unwrap_or_else(|| types::UserEmpty { id: *id }.into())
        };
        Ok(asked.iter().map(entry).collect())
    }
}
