//! What calls tell of their sessions: what they speak, whose they are, whether they want to be told of
//! changes.

use domain::Error;
use mtproto::SessionRef;
use tl::wrappers::Unwrapped;

use super::{Incoming, Origin, Router};
use crate::net::sessions::SessionFacts;

/// Methods that sign a session in. Chosen: not `auth.importAuthorization`, with which clients prepare
/// connections for files.
pub(super) const SIGN_IN_METHODS: [&str; 3] =
    ["auth.importBotAuthorization", "auth.signIn", "auth.signUp"];

impl Router {
    /// Remembers what the session speaks and whether it wants to be told of changes.
    pub(super) async fn note(
        &self,
        call: &Incoming,
        origin: &Origin,
        unwrapped: &Unwrapped,
        name: &str,
    ) -> Result<(), Error> {
        let session = call.session();
        let before = self.cx.sessions.facts(session);
        let before = before.filter(|facts| facts.user_id == origin.user_id);
        let (wants_updates, surely) = match origin.user_id {
            Some(_) if !unwrapped.without_updates => wants(before, unwrapped, name),
            _ => before.map_or((false, false), |facts| (facts.wants_updates, facts.surely)),
        };
        if let (Some(user_id), true) = (origin.user_id, wants_updates) {
            self.push.watch(user_id).await?;
        }
        let facts = facts(origin, origin.user_id, (wants_updates, surely));
        self.remember(session, facts).await
    }

    /// Somebody has just been signed in by this session: it is told of whatever happens from before its
    /// answer leaves. A client that holds the answer must miss nothing until its next call.
    pub(super) async fn note_signed_in(
        &self,
        call: &Incoming,
        origin: &Origin,
    ) -> Result<(), Error> {
        let login = self.cx.keys.login(call.auth_key_id).await?;
        let Some(user_id) = login.and_then(|login| login.user_id) else {
            return Ok(());
        };
        self.push.watch(user_id).await?;
        let facts = facts(origin, Some(user_id), (true, true));
        self.remember(call.session(), facts).await
    }

    /// Notes what a call told of its session, unless the key changed hands while the call was on its way:
    /// then a later sign-in on the session stands, and of an earlier one nothing does.
    async fn remember(&self, session: SessionRef, facts: SessionFacts) -> Result<(), Error> {
        let before = self.cx.sessions.note(session, facts);
        let login = self.cx.keys.login(session.auth_key_id).await?;
        let user_id = login.and_then(|login| login.user_id);
        if user_id != facts.user_id {
            let silent = SessionFacts {
                user_id: None,
                wants_updates: false,
                surely: false,
                ..facts
            };
            let instead = before.filter(|before| before.user_id == user_id);
            let instead = instead.unwrap_or(silent);
            self.cx.sessions.correct(session, &facts, instead);
        }
        Ok(())
    }
}

fn facts(
    origin: &Origin,
    user_id: Option<i64>,
    (wants_updates, surely): (bool, bool),
) -> SessionFacts {
    SessionFacts {
        perm_auth_key_id: origin.perm_auth_key_id,
        user_id,
        layer: origin.layer,
        dc_id: origin.dc_id,
        wants_updates,
        surely,
    }
}

/// Whether a session wants to be told of changes, and whether that is sure.
///
/// Clients open more sessions for files; those want no updates. One library greets on both kinds with
/// nothing but `help.getConfig`, and then waits on one and uploads on the other: a greeting is taken for a
/// wish until files follow it. A session that asked for anything else stays told while it uploads.
fn wants(before: Option<SessionFacts>, call: &Unwrapped, name: &str) -> (bool, bool) {
    let quiet = ["upload.", "help.", "auth.", "langpack."];
    let asks = !quiet.iter().any(|area| name.starts_with(area));
    let surely = asks || before.is_some_and(|facts| facts.surely);
    let greets = name == "help.getConfig" && call.init.is_some();
    let told = before.is_some_and(|facts| facts.wants_updates) && !name.starts_with("upload.");
    (surely || greets || told, surely)
}
