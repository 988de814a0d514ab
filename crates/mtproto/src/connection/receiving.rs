//! From frames to sessions: which key, which session, or the creation of a key.

use super::keys::Known;
use super::{
    CONNECTION_CALL_BYTES_MAX, CONNECTION_JOBS_MAX, CONNECTION_KEYS_MAX,
    CONNECTION_QUEUE_CALLS_MAX, CONNECTION_SESSIONS_MAX, CONNECTION_UNSENT_BYTES_MAX,
    CONNECTION_UNSENT_MESSAGES_MAX, CONNECTION_WAITING_BYTES_MAX, CONNECTION_WAITING_CALLS_MAX,
    Close, Connection, Output, Parked,
};
use crate::crypto::kdf::Direction;
use crate::message::{self, Opened};
use crate::session::{Effects, Receiver, Session};
use crate::transport::Frame;
use crate::{KeyInfo, SessionRef, Violation};

impl Connection {
    /// Handles the frames that have arrived, as far as limits and open questions allow.
    pub(super) fn pump(&mut self) {
        self.stalled = false;
        while !self.ended && self.parked.is_none() {
            if self.congested() {
                self.stalled = true;
                break;
            }
            match self.transport.next_frame() {
                Ok(Some(frame)) => self.frame(frame),
                Ok(None) => break,
                Err(violation) => self.violated(violation),
            }
        }
        self.start_calls();
    }

    /// Whether so much waits that the client has to slow down.
    pub(super) fn congested(&self) -> bool {
        let (mut calls, mut call_bytes, mut messages) = (0, 0, 0);
        for session in &self.sessions {
            let (number, bytes) = session.calls_waiting();
            calls += number;
            call_bytes += bytes;
            messages += session.unsent().0;
        }
        self.jobs >= CONNECTION_JOBS_MAX
            || calls >= CONNECTION_WAITING_CALLS_MAX
            || call_bytes >= CONNECTION_WAITING_BYTES_MAX
            || messages >= CONNECTION_UNSENT_MESSAGES_MAX
    }

    /// Sorts one frame by its first eight bytes and by nothing else: a client may use its key in
    /// the middle of making another one.
    pub(super) fn frame(&mut self, frame: Frame) {
        let Some(auth_key_id) = message::auth_key_id(&frame.payload) else {
            let length = frame.payload.len();
            return self.violated(Violation::EnvelopeLength { length });
        };
        if auth_key_id == 0 {
            return self.plain(frame.payload);
        }
        match self.keys.known(auth_key_id) {
            Known::Usable(key) => self.open(&key, frame),
            Known::Destroyed => self.refuse_key(auth_key_id),
            Known::No if self.keys.len() >= CONNECTION_KEYS_MAX => {
                self.violated(Violation::TooManyKeys {
                    limit: CONNECTION_KEYS_MAX,
                });
            }
            Known::No => {
                self.parked = Some(Box::new(Parked::Key { auth_key_id, frame }));
                self.outputs.push_back(Output::FindKey { auth_key_id });
            }
        }
    }

    fn open(&mut self, key: &KeyInfo, frame: Frame) {
        if key.expired(self.now) {
            return self.refuse_key(key.key.id);
        }
        let opened = match message::open(frame.payload, &key.key, Direction::ToServer) {
            Ok(opened) => opened,
            Err(violation) => return self.violated(violation),
        };
        self.counters.received += 1;
        let session_id = opened.header.session_id;
        let session = SessionRef {
            auth_key_id: key.key.id,
            session_id,
        };
        if self.find(session).is_some() {
            self.deliver(session, opened, frame.quick_ack);
        } else if self.sessions.len() >= CONNECTION_SESSIONS_MAX {
            self.violated(Violation::TooManySessions {
                limit: CONNECTION_SESSIONS_MAX,
            });
        } else {
            let quick_ack = frame.quick_ack;
            self.parked = Some(Box::new(Parked::Session {
                session,
                opened,
                quick_ack,
            }));
            self.outputs.push_back(Output::FindSession(session));
        }
    }

    pub(super) fn find(&self, session: SessionRef) -> Option<usize> {
        self.sessions
            .iter()
            .position(|known| known.reference() == session)
    }

    /// Hands a verified message to its session, which is attached.
    pub(super) fn deliver(&mut self, session: SessionRef, opened: Opened, quick_ack: bool) {
        let Some(at) = self.find(session) else { return };
        let Known::Usable(key) = self.keys.known(session.auth_key_id) else {
            return self.refuse_key(session.auth_key_id);
        };
        let token = opened.quick_ack;
        let mut receiver = Receiver {
            now: self.now,
            salts: &self.shared.salts,
            key: &key,
            counters: &mut self.counters,
            effects: Effects::default(),
        };
        self.sessions[at].receive(&mut receiver, opened);
        let effects = receiver.effects;
        if quick_ack && effects.accepted {
            let mut out = Vec::new();
            self.transport.quick_ack(token, &mut out);
            self.send(out);
        }
        if let Some(delay_s) = effects.disconnect_delay_s {
            self.timers.promise(delay_s);
        }
        if let Some(http) = &mut self.http {
            http.belongs_to(session, effects.http_wait);
        }
        for session_id in effects.destroy_sessions {
            self.outputs.push_back(Output::DestroySession {
                asked_by: session,
                session_id,
            });
        }
        for msg_id in effects.destroy_key {
            self.outputs
                .push_back(Output::DestroyKey { session, msg_id });
        }
    }

    /// Hands waiting calls to the server, the sessions in turn.
    pub(super) fn start_calls(&mut self) {
        while !self.ended && self.start_call() {}
    }

    fn start_call(&mut self) -> bool {
        let sum = |of: fn(&Session) -> (usize, usize)| {
            let pairs = self.sessions.iter().map(|session| of(session));
            pairs.fold((0, 0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1))
        };
        let (calls, bytes) = sum(Session::running);
        let (_, unsent_bytes) = sum(Session::unsent);
        if calls >= CONNECTION_QUEUE_CALLS_MAX
            || (calls > 0 && unsent_bytes >= CONNECTION_UNSENT_BYTES_MAX)
        {
            return false;
        }
        let room = CONNECTION_CALL_BYTES_MAX.saturating_sub(bytes);
        let room = if calls == 0 { usize::MAX } else { room };
        let count = self.sessions.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            if let Some(call) = self.sessions[at].next_call(room) {
                self.turn = at + 1;
                self.outputs.push_back(Output::Call(call));
                return true;
            }
        }
        false
    }

    /// The key cannot be used: transport error −404, then the end.
    pub(super) fn refuse_key(&mut self, auth_key_id: i64) {
        self.close(Close::KeyUnknown { auth_key_id });
    }

    pub(super) fn violated(&mut self, violation: Violation) {
        self.close(Close::Violation(violation));
    }

    /// Says the transport error that belongs to the reason, then ends. What sessions have still
    /// to send stays with them.
    pub(super) fn close(&mut self, reason: Close) {
        if self.ended {
            return;
        }
        if let Some(code) = reason.transport_error() {
            let mut out = Vec::new();
            self.transport.transport_error(code, &mut out);
            self.send(out);
        }
        self.ended = true;
        self.parked = None;
        self.outputs.push_back(Output::Close(reason));
    }

    /// Bytes for the client, unless the transport had none to say.
    pub(super) fn send(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.outputs.push_back(Output::Send(bytes));
        }
    }
}
