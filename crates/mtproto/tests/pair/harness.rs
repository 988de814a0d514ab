//! Both ends in memory on virtual time, with a server around the connection that answers its
//! questions at once and leaves the calls to the test.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mtproto::client::{CallId, Client, ClientKey, Crafted, Dial, Event};
pub(crate) use mtproto::container::write as container;
use mtproto::crypto::{AuthKey, Random};
use mtproto::salts::Salts;
use mtproto::transport::{Framing, Transport};
use mtproto::{
    Answer, Call, Close, Connection, KeyInfo, MsgId, Output, Pushed, Session, SessionRef, Shared,
    Time,
};

pub(crate) const START: Time = Time::from_unix_seconds(1_700_000_000);
/// `updatesTooLong`, as the server gives it.
pub(crate) const TOO_LONG: Bytes = Bytes::from_static(&[0x7e, 0xaf, 0x17, 0xe3]);

/// An API object of `words` words.
pub(crate) fn object(words: usize) -> Bytes {
    let mut body = vec![0x5a; words * 4];
    body[3] = 0x01;
    Bytes::from(body)
}

pub(crate) fn key(byte: u8) -> KeyInfo {
    KeyInfo {
        key: Arc::new(AuthKey::new([byte; 256])),
        first_salt: 0x1122_3344,
        created_at: START.unix_seconds(),
        expires_at: None,
    }
}

/// What stays when a connection goes.
pub(crate) struct Pair {
    pub(crate) now: Time,
    pub(crate) shared: Arc<Shared>,
    pub(crate) keys: BTreeMap<i64, KeyInfo>,
    pub(crate) kept: BTreeMap<SessionRef, Box<Session>>,
    pub(crate) server: Connection,
    pub(crate) client: Client,
    /// Calls that the server runs.
    pub(crate) calls: VecDeque<Call>,
    /// Everything the client reported, in order.
    pub(crate) events: Vec<Event>,
    /// Other questions of the connection.
    pub(crate) asked: Vec<Output>,
    pub(crate) closed: Option<Close>,
    /// Bytes the server sent, one entry per output.
    pub(crate) written: Vec<Vec<u8>>,
    seed: u8,
}

impl Pair {
    /// A connected pair whose client knows the current salt.
    pub(crate) fn new(framing: Framing) -> Pair {
        let info = key(1);
        let shared = super::shared();
        let salt = shared.salts.current(info.key.id, START);
        let client_key = ClientKey {
            key: Arc::clone(&info.key),
            salt,
        };
        let mut pair = Pair {
            now: START,
            server: connection(&shared, framing, 7, START),
            shared,
            keys: BTreeMap::from([(info.key.id, info)]),
            kept: BTreeMap::new(),
            client: Client::with_key(client_key, Random::new([9; 32])),
            calls: VecDeque::new(),
            events: Vec::new(),
            asked: Vec::new(),
            closed: None,
            written: Vec::new(),
            seed: 7,
        };
        pair.client.connect(START, &Dial::plain(framing));
        pair
    }

    /// A pair whose session is known to the server and whose queues are empty.
    pub(crate) fn settled() -> Pair {
        let mut pair = Pair::new(Framing::Intermediate);
        pair.client.ping(pair.now, 1);
        pair.run();
        pair.client.flush(pair.now);
        pair.run();
        pair.events.clear();
        pair.written.clear();
        pair
    }

    pub(crate) fn salts(&self) -> &Salts {
        &self.shared.salts
    }

    pub(crate) fn session(&self) -> SessionRef {
        self.client.session().expect("has a key")
    }

    /// Carries bytes until both ends are quiet.
    pub(crate) fn run(&mut self) {
        loop {
            let outputs = self.drain_server();
            let sends = self.drain_client();
            if !outputs && !sends {
                return;
            }
        }
    }

    fn drain_client(&mut self) -> bool {
        let mut moved = false;
        while let Some(event) = self.client.poll() {
            moved = true;
            match event {
                Event::Send(bytes) => self.server.receive(self.now, &bytes),
                event => self.events.push(event),
            }
        }
        moved
    }

    fn drain_server(&mut self) -> bool {
        let mut moved = false;
        while let Some(output) = self.server.poll() {
            moved = true;
            match output {
                Output::Send(bytes) => {
                    self.client.receive(self.now, &bytes);
                    self.written.push(bytes);
                }
                Output::FindKey { auth_key_id } => {
                    let found = self.keys.get(&auth_key_id).cloned();
                    self.server.key_found(self.now, auth_key_id, found);
                }
                Output::FindSession(session) => {
                    let found = self.kept.remove(&session);
                    self.server.session_found(self.now, session, found);
                }
                Output::Call(call) => self.calls.push_back(call),
                Output::Close(close) => self.closed = Some(close),
                other => self.asked.push(other),
            }
        }
        moved
    }

