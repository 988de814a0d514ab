//! One client's connection as a value: bytes, time and answers in; bytes, calls and questions out.
//!
//! It joins the transport, the creation of keys and the sessions that currently use the
//! connection. It does no IO, reads no clock and holds no lock, so a driver needs one task, and a
//! test needs none.
//!
//! # How to drive it
//! After every input, drain [`Connection::poll`] until `None`. Then wait for whatever comes first:
//! bytes (only while [`Connection::wants_read`]), an answer, or [`Connection::wake_at`], which is
//! answered with [`Connection::tick`]. Every question in [`Output`] has exactly one input that
//! answers it:
//!
//! | output | input |
//! |---|---|
//! | [`Output::FindKey`] | [`Connection::key_found`] |
//! | [`Output::FindSession`] | [`Connection::session_found`] |
//! | [`Output::Work`] | [`Connection::work_done`] |
//! | [`Output::StoreKey`] | [`Connection::key_stored`] |
//! | [`Output::Call`], [`Output::DestroyKey`] | [`Connection::answer`] |
//! | [`Output::DestroySession`] | [`Connection::session_destroyed`] |
//! | [`Output::NeedsTooLong`] | [`Connection::push_too_long`] |
//!
//! A slow reader must not make memory grow: while much is unwritten the driver calls
//! [`Connection::hold_sending`]; messages then wait in their sessions, whose queues are bounded.
//!
//! # HTTP
//! The body of each request is one `receive`; then exactly one [`Output::Send`] is its response,
//! or [`Output::Close`] says why there is none. Until then `wants_read` is false.

mod creating;
mod http;
mod keys;
mod receiving;
mod sending;
mod timers;

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::crypto::Random;
use crate::handshake::{self, Job};
use crate::message::Opened;
use crate::salts::Salts;
use crate::session::{Answer, Call, Pushed, Session, release};
use crate::transport::{Frame, Transport};
use crate::{KeyInfo, MsgId, SessionRef, Time, Violation};
use creating::Unstored;
pub use creating::{CONNECTION_JOBS_MAX, StoreKey};
pub use http::HTTP_WAIT_MAX;
use http::Http;
use keys::Keys;
pub use sending::{HTTP_RESPONSE_BYTES_MAX, HTTP_RESPONSE_MESSAGES_MAX};
use timers::Timers;
pub use timers::{
    CONNECTION_IDLE_MAX, CONNECTION_UNUSED_MAX, PING_DISCONNECT_MAX, PING_DISCONNECT_MIN,
    SNIFF_TIME_MAX,
};

/// Most calls of one connection that the server runs at the same time.
/// Chosen: 0026, more wait here, then reading pauses.
pub const CONNECTION_QUEUE_CALLS_MAX: usize = 64;
/// Most bytes of bodies of running calls.
/// Chosen: sixteen upload parts; a single larger call still runs.
pub const CONNECTION_CALL_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Calls that may wait to run before reading pauses. A frame can add a container more.
/// Chosen: one full container.
pub const CONNECTION_WAITING_CALLS_MAX: usize = 1024;
/// Bytes of waiting calls before reading pauses.
/// Chosen: as much as may run.
pub const CONNECTION_WAITING_BYTES_MAX: usize = CONNECTION_CALL_BYTES_MAX;
/// Messages that may wait to be sent before reading pauses.
/// Chosen: one full container of pings.
pub const CONNECTION_UNSENT_MESSAGES_MAX: usize = 1024;
/// Bytes that may wait to be sent before no more calls are started.
/// Chosen: two of the largest answers.
pub const CONNECTION_UNSENT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Most sessions of one connection.
/// Chosen: clients use one, bridges a handful.
pub const CONNECTION_SESSIONS_MAX: usize = 32;
/// Most keys of one connection.
/// Chosen: a client that makes a new temporary key every few minutes stays below this for hours.
pub const CONNECTION_KEYS_MAX: usize = 16;

