//! `account.getPrivacy`: who may see or do one thing.
//! account.getPrivacy#dadbc950 key:InputPrivacyKey = account.PrivacyRules
//! Source: official method page.

use domain::{Error, privacy};
use tl::functions::account::GetPrivacy;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetPrivacy {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let key = answers::asked_key(&self.key);
        let setting = privacy::get(&cx.services, caller.id, key).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::privacy_setting(to, &setting))
    }
}
