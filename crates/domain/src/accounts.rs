//! Accounts: how one comes to be, who is signed in where, what its owner may change, how it ends.

mod codes;
mod logins;
mod profile;

pub(crate) use codes::accepts_app;
pub use codes::{SentCode, cancel_code, resend_code, send_code};
pub use logins::{
    Device, ExportedLogin, authorizations, export, import, log_out, reset, reset_others,
};
pub use profile::{
    ABOUT_CHARS_MAX, Names, ProfileChange, check_username, delete, update_profile, update_status,
    update_username, username_holder,
};

use store::{
    Tx,
    rows::{codes as code_rows, contacts, counters, keys, messages, users},
};

use crate::{Error, Refusal, Services, phone, updates};

/// Where a sign-in attempt leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// The account is now signed in on the key.
    User(i64),
    /// The code was right, but nobody has this number: `auth.signUp` is next.
    SignUpRequired,
}

/// What a client shows to sign in.
#[derive(Clone, Debug)]
pub struct Attempt<'a> {
    /// The permanent key that is to be signed in.
    pub auth_key_id: i64,
    /// As typed.
    pub phone: &'a str,
    /// From [`send_code`].
    pub code_hash: &'a str,
    /// As typed.
    pub code: &'a str,
}

/// `auth.signIn`. The same attempt on the same key may be repeated while the code lives: its first
/// answer may have been lost.
///
/// # Errors
/// PHONE_NUMBER_INVALID, PHONE_CODE_EMPTY, PHONE_CODE_INVALID, PHONE_CODE_EXPIRED.
pub async fn sign_in(services: &Services, attempt: &Attempt<'_>) -> Result<SignedIn, Error> {
    let digits = phone::normal(attempt.phone)?;
    if attempt.code.is_empty() {
        return Err(Refusal::PHONE_CODE_EMPTY.into());
    }
    let mut tx = services.store.begin().await?;
    if let Err(refusal) = codes::pass(services, &mut tx, &digits, attempt).await? {
        // The count of wrong tries must outlive the refusal.
        tx.commit().await?;
        return Err(refusal.into());
    }
    let outcome = match users::by_phone(&mut tx, &digits).await? {
        Some(user) => {
            enter(services, &mut tx, attempt.auth_key_id, user.user_id).await?;
            SignedIn::User(user.user_id)
        }
        None => SignedIn::SignUpRequired,
    };
    tx.commit().await?;
    Ok(outcome)
}

/// `auth.signUp`: a new account for a number whose code this key has shown.
///
/// # Errors
/// FIRSTNAME_INVALID, LASTNAME_INVALID: too long, or no first name. PHONE_CODE_EXPIRED: no code was
/// shown on this key. PHONE_NUMBER_OCCUPIED: somebody else has the number by now.
pub async fn sign_up(
    services: &Services,
    attempt: &Attempt<'_>,
    names: &Names,
) -> Result<i64, Error> {
    let digits = phone::normal(attempt.phone)?;
    let names = names.checked()?;
    let mut tx = services.store.begin().await?;
    let code = code_rows::find(&mut tx, &digits, attempt.code_hash).await?;
    let now = services.clock.unix_seconds();
    let shown = code
        .is_some_and(|code| code.expires_at > now && code.passed_by == Some(attempt.auth_key_id));
    if !shown {
        return Err(Refusal::PHONE_CODE_EXPIRED.into());
    }
    if let Some(user) = users::by_phone(&mut tx, &digits).await? {
        let signed_in = keys::find(&mut tx, attempt.auth_key_id)
            .await?
            .and_then(|key| key.user_id);
        return if signed_in == Some(user.user_id) {
            Ok(user.user_id)
        } else {
            Err(Refusal::PHONE_NUMBER_OCCUPIED.into())
        };
    }
    let user_id = create(services, &mut tx, (Some(&digits), None), &names).await?;
    let told = expected_by(services, &mut tx, user_id, &digits).await?;
    enter(services, &mut tx, attempt.auth_key_id, user_id).await?;
    services.commit(tx, &told).await?;
    Ok(user_id)
}

/// A new account with an empty box: a person with a number, or a bot with an owner.
pub(crate) async fn create(
    services: &Services,
    tx: &mut Tx,
    (phone, bot_owner_id): (Option<&str>, Option<i64>),
    names: &Names,
) -> Result<i64, Error> {
    let user_id = counters::next(tx, "user_id").await?;
    let now = services.clock.unix_seconds();
    let user = users::NewUser {
        user_id,
        phone: phone.map(str::to_owned),
        first_name: names.first.clone(),
        last_name: names.last.clone(),
        bot_owner_id,
        created_at: now,
    };
    users::insert(tx, &user).await?;
    messages::open_box(tx, user_id).await?;
    Ok(user_id)
}

/// Whoever imported this number before it had an account gets the contact now.
pub(crate) async fn expected_by(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    phone: &str,
) -> Result<Vec<i64>, Error> {
    let mut told = Vec::new();
    for saved in contacts::saved_phones_of(tx, phone).await? {
        let contact = contacts::ContactRow {
            owner_id: saved.owner_id,
            contact_id: user_id,
            phone: phone.to_owned(),
            first_name: saved.first_name,
            last_name: saved.last_name,
            added_at: services.clock.unix_seconds(),
            personal_photo_id: None,
            close_friend: false,
        };
        contacts::put(tx, &contact).await?;
        contacts::forget_phone(tx, saved.owner_id, phone).await?;
        updates::user_changed(services, tx, saved.owner_id, user_id, 0).await?;
        told.push(saved.owner_id);
    }
    Ok(told)
}

/// Signs `user_id` in on a key.
pub(crate) async fn enter(
    services: &Services,
    tx: &mut Tx,
    auth_key_id: i64,
    user_id: i64,
) -> Result<(), Error> {
    let now = services.clock.unix_seconds();
    if !keys::sign_in(tx, auth_key_id, user_id, now).await? {
        // The key was destroyed while the call was on its way.
        return Err(Refusal::AUTH_KEY_INVALID.into());
    }
    Ok(())
}
