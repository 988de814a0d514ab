//! `account.*`: one's own profile, presence and logins.

mod check_username;
mod delete_account;
mod get_authorizations;
mod reset_authorization;
mod update_profile;
mod update_status;
mod update_username;

use domain::{Error, Refusal, peers};
use tl::{
    enums,
    functions::account::{
        CheckUsername, DeleteAccount, GetAuthorizations, ResetAuthorization, UpdateProfile,
        UpdateStatus, UpdateUsername,
    },
};

use super::{Cx, Human, Method, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<CheckUsername>(),
    Method::of::<DeleteAccount>(),
    Method::of::<GetAuthorizations>(),
    Method::of::<ResetAuthorization>(),
    Method::of::<UpdateProfile>(),
    Method::of::<UpdateStatus>(),
    Method::of::<UpdateUsername>(),
];

/// The caller as it sees itself now.
async fn itself(cx: &Cx, caller: &Human) -> Result<enums::User, Error> {
    let mut tx = cx.services.store.read().await?;
    let view = peers::view(&cx.services, &mut tx, caller.id, &[caller.id])
        .await?
        .pop();
    let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
    Ok(answers::user(to, &view.ok_or(Refusal::USER_DEACTIVATED)?))
}
