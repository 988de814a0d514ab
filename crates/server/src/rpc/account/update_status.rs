//! `account.updateStatus`: here, or away.
//! account.updateStatus#6628562c offline:Bool = Bool
//! Source: official method page.

use domain::{Error, accounts};
use tl::functions::account::UpdateStatus;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for UpdateStatus {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        accounts::update_status(&cx.services, caller.id, self.offline).await?;
        Ok(true)
    }
}
