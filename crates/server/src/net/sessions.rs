//! Every session of this process: attached to a connection, or kept for a while after its
//! connection ended. An answer or an update finds its session here wherever it is, and a client
//! that comes back on a new connection finds the session it left.
//!
//! While an entry says that a session is attached to a connection, that connection's mailbox is
//! open: connections close their mailbox under the lock of this registry.

mod state;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use mtproto::{Answer, MsgId, Session, SessionRef, Time};

use super::mailbox::{Command, Mailbox};
use state::{Entry, Place, State};

/// Sessions of one key; the one that was left first makes room.
/// Source: one client opens 33 per key; docs of the protocol name no number.
pub const SESSIONS_PER_KEY_MAX: usize = 256;
/// Sessions kept without connection, in all; the one that was left first makes room.
/// Chosen: a rolling restart of a client fleet fits, memory stays bounded.
pub const SESSIONS_DETACHED_MAX: usize = 20_000;
/// Bytes that all of those may hold. Chosen: as much as 256 sessions with a full part each.
pub const SESSIONS_DETACHED_BYTES_MAX: usize = 256 * 1024 * 1024;
/// `updatesTooLong#e317af7e`, the same in every layer.
pub const UPDATES_TOO_LONG: Bytes = Bytes::from_static(&0xe317_af7e_u32.to_le_bytes());

/// What the router knows of a session from its latest call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionFacts {
    /// The permanent key behind it.
    pub perm_auth_key_id: i64,
    /// Who is signed in.
    pub user_id: Option<i64>,
    /// The layer it speaks.
    pub layer: i32,
    /// The data centre its client believes in.
    pub dc_id: i32,
    /// It is to be told of changes.
    pub wants_updates: bool,
    /// It asked for something that only such sessions ask for.
    pub surely: bool,
}

/// The registry.
#[derive(Debug)]
pub struct Sessions {
    state: Mutex<State>,
    lifetime: Duration,
}

/// Where a wanted session is.
#[derive(Debug)]
pub(crate) enum Found {
    /// Here it is; `None`: nobody knows it, it begins now.
    Here(Option<Box<Session>>),
    /// Another connection was asked for it; it comes by mail.
    Coming,
}

impl Sessions {
    /// No sessions; each is forgotten `lifetime` after its connection ended.
    pub fn new(lifetime: Duration) -> Sessions {
        Sessions {
            state: Mutex::default(),
            lifetime,
        }
    }

    /// Remembers what a call told about its session; returns what was known before.
    pub fn note(&self, session: SessionRef, facts: SessionFacts) -> Option<SessionFacts> {
        self.state().note(session, Some(facts))
    }

    /// As [`Sessions::note`], if what is known is still `from`.
    pub(crate) fn correct(&self, session: SessionRef, from: &SessionFacts, to: SessionFacts) {
        let mut state = self.state();
        let known = state.entries.get(&session).and_then(|entry| entry.facts);
        if known.as_ref() == Some(from) {
            state.note(session, Some(to));
        }
    }

    /// What the latest call told about the session.
    pub fn facts(&self, session: SessionRef) -> Option<SessionFacts> {
        self.state()
            .entries
            .get(&session)
            .and_then(|entry| entry.facts)
    }

    /// The layer that the session speaks, once a call told.
    pub fn layer(&self, session: SessionRef) -> Option<i32> {
        self.facts(session).map(|facts| facts.layer)
    }

    /// The sessions on which a user is signed in, connected or not, in no order.
    pub fn of_user(&self, user_id: i64) -> Vec<(SessionRef, SessionFacts)> {
        let state = self.state();
        let sessions = state.by_user.get(&user_id).into_iter().flatten();
        sessions
            .filter_map(|session| Some((*session, state.entries.get(session)?.facts?)))
            .collect()
    }

    /// Hands an update to a session; `body` is a whole `Updates` object in the session's layer.
    /// False when the session is not known here. A session that has too much unread is told to
    /// ask for the difference instead.
    pub fn push(&self, session: SessionRef, body: Bytes) -> bool {
        self.state().push(session, body)
    }

