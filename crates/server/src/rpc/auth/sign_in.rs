//! `auth.signIn`: the code is shown.
//! auth.signIn#8d52a951 flags:# phone_number:string phone_code_hash:string phone_code:flags.0?string
//! email_verification:flags.1?EmailVerification = auth.Authorization
//! Refuses: PHONE_NUMBER_INVALID, PHONE_CODE_EMPTY, PHONE_CODE_INVALID, PHONE_CODE_EXPIRED.
//! Source: official method page. Repeatable on the same key: its first answer may have been lost.

use domain::{
    Error,
    accounts::{self, Attempt, SignedIn},
};
use tl::{functions::auth::SignIn, types};

use super::{Cx, authorization};
use crate::rpc::{Anyone, Rpc};

impl Rpc for SignIn {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let attempt = Attempt {
            auth_key_id: caller.origin.perm_auth_key_id,
            phone: &self.phone_number,
            code_hash: &self.phone_code_hash,
            code: self.phone_code.as_deref().unwrap_or_default(),
        };
        match accounts::sign_in(&cx.services, &attempt).await? {
            SignedIn::User(user_id) => authorization(cx, &caller.origin, user_id).await,
            SignedIn::SignUpRequired => Ok(types::auth::AuthorizationSignUpRequired::new().into()),
        }
    }
}
