//! One client of the simulation and what is checked about everything it receives.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use mtproto::MsgId;
use mtproto::client::{CallId, Client, Event};

/// `updatesTooLong`, as the server gives it.
pub(crate) const TOO_LONG: Bytes = Bytes::from_static(&[0x7e, 0xaf, 0x17, 0xe3]);

/// What a run has exercised, so that the whole can be checked to have exercised it.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Stats {
    pub(crate) calls: u64,
    pub(crate) answers: u64,
    pub(crate) repeats: u64,
    pub(crate) cuts: u64,
    pub(crate) takeovers: u64,
    pub(crate) bad_salts: u64,
    pub(crate) updates: u64,
    pub(crate) lags: u64,
    pub(crate) restarts: u64,
}

/// A client and what it has seen.
pub(crate) struct Peer {
    pub(crate) client: Client,
    pub(crate) skew_ms: i64,
    pub(crate) line: Option<u64>,
    pub(crate) expected: BTreeMap<CallId, Bytes>,
    answered: BTreeSet<CallId>,
    /// Updates that the server took for this session, and those that arrived.
    pub(crate) pushed: BTreeSet<Bytes>,
    seen: BTreeSet<Bytes>,
    pub(crate) lagged: bool,
    pub(crate) told: bool,
    arrived: BTreeSet<MsgId>,
    newest: MsgId,
}

impl Peer {
    /// A client whose clock is `skew_ms` ahead of the server's.
    pub(crate) fn new(client: Client, skew_ms: i64) -> Peer {
        Peer {
            client,
            skew_ms,
            line: None,
            expected: BTreeMap::new(),
            answered: BTreeSet::new(),
            pushed: BTreeSet::new(),
            seen: BTreeSet::new(),
            lagged: false,
            told: false,
            arrived: BTreeSet::new(),
            newest: MsgId(0),
        }
    }

    /// Checks what a client has received.
    pub(crate) fn note(&mut self, event: Event, stats: &mut Stats) {
        match event {
            Event::Result {
                call: Some(call),
                body,
                ..
            } => {
                assert_eq!(
                    self.expected.get(&call),
                    Some(&body),
                    "the answer to another call"
                );
                assert!(self.answered.insert(call), "answered twice");
                stats.answers += 1;
            }
            Event::Error {
                call: Some(_),
                code,
                message,
                ..
            } => panic!("{code} {message}"),
            Event::Update(body) if body == TOO_LONG => self.told = true,
            Event::Update(body) => {
                assert!(self.pushed.contains(&body), "an update for someone else");
                assert!(self.seen.insert(body), "an update twice");
            }
            Event::Received { header } => self.newest_is(header.msg_id),
            Event::Repeated { .. } => (),
            Event::BadSalt { .. } => stats.bad_salts += 1,
            Event::Broken(_)
            | Event::TransportError(_)
            | Event::ForeignSession(_)
            | Event::BadMsg { .. } => panic!("{event:?}"),
            _ => (),
        }
    }

    /// Ids rise in the order of the wire; only what the server repeats may be older.
    fn newest_is(&mut self, msg_id: MsgId) {
        if self.arrived.insert(msg_id) {
            assert!(msg_id > self.newest, "{msg_id:?} after {:?}", self.newest);
            self.newest = msg_id;
        }
    }

    /// What must hold once the faults are over and everything has come to rest.
    pub(crate) fn check(&self, restarted: bool) {
        assert_eq!(self.client.waiting().count(), 0, "calls without an answer");
        assert_eq!(self.answered.len(), self.expected.len());
        if self.lagged && !restarted {
            assert!(
                self.told,
                "updates were dropped and the client was not told"
            );
        }
        if !self.lagged && !restarted {
            assert_eq!(self.seen, self.pushed, "an update is missing");
        }
    }
}
