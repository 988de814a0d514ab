//! A server with its registry of sessions, some clients, and everything that is checked about
//! them while faults happen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use mtproto::client::{Client, ClientKey, Dial, Event, Obfuscation};
use mtproto::connection::CONNECTION_QUEUE_CALLS_MAX;
use mtproto::crypto::{AuthKey, Random};
use mtproto::transport::{Detector, Framing, Transport};
use mtproto::{
    Answer, Call, Close, Connection, KeyInfo, MsgId, Output, Pushed, Session, SessionRef, Shared,
    Time,
};

use crate::network::Pipe;
use crate::peer::{Peer, Stats, TOO_LONG};

pub(crate) const START: Time = Time::from_unix_seconds(1_700_000_000);
/// Bytes under way to a client beyond which the simulated driver stops sending.
const WRITE_BUFFER_BYTES: usize = 8 * 1024;

/// One line between a client and a connection of the server.
struct Line {
    client: usize,
    /// Whether the client still uses it; the server may not know that it does not.
    client_up: bool,
    server: Connection,
    to_server: Pipe,
    to_client: Pipe,
}

/// Everything.
pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) random: Random,
    pub(crate) peers: Vec<Peer>,
    shared: Arc<Shared>,
    key: KeyInfo,
    lines: BTreeMap<u64, Line>,
    next_line: u64,
    kept: BTreeMap<SessionRef, Box<Session>>,
    /// Calls that run, by the moment they end.
    running: BTreeMap<(Time, u64), Call>,
    /// Connections whose end the server has yet to notice.
    dying: BTreeMap<(Time, u64), u64>,
    /// How often what ran, since the server last lost its memory.
    executed: BTreeMap<(SessionRef, MsgId), u32>,
    serial: u64,
    pub(crate) restarted: bool,
    pub(crate) stats: Stats,
}

impl World {
    pub(crate) fn new(seed: u64, shared: Arc<Shared>) -> World {
        let mut seed_bytes = [0; 32];
        seed_bytes[..8].copy_from_slice(&seed.to_le_bytes());
        let mut random = Random::new(seed_bytes);
        let key = KeyInfo {
            key: Arc::new(AuthKey::new(random.array())),
            first_salt: 5,
            created_at: START.unix_seconds(),
            expires_at: None,
        };
        let count = 1 + random.below(3);
        let peers = (0..count).map(|_| {
            let client_key = ClientKey {
                key: Arc::clone(&key.key),
                salt: 0,
            };
            let skew_ms = random.below(40_000) as i64 - 20_000;
            Peer::new(Client::with_key(client_key, random.fork()), skew_ms)
        });
        World {
            now: START,
            peers: peers.collect(),
            random,
            shared,
            key,
            lines: BTreeMap::new(),
            next_line: 0,
            kept: BTreeMap::new(),
            running: BTreeMap::new(),
            dying: BTreeMap::new(),
            executed: BTreeMap::new(),
            serial: 0,
            restarted: false,
            stats: Stats::default(),
        }
    }

    /// The time on a client's own clock.
    fn clock(&self, peer: usize) -> Time {
        Time::from_unix_nanos(self.now.unix_nanos() + self.peers[peer].skew_ms * 1_000_000)
    }

    pub(crate) fn connected(&self, peer: usize) -> bool {
        self.peers[peer].line.is_some()
    }

    // What happens.

    pub(crate) fn connect(&mut self, peer: usize) {
        let framings = [
            Framing::Abridged,
            Framing::Intermediate,
            Framing::Padded,
            Framing::Full,
        ];
        let framing = framings[self.random.below(4) as usize];
        let obfuscation = (self.random.below(2) == 0).then(Obfuscation::default);
        let transport = Transport::new(Arc::new(Detector::default()));
        let random = self.random.fork();
        let shared = Arc::clone(&self.shared);
        let line = Line {
            client: peer,
            client_up: true,
            server: Connection::new(self.now, shared, transport, random),
            to_server: Pipe::default(),
            to_client: Pipe::default(),
        };
        self.lines.insert(self.next_line, line);
        self.peers[peer].line = Some(self.next_line);
        self.next_line += 1;
        let clock = self.clock(peer);
        self.peers[peer].client.connect(
            clock,
            &Dial {
                framing,
                obfuscation,
            },
        );
    }

    /// The client calls once or several times.
    pub(crate) fn call(&mut self, peer: usize) {
        let clock = self.clock(peer);
        let count = 1 + self.random.below(4);
        let bodies: Vec<Bytes> = (0..count)
            .map(|_| self.unique_object(0x0100_0000))
            .collect();
        let peer = &mut self.peers[peer];
        let ids = peer.client.calls(clock, bodies.clone());
        peer.expected.extend(ids.into_iter().zip(bodies));
        self.stats.calls += count;
    }