    /// Hands the answer of a call to its session. False when the session is gone.
    pub fn deliver(&self, session: SessionRef, msg_id: MsgId, answer: Answer) -> bool {
        self.state().deliver(session, msg_id, answer)
    }

    /// As [`Sessions::deliver`] and [`Sessions::push`], for what reached a connection that does
    /// not have the session (any more).
    pub(crate) fn forward(&self, now: Time, from: &Arc<Mailbox>, command: Command) {
        let (Command::Answer { session, .. } | Command::Push { session, .. }) = &command else {
            return;
        };
        let mut state = self.state();
        let elsewhere = state
            .entries
            .get(session)
            .is_some_and(|entry| !entry.is_at(from));
        if elsewhere {
            state.redirect(now, from, command);
        }
    }

    /// Nobody is signed in on this permanent key any more: its sessions get no more updates.
    pub fn drop_user_key(&self, perm_auth_key_id: i64) {
        let mut state = self.state();
        let sessions = state
            .by_perm_key
            .get(&perm_auth_key_id)
            .cloned()
            .unwrap_or_default();
        for session in sessions {
            let facts = state.entries.get(&session).and_then(|entry| entry.facts);
            let facts = facts.map(|facts| SessionFacts {
                user_id: None,
                wants_updates: false,
                surely: false,
                ..facts
            });
            state.note(session, facts);
        }
    }

    /// As [`Sessions::drop_user_key`], and closes the connections of those sessions: their clients come
    /// back and learn that they are signed out.
    pub(crate) fn close_user_key(&self, perm_auth_key_id: i64) {
        let state = self.state();
        let sessions = state.by_perm_key.get(&perm_auth_key_id);
        for session in sessions.into_iter().flatten() {
            if let Some(Entry {
                place: Place::Attached(mailbox),
                ..
            }) = state.entries.get(session)
            {
                // One that has ended meanwhile needs no closing.
                let _ = mailbox.post(Command::Close);
            }
        }
        drop(state);
        self.drop_user_key(perm_auth_key_id);
    }

    /// Whether some session here is of this key, or of one that is bound to it.
    pub(crate) fn knows(&self, auth_key_id: i64) -> bool {
        let state = self.state();
        state.by_key.contains_key(&auth_key_id) || state.by_perm_key.contains_key(&auth_key_id)
    }

    /// Every key that some session here is of, or is bound to.
    pub(crate) fn keys(&self) -> Vec<i64> {
        let state = self.state();
        let keys: HashSet<i64> = (state.by_key.keys())
            .chain(state.by_perm_key.keys())
            .copied()
            .collect();
        keys.into_iter().collect()
    }

    /// Nobody but `user_id` is signed in on this permanent key: sessions of somebody else are told of
    /// nothing more, and their next call is refused. Calls on their way are still answered.
    pub(crate) fn keep_only(&self, perm_auth_key_id: i64, user_id: Option<i64>) {
        let others = {
            let state = self.state();
            let sessions = state.by_perm_key.get(&perm_auth_key_id);
            sessions.into_iter().flatten().any(|session| {
                let facts = state.entries.get(session).and_then(|entry| entry.facts);
                let before = facts.and_then(|facts| facts.user_id);
                before.is_some() && before != user_id
            })
        };
        if others {
            self.drop_user_key(perm_auth_key_id);
        }
    }

    /// The permanent keys of which some session has a connection now.
    pub(crate) fn connected(&self) -> HashSet<i64> {
        let state = self.state();
        let attached = state.entries.values().filter_map(|entry| {
            let facts = entry.facts?;
            matches!(entry.place, Place::Attached(_)).then_some(facts.perm_auth_key_id)
        });
        attached.collect()
    }

