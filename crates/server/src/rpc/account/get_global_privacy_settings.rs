//! `account.getGlobalPrivacySettings`: switches beside the privacy keys.
//! account.getGlobalPrivacySettings#eb2b4cf6 = GlobalPrivacySettings
//! Source: official method page.

use domain::{Error, privacy};
use tl::functions::account::GetGlobalPrivacySettings;

use super::{Cx, global_settings};
use crate::rpc::{Human, Rpc};

impl Rpc for GetGlobalPrivacySettings {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        let settings = privacy::global(&mut tx, caller.id).await?;
        Ok(global_settings(settings))
    }
}
