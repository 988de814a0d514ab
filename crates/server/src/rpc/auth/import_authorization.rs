//! `auth.importAuthorization`: signs this key in with bytes that another key exported.
//! auth.importAuthorization#a57a7dad id:long bytes:bytes = auth.Authorization
//! Refuses: AUTH_BYTES_INVALID. Source: official page on data centres.

use domain::{Error, accounts};
use tl::functions::auth::ImportAuthorization;

use super::{Cx, authorization};
use crate::rpc::{Anyone, Rpc};

impl Rpc for ImportAuthorization {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let auth_key_id = caller.origin.perm_auth_key_id;
        accounts::import(&cx.services, auth_key_id, self.id, &self.bytes).await?;
        authorization(cx, &caller.origin, self.id).await
    }
}
