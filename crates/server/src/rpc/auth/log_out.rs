//! `auth.logOut`: the key stays, nobody is signed in on it.
//! auth.logOut#3e72ba19 = auth.LoggedOut
//! Source: official method page.

use domain::{Error, accounts};
use tl::{functions::auth::LogOut, types};

use super::{Cx, end_logins};
use crate::rpc::{Rpc, User};

impl Rpc for LogOut {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let auth_key_id = caller.origin.perm_auth_key_id;
        accounts::log_out(&cx.services, auth_key_id).await?;
        end_logins(cx, &[auth_key_id]);
        Ok(types::auth::LoggedOut::new())
    }
}
