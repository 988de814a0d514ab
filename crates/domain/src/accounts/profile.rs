//! What the owner of an account may change about it, and its end.

use store::{
    Tx,
    rows::{bots, chats, contacts, keys, photos, privacy, users},
};

use crate::{Error, Peer, Refusal, Services, acted, chats::groups, photos::Caller, updates};

/// Characters of a first or last name. Source: clients cut at this length.
const NAME_CHARS_MAX: usize = 64;
/// Characters of the words about oneself. Source: `about_length_limit_default` of the app config.
pub const ABOUT_CHARS_MAX: usize = 70;
/// Seconds for which a client that says "online" is believed. Source: `online_cloud_timeout_ms`.
const ONLINE_LIFETIME_S: i64 = 300;
/// Characters of a username. Source: official page on usernames.
const USERNAME_CHARS: std::ops::RangeInclusive<usize> = 5..=32;

/// First and last name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// Not empty.
    pub first: String,
    /// May be empty.
    pub last: String,
}

impl Names {
    /// The names without the space around them.
    ///
    /// # Errors
    /// FIRSTNAME_INVALID, LASTNAME_INVALID: too long, or no first name.
    pub fn checked(&self) -> Result<Self, Refusal> {
        let first = self.first.trim().to_owned();
        let last = self.last.trim().to_owned();
        if first.is_empty() || first.chars().count() > NAME_CHARS_MAX {
            return Err(Refusal::FIRSTNAME_INVALID);
        }
        if last.chars().count() > NAME_CHARS_MAX {
            return Err(Refusal::LASTNAME_INVALID);
        }
        Ok(Self { first, last })
    }
}

/// `account.updateProfile`: what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct ProfileChange {
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Words about oneself.
    pub about: Option<String>,
}

/// Changes names and words about oneself; watchers are told.
///
/// # Errors
/// FIRSTNAME_INVALID, LASTNAME_INVALID, ABOUT_TOO_LONG.
pub async fn update_profile(
    services: &Services,
    user_id: i64,
    change: ProfileChange,
    origin: i64,
) -> Result<(), Error> {
    let mut tx = services.store.begin().await?;
    let user = users::by_id(&mut tx, user_id)
        .await?
        .ok_or(Refusal::USER_DEACTIVATED)?;
    let names = Names {
        first: change.first_name.unwrap_or(user.first_name),
        last: change.last_name.unwrap_or(user.last_name),
    }
    .checked()?;
    let about = change.about.unwrap_or(user.about);
    if about.chars().count() > ABOUT_CHARS_MAX {
        return Err(Refusal::ABOUT_TOO_LONG.into());
    }
    users::rename(&mut tx, user_id, &names.first, &names.last, &about).await?;
    let told = updates::tell_watchers(services, &mut tx, user_id, origin).await?;
    services.commit(tx, &told).await
}

/// `account.updateUsername`: an empty name takes it away.
///
/// # Errors
/// USERNAME_INVALID, USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED.
pub async fn update_username(
    services: &Services,
    caller: Caller,
    username: &str,
) -> Result<(), Error> {
    let user_id = caller.user_id;
    let wanted = Some(username).filter(|name| !name.is_empty());
    if let Some(name) = wanted {
        check_username(name)?;
    }
    let mut tx = services.store.begin().await?;
    if acted::before(&mut tx, caller).await? {
        return Ok(());
    }
    let user = users::by_id(&mut tx, user_id)
        .await?
        .ok_or(Refusal::USER_DEACTIVATED)?;
    if user.username.as_deref() == wanted {
        return Err(Refusal::USERNAME_NOT_MODIFIED.into());
    }
    if let Some(name) = wanted
        && let Some(holder) = username_holder(&mut tx, name).await?
        && holder != Peer::User(user_id)
    {
        return Err(Refusal::USERNAME_OCCUPIED.into());
    }
    users::set_username(&mut tx, user_id, wanted).await?;
    acted::note(services, &mut tx, caller).await?;
    let told = updates::tell_watchers(services, &mut tx, user_id, caller.session_id).await?;
    services.commit(tx, &told).await
}

/// Who has this name, in any case: people, bots and channels share one space of names.
///
/// # Errors
/// The store failed.
pub async fn username_holder(tx: &mut Tx, name: &str) -> Result<Option<Peer>, Error> {
    if let Some(user) = users::by_username(tx, name).await? {
        return Ok(Some(Peer::User(user.user_id)));
    }
    let chat = chats::by_username(tx, name).await?;
    Ok(chat.map(|chat| Peer::Channel(chat.chat_id)))
}

/// # Errors
/// USERNAME_INVALID: not 5 to 32 letters, digits and underscores that start with a letter.
pub fn check_username(name: &str) -> Result<(), Refusal> {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    let made_of = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if starts && made_of && USERNAME_CHARS.contains(&name.len()) && !name.ends_with('_') {
        Ok(())
    } else {
        Err(Refusal::USERNAME_INVALID)
    }
}

/// `account.updateStatus`.
///
/// # Errors
/// The store failed.
pub async fn update_status(services: &Services, user_id: i64, offline: bool) -> Result<(), Error> {
    let now = services.clock.unix_seconds();
    let online_until = if offline { 0 } else { now + ONLINE_LIFETIME_S };
    let mut tx = services.store.begin().await?;
    users::set_presence(&mut tx, user_id, online_until, now).await?;
    Ok(tx.commit().await?)
}

/// `account.deleteAccount`: number, names and pictures go, everyone is signed out; what others wrote
/// to it stays theirs. Returns the keys that were signed in.
///
/// # Errors
/// The store failed.
pub async fn delete(services: &Services, user_id: i64) -> Result<Vec<i64>, Error> {
    let mut tx = services.store.begin().await?;
    let mut told = updates::tell_watchers(services, &mut tx, user_id, 0).await?;
    told.extend(groups::forget_user(services, &mut tx, user_id).await?);
    photos::forget_profile(&mut tx, user_id).await?;
    contacts::forget_personal_of(&mut tx, user_id).await?;
    contacts::forget_owner(&mut tx, user_id).await?;
    bots::delete(&mut tx, user_id).await?;
    privacy::forget(&mut tx, user_id).await?;
    users::delete(&mut tx, user_id, services.clock.unix_seconds()).await?;
    let rows = keys::of_user(&mut tx, user_id).await?;
    let keys_out: Vec<i64> = rows.iter().map(|key| key.auth_key_id).collect();
    for auth_key_id in &keys_out {
        keys::sign_out(&mut tx, *auth_key_id).await?;
    }
    services.commit(tx, &told).await?;
    Ok(keys_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_the_space_around_them() {
        let names = Names {
            first: " Ada ".into(),
            last: String::new(),
        };
        assert_eq!(names.checked().unwrap().first, "Ada");
        let nobody = Names {
            first: "  ".into(),
            last: "L".into(),
        };
        assert_eq!(nobody.checked(), Err(Refusal::FIRSTNAME_INVALID));
        let long = Names {
            first: "A".into(),
            last: "l".repeat(NAME_CHARS_MAX + 1),
        };
        assert_eq!(long.checked(), Err(Refusal::LASTNAME_INVALID));
    }

    #[test]
    fn usernames_have_letters_digits_and_underscores() {
        assert_eq!(check_username("ada_lovelace1"), Ok(()));
        for name in [
            "ada",
            "1adalovelace",
            "ada lovelace",
            "ada_love_",
            &"a".repeat(33),
        ] {
            assert_eq!(
                check_username(name),
                Err(Refusal::USERNAME_INVALID),
                "{name}"
            );
        }
    }
}
