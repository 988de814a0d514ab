//! `auth.resetAuthorizations`: ends every other login of the account.
//! auth.resetAuthorizations#9fab0d1a = Bool
//! Source: official method page.

use domain::{Error, accounts};
use tl::functions::auth::ResetAuthorizations;

use super::{Cx, end_logins};
use crate::rpc::{Human, Rpc};

impl Rpc for ResetAuthorizations {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let current = caller.origin.perm_auth_key_id;
        let ended = accounts::reset_others(&cx.services, caller.id, current).await?;
        end_logins(cx, &ended);
        Ok(true)
    }
}
