//! `auth.cancelCode`: the attempt is over.
//! auth.cancelCode#1f040578 phone_number:string phone_code_hash:string = Bool
//! Refuses: PHONE_NUMBER_INVALID, PHONE_CODE_EXPIRED. Source: official method page.

use domain::{Error, accounts};
use tl::functions::auth::CancelCode;

use super::Cx;
use crate::rpc::{Anyone, Rpc};

impl Rpc for CancelCode {
    type Caller = Anyone;

    async fn handle(self, _caller: Anyone, cx: &Cx) -> Result<bool, Error> {
        let (phone, hash) = (&self.phone_number, &self.phone_code_hash);
        accounts::cancel_code(&cx.services, phone, hash).await?;
        Ok(true)
    }
}
