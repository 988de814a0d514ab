//! The client's side of a session: ids, numbers, acknowledgements, and the repetition of calls
//! after a wrong salt, a forgotten session or a new connection.

use std::collections::BTreeMap;

use bytes::{Bytes, BytesMut};
use tl::wire::{ReadError, Reader};

use super::{CallId, ClientKey, Event};
use crate::container::{self, Inner};
use crate::crypto::Random;
use crate::crypto::kdf::Direction;
use crate::gzip::{self, GZIP_EXPANDED_BYTES_MAX, GZIP_PACKED_ID};
use crate::message::{self, Sealer};
use crate::salts::FutureSalt;
use crate::service::{self, KeyDestroyed, code};
use crate::{Header, MsgId, SessionRef, Time};

/// Containers whose content is remembered, to know what a wrong salt has cost.
const CONTAINERS_MAX: usize = 64;
/// Server ids that are remembered to recognise repetitions.
const SEEN_IDS_MAX: usize = 2048;

/// A call without an answer.
#[derive(Debug, Clone)]
struct Waiting {
    call: CallId,
    seq_no: i32,
    body: Bytes,
}

/// Session state that survives connections.
#[derive(Debug)]
pub(super) struct ClientSession {
    pub(super) key: ClientKey,
    pub(super) id: i64,
    pub(super) salt: i64,
    last: MsgId,
    content: i32,
    waiting: BTreeMap<MsgId, Waiting>,
    containers: BTreeMap<MsgId, Vec<MsgId>>,
    seen: BTreeMap<MsgId, ()>,
    acks: Vec<MsgId>,
    next_call: u64,
    /// Whether what needs an acknowledgement gets one by itself.
    pub(super) auto_ack: bool,
    events: Vec<Event>,
}

/// What a message from the server asks the client to send.
#[derive(Debug, Default)]
pub(super) struct Todo {
    /// Calls to send again under new ids.
    pub(super) resend: Vec<MsgId>,
}

impl ClientSession {
    pub(super) fn new(key: ClientKey, id: i64) -> ClientSession {
        ClientSession {
            salt: key.salt,
            key,
            id,
            last: MsgId(0),
            content: 0,
            waiting: BTreeMap::new(),
            containers: BTreeMap::new(),
            seen: BTreeMap::new(),
            acks: Vec::new(),
            next_call: 0,
            auto_ack: true,
            events: Vec::new(),
        }
    }

    pub(super) fn reference(&self) -> SessionRef {
        SessionRef {
            auth_key_id: self.key.key.id,
            session_id: self.id,
        }
    }

    pub(super) fn next_id(&mut self, now: Time) -> MsgId {
        self.last = MsgId::at(now, 0).max(self.last.next(0));
        self.last
    }

    pub(super) fn next_seq_no(&mut self, content: bool) -> i32 {
        let seq_no = self.content * 2;
        self.content += i32::from(content);
        seq_no + i32::from(content)
    }

