//! `account.updateUsername`: an empty name takes it away.
//! account.updateUsername#3e0bdd7c username:string = User
//! Refuses: USERNAME_INVALID, USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED. Source: official method page.

use domain::{Error, accounts};
use tl::functions::account::UpdateUsername;

use super::{Cx, itself};
use crate::rpc::{Human, Rpc};

impl Rpc for UpdateUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let origin = caller.origin.session_id;
        accounts::update_username(&cx.services, caller.id, &self.username, origin).await?;
        itself(cx, &caller).await
    }
}
