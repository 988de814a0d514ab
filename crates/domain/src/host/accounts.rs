//! Accounts, contacts and logins as a host makes and ends them.

use store::rows::{codes, keys, users};

use super::{Who, find};
use crate::{
    Error, Refusal, Seen, Services,
    accounts::{self, Names},
    contacts::{self, Adding},
    peers,
    peers::Named,
    phone, updates,
};

/// A new account that can be signed in to with a login code, as if its owner had signed up. Whoever
/// imported the number before gets the contact and is told.
///
/// # Errors
/// PHONE_NUMBER_INVALID, FIRSTNAME_INVALID, LASTNAME_INVALID, USERNAME_INVALID.
/// PHONE_NUMBER_OCCUPIED, USERNAME_OCCUPIED: somebody has it.
pub async fn create(
    services: &Services,
    typed_phone: &str,
    names: &Names,
    username: Option<&str>,
) -> Result<i64, Error> {
    let digits = phone::normal(typed_phone)?;
    let names = names.checked()?;
    if let Some(name) = username {
        accounts::check_username(name)?;
    }
    let mut tx = services.store.begin().await?;
    if users::by_phone(&mut tx, &digits).await?.is_some() {
        return Err(Refusal::PHONE_NUMBER_OCCUPIED.into());
    }
    let user_id = accounts::create(services, &mut tx, (Some(&digits), None), &names).await?;
    if let Some(name) = username {
        if accounts::username_holder(&mut tx, name).await?.is_some() {
            return Err(Refusal::USERNAME_OCCUPIED.into());
        }
        users::set_username(&mut tx, user_id, Some(name)).await?;
    }
    let told = accounts::expected_by(services, &mut tx, user_id, &digits).await?;
    services.commit(tx, &told).await?;
    Ok(user_id)
}

/// Gives an account other names; watchers are told. Returns its id.
///
/// # Errors
/// As [`find`]. FIRSTNAME_INVALID, LASTNAME_INVALID. INPUT_USER_DEACTIVATED: it is deleted.
pub async fn rename(services: &Services, who: &Who, names: &Names) -> Result<i64, Error> {
    let names = names.checked()?;
    let mut tx = services.store.begin().await?;
    let user = find(&mut tx, who).await?;
    if user.deleted_at.is_some() {
        return Err(Refusal::INPUT_USER_DEACTIVATED.into());
    }
    let user_id = user.user_id;
    users::rename(&mut tx, user_id, &names.first, &names.last, &user.about).await?;
    let told = updates::tell_watchers(services, &mut tx, user_id, 0).await?;
    services.commit(tx, &told).await?;
    Ok(user_id)
}

/// Makes `contact` a contact of `owner`, with its number, under `names` or the contact's own ones.
/// Returns both ids.
///
/// # Errors
/// As [`find`]. CONTACT_ID_INVALID: oneself or a deleted account. CONTACT_NAME_EMPTY.
pub async fn save_contact(
    services: &Services,
    owner: &Who,
    contact: &Who,
    names: Option<Names>,
) -> Result<(i64, i64), Error> {
    let mut tx = services.store.read().await?;
    let owner = alive(find(&mut tx, owner).await?)?;
    let contact = find(&mut tx, contact).await?;
    drop(tx);
    let names = names.unwrap_or(Names {
        first: contact.first_name,
        last: contact.last_name,
    });
    let named = named(services, owner, contact.user_id);
    let phone = contact.phone.unwrap_or_default();
    let adding = Adding {
        names: &names,
        phone: &phone,
        share_phone: false,
    };
    contacts::add(services, (owner, 0), named, adding).await?;
    Ok((owner, contact.user_id))
}

fn alive(user: users::UserRow) -> Result<i64, Refusal> {
    match user.deleted_at {
        None => Ok(user.user_id),
        Some(_) => Err(Refusal::INPUT_USER_DEACTIVATED),
    }
}

/// `user_id` as `viewer` would name it.
pub(super) fn named(services: &Services, viewer: i64, user_id: i64) -> peers::Named {
    let access_hash = services.hashes.access_hash(Seen::user(viewer, user_id));
    Named::User {
        user_id,
        access_hash,
    }
}

/// Ends the login on one permanent key. Returns who was signed in; `None`: nobody was.
///
/// # Errors
/// The store failed.
pub async fn end_login(services: &Services, auth_key_id: i64) -> Result<Option<i64>, Error> {
    let mut tx = services.store.begin().await?;
    let key = keys::find(&mut tx, auth_key_id).await?;
    let Some(user_id) = key.and_then(|key| key.user_id) else {
        return Ok(None);
    };
    keys::sign_out(&mut tx, auth_key_id).await?;
    tx.commit().await?;
    Ok(Some(user_id))
}

/// Ends all logins of an account, also those that are still on their way to another key. Returns the
/// account and the keys that were signed in.
///
/// # Errors
/// As [`find`].
pub async fn end_all_logins(services: &Services, who: &Who) -> Result<(i64, Vec<i64>), Error> {
    let mut tx = services.store.begin().await?;
    let user_id = find(&mut tx, who).await?.user_id;
    let mut ended = Vec::new();
    for key in keys::of_user(&mut tx, user_id).await? {
        keys::sign_out(&mut tx, key.auth_key_id).await?;
        ended.push(key.auth_key_id);
    }
    codes::forget_exports(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok((user_id, ended))
}

/// Ends all attempts to sign in with a number: their codes are good for nothing. Returns how many.
///
/// # Errors
/// PHONE_NUMBER_INVALID.
pub async fn end_codes(services: &Services, typed_phone: &str) -> Result<u64, Error> {
    let digits = phone::normal(typed_phone)?;
    let mut tx = services.store.begin().await?;
    let ended = codes::delete_of_phone(&mut tx, &digits).await?;
    tx.commit().await?;
    Ok(ended)
}
