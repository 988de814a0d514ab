//! Why a host's request has no answer, as one line and a kind that becomes an exit code.

use domain::{Error, Refusal};
use serde::{Deserialize, Serialize};
use store::StoreError;

use crate::event::Chain;

/// What kind of "no" it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// What was named is not there, or the rules forbid it.
    Refused,
    /// The request itself cannot be understood.
    Unreadable,
    /// The server failed.
    Fault,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Problem {
    /// Which kind.
    pub(crate) kind: Kind,
    /// One line for a person.
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn refused(text: impl Into<String>) -> Problem {
        Problem {
            kind: Kind::Refused,
            text: text.into(),
        }
    }

    pub(crate) fn unreadable(text: impl Into<String>) -> Problem {
        Problem {
            kind: Kind::Unreadable,
            text: text.into(),
        }
    }

    pub(crate) fn fault(error: &(dyn std::error::Error + 'static)) -> Problem {
        Problem {
            kind: Kind::Fault,
            text: Chain(error).to_string(),
        }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        match error {
            Error::Refused(refusal) => refused(&refusal),
            Error::Conflict => Problem::fault(&Error::Conflict),
            Error::Fault(fault) => Problem::fault(&fault),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        Error::from(error).into()
    }
}

/// The protocol's word, with what it means to a host.
fn refused(refusal: &Refusal) -> Problem {
    let name = refusal.name();
    let meaning = match name {
        "USER_ID_INVALID" => "there is no user with this id",
        "PHONE_NOT_OCCUPIED" => "nobody has this number",
        "USERNAME_NOT_OCCUPIED" => "nobody has this username",
        "PHONE_NUMBER_INVALID" => "this is no phone number",
        "PHONE_NUMBER_OCCUPIED" => "somebody has this number",
        "USERNAME_OCCUPIED" => "somebody has this username",
        "USERNAME_INVALID" => {
            "a username has 5 to 32 letters, digits and underscores and starts with a letter"
        }
        "FIRSTNAME_INVALID" => "a first name has 1 to 64 characters",
        "LASTNAME_INVALID" => "a last name has at most 64 characters",
        "INPUT_USER_DEACTIVATED" => "this account is deleted",
        "CONTACT_ID_INVALID" => "this account cannot be a contact of the other",
        "BOT_INVALID" => "this is no bot",
        "CHAT_ID_INVALID" => "there is no chat with this id",
        "STICKERSET_INVALID" => "there is no sticker set with this short name",
        "PHOTO_ID_INVALID" => "there is no picture with this id",
        _ => "the rules forbid it",
    };
    Problem::refused(format!("{meaning} ({name})"))
}
