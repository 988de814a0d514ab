//! Key creation on a connection: plain messages go to the handshake whatever else is going on,
//! its heavy work leaves as jobs, and a new key is announced to the client only once it is stored.

use bytes::BytesMut;

use super::{Close, Connection, Output};
use crate::handshake::{JobDone, NewKey, Server, Step};
use crate::{KeyInfo, Time, Violation, plain};

/// Jobs of key creation under way before reading pauses.
/// Chosen: a client needs one; the second is of a run that it has given up.
pub const CONNECTION_JOBS_MAX: u32 = 2;

/// A new key for the server to store.
#[derive(Debug, Clone)]
pub struct StoreKey {
    /// The key.
    pub key: KeyInfo,
    /// The data centre that the client named while making it: any number, or none.
    pub dc: Option<i32>,
}

/// The answer that waits until its key is durable.
#[derive(Debug)]
pub(super) struct Unstored {
    key: KeyInfo,
    reply: Vec<u8>,
}

impl Connection {
    pub(super) fn plain(&mut self, payload: BytesMut) {
        let message = match plain::read(payload) {
            Ok(message) => message,
            Err(violation) => return self.violated(violation),
        };
        let now = self.now;
        let server = self
            .handshake
            .get_or_insert_with(|| Box::new(Server::new(now)));
        let config = &self.shared.handshake;
        let step = server.handle(now, &mut self.random, config, &message.body);
        self.step(step);
    }

    /// Answers [`Output::Work`] with what [`crate::handshake::Job::run`] returned.
    pub fn work_done(&mut self, now: Time, done: JobDone) {
        self.now = now;
        self.jobs = self.jobs.saturating_sub(1);
        if let Some(server) = &mut self.handshake
            && !self.ended
        {
            let step = server.finish(now, done);
            self.step(step);
        }
        self.pump();
    }

    /// Answers [`Output::StoreKey`]: whether the key is durable now.
    pub fn key_stored(&mut self, now: Time, auth_key_id: i64, stored: bool) {
        self.now = now;
        match self.unstored.take() {
            // A key of a run that the client has given up; nobody waits for it.
            Some(other) if other.key.key.id != auth_key_id => self.unstored = Some(other),
            Some(unstored) if stored => {
                let Unstored { key, reply } = *unstored;
                self.keys.insert(key);
                if let Some(server) = &mut self.handshake {
                    server.key_stored();
                }
                self.reply(&reply);
            }
            Some(_) => self.close(Close::KeyNotStored),
            None => (),
        }
        self.pump();
    }

    fn step(&mut self, step: Result<Step, Violation>) {
        match step {
            Ok(Step::Reply(body)) => self.reply(&body),
            Ok(Step::Work(job)) => {
                self.jobs += 1;
                self.outputs.push_back(Output::Work(job));
            }
            Ok(Step::NewKey(new)) => self.store(new),
            Ok(Step::Wait) => (),
            Err(violation) => self.violated(violation),
        }
    }

    fn store(&mut self, new: NewKey) {
        let key = KeyInfo {
            key: new.key,
            first_salt: new.first_salt,
            created_at: self.now.unix_seconds(),
            expires_at: new.expires_at,
        };
        self.unstored = Some(Box::new(Unstored {
            key: key.clone(),
            reply: new.reply,
        }));
        self.outputs
            .push_back(Output::StoreKey(StoreKey { key, dc: new.dc }));
    }

    /// Sends a plain message.
    fn reply(&mut self, body: &[u8]) {
        if self.ended {
            return;
        }
        let mut payload = Vec::with_capacity(plain::PLAIN_HEAD_BYTES + body.len());
        plain::write(plain::server_msg_id(self.now), body, &mut payload);
        let mut out = Vec::new();
        self.transport.send(&payload, &mut self.random, &mut out);
        self.send(out);
        if let Some(http) = &mut self.http {
            http.responded();
        }
    }

    /// Forgets a run that the client does not go on with.
    pub(super) fn tick_handshake(&mut self) {
        let over = self
            .handshake
            .as_ref()
            .is_some_and(|server| server.expired(self.now));
        if over && self.jobs == 0 && self.unstored.is_none() {
            self.handshake = None;
        }
    }
}