    pub(crate) fn repeat(&mut self, peer: usize) {
        let clock = self.clock(peer);
        self.peers[peer].client.repeat(clock);
        self.stats.repeats += 1;
    }

    /// The client says what it has received, so that the server can forget it.
    pub(crate) fn flush(&mut self, peer: usize) {
        let clock = self.clock(peer);
        self.peers[peer].client.flush(clock);
    }

    pub(crate) fn ping(&mut self, peer: usize) {
        let clock = self.clock(peer);
        self.peers[peer].client.ping(clock, 1);
    }

    /// The server has updates for a client.
    pub(crate) fn push(&mut self, peer: usize, count: u64) {
        for _ in 0..count {
            let body = self.unique_object(0x0200_0000);
            let Some(session) = self.peers[peer].client.session() else {
                return;
            };
            let pushed = match self
                .lines
                .values_mut()
                .find(|l| l.server.sessions().any(|s| s == session))
            {
                Some(line) => line.server.push(self.now, session, body.clone()),
                None => self
                    .kept
                    .get_mut(&session)
                    .map(|kept| kept.push(body.clone())),
            };
            match pushed {
                Some(Pushed::Queued) => {
                    self.peers[peer].pushed.insert(body);
                    self.stats.updates += 1;
                }
                Some(Pushed::Lagging) => {
                    self.peers[peer].lagged = true;
                    self.peers[peer].told = false;
                    self.stats.lags += 1;
                }
                None => (),
            }
        }
    }

    /// The line is cut at any byte. The server may notice only later.
    pub(crate) fn cut(&mut self, peer: usize) {
        let Some(id) = self.peers[peer].line.take() else {
            return;
        };
        self.stats.cuts += 1;
        let Some(line) = self.lines.get_mut(&id) else {
            return;
        };
        line.client_up = false;
        let (to_server, to_client) = (
            line.to_server.cut(&mut self.random),
            line.to_client.cut(&mut self.random),
        );
        line.server.receive(self.now, &to_server);
        let clock = self.clock(peer);
        self.peers[peer].client.receive(clock, &to_client);
        self.drain_client(peer);
        self.peers[peer].client.disconnect();
        let notice = Duration::from_millis(self.random.below(2) * self.random.below(40_000));
        self.serial += 1;
        self.dying.insert((self.now.plus(notice), self.serial), id);
    }

    /// The server forgets everything that is not durable.
    pub(crate) fn restart(&mut self) {
        for peer in 0..self.peers.len() {
            self.cut(peer);
        }
        self.lines.clear();
        self.dying.clear();
        self.kept.clear();
        self.running.clear();
        self.executed.clear();
        self.restarted = true;
        self.stats.restarts += 1;
    }

    fn unique_object(&mut self, id: u32) -> Bytes {
        self.serial += 1;
        let mut body = id.to_le_bytes().to_vec();
        body.extend(self.serial.to_le_bytes());
        let large = self.random.below(10) == 0;
        let words = self.random.below(if large { 2_000 } else { 30 });
        body.resize(12 + 4 * words as usize, 0x77);
        Bytes::from(body)
    }

    // The passing of time.

