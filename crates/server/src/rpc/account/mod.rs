//! `account.*`: one's own profile, privacy, presence and logins.

mod check_username;
mod delete_account;
mod get_authorizations;
mod get_default_background_emojis;
mod get_default_group_photo_emojis;
mod get_default_profile_photo_emojis;
mod get_global_privacy_settings;
mod get_privacy;
mod reset_authorization;
mod set_global_privacy_settings;
mod set_privacy;
mod update_profile;
mod update_status;
mod update_username;

use domain::{Error, Refusal, peers, privacy::GlobalSettings};
use tl::{
    enums,
    functions::account::{
        CheckUsername, DeleteAccount, GetAuthorizations, GetDefaultBackgroundEmojis,
        GetDefaultGroupPhotoEmojis, GetDefaultProfilePhotoEmojis, GetGlobalPrivacySettings,
        GetPrivacy, ResetAuthorization, SetGlobalPrivacySettings, SetPrivacy, UpdateProfile,
        UpdateStatus, UpdateUsername,
    },
    types,
};

use super::{Cx, Human, Method, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<CheckUsername>(),
    Method::of::<DeleteAccount>(),
    Method::of::<GetAuthorizations>(),
    Method::of::<GetDefaultBackgroundEmojis>(),
    Method::of::<GetDefaultGroupPhotoEmojis>(),
    Method::of::<GetDefaultProfilePhotoEmojis>(),
    Method::of::<GetGlobalPrivacySettings>(),
    Method::of::<GetPrivacy>(),
    Method::of::<ResetAuthorization>(),
    Method::of::<SetGlobalPrivacySettings>(),
    Method::of::<SetPrivacy>(),
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

/// The switches beside the privacy keys; those that are refused are off.
fn global_settings(settings: GlobalSettings) -> types::GlobalPrivacySettings {
    let mut told = types::GlobalPrivacySettings::new();
    told.keep_archived_unmuted = settings.keep_archived_unmuted;
    told.keep_archived_folders = settings.keep_archived_folders;
    told.hide_read_marks = settings.hide_read_marks;
    told.display_gifts_button = settings.display_gifts_button;
    told
}
