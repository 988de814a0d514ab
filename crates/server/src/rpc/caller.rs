//! Who calls. A handler names the caller it needs as a type, so a path without sign-in cannot compile.

use std::net::SocketAddr;

use domain::Refusal;

/// Where a call came from.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    /// The key that the call was encrypted with: permanent or temporary.
    pub(crate) auth_key_id: i64,
    /// The permanent key behind it; the same as `auth_key_id` when that is permanent or not bound.
    pub(crate) perm_auth_key_id: i64,
    /// The session of that key.
    pub(crate) session_id: i64,
    /// Of the message that held the call.
    pub(crate) msg_id: i64,
    /// The layer in which the answer is written.
    pub(crate) layer: i32,
    /// The data centre that the client believes it is on; every file is said to live there.
    pub(crate) dc_id: i32,
    /// The client is in test mode.
    pub(crate) is_test: bool,
    /// `initConnection.lang_pack`.
    pub(crate) lang_pack: String,
    /// `initConnection.lang_code`.
    pub(crate) lang_code: String,
    /// The address that the client reached.
    pub(crate) local: SocketAddr,
    /// Who is signed in on the key.
    pub(crate) user_id: Option<i64>,
    /// That user is a bot.
    pub(crate) is_bot: bool,
}

/// Whom a kind of caller stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever has a key.
    Anyone,
    /// People and bots.
    Users,
    /// People only.
    People,
    /// Bots only.
    Bots,
}

/// A kind of caller that a method lets in.
pub(crate) trait Admit: Sized + Send {
    const WHO: Who;

    fn admit(origin: Origin) -> Result<Self, Refusal>;
}

/// Whoever has a key, signed in or not.
pub(crate) struct Anyone {
    pub(crate) origin: Origin,
}

/// Somebody who is signed in: a person or a bot.
pub(crate) struct User {
    pub(crate) id: i64,
    pub(crate) origin: Origin,
}

/// A person who is signed in.
pub(crate) struct Human {
    pub(crate) id: i64,
    pub(crate) origin: Origin,
}

/// A bot that is signed in.
pub(crate) struct Bot {
    pub(crate) id: i64,
}

impl Admit for Anyone {
    const WHO: Who = Who::Anyone;

    fn admit(origin: Origin) -> Result<Self, Refusal> {
        Ok(Self { origin })
    }
}

impl Admit for User {
    const WHO: Who = Who::Users;

    fn admit(origin: Origin) -> Result<Self, Refusal> {
        match origin.user_id {
            Some(id) => Ok(Self { id, origin }),
            None => Err(Refusal::AUTH_KEY_UNREGISTERED),
        }
    }
}

impl Admit for Human {
    const WHO: Who = Who::People;

    fn admit(origin: Origin) -> Result<Self, Refusal> {
        let User { id, origin } = User::admit(origin)?;
        if origin.is_bot {
            Err(Refusal::BOT_METHOD_INVALID)
        } else {
            Ok(Self { id, origin })
        }
    }
}

impl Admit for Bot {
    const WHO: Who = Who::Bots;

    fn admit(origin: Origin) -> Result<Self, Refusal> {
        let User { id, origin } = User::admit(origin)?;
        if origin.is_bot {
            Ok(Self { id })
        } else {
            Err(Refusal::USER_BOT_REQUIRED)
        }
    }
}
