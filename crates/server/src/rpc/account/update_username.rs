//! `account.updateUsername`: an empty name takes it away.
//! account.updateUsername#3e0bdd7c username:string = User
//! Refuses: USERNAME_INVALID, USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED. Source: official method page.

use domain::{Error, accounts};
use tl::functions::account::UpdateUsername;

use super::{Cx, itself};
use crate::rpc::{Human, Rpc, photos};

impl Rpc for UpdateUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        accounts::update_username(&cx.services, who, &self.username).await?;
        itself(cx, &caller).await
    }
}
