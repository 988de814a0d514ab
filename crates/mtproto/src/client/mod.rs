//! The client's end of the protocol, without IO as the server's: for tests, the simulator, the
//! test kit and benches. It speaks every framing, makes keys, sends calls and collects answers.

mod session;

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};

pub use crate::binding::write_binding;
use crate::container::Inner;
use crate::crypto::rsa::PublicKey;
use crate::crypto::{AuthKey, Random};
pub use crate::handshake::client as handshake;
use crate::handshake::client::ClientStep;
use crate::salts::FutureSalt;
pub use crate::service::request;
use crate::service::{HttpWait, KeyDestroyed};
use crate::transport::Framing;
pub use crate::transport::client::Obfuscation;
use crate::transport::client::{ClientTransport, Received};
use crate::{Header, MsgId, SessionRef, Time, message, plain};
use session::ClientSession;

/// A call across all ids under which it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// A key with the salt to begin with.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientKey {
    /// The secret.
    pub key: Arc<AuthKey>,
    /// The salt; what the server expects may differ, then it says so.
    pub salt: i64,
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct Dial {
    /// The framing; [`Framing::Raw`] for HTTP.
    pub framing: Framing,
    /// Whether and how to obfuscate.
    pub obfuscation: Option<Obfuscation>,
}

impl Dial {
    /// A plain connection with this framing.
    #[must_use]
    pub fn plain(framing: Framing) -> Dial {
        Dial {
            framing,
            obfuscation: None,
        }
    }
}

/// What the client has to report, or to have written.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    missing_docs,
    reason = "the variants are the service messages of the same name"
)]
pub enum Event {
    /// Write these bytes to the server; over HTTP, the body of one request.
    Send(Vec<u8>),
    /// A key has been made; the time is the server's, in Unix seconds.
    NewKey {
        key: ClientKey,
        server_time: i32,
    },
    /// A frame of the server has opened.
    Received {
        header: Header,
    },
    /// A message inside a container.
    Inner {
        msg_id: MsgId,
    },
    /// A container without messages, as HTTP responses may be.
    EmptyContainer,
    /// The result of a call, unpacked; `call` is `None` when nothing waits for it.
    Result {
        call: Option<CallId>,
        msg_id: MsgId,
        body: Bytes,
    },
    /// An error instead of a result.
    Error {
        call: Option<CallId>,
        msg_id: MsgId,
        code: i32,
        message: String,
    },
    /// Any other object: an update.
    Update(Bytes),
    /// A content message that had arrived before.
    Repeated {
        msg_id: MsgId,
    },
    NewSession {
        first_msg_id: MsgId,
        unique_id: i64,
    },
    BadSalt {
        msg_id: MsgId,
        salt: i64,
    },
    BadMsg {
        msg_id: MsgId,
        seq_no: i32,
        code: i32,
    },
    Acked(Vec<MsgId>),
    Pong {
        msg_id: MsgId,
        ping_id: i64,
    },
    FutureSalts {
        req_msg_id: MsgId,
        now_unix_s: i32,
        salts: Vec<FutureSalt>,
    },
    States {
        req_msg_id: MsgId,
        info: Bytes,
    },
    SessionDestroyed {
        session_id: i64,
        existed: bool,
    },
    KeyDestroyed(KeyDestroyed),
    QuickAck(u32),
    TransportError(i32),
    /// A frame for a session that is not ours.
    ForeignSession(i64),
    /// What came cannot be read.
    Broken(String),
}

/// A message to send exactly as described, for tests of what servers must refuse.
#[derive(Debug, Clone, Default)]
pub struct Crafted {
    /// The id; the next regular one when `None`.
    pub msg_id: Option<MsgId>,
    /// The number; that of a content message when `None`.
    pub seq_no: Option<i32>,
    /// The salt; the current one when `None`.
    pub salt: Option<i64>,
    /// The session; ours when `None`.
    pub session_id: Option<i64>,
    /// Whether to ask for a quick acknowledgement.
    pub quick_ack: bool,
}

/// One client with at most one session, over one connection at a time.
#[derive(Debug)]
pub struct Client {
    random: Random,
    transport: Option<ClientTransport>,
    session: Option<ClientSession>,
    handshake: Option<handshake::Client>,
    events: VecDeque<Event>,
    framing: Framing,
}

impl Client {
    /// A client without a key, not connected.
    #[must_use]
    pub fn new(random: Random) -> Client {
        Client {
            random,
            transport: None,
            session: None,
            handshake: None,
            events: VecDeque::new(),
            framing: Framing::Raw,
        }
    }

