//! `auth.importBotAuthorization`: a program signs in as a bot.
//! auth.importBotAuthorization#67a3ff2c flags:int api_id:int api_hash:string bot_auth_token:string
//! = auth.Authorization
//! Refuses: API_ID_INVALID, ACCESS_TOKEN_INVALID, ACCESS_TOKEN_EXPIRED. Source: official method page.

use domain::{Error, bots};
use tl::functions::auth::ImportBotAuthorization;

use super::{Cx, authorization};
use crate::rpc::{Anyone, Rpc};

impl Rpc for ImportBotAuthorization {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let auth_key_id = caller.origin.perm_auth_key_id;
        let token = &self.bot_auth_token;
        let user_id = bots::sign_in(&cx.services, auth_key_id, self.api_id, token).await?;
        authorization(cx, &caller.origin, user_id).await
    }
}
