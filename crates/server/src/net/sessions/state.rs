//! What the registry holds, and how sessions come, move and go in it. Everything here happens
//! under the registry's lock.

use std::cell::Cell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;
use mtproto::{Answer, MsgId, Session, SessionRef, Time};

use super::{
    Command, Mailbox, SESSIONS_DETACHED_BYTES_MAX, SESSIONS_DETACHED_MAX, SESSIONS_PER_KEY_MAX,
    SessionFacts, UPDATES_TOO_LONG,
};

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) entries: HashMap<SessionRef, Entry>,
    pub(super) by_key: HashMap<i64, HashSet<i64>>,
    pub(super) by_user: HashMap<i64, HashSet<SessionRef>>,
    pub(super) by_perm_key: HashMap<i64, HashSet<SessionRef>>,
    /// Sessions without connection, the one that was left first in front; entries whose number
    /// no longer fits are stale.
    pub(super) left: VecDeque<(Time, u64, SessionRef)>,
    pub(super) detached: usize,
    /// About how many bytes those hold.
    pub(super) detached_bytes: usize,
    pub(super) departures: u64,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) facts: Option<SessionFacts>,
}

#[derive(Debug)]
pub(super) enum Place {
    Attached(Arc<Mailbox>),
    Detached(Left),
}

/// A session without connection.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) session: Box<Session>,
    pub(super) departure: u64,
    /// What it was counted with.
    pub(super) bytes: usize,
}

impl Entry {
    pub(super) fn is_at(&self, mailbox: &Arc<Mailbox>) -> bool {
        matches!(&self.place, Place::Attached(at) if Arc::ptr_eq(at, mailbox))
    }
}

impl State {
    pub(super) fn insert(&mut self, session: SessionRef, place: Place) {
        self.by_key
            .entry(session.auth_key_id)
            .or_default()
            .insert(session.session_id);
        self.entries.insert(session, Entry { place, facts: None });
    }

    pub(super) fn remove(&mut self, session: SessionRef) -> Option<Place> {
        self.note(session, None);
        let entry = self.entries.remove(&session)?;
        take_out(&mut self.by_key, session.auth_key_id, &session.session_id);
        if let Place::Detached(left) = &entry.place {
            self.detached -= 1;
            self.detached_bytes -= left.bytes;
        }
        Some(entry.place)
    }

    /// Attaches a session that has no connection; `None` when there is none, or it has one.
    pub(super) fn take_left(
        &mut self,
        session: SessionRef,
        to: &Arc<Mailbox>,
    ) -> Option<Box<Session>> {
        let entry = self.entries.get_mut(&session)?;
        match std::mem::replace(&mut entry.place, Place::Attached(to.clone())) {
            Place::Detached(left) => {
                self.detached -= 1;
                self.detached_bytes -= left.bytes;
                Some(left.session)
            }
            attached => {
                entry.place = attached;
                None
            }
        }
    }

    /// Hands something to a session wherever it is: by mail when it has a connection.
    pub(super) fn reach(
        &mut self,
        session: SessionRef,
        mail: impl FnOnce(&Mailbox) -> bool,
        change: impl FnOnce(&mut Session) -> bool,
    ) -> bool {
        match self.entries.get_mut(&session).map(|entry| &mut entry.place) {
            Some(Place::Attached(mailbox)) => mail(mailbox),
            Some(Place::Detached(left)) => {
                let done = change(&mut left.session);
                self.detached_bytes -= left.bytes;
                left.bytes = left.session.held_bytes();
                self.detached_bytes += left.bytes;
                self.expire_crowd();
                done
            }
            None => false,
        }
    }

    pub(super) fn push(&mut self, session: SessionRef, body: Bytes) -> bool {
        let copy = body.clone();
        let mail = |mailbox: &Mailbox| mailbox.post_push(session, copy);
        self.reach(session, mail, |session| {
            // The session itself remembers when it had to drop something.
            session.push(body);
            true
        })
    }

    pub(super) fn deliver(&mut self, session: SessionRef, msg_id: MsgId, answer: Answer) -> bool {
        // Only one of the two ways is gone, so the answer is there for it.
        let answer = Cell::new(Some(answer));
        let mail = |mailbox: &Mailbox| {
            answer.take().is_some_and(|answer| {
                mailbox
                    .post(Command::Answer {
                        session,
                        msg_id,
                        answer,
                    })
                    .is_ok()
            })
        };
        let change = |session: &mut Session| {
            answer
                .take()
                .is_some_and(|answer| session.answer(msg_id, answer))
        };
        self.reach(session, mail, change)
    }

    pub(super) fn note(
        &mut self,
        session: SessionRef,
        facts: Option<SessionFacts>,
    ) -> Option<SessionFacts> {
        let entry = self.entries.get_mut(&session)?;
        if entry.facts == facts {
            return facts;
        }
        let before = std::mem::replace(&mut entry.facts, facts);
        if let Some(before) = before {
            take_out(&mut self.by_perm_key, before.perm_auth_key_id, &session);
            if let Some(user_id) = before.user_id {
                take_out(&mut self.by_user, user_id, &session);
            }
        }
        if let Some(facts) = facts {
            self.by_perm_key
                .entry(facts.perm_auth_key_id)
                .or_default()
                .insert(session);
            if let Some(user_id) = facts.user_id {
                self.by_user.entry(user_id).or_default().insert(session);
            }
        }
        before
    }