    /// A client with a key and a fresh session, not connected.
    #[must_use]
    pub fn with_key(key: ClientKey, random: Random) -> Client {
        let mut client = Client::new(random);
        client.use_key(key);
        client
    }

    /// Begins a fresh session under this key; calls of an older session are forgotten.
    pub fn use_key(&mut self, key: ClientKey) {
        let id = self.random.u64() as i64 | 1;
        self.session = Some(ClientSession::new(key, id));
    }

    /// Makes a key over the current connection; it is reported as [`Event::NewKey`] and not used
    /// by itself. An earlier run is given up; the session goes on meanwhile.
    pub fn make_key(&mut self, keys: Vec<PublicKey>, options: handshake::Options) {
        let random = self.random.fork();
        let (handshake, body) = handshake::Client::start(keys, options, random);
        self.handshake = Some(handshake);
        self.plain(&body);
    }

    /// Begins a connection. The bytes that open it go out with the first message.
    ///
    /// What has no answer is sent again under its old ids, so that the server can tell.
    pub fn connect(&mut self, now: Time, dial: &Dial) {
        let mut out = Vec::new();
        let transport = match &dial.obfuscation {
            Some(how) => ClientTransport::obfuscated(dial.framing, how, &mut self.random, &mut out),
            None => ClientTransport::new(dial.framing, &mut out),
        };
        self.transport = Some(transport);
        self.framing = dial.framing;
        self.emit(out);
        self.repeat(now);
    }

    /// The connection is gone.
    pub fn disconnect(&mut self) {
        self.transport = None;
        self.events.retain(|event| !matches!(event, Event::Send(_)));
    }

    /// Whether there is a connection.
    #[must_use]
    pub fn connected(&self) -> bool {
        self.transport.is_some()
    }

    /// The session, if there is a key.
    #[must_use]
    pub fn session(&self) -> Option<SessionRef> {
        self.session.as_ref().map(ClientSession::reference)
    }

    /// The salt that messages carry; 0 without a session.
    #[must_use]
    pub fn salt(&self) -> i64 {
        self.session.as_ref().map_or(0, |session| session.salt)
    }

    /// Whether received content is acknowledged with the next message or [`Self::flush`].
    pub fn auto_ack(&mut self, on: bool) {
        if let Some(session) = &mut self.session {
            session.auto_ack = on;
        }
    }