    /// Carries on until `end`.
    pub(crate) fn run_until(&mut self, end: Time) {
        self.settle();
        while let Some(at) = self.next_at().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.deliver();
            self.settle();
        }
        self.now = end;
    }

    fn next_at(&self) -> Option<Time> {
        let lines = self.lines.values().flat_map(|line| {
            // What the server does not want to read now is read once something else has changed.
            let reads = line
                .to_server
                .next_at()
                .filter(|_| line.server.wants_read());
            [reads, line.to_client.next_at(), line.server.wake_at()]
        });
        let running = self.running.keys().next().map(|(at, _)| *at);
        let dying = self.dying.keys().next().map(|(at, _)| *at);
        lines.chain([running, dying]).flatten().min()
    }

    /// Everything that is due now.
    fn deliver(&mut self) {
        let ids: Vec<u64> = self.lines.keys().copied().collect();
        for id in ids {
            self.deliver_to_server(id);
            self.deliver_to_client(id);
        }
        while let Some(entry) = self.running.first_entry()
            && entry.key().0 <= self.now
        {
            let call = entry.remove();
            self.answer(call);
        }
        while let Some(entry) = self.dying.first_entry()
            && entry.key().0 <= self.now
        {
            let id = entry.remove();
            self.end(id);
        }
    }

    fn deliver_to_server(&mut self, id: u64) {
        while let Some(line) = self.lines.get_mut(&id)
            && line.server.wants_read()
            && let Some(piece) = line.to_server.read(self.now)
        {
            line.server.receive(self.now, &piece);
            self.drain_server(id);
        }
        let now = self.now;
        if let Some(line) = self.lines.get_mut(&id)
            && line.server.wake_at().is_some_and(|at| at <= now)
        {
            line.server.tick(now);
        }
    }

    fn deliver_to_client(&mut self, id: u64) {
        let Some(line) = self.lines.get(&id) else {
            return;
        };
        let (peer, up) = (line.client, line.client_up);
        let clock = self.clock(peer);
        while let Some(line) = self.lines.get_mut(&id)
            && let Some(piece) = line.to_client.read(self.now)
        {
            if up {
                self.peers[peer].client.receive(clock, &piece);
            }
        }
    }

    fn settle(&mut self) {
        for peer in 0..self.peers.len() {
            self.drain_client(peer);
        }
        let ids: Vec<u64> = self.lines.keys().copied().collect();
        ids.into_iter().for_each(|id| self.drain_server(id));
    }

    // The server.

    fn end(&mut self, id: u64) {
        let Some(line) = self.lines.remove(&id) else {
            return;
        };
        for session in line.server.into_sessions() {
            let before = self.kept.insert(session.reference(), session);
            assert!(before.is_none(), "a session was in two places");
        }
    }

    fn answer(&mut self, call: Call) {
        let answer = match self.random.below(3) {
            0 => Answer::Compressible(call.body.clone()),
            _ => Answer::Result(call.body.clone()),
        };
        let (session, msg_id) = (call.session, call.msg_id);
        for line in self.lines.values_mut() {
            if line.server.sessions().any(|attached| attached == session) {
                assert!(line.server.answer(self.now, session, msg_id, answer));
                return;
            }
        }
        if let Some(kept) = self.kept.get_mut(&session) {
            assert!(kept.answer(msg_id, answer));
        }
    }

    fn drain_server(&mut self, id: u64) {
        loop {
            let Some(line) = self.lines.get_mut(&id) else {
                return;
            };
            line.server
                .hold_sending(line.to_client.under_way() > WRITE_BUFFER_BYTES);
            let Some(output) = line.server.poll() else {
                return;
            };
            match output {
                Output::Send(bytes) => line.to_client.write(self.now, &bytes, &mut self.random),
                Output::FindKey { auth_key_id } => {
                    let found = Some(self.key.clone()).filter(|key| key.key.id == auth_key_id);
                    line.server.key_found(self.now, auth_key_id, found);
                }
                Output::FindSession(session) => self.find_session(id, session),
                Output::Call(call) => self.run_call(call),
                Output::NeedsTooLong(session) => {
                    assert!(line.server.push_too_long(self.now, session, TOO_LONG));
                }
                Output::Close(Close::PingTimeout | Close::Idle | Close::SniffTimeout) => {
                    let peer = line.client;
                    if self.peers[peer].line == Some(id) {
                        self.peers[peer].line = None;
                        self.peers[peer].client.disconnect();
                    }
                    self.end(id);
                }
                other => panic!("unexpected {other:?}"),
            }
        }
    }

    fn find_session(&mut self, id: u64, session: SessionRef) {
        let mut found = self.kept.remove(&session);
        for (other, line) in &mut self.lines {
            if *other != id
                && let Some(taken) = line.server.take_session(self.now, session)
            {
                assert!(found.is_none(), "a session was in two places");
                self.stats.takeovers += 1;
                found = Some(taken);
            }
        }
        if let Some(line) = self.lines.get_mut(&id) {
            line.server.session_found(self.now, session, found);
        }
    }

    fn run_call(&mut self, call: Call) {
        let times = self
            .executed
            .entry((call.session, call.msg_id))
            .or_default();
        *times += 1;
        assert_eq!(*times, 1, "call {:?} ran twice", call.msg_id);
        let mut of_session: BTreeMap<SessionRef, usize> = BTreeMap::new();
        self.running
            .values()
            .for_each(|c| *of_session.entry(c.session).or_default() += 1);
        assert!(
            of_session
                .values()
                .all(|count| *count <= CONNECTION_QUEUE_CALLS_MAX)
        );
        let takes = match self.random.below(4) {
            0 => Duration::ZERO,
            1 => Duration::from_millis(self.random.below(5_000)),
            _ => Duration::from_millis(self.random.below(200)),
        };
        self.serial += 1;
        self.running
            .insert((self.now.plus(takes), self.serial), call);
    }

    // The clients.

    fn drain_client(&mut self, peer: usize) {
        while let Some(event) = self.peers[peer].client.poll() {
            match event {
                Event::Send(bytes) => {
                    let line = self.peers[peer].line.and_then(|id| self.lines.get_mut(&id));
                    if let Some(line) = line {
                        line.to_server.write(self.now, &bytes, &mut self.random);
                    }
                }
                event => self.peers[peer].note(event, &mut self.stats),
            }
        }
    }
}