    /// Calls that wait for their answer.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (MsgId, CallId)> + '_ {
        self.waiting
            .iter()
            .map(|(msg_id, waiting)| (*msg_id, waiting.call))
    }

    /// Plans a call; it has an id but is not sent.
    pub(super) fn plan(&mut self, now: Time, body: Bytes) -> (CallId, Inner) {
        self.next_call += 1;
        let call = CallId(self.next_call);
        let (msg_id, seq_no) = (self.next_id(now), self.next_seq_no(true));
        self.waiting.insert(
            msg_id,
            Waiting {
                call,
                seq_no,
                body: body.clone(),
            },
        );
        (
            call,
            Inner {
                msg_id,
                seq_no,
                body,
            },
        )
    }

    /// Gives calls new ids, because the server has not taken or has forgotten the old ones.
    pub(super) fn replan(&mut self, now: Time, old: &[MsgId]) -> Vec<Inner> {
        let mut messages = Vec::new();
        for msg_id in old {
            if let Some(waiting) = self.waiting.remove(msg_id) {
                let (msg_id, seq_no) = (self.next_id(now), self.next_seq_no(true));
                let body = waiting.body.clone();
                self.waiting.insert(msg_id, Waiting { seq_no, ..waiting });
                messages.push(Inner {
                    msg_id,
                    seq_no,
                    body,
                });
            }
        }
        messages
    }

    /// Everything without an answer, under the old ids.
    pub(super) fn unanswered(&self) -> Vec<Inner> {
        let inner = |(msg_id, waiting): (&MsgId, &Waiting)| Inner {
            msg_id: *msg_id,
            seq_no: waiting.seq_no,
            body: waiting.body.clone(),
        };
        self.waiting.iter().map(inner).collect()
    }

    /// The acknowledgements that are due, as one message.
    pub(super) fn take_acks(&mut self, now: Time) -> Option<Inner> {
        if self.acks.is_empty() || !self.auto_ack {
            return None;
        }
        let body = service::msgs_ack(&std::mem::take(&mut self.acks));
        let (msg_id, seq_no) = (self.next_id(now), self.next_seq_no(false));
        Some(Inner {
            msg_id,
            seq_no,
            body,
        })
    }

    /// Encrypts messages in a container, or one as it is.
    pub(super) fn seal(
        &mut self,
        now: Time,
        messages: &[Inner],
        in_container: bool,
        random: &mut Random,
    ) -> Vec<u8> {
        match messages {
            [one] if !in_container => self.seal_one(one, random),
            several => {
                let inner = several.iter().map(|m| (m.msg_id, m.seq_no, &m.body[..]));
                let body = container::write(&inner.collect::<Vec<_>>());
                let (msg_id, seq_no) = (self.next_id(now), self.next_seq_no(false));
                let ids = several.iter().map(|message| message.msg_id).collect();
                self.containers.insert(msg_id, ids);
                while self.containers.len() > CONTAINERS_MAX {
                    self.containers.pop_first();
                }
                let message = Inner {
                    msg_id,
                    seq_no,
                    body: Bytes::from(body),
                };
                self.seal_one(&message, random)
            }
        }
    }

    fn seal_one(&mut self, message: &Inner, random: &mut Random) -> Vec<u8> {
        let header = Header {
            salt: self.salt,
            session_id: self.id,
            msg_id: message.msg_id,
            seq_no: message.seq_no,
        };
        self.seal_with(header, &message.body, random).0
    }

    /// Encrypts one body under a given header; also returns its quick acknowledgement token.
    pub(super) fn seal_with(
        &self,
        header: Header,
        body: &[u8],
        random: &mut Random,
    ) -> (Vec<u8>, u32) {
        let mut out = Vec::with_capacity(message::sealed_len(body.len()));
        let padding = random.array();
        let sealer = Sealer {
            key: &self.key.key,
            direction: Direction::ToServer,
            padding,
        };
        let token = sealer.seal(&mut out, header, |out| out.extend_from_slice(body));
        (out, token)
    }

    /// Handles one frame of the server.
    pub(super) fn receive(&mut self, frame: BytesMut) -> (Todo, Vec<Event>) {
        let mut todo = Todo::default();
        match message::open(frame, &self.key.key, Direction::ToClient) {
            Ok(opened) if opened.header.session_id == self.id => {
                let header = opened.header;
                let message = Inner {
                    msg_id: header.msg_id,
                    seq_no: header.seq_no,
                    body: opened.body,
                };
                self.events.push(Event::Received { header });
                self.message(&mut todo, message);
            }
            Ok(opened) => self
                .events
                .push(Event::ForeignSession(opened.header.session_id)),
            Err(violation) => self.events.push(Event::Broken(violation.to_string())),
        }
        (todo, std::mem::take(&mut self.events))
    }

    fn message(&mut self, todo: &mut Todo, message: Inner) {
        if message
            .body
            .starts_with(&service::MSG_CONTAINER.to_le_bytes())
        {
            match container::split(message.body.slice(4..)) {
                Ok(messages) if messages.is_empty() => self.events.push(Event::EmptyContainer),
                Ok(messages) => {
                    for inner in messages {
                        self.events.push(Event::Inner {
                            msg_id: inner.msg_id,
                        });
                        self.message(todo, inner);
                    }
                }
                Err(_) => self.events.push(Event::Broken("container".to_owned())),
            }
            return;
        }
        if message.seq_no & 1 == 1 {
            self.acks.push(message.msg_id);
            if self.seen.insert(message.msg_id, ()).is_some() {
                self.events.push(Event::Repeated {
                    msg_id: message.msg_id,
                });
                return;
            }
            while self.seen.len() > SEEN_IDS_MAX {
                self.seen.pop_first();
            }
        }
        if let Err(error) = self.object(todo, message.body) {
            self.events.push(Event::Broken(error.to_string()));
        }
    }

    fn object(&mut self, todo: &mut Todo, body: Bytes) -> Result<(), ReadError> {
        let mut r = Reader::new(body.clone());
        let event = match r.u32()? {
            service::RPC_RESULT => return self.result(MsgId(r.i64()?), &mut r),
            service::PONG => Event::Pong {
                msg_id: MsgId(r.i64()?),
                ping_id: r.i64()?,
            },
            service::MSGS_ACK => Event::Acked(service::msg_ids(&mut r)?),
            service::BAD_SERVER_SALT => {
                let (msg_id, _, _) = (MsgId(r.i64()?), r.i32()?, r.i32()?);
                self.salt = r.i64()?;
                todo.resend = self.content_of(msg_id);
                Event::BadSalt {
                    msg_id,
                    salt: self.salt,
                }
            }
            service::BAD_MSG_NOTIFICATION => {
                let event = Event::BadMsg {
                    msg_id: MsgId(r.i64()?),
                    seq_no: r.i32()?,
                    code: r.i32()?,
                };
                if let Event::BadMsg {
                    msg_id,
                    code: code::MSG_TOO_OLD,
                    ..
                } = event
                {
                    todo.resend = self.content_of(msg_id);
                }
                event
            }
            service::NEW_SESSION_CREATED => {
                let (first_msg_id, unique_id) = (MsgId(r.i64()?), r.i64()?);
                self.salt = r.i64()?;
                todo.resend = self
                    .waiting
                    .range(..first_msg_id)
                    .map(|(id, _)| *id)
                    .collect();
                Event::NewSession {
                    first_msg_id,
                    unique_id,
                }
            }
            service::FUTURE_SALTS => future_salts(&mut r)?,
            service::MSGS_STATE_INFO => Event::States {
                req_msg_id: MsgId(r.i64()?),
                info: r.bytes()?,
            },
            service::DESTROY_SESSION_OK => Event::SessionDestroyed {
                session_id: r.i64()?,
                existed: true,
            },
            service::DESTROY_SESSION_NONE => Event::SessionDestroyed {
                session_id: r.i64()?,
                existed: false,
            },
            service::DESTROY_AUTH_KEY_OK => Event::KeyDestroyed(KeyDestroyed::Ok),
            service::DESTROY_AUTH_KEY_NONE => Event::KeyDestroyed(KeyDestroyed::None),
            service::DESTROY_AUTH_KEY_FAIL => Event::KeyDestroyed(KeyDestroyed::Fail),
            GZIP_PACKED_ID => Event::Update(unpack(&mut r)?),
            _ => Event::Update(body),
        };
        self.events.push(event);
        Ok(())
    }

    /// The calls inside a container, or the message itself.
    fn content_of(&self, msg_id: MsgId) -> Vec<MsgId> {
        self.containers
            .get(&msg_id)
            .cloned()
            .unwrap_or_else(|| vec![msg_id])
    }

    fn result(&mut self, request: MsgId, r: &mut Reader) -> Result<(), ReadError> {
        let mut body = r.rest();
        let mut inner = Reader::new(body.clone());
        let call = self.waiting.remove(&request).map(|waiting| waiting.call);
        let event = match inner.u32()? {
            service::RPC_ERROR => {
                let (code, message) = (inner.i32()?, inner.string()?);
                Event::Error {
                    call,
                    msg_id: request,
                    code,
                    message,
                }
            }
            id => {
                if id == GZIP_PACKED_ID {
                    body = unpack(&mut inner)?;
                }
                Event::Result {
                    call,
                    msg_id: request,
                    body,
                }
            }
        };
        self.events.push(event);
        Ok(())
    }
}

fn unpack(r: &mut Reader) -> Result<Bytes, ReadError> {
    gzip::gunzip_bounded(&r.bytes()?, GZIP_EXPANDED_BYTES_MAX)
        .map(Bytes::from)
        .map_err(|_| ReadError::Broken("gzip_packed"))
}

fn future_salts(r: &mut Reader) -> Result<Event, ReadError> {
    let (req_msg_id, now_unix_s) = (MsgId(r.i64()?), r.i32()?);
    let count = r.bare_vector_count()?;
    let mut salts = Vec::new();
    for _ in 0..count {
        let (valid_since, valid_until, salt) = (r.i32()?, r.i32()?, r.i64()?);
        salts.push(FutureSalt {
            valid_since,
            valid_until,
            salt,
        });
    }
    Ok(Event::FutureSalts {
        req_msg_id,
        now_unix_s,
        salts,
    })
}
