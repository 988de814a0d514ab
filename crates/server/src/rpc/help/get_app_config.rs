//! `help.getAppConfig`: limits that apps read before they offer something.
//! help.getAppConfig#61e3f854 hash:int = help.AppConfig
//! Source: official page on client configuration.

use domain::{Error, accounts::ABOUT_CHARS_MAX};
use tl::{enums, functions::help::GetAppConfig, types};

use super::Cx;
use crate::rpc::{Anyone, Rpc};

/// Changes when the entries below do: a client that has them already is told so.
const HASH: i32 = 2;

impl Rpc for GetAppConfig {
    type Caller = Anyone;

    async fn handle(self, _caller: Anyone, cx: &Cx) -> Result<Self::Output, Error> {
        if self.hash == HASH {
            return Ok(enums::help::AppConfig::NotModified);
        }
        let parts_max = f64::from(cx.services.rules.upload_parts_max);
        let config = object(vec![
            ("upload_max_fileparts_default", number(parts_max)),
            ("upload_max_fileparts_premium", number(parts_max)),
            ("about_length_limit_default", number(ABOUT_CHARS_MAX as f64)),
            ("about_length_limit_premium", number(ABOUT_CHARS_MAX as f64)),
            ("pinned_dialogs_count_max", number(0.0)),
            // A mobile app would send a rendered video next to a markup otherwise.
            (
                "upload_markup_video",
                enums::JSONValue::from(types::JsonBool { value: false }),
            ),
            (
                "premium_purchase_blocked",
                types::JsonBool { value: true }.into(),
            ),
            // There is no archive: `account.setGlobalPrivacySettings` refuses to fill one.
            (
                "autoarchive_setting_available",
                types::JsonBool { value: false }.into(),
            ),
        ]);
        Ok(types::help::AppConfig { hash: HASH, config }.into())
    }
}

fn object(entries: Vec<(&str, enums::JSONValue)>) -> enums::JSONValue {
    let value = entries
        .into_iter()
        .map(|(key, value)| types::JsonObjectValue {
            key: key.to_owned(),
            value,
        })
        .collect();
    types::JsonObject { value }.into()
}

fn number(value: f64) -> enums::JSONValue {
    types::JsonNumber { value }.into()
}
