//! `account.setPrivacy`: decides who may see or do one thing.
//! account.setPrivacy#c9f81ce8 key:InputPrivacyKey rules:Vector<InputPrivacyRule>
//! = account.PrivacyRules
//! Refuses: PRIVACY_VALUE_INVALID, PRIVACY_TOO_LONG, USER_ID_INVALID, CHAT_ID_INVALID. Source: official
//! method page. Every key that a client can write is known, so PRIVACY_KEY_INVALID is never said.

use domain::{Error, privacy};
use tl::functions::account::SetPrivacy;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for SetPrivacy {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let key = answers::asked_key(&self.key);
        let rules = answers::asked_rules(&cx.services, caller.id, self.rules)?;
        let owner = (caller.id, caller.origin.session_id);
        let setting = privacy::set(&cx.services, owner, key, rules).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::privacy_setting(to, &setting))
    }
}
