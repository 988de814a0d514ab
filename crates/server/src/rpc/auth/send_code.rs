//! `auth.sendCode`: a login code for a number.
//! auth.sendCode#a677244f phone_number:string api_id:int api_hash:string settings:CodeSettings = auth.SentCode
//! Refuses: API_ID_INVALID, PHONE_NUMBER_INVALID. Source: official method page.

use domain::{Error, accounts};
use tl::functions::auth::SendCode;

use super::{Cx, sent_code};
use crate::rpc::{Anyone, Rpc};

impl Rpc for SendCode {
    type Caller = Anyone;

    async fn handle(self, _caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        let sent = accounts::send_code(&cx.services, self.api_id, &self.phone_number).await?;
        Ok(sent_code(sent))
    }
}
