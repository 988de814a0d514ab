//! One file per method. A method's type decides who may call it, how it is decoded and what it returns;
//! its row in the `METHODS` of its namespace is the only other place that names it.

mod account;
mod after;
pub(crate) mod answers;
mod auth;
mod bots;
mod caller;
mod channels;
mod contacts;
mod help;
mod messages;
mod photos;
mod quiet;
mod router;
mod stickers;
mod stories;
mod table;
mod updates;
mod upload;
mod users;

use std::{future::Future, sync::Arc};

use domain::{Error, Services};

use crate::{keys::Keys, net::sessions::Sessions, settings::Settings};

pub(crate) use caller::{Anyone, Bot, Human, Origin, User};
pub use router::{Incoming, Router};
pub(crate) use table::Method;

/// The names of all methods with a handler, as `photos.getUserPhotos`. For tests that must look at every
/// one of them.
pub fn methods() -> impl Iterator<Item = &'static str> {
    table::rows().map(|row| row.name)
}

/// What every handler works with.
pub(crate) struct Cx {
    /// The rules and what they reach.
    pub(crate) services: Arc<Services>,
    /// Auth keys and who is signed in on them.
    pub(crate) keys: Arc<Keys>,
    /// Connected and recently connected sessions.
    pub(crate) sessions: Arc<Sessions>,
    /// What the host chose.
    pub(crate) settings: Arc<Settings>,
}

/// A method that cameo answers.
pub(crate) trait Rpc: tl::Method + Send + Sized + 'static {
    /// [`Anyone`], [`User`], [`Human`] or [`Bot`]: who may call it.
    type Caller: caller::Admit;

    /// Does what was asked. Run again from the start when another transaction got in between, so
    /// nothing may leave before the commit.
    fn handle(
        self,
        caller: Self::Caller,
        cx: &Cx,
    ) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}
