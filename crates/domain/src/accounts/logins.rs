//! Where an account is signed in: listing, ending, and moving a login to another key.

use sha2::{Digest, Sha256};
use store::rows::{codes, keys, users};

use crate::{Error, Refusal, Seen, Services, random_bytes};

/// Seconds in which exported bytes can be used. Source: official page on data centres.
const EXPORT_LIFETIME_S: i64 = 60;
/// Data centre numbers that clients know.
const DC_IDS: std::ops::RangeInclusive<i32> = 1..=5;

/// One key on which the account is signed in.
#[derive(Clone, Debug)]
pub struct Device {
    /// 0 for the key that asks, as clients expect.
    pub hash: i64,
    /// What the client said of itself, and when it was here.
    pub key: keys::KeyRow,
}

/// Bytes that sign the account in on another key, once.
#[derive(Clone, Debug)]
pub struct ExportedLogin {
    /// The account.
    pub user_id: i64,
    /// To be shown by the other key.
    pub token: [u8; 32],
}

/// `account.getAuthorizations`.
///
/// # Errors
/// The store failed.
pub async fn authorizations(
    services: &Services,
    user_id: i64,
    current: i64,
) -> Result<Vec<Device>, Error> {
    let mut tx = services.store.read().await?;
    let rows = keys::of_user(&mut tx, user_id).await?;
    let device = |key: keys::KeyRow| Device {
        hash: if key.auth_key_id == current {
            0
        } else {
            hash(services, user_id, &key)
        },
        key,
    };
    Ok(rows.into_iter().map(device).collect())
}

fn hash(services: &Services, user_id: i64, key: &keys::KeyRow) -> i64 {
    services
        .hashes
        .access_hash(Seen::login(user_id, key.auth_key_id))
}

/// `account.resetAuthorization`: ends another login; returns its key.
///
/// # Errors
/// HASH_INVALID: the account has no other login with this hash.
pub async fn reset(
    services: &Services,
    user_id: i64,
    current: i64,
    asked: i64,
) -> Result<i64, Error> {
    let mut tx = services.store.begin().await?;
    let others = keys::of_user(&mut tx, user_id).await?;
    let found = others
        .iter()
        .find(|key| key.auth_key_id != current && hash(services, user_id, key) == asked)
        .ok_or(Refusal::HASH_INVALID)?;
    keys::sign_out(&mut tx, found.auth_key_id).await?;
    tx.commit().await?;
    Ok(found.auth_key_id)
}

/// `auth.resetAuthorizations`: ends all other logins; returns their keys.
///
/// # Errors
/// The store failed.
pub async fn reset_others(
    services: &Services,
    user_id: i64,
    current: i64,
) -> Result<Vec<i64>, Error> {
    let mut tx = services.store.begin().await?;
    let rows = keys::of_user(&mut tx, user_id).await?;
    let others: Vec<i64> = rows
        .iter()
        .map(|key| key.auth_key_id)
        .filter(|id| *id != current)
        .collect();
    for auth_key_id in &others {
        keys::sign_out(&mut tx, *auth_key_id).await?;
    }
    // A login that is still on its way to another key ends, too.
    codes::forget_exports(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(others)
}

/// `auth.logOut`: the key stays, nobody is signed in on it.
///
/// # Errors
/// The store failed.
pub async fn log_out(services: &Services, auth_key_id: i64) -> Result<(), Error> {
    let mut tx = services.store.begin().await?;
    keys::sign_out(&mut tx, auth_key_id).await?;
    Ok(tx.commit().await?)
}

/// `auth.exportAuthorization`.
///
/// # Errors
/// DC_ID_INVALID: no such data centre.
pub async fn export(services: &Services, user_id: i64, dc_id: i32) -> Result<ExportedLogin, Error> {
    if !DC_IDS.contains(&dc_id) {
        return Err(Refusal::DC_ID_INVALID.into());
    }
    let token: [u8; 32] = random_bytes()?;
    let row = codes::ExportedRow {
        token: Sha256::digest(token).to_vec(),
        user_id,
        dc_id: i64::from(dc_id),
        expires_at: services.clock.unix_seconds() + EXPORT_LIFETIME_S,
    };
    let mut tx = services.store.begin().await?;
    codes::export(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(ExportedLogin { user_id, token })
}

/// `auth.importAuthorization`: uses the bytes up and signs in on `auth_key_id`.
///
/// # Errors
/// AUTH_BYTES_INVALID: used before, too old, never handed out, of another account or a deleted one.
pub async fn import(
    services: &Services,
    auth_key_id: i64,
    user_id: i64,
    token: &[u8],
) -> Result<(), Error> {
    let mut tx = services.store.begin().await?;
    let taken = codes::take_exported(&mut tx, &Sha256::digest(token)).await?;
    let now = services.clock.unix_seconds();
    if !taken.is_some_and(|row| row.user_id == user_id && row.expires_at > now) {
        return Err(Refusal::AUTH_BYTES_INVALID.into());
    }
    let user = users::by_id(&mut tx, user_id).await?;
    if user.is_none_or(|user| user.deleted_at.is_some()) {
        return Err(Refusal::AUTH_BYTES_INVALID.into());
    }
    super::enter(services, &mut tx, auth_key_id, user_id).await?;
    Ok(tx.commit().await?)
}
