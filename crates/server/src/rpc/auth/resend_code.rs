//! `auth.resendCode`: a fresh code for the same attempt.
//! auth.resendCode#cae47523 flags:# phone_number:string phone_code_hash:string reason:flags.0?string = auth.SentCode
//! Refuses: PHONE_NUMBER_INVALID, PHONE_CODE_EXPIRED. Source: official method page.

use domain::{Error, accounts};
use tl::functions::auth::ResendCode;

use super::{Cx, sent_code};
use crate::rpc::{Anyone, Rpc};

impl Rpc for ResendCode {
    type Caller = Anyone;

    async fn handle(self, _caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let (phone, hash) = (&self.phone_number, &self.phone_code_hash);
        Ok(sent_code(
            accounts::resend_code(&cx.services, phone, hash).await?,
        ))
    }
}