/// What every connection of a server shares.
#[derive(Debug)]
pub struct Shared {
    /// Computes and checks salts.
    pub salts: Salts,
    /// What key creation needs: RSA keys and the like.
    pub handshake: Arc<handshake::Config>,
}

/// What a connection wants from its driver; see the module documentation for the answers.
#[derive(Debug)]
pub enum Output {
    /// Write these bytes to the client. With WebSocket, one message each.
    Send(Vec<u8>),
    /// Look up an auth key.
    FindKey {
        /// Which.
        auth_key_id: i64,
    },
    /// Fetch the session if the server keeps it, from wherever it is attached.
    FindSession(SessionRef),
    /// Run a piece of key creation off the IO threads.
    Work(Job),
    /// Make a new key durable.
    StoreKey(StoreKey),
    /// Run a call of the API.
    Call(Call),
    /// Forget another session of the same key.
    DestroySession {
        /// Who wants it.
        asked_by: SessionRef,
        /// Which session under `asked_by.auth_key_id`.
        session_id: i64,
    },
    /// Destroy the key of this session; answer with [`Answer::KeyDestroyed`].
    DestroyKey {
        /// Who wants it.
        session: SessionRef,
        /// The message that asks for it.
        msg_id: MsgId,
    },
    /// The session has dropped updates and can now be told so.
    NeedsTooLong(SessionRef),
    /// Write what was sent before, then close. The last output.
    Close(Close),
}

/// Why a connection ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Close {
    /// The client broke the protocol.
    #[error(transparent)]
    Violation(#[from] Violation),
    /// The client used a key that does not exist, has ended or was destroyed.
    #[error("auth key {auth_key_id:016x} is not known")]
    KeyUnknown {
        /// Which.
        auth_key_id: i64,
    },
    /// No framing could be told from what arrived in time.
    #[error("no transport recognised in time")]
    SniffTimeout,
    /// Nothing came for as long as `ping_delay_disconnect` said.
    #[error("client was silent for longer than it promised")]
    PingTimeout,
    /// Nothing came for a long time.
    #[error("client was silent for too long")]
    Idle,
    /// A new key could not be stored.
    #[error("new key could not be stored")]
    KeyNotStored,
}

impl Close {
    /// The transport error that the client is told, negative. It is sent already, except over
    /// HTTP, where the driver answers with this number as the status.
    #[must_use]
    pub fn transport_error(&self) -> Option<i32> {
        match self {
            Close::Violation(violation) => violation.transport_error(),
            Close::KeyUnknown { .. } => Some(crate::TRANSPORT_ERROR_NOT_FOUND),
            _ => None,
        }
    }
}

/// How often what happened, for the server's counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Encrypted messages that opened.
    pub received: u64,
    /// Encrypted messages sent, repetitions included.
    pub sent: u64,
    /// API calls taken.
    pub calls: u64,
    /// Messages refused with `bad_server_salt`.
    pub bad_salts: u64,
    /// Messages refused with `bad_msg_notification`.
    pub bad_msgs: u64,
    /// Messages that had arrived before.
    pub repeated: u64,
    /// Messages whose object could not be read.
    pub unreadable: u64,
}

/// A frame that waits for the server to find its key or session. At most one: reading of later
/// frames pauses meanwhile, so the order is kept and memory is bounded.
#[derive(Debug)]
enum Parked {
    Key {
        auth_key_id: i64,
        frame: Frame,
    },
    Session {
        session: SessionRef,
        opened: Opened,
        quick_ack: bool,
    },
}

