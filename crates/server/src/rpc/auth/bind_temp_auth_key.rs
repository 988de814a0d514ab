//! `auth.bindTempAuthKey`: a temporary key that acts for a permanent one.
//! auth.bindTempAuthKey#cdd42a05 perm_auth_key_id:long nonce:long expires_at:int
//! encrypted_message:bytes = Bool
//! Refuses: ENCRYPTED_MESSAGE_INVALID, TEMP_AUTH_KEY_EMPTY, EXPIRES_AT_INVALID.
//! Source: official page on perfect forward secrecy. A failing store answers 500, never
//! ENCRYPTED_MESSAGE_INVALID: clients read that as "the permanent key was destroyed".

use domain::{Error, Refusal};
use mtproto::{Binding, MsgId, SessionRef, check_binding};
use tl::functions::auth::BindTempAuthKey;

use super::Cx;
use crate::rpc::{Anyone, Rpc};

impl Rpc for BindTempAuthKey {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<bool, Error> {
        let origin = caller.origin;
        let temporary = cx.keys.find(origin.auth_key_id).await?;
        let key_expires_at = temporary
            .and_then(|key| key.expires_at)
            .ok_or(Refusal::TEMP_AUTH_KEY_EMPTY)?;
        let now = cx.services.clock.unix_seconds();
        if i64::from(self.expires_at) <= now {
            return Err(Refusal::EXPIRES_AT_INVALID.into());
        }
        let permanent = cx.keys.find(self.perm_auth_key_id).await?;
        let permanent = permanent
            .filter(|key| key.expires_at.is_none())
            .ok_or(Refusal::ENCRYPTED_MESSAGE_INVALID)?;
        let binding = Binding {
            nonce: self.nonce,
            expires_at: self.expires_at,
            encrypted_message: &self.encrypted_message,
            session: SessionRef {
                auth_key_id: origin.auth_key_id,
                session_id: origin.session_id,
            },
            msg_id: MsgId(origin.msg_id),
        };
        check_binding(&permanent.key, &binding).map_err(|bad| {
            tracing::debug!(auth_key_id = origin.auth_key_id, %bad, "binding refused");
            Refusal::ENCRYPTED_MESSAGE_INVALID
        })?;
        // Clients ask for some seconds more than the key has.
        let expires_at = i64::from(self.expires_at).min(key_expires_at);
        cx.keys
            .bind(origin.auth_key_id, permanent.auth_key_id, expires_at)
            .await?;
        Ok(true)
    }
}