    /// The calls that wait for an answer, with their current ids.
    pub fn waiting(&self) -> impl Iterator<Item = (MsgId, CallId)> + '_ {
        self.session.iter().flat_map(ClientSession::waiting)
    }

    /// Sends a call; while there is no connection, with the next one.
    pub fn call(&mut self, now: Time, body: Bytes) -> CallId {
        self.calls(now, vec![body])
            .into_iter()
            .next()
            .unwrap_or(CallId(0))
    }

    /// Sends calls, more than one in a container. Without a key there is nothing to call with,
    /// and no ids are returned.
    pub fn calls(&mut self, now: Time, bodies: Vec<Bytes>) -> Vec<CallId> {
        let Some(session) = &mut self.session else {
            return Vec::new();
        };
        let mut ids = Vec::new();
        let mut messages = Vec::new();
        for body in bodies {
            let (id, message) = session.plan(now, body);
            ids.push(id);
            messages.push(message);
        }
        self.send(now, messages, false);
        ids
    }

    /// Sends service messages and acknowledgements, more than one in a container.
    pub fn service(&mut self, now: Time, bodies: Vec<Bytes>) -> Vec<MsgId> {
        let Some(session) = &mut self.session else {
            return Vec::new();
        };
        let mut ids = Vec::new();
        let mut messages = Vec::new();
        for body in bodies {
            let (msg_id, seq_no) = (session.next_id(now), session.next_seq_no(false));
            ids.push(msg_id);
            messages.push(Inner {
                msg_id,
                seq_no,
                body,
            });
        }
        self.send(now, messages, false);
        ids
    }

    /// Sends a ping.
    pub fn ping(&mut self, now: Time, ping_id: i64) {
        self.service(now, vec![request::ping(ping_id)]);
    }

    /// Sends everything without an answer again, under the old ids.
    pub fn repeat(&mut self, now: Time) {
        let unanswered = self
            .session
            .as_ref()
            .map(ClientSession::unanswered)
            .unwrap_or_default();
        if !unanswered.is_empty() {
            self.send(now, unanswered, true);
        }
    }

    /// Sends the acknowledgements that are due, if any.
    pub fn flush(&mut self, now: Time) {
        self.send(now, Vec::new(), false);
    }

    /// Sends one message exactly as described and returns its id and quick acknowledgement token;
    /// `None` without a key.
    pub fn craft(&mut self, now: Time, crafted: &Crafted, body: &[u8]) -> Option<(MsgId, u32)> {
        let session = self.session.as_mut()?;
        let msg_id = crafted.msg_id.unwrap_or_else(|| session.next_id(now));
        let seq_no = crafted.seq_no.unwrap_or_else(|| session.next_seq_no(true));
        let header = Header {
            salt: crafted.salt.unwrap_or(session.salt),
            session_id: crafted.session_id.unwrap_or(session.id),
            msg_id,
            seq_no,
        };
        let (payload, token) = session.seal_with(header, body, &mut self.random);
        self.frame(&payload, crafted.quick_ack);
        Some((msg_id, token))
    }

    /// Sends a payload that is no message of the session.
    pub fn raw_payload(&mut self, payload: &[u8]) {
        self.frame(payload, false);
    }

    /// Takes bytes of the server, split anywhere; over HTTP the body of one response.
    pub fn receive(&mut self, now: Time, bytes: &[u8]) {
        let Some(transport) = &mut self.transport else {
            return;
        };
        transport.receive(bytes);
        loop {
            let Some(transport) = &mut self.transport else {
                return;
            };
            match transport.next() {
                Ok(Some(Received::Payload(payload))) => self.payload(now, payload),
                Ok(Some(Received::QuickAck(token))) => {
                    self.events.push_back(Event::QuickAck(token));
                }
                Ok(Some(Received::Error(code))) => {
                    self.events.push_back(Event::TransportError(code));
                }
                Ok(None) => return,
                Err(violation) => {
                    self.events.push_back(Event::Broken(violation.to_string()));
                    return;
                }
            }
        }
    }

    /// The next thing that happened or has to be written.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn payload(&mut self, now: Time, payload: BytesMut) {
        if message::auth_key_id(&payload) == Some(0) {
            return self.handshake_answer(payload);
        }
        let Some(session) = &mut self.session else {
            return;
        };
        let (todo, events) = session.receive(payload);
        self.events.extend(events);
        let again = session.replan(now, &todo.resend);
        if !again.is_empty() {
            self.send(now, again, false);
        }
    }

    fn handshake_answer(&mut self, payload: BytesMut) {
        let Some(handshake) = &mut self.handshake else {
            return;
        };
        let step = match plain::read(payload) {
            Ok(message) => handshake
                .handle(&message.body)
                .map_err(|error| error.to_string()),
            Err(violation) => Err(violation.to_string()),
        };
        match step {
            Ok(ClientStep::Send(body)) => self.plain(&body),
            Ok(ClientStep::Done {
                key,
                first_salt,
                server_time,
            }) => {
                self.handshake = None;
                let key = ClientKey {
                    key,
                    salt: first_salt,
                };
                self.events.push_back(Event::NewKey { key, server_time });
            }
            Err(error) => {
                self.handshake = None;
                self.events.push_back(Event::Broken(error));
            }
        }
    }

    /// Sends a plain message; its id is 0, as with some real clients.
    fn plain(&mut self, body: &[u8]) {
        let mut payload = Vec::new();
        plain::write(0, body, &mut payload);
        self.frame(&payload, false);
    }

    /// Sends messages with the acknowledgements that are due.
    fn send(&mut self, now: Time, mut messages: Vec<Inner>, in_container: bool) {
        let Some(session) = self.session.as_mut().filter(|_| self.transport.is_some()) else {
            return;
        };
        if self.framing == Framing::Raw {
            let (msg_id, seq_no) = (session.next_id(now), session.next_seq_no(false));
            let wait = HttpWait {
                max_delay_ms: 0,
                wait_after_ms: 0,
                max_wait_ms: 25_000,
            };
            messages.push(Inner {
                msg_id,
                seq_no,
                body: request::http_wait(wait),
            });
        }
        messages.extend(session.take_acks(now));
        if messages.is_empty() {
            return;
        }
        let in_container = in_container || messages.len() > 1;
        let payload = session.seal(now, &messages, in_container, &mut self.random);
        self.frame(&payload, false);
    }

    fn frame(&mut self, payload: &[u8], quick_ack: bool) {
        let Some(transport) = &mut self.transport else {
            return;
        };
        let mut out = Vec::new();
        transport.send(payload, quick_ack, &mut self.random, &mut out);
        self.emit(out);
    }

    fn emit(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.events.push_back(Event::Send(bytes));
        }
    }
}
