//! `account.getAuthorizations`: where the account is signed in.
//! account.getAuthorizations#e320c158 = account.Authorizations
//! Source: official method page; the current one has hash 0.

use domain::{
    Error,
    accounts::{self, Device},
};
use tl::{functions::account::GetAuthorizations, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers::int};

/// Days after which an unused login ends. Chosen: logins do not end here; a year is what clients show.
const LOGIN_DAYS: i32 = 365;

impl Rpc for GetAuthorizations {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let current = caller.origin.perm_auth_key_id;
        let devices = accounts::authorizations(&cx.services, caller.id, current).await?;
        Ok(types::account::Authorizations {
            authorization_ttl_days: LOGIN_DAYS,
            authorizations: devices.into_iter().map(authorization).collect(),
        })
    }
}

fn authorization(device: Device) -> types::Authorization {
    let key = device.key;
    let client = key.client;
    types::Authorization {
        current: device.hash == 0,
        official_app: false,
        password_pending: false,
        encrypted_requests_disabled: true,
        call_requests_disabled: true,
        unconfirmed: false,
        hash: device.hash,
        device_model: client.device_model,
        platform: client.lang_pack,
        system_version: client.system_version,
        api_id: int(client.api_id),
        app_name: String::new(),
        app_version: client.app_version,
        date_created: int(key.signed_in_at.unwrap_or(key.created_at)),
        date_active: int(key.last_active_at),
        ip: client.ip,
        country: String::new(),
        region: String::new(),
    }
}
