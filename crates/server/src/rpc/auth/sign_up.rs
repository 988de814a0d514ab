//! `auth.signUp`: a new account for a number whose code this key has shown.
//! auth.signUp#aac7b717 flags:# no_joined_notifications:flags.0?true phone_number:string
//! phone_code_hash:string first_name:string last_name:string = auth.Authorization
//! Refuses: PHONE_NUMBER_INVALID, FIRSTNAME_INVALID, LASTNAME_INVALID, PHONE_CODE_EXPIRED,
//! PHONE_NUMBER_OCCUPIED. Source: official method page.

use domain::{
    Error,
    accounts::{self, Attempt, Names},
};
use tl::functions::auth::SignUp;

use super::{Cx, authorization};
use crate::rpc::{Anyone, Rpc};

impl Rpc for SignUp {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let attempt = Attempt {
            auth_key_id: caller.origin.perm_auth_key_id,
            phone: &self.phone_number,
            code_hash: &self.phone_code_hash,
            code: "",
        };
        let names = Names {
            first: self.first_name,
            last: self.last_name,
        };
        let user_id = accounts::sign_up(&cx.services, &attempt, &names).await?;
        authorization(cx, &caller.origin, user_id).await
    }
}