/// One client connection.
#[derive(Debug)]
pub struct Connection {
    shared: Arc<Shared>,
    random: Random,
    transport: Transport,
    handshake: Option<Box<handshake::Server>>,
    /// Jobs of key creation that are under way.
    jobs: u32,
    unstored: Option<Box<Unstored>>,
    keys: Keys,
    #[expect(
        clippy::vec_box,
        reason = "sessions move between connection and server"
    )]
    sessions: Vec<Box<Session>>,
    /// Whose turn it is to send or to start a call.
    turn: usize,
    parked: Option<Box<Parked>>,
    outputs: VecDeque<Output>,
    http: Option<Box<Http>>,
    hold: bool,
    /// Frames were left in the transport because too much is waiting.
    stalled: bool,
    ended: bool,
    now: Time,
    timers: Timers,
    counters: Counters,
}

impl Connection {
    /// A connection whose first bytes have not arrived.
    #[must_use]
    pub fn new(now: Time, shared: Arc<Shared>, transport: Transport, random: Random) -> Connection {
        let http = transport.is_http().then(Box::default);
        Connection {
            shared,
            random,
            transport,
            handshake: None,
            jobs: 0,
            unstored: None,
            keys: Keys::default(),
            sessions: Vec::new(),
            turn: 0,
            parked: None,
            outputs: VecDeque::new(),
            http,
            hold: false,
            stalled: false,
            ended: false,
            now,
            timers: Timers::new(now),
            counters: Counters::default(),
        }
    }

    // Inputs.

    /// Takes bytes that arrived, split anywhere; over HTTP the whole body of one request.
    pub fn receive(&mut self, now: Time, bytes: &[u8]) {
        self.now = now;
        if self.ended {
            return;
        }
        self.timers.heard(now);
        if let Some(http) = &mut self.http {
            http.request(now);
        }
        match self.transport.receive(bytes) {
            Ok(()) => self.pump(),
            Err(violation) => self.violated(violation),
        }
    }

    /// Bytes that are still to come of a frame that has begun to arrive. When they are many, reading
    /// into [`Self::read_buffer`] saves a copy and holds no more memory.
    #[must_use]
    pub fn missing_bytes(&self) -> usize {
        self.transport.missing_bytes()
    }

    /// Room for bytes that a driver reads without a copy; then [`Self::received`] takes them.
    pub fn read_buffer(&mut self) -> &mut BytesMut {
        self.transport.read_buffer()
    }

    /// Takes `count` bytes that were appended to [`Self::read_buffer`]. Not for HTTP.
    pub fn received(&mut self, now: Time, count: usize) {
        self.now = now;
        if self.ended {
            return;
        }
        self.timers.heard(now);
        match self.transport.received(count) {
            Ok(()) => self.pump(),
            Err(violation) => self.violated(violation),
        }
    }

    /// Sets the longest frame to accept from now on, in bytes; raise it when the key signs in.
    pub fn limit_payload(&mut self, bytes: usize) {
        self.transport.limit_payload(bytes);
    }

    /// Answers [`Output::FindKey`]; `None` when there is no such key.
    pub fn key_found(&mut self, now: Time, auth_key_id: i64, key: Option<KeyInfo>) {
        self.now = now;
        match self.parked.take().map(|parked| *parked) {
            Some(Parked::Key {
                auth_key_id: parked,
                frame,
            }) if parked == auth_key_id => {
                match key {
                    Some(key) => {
                        self.keys.insert(key);
                        self.frame(frame);
                    }
                    None => self.refuse_key(auth_key_id),
                }
                self.pump();
            }
            other => self.parked = other.map(Box::new),
        }
    }

    /// Answers [`Output::FindSession`]; `None` when the server keeps no such session.
    pub fn session_found(&mut self, now: Time, session: SessionRef, found: Option<Box<Session>>) {
        self.now = now;
        match self.parked.take().map(|parked| *parked) {
            Some(Parked::Session {
                session: parked,
                opened,
                quick_ack,
            }) if parked == session => {
                let mut state = found.unwrap_or_else(|| {
                    Box::new(Session::new(now, session, self.random.u64() as i64))
                });
                state.attach(now, self.http.is_none());
                self.sessions.push(state);
                self.deliver(session, opened, quick_ack);
                self.pump();
            }
            other => self.parked = other.map(Box::new),
        }
    }

