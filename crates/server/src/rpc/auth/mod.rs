//! `auth.*`: signing in and out, and keys that act for others.

mod bind_temp_auth_key;
mod cancel_code;
mod drop_temp_auth_keys;
mod export_authorization;
mod import_authorization;
mod import_bot_authorization;
mod log_out;
mod resend_code;
mod reset_authorizations;
mod send_code;
mod sign_in;
mod sign_up;

use domain::{Error, Refusal, accounts::SentCode, peers};
use tl::{
    enums,
    functions::auth::{
        BindTempAuthKey, CancelCode, DropTempAuthKeys, ExportAuthorization, ImportAuthorization,
        ImportBotAuthorization, LogOut, ResendCode, ResetAuthorizations, SendCode, SignIn, SignUp,
    },
    types,
};

use super::{Cx, Method, Origin, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<BindTempAuthKey>(),
    Method::of::<CancelCode>(),
    Method::of::<DropTempAuthKeys>(),
    Method::of::<ExportAuthorization>(),
    Method::of::<ImportAuthorization>(),
    Method::of::<ImportBotAuthorization>(),
    Method::of::<LogOut>(),
    Method::of::<ResendCode>(),
    Method::of::<ResetAuthorizations>(),
    Method::of::<SendCode>(),
    Method::of::<SignIn>(),
    Method::of::<SignUp>(),
];

/// `auth.sentCode`. Chosen: always "by SMS"; where the code really is, the server's log says.
fn sent_code(sent: SentCode) -> enums::auth::SentCode {
    let length = i32::try_from(sent.digits).unwrap_or(i32::MAX);
    let by = types::auth::SentCodeTypeSms { length };
    types::auth::SentCode::new(by.into(), sent.code_hash).into()
}

/// `auth.authorization` for a key that was just signed in.
async fn authorization(
    cx: &Cx,
    origin: &Origin,
    user_id: i64,
) -> Result<enums::auth::Authorization, Error> {
    match origin.user_id {
        // Other sessions of the key are still told of what concerns whoever was signed in before.
        Some(before) if before != user_id => end_logins(cx, &[origin.perm_auth_key_id]),
        _ => cx.keys.forget(origin.perm_auth_key_id),
    }
    let mut tx = cx.services.store.read().await?;
    let view = peers::view(&cx.services, &mut tx, user_id, &[user_id])
        .await?
        .pop();
    let view = view.ok_or(Refusal::USER_DEACTIVATED)?;
    let to = answers::For::caller(user_id, origin, &cx.services);
    Ok(types::auth::Authorization::new(answers::user(to, &view)).into())
}

/// Ends what a login on these keys still has: cached facts and sessions that are told of changes.
pub(super) fn end_logins(cx: &Cx, auth_key_ids: &[i64]) {
    for auth_key_id in auth_key_ids {
        cx.keys.forget(*auth_key_id);
        cx.sessions.drop_user_key(*auth_key_id);
    }
}
