//! The server's end of key creation: one run after the other on a connection.

use super::job::{Job, JobDone, OpenDone, Task, TaskDone};
use super::wire::{self, Request};
use super::{
    Config, HANDSHAKE_IDLE_MAX, HANDSHAKE_TIME_MAX, NewKey, NewNonce, Nonces, Step,
    TEMPORARY_KEY_SECONDS_MAX, first_salt, new_nonce_hash, temporary_aes,
};
use crate::crypto::factor::PrimePair;
use crate::crypto::sha::{sha1, sha256};
use crate::crypto::{AuthKey, Random, aes_ige, dh, equal};
use crate::{Time, Violation};
use bytes::{Bytes, BytesMut};
use std::sync::Arc;

/// Key creation on one connection. A new `req_pq` begins a new run at any moment.
#[derive(Debug)]
pub struct Server {
    state: State,
    /// A random number per run, so that the result of an abandoned one is recognised.
    run: u64,
    begun: Time,
    heard: Time,
}

/// Where a run stands. Each state holds what the next step needs, and is consumed by it.
#[derive(Debug)]
enum State {
    Idle,
    SentPq(SentPq),
    /// The job is under way; what came before is needed when it is done.
    Opening(SentPq, Digest),
    SentParams(Box<SentParams>),
    Agreeing(Box<SentParams>, Digest),
    Done {
        request: Digest,
        reply: Vec<u8>,
        stored: bool,
    },
}

/// SHA-256 of a request, to recognise its repetition.
type Digest = [u8; 32];

#[derive(Debug)]
struct SentPq {
    nonces: Nonces,
    pair: PrimePair,
}

#[derive(Debug)]
struct SentParams {
    nonces: Nonces,
    new_nonce: NewNonce,
    secret: Arc<dh::Secret>,
    dc: Option<i32>,
    expires_in: Option<i32>,
    request: Digest,
    reply: Vec<u8>,
}

impl Server {
    /// Before the first request.
    pub fn new(now: Time) -> Server {
        Server {
            state: State::Idle,
            run: 0,
            begun: now,
            heard: now,
        }
    }

    /// When the state becomes worthless unless the client goes on.
    pub fn wake_at(&self) -> Time {
        self.heard
            .plus(HANDSHAKE_IDLE_MAX)
            .min(self.begun.plus(HANDSHAKE_TIME_MAX))
    }

    /// Whether the client has taken too long: the driver then drops this value.
    pub fn expired(&self, now: Time) -> bool {
        now >= self.wake_at()
    }

    /// Takes the body of a plain message.
    ///
    /// # Errors
    /// Whatever is wrong with it; the client is told −404 and the connection is closed.
    pub fn handle(
        &mut self,
        now: Time,
        random: &mut Random,
        config: &Config,
        body: &Bytes,
    ) -> Result<Step, Violation> {
        if self.expired(now) {
            self.restart(now, random);
        }
        self.heard = now;
        match wire::read_request(body)? {
            Request::Pq { nonce } => Ok(Step::Reply(self.req_pq(now, random, config, nonce))),
            Request::DhParams {
                nonces,
                p,
                q,
                fingerprint,
                encrypted,
            } => {
                let request = sha256(&[body]);
                let task = self.req_dh_params(nonces, request, || {
                    let key =
                        config
                            .keys
                            .find(fingerprint)
                            .ok_or(Violation::UnknownFingerprint {
                                fingerprint: fingerprint as u64,
                            })?;
                    let random = Box::new(random.fork());
                    Ok((
                        (p, q),
                        Task::Open {
                            key: key.clone(),
                            encrypted,
                            random,
                        },
                    ))
                });
                self.step(task)
            }
            Request::ClientDhParams { nonces, encrypted } => {
                let task = self.set_client_dh_params(nonces, sha256(&[body]), encrypted);
                self.step(task)
            }
        }
    }

    fn step(&mut self, task: Result<Next, Violation>) -> Result<Step, Violation> {
        match task {
            Ok(Next::Task(task)) => Ok(Step::Work(Job {
                run: self.run,
                task,
            })),
            Ok(Next::Reply(reply)) => Ok(Step::Reply(reply)),
            Ok(Next::Wait) => Ok(Step::Wait),
            Err(violation) => {
                self.state = State::Idle;
                Err(violation)
            }
        }
    }