    /// Keeps a session that has no connection.
    pub(super) fn leave(&mut self, now: Time, reference: SessionRef, session: Box<Session>) {
        self.departures += 1;
        let departure = self.departures;
        let bytes = session.held_bytes();
        let Some(entry) = self.entries.get_mut(&reference) else {
            return;
        };
        let left = Left {
            session,
            departure,
            bytes,
        };
        match std::mem::replace(&mut entry.place, Place::Detached(left)) {
            Place::Attached(_) => self.detached += 1,
            Place::Detached(before) => self.detached_bytes -= before.bytes,
        }
        self.detached_bytes += bytes;
        self.left.push_back((now, departure, reference));
    }

    pub(super) fn is_left(&self, session: SessionRef, number: u64) -> bool {
        let place = self.entries.get(&session).map(|entry| &entry.place);
        matches!(place, Some(Place::Detached(left)) if left.departure == number)
    }

    /// Forgets the sessions left first while there are too many.
    pub(super) fn expire_crowd(&mut self) {
        while self.detached > SESSIONS_DETACHED_MAX
            || self.detached_bytes > SESSIONS_DETACHED_BYTES_MAX
            || self.left.len() > 2 * SESSIONS_DETACHED_MAX
        {
            let Some((_, departure, session)) = self.left.pop_front() else {
                return;
            };
            if self.is_left(session, departure) {
                self.remove(session);
            }
        }
    }

    /// Makes room for one more session of a key.
    pub(super) fn make_room(&mut self, auth_key_id: i64) {
        let Some(ids) = self.by_key.get(&auth_key_id) else {
            return;
        };
        if ids.len() < SESSIONS_PER_KEY_MAX {
            return;
        }
        let references = ids.iter().map(|id| SessionRef {
            auth_key_id,
            session_id: *id,
        });
        let age = |session: &SessionRef| match self.entries.get(session).map(|entry| &entry.place) {
            Some(Place::Detached(left)) => left.departure,
            _ => u64::MAX,
        };
        let Some(first) = references.min_by_key(age) else {
            return;
        };
        if let Some(Place::Attached(mailbox)) = self.remove(first) {
            let _ = mailbox.post(Command::DropSession(first));
        }
    }

    pub(super) fn give(
        &mut self,
        now: Time,
        session: SessionRef,
        taken: Option<Box<Session>>,
        (from, to): (&Arc<Mailbox>, Arc<Mailbox>),
    ) {
        let found = match self.entries.get_mut(&session) {
            None => {
                // Destroyed meanwhile: the other connection begins it anew.
                self.insert(session, Place::Attached(to.clone()));
                None
            }
            Some(entry) if entry.is_at(from) => {
                entry.place = Place::Attached(to.clone());
                taken
            }
            Some(entry) => match &entry.place {
                Place::Attached(mailbox) if !Arc::ptr_eq(mailbox, &to) => {
                    // Open, as the entry says that it is attached.
                    let _ = mailbox.post(Command::GiveSession { session, to });
                    return;
                }
                Place::Attached(_) => taken,
                Place::Detached(_) => self.take_left(session, &to),
            },
        };
        if let Err(Command::SessionFound { found, .. }) =
            to.post(Command::SessionFound { session, found })
        {
            match found {
                Some(state) => self.leave(now, session, state),
                None => drop(self.remove(session)),
            }
        }
    }

    /// Finds a new way for a command whose connection has ended.
    pub(super) fn redirect(&mut self, now: Time, from: &Arc<Mailbox>, command: Command) {
        match command {
            Command::Answer {
                session,
                msg_id,
                answer,
            } => {
                self.deliver(session, msg_id, answer);
            }
            Command::Push { session, body } => {
                self.push(session, body);
            }
            Command::Lagging(session) => {
                self.push(session, UPDATES_TOO_LONG);
            }
            Command::SessionFound {
                session,
                found: Some(state),
            } => {
                let here = self
                    .entries
                    .get(&session)
                    .is_some_and(|entry| entry.is_at(from));
                if here {
                    self.leave(now, session, state);
                }
            }
            Command::SessionFound {
                session,
                found: None,
            } => {
                if self
                    .entries
                    .get(&session)
                    .is_some_and(|entry| entry.is_at(from))
                {
                    self.remove(session);
                }
            }
            Command::GiveSession { session, to } => self.give(now, session, None, (from, to)),
            Command::KeyFound { .. }
            | Command::WorkDone(_)
            | Command::KeyStored { .. }
            | Command::DropSession(_)
            | Command::ForgetKey(_)
            | Command::Drain
            | Command::Close => {}
        }
    }
}

fn take_out<V: Eq + std::hash::Hash>(map: &mut HashMap<i64, HashSet<V>>, key: i64, value: &V) {
    if let Some(values) = map.get_mut(&key) {
        values.remove(value);
        if values.is_empty() {
            map.remove(&key);
        }
    }
}
