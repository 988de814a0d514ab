//! `auth.exportAuthorization`: bytes that sign the account in on another key, once.
//! auth.exportAuthorization#e5bfffcd dc_id:int = auth.ExportedAuthorization
//! Refuses: DC_ID_INVALID. Source: official page on data centres.

use domain::{Error, accounts};
use tl::{functions::auth::ExportAuthorization, types};

use super::Cx;
use crate::rpc::{Rpc, User};

impl Rpc for ExportAuthorization {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let exported = accounts::export(&cx.services, caller.id, self.dc_id).await?;
        Ok(types::auth::ExportedAuthorization {
            id: exported.user_id,
            bytes: exported.token.to_vec().into(),
        })
    }
}