    /// The key itself is gone: its sessions are forgotten, and connections refuse it from now on.
    pub(crate) fn drop_key(&self, auth_key_id: i64) {
        let mut state = self.state();
        let sessions: Vec<SessionRef> = state
            .by_key
            .get(&auth_key_id)
            .into_iter()
            .flatten()
            .map(|session_id| SessionRef {
                auth_key_id,
                session_id: *session_id,
            })
            .collect();
        for session in sessions {
            let entry = state.entries.get(&session);
            if let Some(Entry {
                place: Place::Attached(mailbox),
                ..
            }) = entry
            {
                let mailbox = mailbox.clone();
                // Stays attached until its connection ends: an answer may still be on its way.
                let _ = mailbox.post(Command::ForgetKey(auth_key_id));
                state.note(session, None);
            } else {
                state.remove(session);
            }
        }
    }

    /// How many sessions are known, and how many of them have no connection.
    pub fn counts(&self) -> (usize, usize) {
        let state = self.state();
        (state.entries.len(), state.detached)
    }

    /// Finds a session for the connection `to`, which it is attached to from now on, or as soon
    /// as the connection that has it now gives it away.
    pub(crate) fn find(&self, session: SessionRef, to: &Arc<Mailbox>) -> Found {
        let mut state = self.state();
        let Some(entry) = state.entries.get_mut(&session) else {
            state.make_room(session.auth_key_id);
            state.insert(session, Place::Attached(to.clone()));
            return Found::Here(None);
        };
        match &entry.place {
            Place::Attached(mailbox) if Arc::ptr_eq(mailbox, to) => Found::Here(None),
            Place::Attached(mailbox) => {
                let command = Command::GiveSession {
                    session,
                    to: to.clone(),
                };
                // Open, as the entry says that it is attached.
                match mailbox.post(command) {
                    Ok(()) => Found::Coming,
                    Err(_) => {
                        entry.place = Place::Attached(to.clone());
                        Found::Here(None)
                    }
                }
            }
            Place::Detached(_) => Found::Here(state.take_left(session, to)),
        }
    }

    /// The connection `from` gives a session to the connection `to`. `taken` is `None` when it
    /// had given the session away before; then whoever has it now is asked.
    pub(crate) fn give(
        &self,
        now: Time,
        session: SessionRef,
        taken: Option<Box<Session>>,
        (from, to): (&Arc<Mailbox>, Arc<Mailbox>),
    ) {
        let mut state = self.state();
        state.give(now, session, taken, (from, to));
    }

    /// A session of another connection, or of none, is destroyed at its client's wish. True when
    /// there was one.
    pub(crate) fn destroy(&self, session: SessionRef) -> bool {
        let mut state = self.state();
        match state.remove(session) {
            Some(Place::Attached(mailbox)) => {
                let _ = mailbox.post(Command::DropSession(session));
                true
            }
            Some(Place::Detached(_)) => true,
            None => false,
        }
    }

    /// A connection has ended: its sessions are kept for a while, and what was on its way to
    /// them is delivered.
    #[expect(
        clippy::vec_box,
        reason = "sessions move between connection and registry"
    )]
    pub(crate) fn detach(&self, now: Time, mailbox: &Arc<Mailbox>, sessions: Vec<Box<Session>>) {
        let mut state = self.state();
        let commands = mailbox.close();
        for session in sessions {
            let reference = session.reference();
            let here = state
                .entries
                .get(&reference)
                .is_some_and(|entry| entry.is_at(mailbox));
            if here {
                state.leave(now, reference, session);
            }
        }
        for command in commands {
            state.redirect(now, mailbox, command);
        }
        // A session that was still on its way to this connection: whoever sends it finds the
        // mailbox closed and leaves the session here.
        state.expire_crowd();
    }

    /// Forgets sessions that were left long ago.
    pub(crate) fn expire(&self, now: Time) {
        let mut state = self.state();
        while let Some((left_at, departure, session)) = state.left.front().copied() {
            if now.since(left_at) < self.lifetime && state.is_left(session, departure) {
                break;
            }
            state.left.pop_front();
            if state.is_left(session, departure) {
                state.remove(session);
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock; a panic would be a fault of this file.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
