//! `updates.getState`: where the caller stands now.
//! updates.getState#edd4882a = updates.State
//! Source: official method page. Chosen: a new account begins with `pts` 1, because clients that keep 0
//! drop what comes live.

use domain::{Error, updates};
use tl::functions::updates::GetState;

use super::{Cx, User, answers};
use crate::rpc::Rpc;

impl Rpc for GetState {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        Ok(answers::state(
            updates::state(&cx.services, &mut tx, caller.id).await?,
        ))
    }
}