    /// Takes the answer to a call; returns false when the session is not here or knows no such
    /// call. What is not here can be given to the session itself, by [`Session::answer`].
    pub fn answer(
        &mut self,
        now: Time,
        session: SessionRef,
        msg_id: MsgId,
        answer: Answer,
    ) -> bool {
        self.now = now;
        let Some(at) = self.find(session) else {
            return false;
        };
        let destroyed = answer == Answer::KeyDestroyed(crate::service::KeyDestroyed::Ok);
        let known = self.sessions[at].answer(msg_id, answer);
        if known && destroyed {
            self.forget_key(session.auth_key_id);
        }
        self.pump();
        known
    }

    /// Takes an update for a session; `None` when the session is not here.
    pub fn push(&mut self, now: Time, session: SessionRef, body: Bytes) -> Option<Pushed> {
        self.now = now;
        let at = self.find(session)?;
        Some(self.sessions[at].push(body))
    }

    /// Answers [`Output::NeedsTooLong`]; `body` is `updatesTooLong`.
    pub fn push_too_long(&mut self, now: Time, session: SessionRef, body: Bytes) -> bool {
        self.now = now;
        self.find(session)
            .is_some_and(|at| self.sessions[at].push_too_long(body))
    }

    /// Answers [`Output::DestroySession`].
    pub fn session_destroyed(
        &mut self,
        now: Time,
        asked_by: SessionRef,
        session_id: i64,
        existed: bool,
    ) {
        self.now = now;
        if let Some(at) = self.find(asked_by) {
            self.sessions[at].session_destroyed(session_id, existed);
        }
    }

    /// The key was destroyed or revoked: its next use is answered with transport error −404.
    pub fn forget_key(&mut self, auth_key_id: i64) {
        self.keys.destroy(auth_key_id);
    }

    /// Stops or resumes the sending of session messages, as the driver's write buffer fills and
    /// empties. Answers of key creation, quick acknowledgements and transport errors still come.
    pub fn hold_sending(&mut self, hold: bool) {
        self.hold = hold;
    }

    /// Gives a session away, because its client has come back on another connection.
    pub fn take_session(&mut self, now: Time, session: SessionRef) -> Option<Box<Session>> {
        self.now = now;
        let at = self.find(session)?;
        if self
            .http
            .as_ref()
            .is_some_and(|http| http.waits_for(session))
        {
            self.respond(at);
        }
        let mut session = self.sessions.remove(at);
        session.detach();
        Some(session)
    }

    /// Ends the connection and gives back its sessions, which outlive it.
    #[must_use]
    pub fn into_sessions(mut self) -> Vec<Box<Session>> {
        self.sessions
            .iter_mut()
            .for_each(|session| session.detach());
        self.sessions
    }

    // Outputs.

    /// The next thing to do, or `None` when the connection waits for input.
    pub fn poll(&mut self) -> Option<Output> {
        loop {
            if let Some(output) = self.outputs.pop_front() {
                release(&mut self.outputs);
                return Some(output);
            }
            if self.ended {
                return None;
            }
            if self.send_next() {
                continue;
            }
            // Sending may have made room for frames that were left in the transport.
            if !self.stalled || self.congested() {
                return None;
            }
            self.pump();
        }
    }

    /// Whether bytes from the client can be taken. While false, leave them in the socket.
    #[must_use]
    pub fn wants_read(&self) -> bool {
        let responding = self.http.as_ref().is_some_and(|http| http.open());
        !self.ended && self.parked.is_none() && !responding && !self.congested()
    }

    /// The data centre that the client named when it connected, if the transport says.
    #[must_use]
    pub fn dc_hint(&self) -> Option<i16> {
        self.transport.dc_hint()
    }

    /// The sessions that are attached here.
    pub fn sessions(&self) -> impl Iterator<Item = SessionRef> + '_ {
        self.sessions.iter().map(|session| session.reference())
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}
