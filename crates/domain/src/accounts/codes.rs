//! Login codes: made, handed out, shown, used up.

use store::{
    Tx,
    rows::codes::{self, CodeRow},
};

use super::Attempt;
use crate::{Error, Fault, Refusal, Services, phone, random_bytes};

/// Digits of a random code.
const CODE_DIGITS: usize = 5;
/// Wrong tries after which a code is worthless.
/// Chosen: five; a random code is then guessed once in 20,000 attempts at sending one.
const CODE_TRIES_MAX: i64 = 5;

/// Codes for one number that nobody showed, in one day; one more is FLOOD_WAIT_X. With five tries each
/// a code is guessed once in a thousand days. Codes that are the same for everyone are not counted.
const CODES_PER_DAY_MAX: i64 = 20;
const DAY_S: i64 = 24 * 60 * 60;

/// A code on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Names the attempt.
    pub code_hash: String,
    /// Digits of the code.
    pub digits: usize,
}

/// Whether an application may sign anybody in here.
///
/// # Errors
/// API_ID_INVALID: the host accepts other applications only.
pub(crate) fn accepts_app(services: &Services, api_id: i32) -> Result<(), Refusal> {
    let accepted = &services.rules.api_ids;
    if accepted.is_empty() || accepted.contains(&api_id) {
        Ok(())
    } else {
        Err(Refusal::API_ID_INVALID)
    }
}

/// `auth.sendCode`.
///
/// # Errors
/// API_ID_INVALID: the host accepts other applications only. PHONE_NUMBER_INVALID. FLOOD_WAIT_X: too many
/// codes for this number that nobody showed.
pub async fn send_code(services: &Services, api_id: i32, typed: &str) -> Result<SentCode, Error> {
    accepts_app(services, api_id)?;
    let digits = phone::normal(typed)?;
    let code_hash = token()?;
    issue(services, &digits, &code_hash, 0).await
}

/// `auth.resendCode`: a fresh code for the same attempt.
///
/// # Errors
/// PHONE_NUMBER_INVALID, PHONE_CODE_EXPIRED: no such attempt. FLOOD_WAIT_X.
pub async fn resend_code(
    services: &Services,
    typed: &str,
    code_hash: &str,
) -> Result<SentCode, Error> {
    let digits = phone::normal(typed)?;
    let mut tx = services.store.read().await?;
    let found = codes::find(&mut tx, &digits, code_hash).await?;
    let known = found.ok_or(Refusal::PHONE_CODE_EXPIRED)?;
    drop(tx);
    issue(services, &digits, code_hash, known.tries).await
}

/// `auth.cancelCode`: the attempt is over.
///
/// # Errors
/// PHONE_NUMBER_INVALID, PHONE_CODE_EXPIRED: no such attempt.
pub async fn cancel_code(services: &Services, typed: &str, code_hash: &str) -> Result<(), Error> {
    let digits = phone::normal(typed)?;
    let mut tx = services.store.begin().await?;
    if !codes::delete(&mut tx, &digits, code_hash).await? {
        return Err(Refusal::PHONE_CODE_EXPIRED.into());
    }
    Ok(tx.commit().await?)
}

/// Hands out a code for an attempt that has used up `tries`: a fresh code does not give them back.
async fn issue(
    services: &Services,
    digits: &str,
    code_hash: &str,
    tries: i64,
) -> Result<SentCode, Error> {
    let now = services.clock.unix_seconds();
    let mut tx = services.store.begin().await?;
    let guessable = services.rules.login_code.is_none() && phone::test_code(digits).is_none();
    if guessable {
        let unshown = codes::unshown_since(&mut tx, digits, now - DAY_S).await?;
        if unshown >= CODES_PER_DAY_MAX {
            return Err(Refusal::FLOOD_WAIT_X.with(DAY_S / CODES_PER_DAY_MAX).into());
        }
    }
    let code = match (&services.rules.login_code, phone::test_code(digits)) {
        (Some(fixed), _) => fixed.clone(),
        (None, Some(fixed)) => fixed,
        (None, None) => random_code()?,
    };
    let sent = SentCode {
        code_hash: code_hash.to_owned(),
        digits: code.len(),
    };
    // The one deliberate line: whoever runs the server reads codes from its log.
    tracing::info!(target: "login_code", phone = digits, code, "login code");
    let row = CodeRow {
        phone: digits.to_owned(),
        code_hash: code_hash.to_owned(),
        code,
        expires_at: now + services.rules.login_code_lifetime_s,
        tries,
        passed_by: None,
    };
    codes::put(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(sent)
}

/// Checks a code and marks it as shown by the attempt's key. The inner refusal is to be told after a
/// commit, since wrong tries count.
pub(super) async fn pass(
    services: &Services,
    tx: &mut Tx,
    digits: &str,
    attempt: &Attempt<'_>,
) -> Result<Result<(), Refusal>, Error> {
    let found = codes::find(tx, digits, attempt.code_hash).await?;
    let now = services.clock.unix_seconds();
    let Some(row) = found.filter(|row| row.expires_at > now && row.tries < CODE_TRIES_MAX) else {
        return Ok(Err(Refusal::PHONE_CODE_EXPIRED));
    };
    // A code that one key has shown is used up for every other.
    if row.passed_by.is_some_and(|key| key != attempt.auth_key_id) {
        return Ok(Err(Refusal::PHONE_CODE_EXPIRED));
    }
    if row.code != attempt.code {
        codes::count_try(tx, digits, attempt.code_hash).await?;
        return Ok(Err(Refusal::PHONE_CODE_INVALID));
    }
    codes::passed(tx, digits, attempt.code_hash, attempt.auth_key_id).await?;
    Ok(Ok(()))
}

fn random_code() -> Result<String, Fault> {
    let below = 10_u64.pow(CODE_DIGITS as u32);
    let number = u64::from_be_bytes(random_bytes()?) % below;
    Ok(format!("{number:0CODE_DIGITS$}"))
}

fn token() -> Result<String, Fault> {
    Ok(hex::encode(random_bytes::<9>()?))
}
