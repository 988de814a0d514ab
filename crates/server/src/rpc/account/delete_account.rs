//! `account.deleteAccount`: number, names and pictures go, everyone is signed out.
//! account.deleteAccount#a2c0cf74 flags:# reason:string password:flags.0?InputCheckPasswordSRP = Bool
//! Source: official method page.

use domain::{Error, accounts};
use tl::functions::account::DeleteAccount;

use super::Cx;
use crate::rpc::{Human, Rpc, auth::end_logins};

impl Rpc for DeleteAccount {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        let ended = accounts::delete(&cx.services, caller.id).await?;
        end_logins(cx, &ended);
        Ok(true)
    }
}