    /// Takes the result of a [`Job`]; a job of an abandoned run changes nothing.
    ///
    /// # Errors
    /// What the job found wrong with the client's data.
    pub fn finish(&mut self, now: Time, done: JobDone) -> Result<Step, Violation> {
        if done.run != self.run {
            return Ok(Step::Wait);
        }
        match (
            std::mem::replace(&mut self.state, State::Idle),
            done.result?,
        ) {
            (State::Opening(sent, request), TaskDone::Opened(opened)) => {
                let (next, reply) = sent.opened(now, request, *opened)?;
                self.state = State::SentParams(Box::new(next));
                Ok(Step::Reply(reply))
            }
            (State::Agreeing(sent, request), TaskDone::Agreed(key)) => {
                let new_key = sent.agreed(now, key);
                let reply = new_key.reply.clone();
                self.state = State::Done {
                    request,
                    reply,
                    stored: false,
                };
                Ok(Step::NewKey(new_key))
            }
            (state, _) => {
                self.state = state;
                Ok(Step::Wait)
            }
        }
    }

    /// The key of the last [`Step::NewKey`] is durable; a repeated request may be answered.
    pub fn key_stored(&mut self) {
        if let State::Done { stored, .. } = &mut self.state {
            *stored = true;
        }
    }

    fn restart(&mut self, now: Time, random: &mut Random) {
        self.state = State::Idle;
        self.run = random.u64();
        self.begun = now;
    }

    /// Answers both kinds of the first request. Cheap, because one client sends it with every
    /// connection just to see whether anybody answers.
    fn req_pq(
        &mut self,
        now: Time,
        random: &mut Random,
        config: &Config,
        nonce: [u8; 16],
    ) -> Vec<u8> {
        let sent = match std::mem::replace(&mut self.state, State::Idle) {
            State::SentPq(sent) if sent.nonces.nonce == nonce => sent,
            _ => {
                self.restart(now, random);
                let nonces = Nonces {
                    nonce,
                    server_nonce: random.array(),
                };
                SentPq {
                    nonces,
                    pair: config.primes.pair(random),
                }
            }
        };
        let reply = wire::write(wire::RES_PQ, &sent.nonces, |writer| {
            writer.bytes(&sent.pair.product().to_be_bytes());
            writer.vector_header(config.keys.fingerprints().len());
            config
                .keys
                .fingerprints()
                .for_each(|fingerprint| writer.i64(fingerprint));
        });
        self.state = State::SentPq(sent);
        reply
    }

    /// Checks the outside of `req_DH_params` in the order of the spec: nonces, key, factors.
    fn req_dh_params(
        &mut self,
        nonces: Nonces,
        request: Digest,
        task: impl FnOnce() -> Result<((u64, u64), Task), Violation>,
    ) -> Result<Next, Violation> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::SentPq(sent) => {
                sent.nonces.check(&nonces)?;
                let (factors, task) = task()?;
                if factors != (u64::from(sent.pair.p), u64::from(sent.pair.q)) {
                    return Err(Violation::WrongFactors);
                }
                self.state = State::Opening(sent, request);
                Ok(Next::Task(task))
            }
            State::Opening(sent, first) if first == request => {
                self.state = State::Opening(sent, first);
                Ok(Next::Wait)
            }
            State::SentParams(sent) if sent.request == request => {
                let reply = sent.reply.clone();
                self.state = State::SentParams(sent);
                Ok(Next::Reply(reply))
            }
            _ => Err(Violation::HandshakeOrder),
        }
    }

    fn set_client_dh_params(
        &mut self,
        nonces: Nonces,
        request: Digest,
        encrypted: Bytes,
    ) -> Result<Next, Violation> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::SentParams(sent) => {
                sent.nonces.check(&nonces)?;
                let g_b = sent.open(encrypted)?;
                let task = Task::Agree {
                    secret: sent.secret.clone(),
                    g_b,
                };
                self.state = State::Agreeing(sent, request);
                Ok(Next::Task(task))
            }
            State::Agreeing(sent, first) if first == request => {
                self.state = State::Agreeing(sent, first);
                Ok(Next::Wait)
            }
            State::Done {
                request: first,
                reply,
                stored,
            } if first == request => {
                // Before the key is durable nobody may hear that it exists.
                let next = if stored {
                    Next::Reply(reply.clone())
                } else {
                    Next::Wait
                };
                self.state = State::Done {
                    request: first,
                    reply,
                    stored,
                };
                Ok(next)
            }
            _ => Err(Violation::HandshakeOrder),
        }
    }
}

