//! What only the host of a server does: finds anybody, makes and renames accounts, ends logins, takes
//! pictures down. The same transactions and the same journal as for a client, so that everybody who sees a
//! difference is told.

mod accounts;
mod chats;
mod pictures;

pub use accounts::{create, end_all_logins, end_codes, end_login, rename, save_contact};
pub use chats::delete_chat;
pub use pictures::{Picture, Place, TakenDown, pictures_of, take_down};

use std::{fmt, str::FromStr};

use store::{
    Tx,
    rows::users::{self, UserRow},
};

use crate::{Error, Refusal, phone};

/// How a host names an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// `user_id`.
    Id(i64),
    /// Digits, written with `+` before them.
    Phone(String),
    /// Without the `@` before it.
    Username(String),
}

impl FromStr for Who {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = "a user is named by id (7), phone (+15550001111) or username (@ada_l)";
        if let Some(name) = text.strip_prefix('@') {
            return match crate::accounts::check_username(name) {
                Ok(()) => Ok(Self::Username(name.to_owned())),
                Err(_) => Err(unknown),
            };
        }
        if text.starts_with('+') {
            return phone::normal(text).map(Self::Phone).map_err(|_| unknown);
        }
        match text.parse() {
            Ok(id) if id > 0 => Ok(Self::Id(id)),
            _ => Err(unknown),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Phone(digits) => write!(f, "+{digits}"),
            Self::Username(name) => write!(f, "@{name}"),
        }
    }
}

/// The account that a host names, deleted or not.
///
/// # Errors
/// USER_ID_INVALID, PHONE_NOT_OCCUPIED, USERNAME_NOT_OCCUPIED: nobody is named so.
pub async fn find(tx: &mut Tx, who: &Who) -> Result<UserRow, Error> {
    let (found, missing) = match who {
        Who::Id(id) => (users::by_id(tx, *id).await?, Refusal::USER_ID_INVALID),
        Who::Phone(digits) => (
            users::by_phone(tx, digits).await?,
            Refusal::PHONE_NOT_OCCUPIED,
        ),
        Who::Username(name) => (
            users::by_username(tx, name).await?,
            Refusal::USERNAME_NOT_OCCUPIED,
        ),
    };
    found.ok_or_else(|| missing.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_named_in_three_ways_and_written_as_they_were_read() {
        for text in ["7", "+15550001111", "@ada_l"] {
            assert_eq!(text.parse::<Who>().unwrap().to_string(), text);
        }
        let typed: Who = "+1 (555) 000-1111".parse().unwrap();
        assert_eq!(typed, Who::Phone("15550001111".to_owned()));
        for text in ["", "0", "-3", "ada", "+1", "@", "@a b"] {
            assert!(text.parse::<Who>().is_err(), "{text}");
        }
    }
}
