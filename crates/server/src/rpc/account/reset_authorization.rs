//! `account.resetAuthorization`: ends another login of the account.
//! account.resetAuthorization#df77f3bc hash:long = Bool
//! Refuses: HASH_INVALID. Source: official method page.

use domain::{Error, accounts};
use tl::functions::account::ResetAuthorization;

use super::Cx;
use crate::rpc::{Human, Rpc, auth::end_logins};

impl Rpc for ResetAuthorization {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let current = caller.origin.perm_auth_key_id;
        let ended = accounts::reset(&cx.services, caller.id, current, self.hash).await?;
        end_logins(cx, &[ended]);
        Ok(true)
    }
}