/// What a request leads to.
enum Next {
    Task(Task),
    Reply(Vec<u8>),
    Wait,
}

impl Nonces {
    fn check(&self, other: &Nonces) -> Result<(), Violation> {
        if self == other {
            Ok(())
        } else {
            Err(Violation::HandshakeNonce)
        }
    }
}

impl SentPq {
    /// Checks the inside of `req_DH_params` and answers it.
    fn opened(
        self,
        now: Time,
        request: Digest,
        opened: OpenDone,
    ) -> Result<(SentParams, Vec<u8>), Violation> {
        let OpenDone {
            inner,
            secret,
            g_a,
            mut random,
        } = opened;
        self.nonces.check(&inner.nonces)?;
        let factors = (u64::from(self.pair.p), u64::from(self.pair.q));
        if inner.pq != self.pair.product() || (inner.p, inner.q) != factors {
            return Err(Violation::WrongFactors);
        }
        if let Some(expires_in) = inner.expires_in
            && !(1..=TEMPORARY_KEY_SECONDS_MAX).contains(&expires_in)
        {
            return Err(Violation::TemporaryLifetime { expires_in });
        }
        let answer = wire::write(wire::SERVER_DH_INNER_DATA, &self.nonces, |writer| {
            writer.i32(dh::GENERATOR as i32);
            writer.bytes(&dh::PRIME);
            writer.bytes(&g_a);
            writer.i32(now.unix_seconds());
        });
        let mut encrypted = [&sha1(&[&answer])[..], &answer].concat();
        let padding: [u8; 16] = random.array();
        let missing = encrypted.len().next_multiple_of(16) - encrypted.len();
        encrypted.extend_from_slice(&padding[..missing]);
        let (key, iv) = temporary_aes(&inner.new_nonce, &self.nonces.server_nonce);
        aes_ige::encrypt_in_place(&mut encrypted, &key, &iv);
        let reply = wire::write(wire::SERVER_DH_PARAMS_OK, &self.nonces, |writer| {
            writer.bytes(&encrypted);
        });
        let sent = SentParams {
            nonces: self.nonces,
            new_nonce: inner.new_nonce,
            secret: Arc::new(secret),
            dc: inner.dc,
            expires_in: inner.expires_in,
            request,
            reply: reply.clone(),
        };
        Ok((sent, reply))
    }
}

impl SentParams {
    /// Opens what the client sends in `set_client_DH_params`; returns its `g_b`.
    fn open(&self, encrypted: Bytes) -> Result<Bytes, Violation> {
        const HASH_BYTES: usize = 20;
        if encrypted.len() <= HASH_BYTES || !encrypted.len().is_multiple_of(16) {
            return Err(Violation::HandshakeData("length of client data"));
        }
        let (key, iv) = temporary_aes(&self.new_nonce, &self.nonces.server_nonce);
        let mut opened = BytesMut::from(encrypted);
        aes_ige::decrypt_in_place(&mut opened, &key, &iv);
        let hash = opened.split_to(HASH_BYTES);
        let data = opened.freeze();
        let (nonces, g_b, length) =
            wire::read_client_inner(&data).map_err(|_| Violation::HandshakeData("client data"))?;
        if !equal(&sha1(&[&data[..length]]), &hash) {
            return Err(Violation::HandshakeData("hash of client data"));
        }
        self.nonces.check(&nonces)?;
        if !dh::is_safe(&g_b) {
            return Err(Violation::DhRange);
        }
        Ok(g_b)
    }

    fn agreed(&self, now: Time, key: Arc<AuthKey>) -> NewKey {
        let reply = wire::write(wire::DH_GEN_OK, &self.nonces, |writer| {
            writer.int128(&new_nonce_hash(&self.new_nonce, 1, &key));
        });
        NewKey {
            key,
            first_salt: first_salt(&self.new_nonce, &self.nonces.server_nonce),
            expires_at: self
                .expires_in
                .map(|seconds| now.unix_seconds().saturating_add(seconds)),
            dc: self.dc,
            reply,
        }
    }
}
