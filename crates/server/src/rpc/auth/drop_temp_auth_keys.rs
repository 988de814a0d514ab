//! `auth.dropTempAuthKeys`: forgets the temporary keys of this permanent key, but for those listed.
//! auth.dropTempAuthKeys#8e48a188 except_auth_keys:Vector<long> = Bool
//! Source: official page on perfect forward secrecy; one client repeats it until it succeeds.

use domain::Error;
use tl::functions::auth::DropTempAuthKeys;

use super::Cx;
use crate::rpc::{Anyone, Rpc};

impl Rpc for DropTempAuthKeys {
    type Caller = Anyone;

    async fn handle(self, caller: Anyone, cx: &Cx) -> Result<bool, Error> {
        let permanent = caller.origin.perm_auth_key_id;
        cx.keys
            .drop_temp_except(permanent, &self.except_auth_keys)
            .await?;
        Ok(true)
    }
}