    /// Moves time on, waking the server whenever it asks to be woken.
    pub(crate) fn advance(&mut self, duration: Duration) {
        let end = self.now.plus(duration);
        while let Some(at) = self.server.wake_at().filter(|at| *at <= end) {
            assert!(at > self.now, "the connection asks to be woken in the past");
            self.now = at;
            self.server.tick(at);
            self.run();
        }
        self.now = end;
    }

    /// Ends the connection and begins another one for the same client.
    pub(crate) fn reconnect(&mut self, framing: Framing) {
        self.drop_connection(framing);
        self.client.connect(self.now, &Dial::plain(framing));
    }

    /// Ends the connection; the server's next one waits.
    pub(crate) fn drop_connection(&mut self, framing: Framing) {
        self.seed += 1;
        let fresh = connection(&self.shared, framing, self.seed, self.now);
        let old = std::mem::replace(&mut self.server, fresh);
        for session in old.into_sessions() {
            self.kept.insert(session.reference(), session);
        }
        self.closed = None;
        self.client.disconnect();
    }

    /// A call of the client; carried to the server.
    pub(crate) fn call(&mut self) -> CallId {
        let call = self.client.call(self.now, object(3));
        self.run();
        call
    }

    /// A crafted message; carried to the server.
    pub(crate) fn craft(&mut self, crafted: Crafted, body: &[u8]) -> MsgId {
        let sent = self.client.craft(self.now, &crafted, body);
        let (msg_id, _) = sent.expect("has a key");
        self.run();
        msg_id
    }

    /// The server answers the oldest call.
    pub(crate) fn answer(&mut self, body: Bytes) -> MsgId {
        let call = self.calls.pop_front().expect("a call is running");
        let known = self
            .server
            .answer(self.now, call.session, call.msg_id, Answer::Result(body));
        assert!(known);
        self.run();
        call.msg_id
    }

    pub(crate) fn push(&mut self, body: Bytes) -> Option<Pushed> {
        let session = self.session();
        self.server.push(self.now, session, body)
    }

    /// What the client reported since the last look, without the arrival of frames.
    pub(crate) fn news(&mut self) -> Vec<Event> {
        let events = std::mem::take(&mut self.events);
        let arrival = |event: &Event| {
            matches!(
                event,
                Event::Received { .. } | Event::Inner { .. } | Event::Repeated { .. }
            )
        };
        events.into_iter().filter(|event| !arrival(event)).collect()
    }

    /// The ids of the messages that arrived since the last look, in order.
    pub(crate) fn arrived(&self) -> Vec<MsgId> {
        let id = |event: &Event| match event {
            Event::Received { header } => Some(header.msg_id),
            Event::Inner { msg_id } => Some(*msg_id),
            _ => None,
        };
        self.events.iter().filter_map(id).collect()
    }
}

pub(crate) fn connection(
    shared: &Arc<Shared>,
    framing: Framing,
    seed: u8,
    now: Time,
) -> Connection {
    let transport = match framing {
        Framing::Raw => Transport::http(),
        _ => Transport::new(super::detector()),
    };
    Connection::new(now, Arc::clone(shared), transport, Random::new([seed; 32]))
}

/// An id for a moment relative to `now` that the client itself does not come upon.
pub(crate) fn id_at(now: Time, offset_s: i64) -> MsgId {
    let time = Time::from_unix_nanos(now.unix_nanos() + offset_s * 1_000_000_000);
    MsgId(MsgId::at(time, 0).0 + 0x10_0000)
}

/// A payload under `info`'s key that needs no answer: an acknowledgement of nothing.
pub(crate) fn quiet_frame(info: &KeyInfo, salt: i64) -> Vec<u8> {
    let key = ClientKey {
        key: Arc::clone(&info.key),
        salt,
    };
    let mut client = Client::with_key(key, Random::new([info.key.bytes[0]; 32]));
    client.connect(START, &Dial::plain(Framing::Raw));
    client.craft(
        START,
        &Crafted::default(),
        &mtproto::client::request::msgs_ack(&[]),
    );
    match client.poll() {
        Some(Event::Send(payload)) => payload,
        other => panic!("{other:?}"),
    }
}
