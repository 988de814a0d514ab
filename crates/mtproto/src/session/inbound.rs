//! What a session does with a client's message: the checks in their order, then one small
//! reaction per kind. Calls are queued for the server; everything else is answered here.

use bytes::Bytes;

use super::window::state;
use super::{ACK_DELAY_MAX, ACK_SLOW_CALL, Call, Kind, Pending, Session};
use crate::container::{self, Inner};
use crate::gzip::{self, GZIP_DEPTH_MAX, GZIP_FRAME_BYTES_MAX};
use crate::message::Opened;
use crate::salts::Salts;
use crate::service::{self, Dropped, HttpWait, Service, code};
use crate::{Counters, KeyInfo, MsgId, Time};

/// How old a message may be when it arrives, in seconds. Source: official page on MTProto.
pub const MSG_ID_AGE_S_MAX: i64 = 300;
/// How far a message may be in the future, in seconds. Source: same page.
pub const MSG_ID_AHEAD_S_MAX: i64 = 30;

/// What the receiving connection contributes to handling one frame.
pub(crate) struct Receiver<'a> {
    pub(crate) now: Time,
    pub(crate) salts: &'a Salts,
    pub(crate) key: &'a KeyInfo,
    pub(crate) counters: &'a mut Counters,
    pub(crate) effects: Effects,
}

/// What one frame asks of the connection or the server.
#[derive(Debug)]
pub(crate) struct Effects {
    /// At least the outer message was taken, so a quick acknowledgement is due.
    pub(crate) accepted: bool,
    /// `ping_delay_disconnect`, in seconds as the client wrote it.
    pub(crate) disconnect_delay_s: Option<i32>,
    pub(crate) http_wait: Option<HttpWait>,
    /// Sessions that the client wants forgotten.
    pub(crate) destroy_sessions: Vec<i64>,
    /// The messages that want the key destroyed.
    pub(crate) destroy_key: Vec<MsgId>,
    gzip_bytes_left: usize,
}

impl Default for Effects {
    fn default() -> Effects {
        Effects {
            accepted: false,
            disconnect_delay_s: None,
            http_wait: None,
            destroy_sessions: Vec::new(),
            destroy_key: Vec::new(),
            gzip_bytes_left: GZIP_FRAME_BYTES_MAX,
        }
    }
}

/// A message body whose wrappers are off.
struct Peeled {
    service: Service,
    body: Bytes,
}

impl Session {
    /// Handles one verified message of this session.
    ///
    /// Order of checks: salt, low bits of the id, repetition, age, then the container as a whole.
    /// Numbers (`seq_no`) are not checked at all: half of the known clients break their rules.
    pub(crate) fn receive(&mut self, cx: &mut Receiver<'_>, message: Opened) {
        self.last_active = cx.now;
        self.tick(cx.now);
        let header = message.header;
        if !cx.salts.valid(cx.key, header.salt, cx.now) {
            cx.counters.bad_salts += 1;
            let salt = cx.salts.current(cx.key.key.id, cx.now);
            let body = service::bad_server_salt(header.msg_id, header.seq_no, salt);
            self.outbox.queue(Kind::Reply, body);
            return;
        }
        let outer = Inner {
            msg_id: header.msg_id,
            seq_no: header.seq_no,
            body: message.body,
        };
        if let Some(code) = self.id_fault(cx.now, header.msg_id) {
            return self.bad_msg(cx, &outer, code);
        }
        let peeled = peel(cx, &outer.body);
        match peeled {
            Some(Peeled {
                service: Service::Container(packed),
                ..
            }) => {
                self.container(cx, &outer, packed);
            }
            peeled => {
                if self.window.forgotten(outer.msg_id) {
                    return self.bad_msg(cx, &outer, code::MSG_TOO_OLD);
                }
                cx.effects.accepted = true;
                self.announce(outer.msg_id);
                self.execute(cx, &outer, peeled);
            }
        }
    }

    /// The error code for an id that cannot be taken; ids that were taken before pass, since
    /// their repetition gets the old answer however late it comes.
    fn id_fault(&self, now: Time, msg_id: MsgId) -> Option<i32> {
        let age_s = now.unix_nanos().div_euclid(1_000_000_000) - msg_id.unix_seconds();
        if msg_id.kind() != 0 {
            Some(code::MSG_ID_BITS)
        } else if self.window.state(msg_id).is_some() {
            None
        } else if age_s > MSG_ID_AGE_S_MAX {
            Some(code::MSG_ID_TOO_LOW)
        } else if age_s < -MSG_ID_AHEAD_S_MAX {
            Some(code::MSG_ID_TOO_HIGH)
        } else {
            None
        }
    }

    fn bad_msg(&mut self, cx: &mut Receiver<'_>, message: &Inner, code: i32) {
        cx.counters.bad_msgs += 1;
        let body = service::bad_msg(message.msg_id, message.seq_no, code);
        self.outbox.queue(Kind::Reply, body);
    }

    fn container(&mut self, cx: &mut Receiver<'_>, outer: &Inner, packed: Bytes) {
        if self.window.state(outer.msg_id).is_some() {
            return self.bad_msg(cx, outer, code::CONTAINER_ID_REUSED);
        }
        if self.window.forgotten(outer.msg_id) {
            return self.bad_msg(cx, outer, code::MSG_TOO_OLD);
        }
        let Ok(messages) = container::split(packed) else {
            return self.bad_msg(cx, outer, code::BAD_CONTAINER);
        };
        cx.effects.accepted = true;
        self.window
            .insert(outer.msg_id, state::RECEIVED | state::NO_ACK_NEEDED);
        let taken = messages.iter().map(|message| message.msg_id);
        let taken = taken.filter(|id| id.kind() == 0 && !self.window.forgotten(*id));
        self.announce(taken.min().unwrap_or(outer.msg_id));
        for inner in messages {
            // Messages in a container may be repetitions from long ago: no check of their age.
            if inner.msg_id.kind() != 0 {
                self.bad_msg(cx, &inner, code::MSG_ID_BITS);
            } else if self.window.forgotten(inner.msg_id) {
                self.bad_msg(cx, &inner, code::MSG_TOO_OLD);
            } else {
                let peeled = peel(cx, &inner.body);
                self.execute(cx, &inner, peeled);
            }
        }
    }

    /// Plans `new_session_created` on the first message taken; a lower id lowers what it names
    /// as long as it is not sent.
    fn announce(&mut self, msg_id: MsgId) {
        match self.first_msg_id {
            None => self.outbox.queue(Kind::Created, Bytes::new()),
            Some(first) if first <= msg_id => return,
            Some(_) => (),
        }
        self.first_msg_id = Some(msg_id);
    }

    /// Acts on one message; `None` stands for one that could not be read.
    fn execute(&mut self, cx: &mut Receiver<'_>, message: &Inner, peeled: Option<Peeled>) {
        let msg_id = message.msg_id;
        if self.window.state(msg_id).is_some() {
            let service = peeled.as_ref().map(|peeled| &peeled.service);
            let done = self.repeated(cx, msg_id, matches!(service, None | Some(Service::Call)));
            if done {
                return;
            }
        } else {
            let content = message.seq_no & 1 == 1;
            let ack = if content { 0 } else { state::NO_ACK_NEEDED };
            self.window.insert(msg_id, state::RECEIVED | ack);
        }
        match peeled {
            Some(Peeled {
                service: Service::Call,
                body,
            }) => self.call(cx, msg_id, body),
            // A container that was hidden in `gzip_packed` inside a container is unreadable too.
            None
            | Some(Peeled {
                service: Service::Container(_),
                ..
            }) => {
                cx.counters.unreadable += 1;
                self.window.mark(msg_id, state::PROCESSED);
                self.error(msg_id, 400, "INPUT_FETCH_ERROR");
            }
            Some(Peeled { service, .. }) => self.service(cx, message, service),
        }
    }

    /// The message came before. Returns false when it has to be handled again, which only
    /// messages without lasting effect are.
    fn repeated(&mut self, cx: &mut Receiver<'_>, msg_id: MsgId, call: bool) -> bool {
        cx.counters.repeated += 1;
        if self.calls.contains_key(&msg_id) {
            self.outbox.queue(Kind::Reply, service::msgs_ack(&[msg_id]));
            self.window.mark(msg_id, state::ACKED);
            return true;
        }
        if self.outbox.result_waits(msg_id) || self.outbox.resend_result(msg_id) {
            return true;
        }
        if call {
            // The result was acknowledged, dropped or fell out of the store. Running the call
            // again could do something twice; this error makes clients ask under a new id.
            self.error(msg_id, 500, "RPC_CALL_FAIL");
        }
        call
    }

    fn call(&mut self, cx: &mut Receiver<'_>, msg_id: MsgId, body: Bytes) {
        cx.counters.calls += 1;
        self.window.mark(msg_id, state::PROCESSED);
        let pending = Pending {
            body_len: body.len() as u32,
            started: false,
            dropped: false,
        };
        self.calls.insert(msg_id, pending);
        self.waiting_bytes += body.len();
        self.acknowledge(cx.now, msg_id, ACK_SLOW_CALL);
        let session = self.reference;
        self.waiting.push_back(Call {
            session,
            msg_id,
            body,
            received_at: cx.now,
        });
    }

    fn service(&mut self, cx: &mut Receiver<'_>, message: &Inner, service: Service) {
        let msg_id = message.msg_id;
        let mut reply = None;
        match service {
            Service::Ack(ids) => ids.into_iter().for_each(|id| self.outbox.acknowledged(id)),
            Service::StateReq(ids) => reply = Some(self.states(cx.now, msg_id, &ids)),
            Service::ResendReq(ids) => reply = self.resend(msg_id, &ids),
            Service::ResendAnswerReq(ids) => reply = self.resend_answers(msg_id, &ids),
            Service::DropAnswer(request) => {
                let dropped = self.drop_answer(request);
                self.result(msg_id, service::drop_answer(dropped));
            }
            Service::FutureSalts(num) => {
                let salts = cx.salts.future(cx.key.key.id, cx.now, num);
                reply = Some(service::future_salts(msg_id, cx.now.unix_seconds(), &salts));
            }
            Service::Ping(ping_id) => reply = Some(service::pong(msg_id, ping_id)),
            Service::PingDelayDisconnect { ping_id, delay_s } => {
                cx.effects.disconnect_delay_s = Some(delay_s);
                reply = Some(service::pong(msg_id, ping_id));
            }
            Service::DestroySession(id) if id == self.reference.session_id => {
                reply = Some(service::destroy_session_answer(id, false));
            }
            Service::DestroySession(id) => cx.effects.destroy_sessions.push(id),
            Service::DestroyAuthKey => {
                let pending = Pending {
                    body_len: 0,
                    started: false,
                    dropped: false,
                };
                self.calls.insert(msg_id, pending);
                cx.effects.destroy_key.push(msg_id);
            }
            Service::HttpWait(wait) => cx.effects.http_wait = Some(wait),
            // Reports need no reaction; the others are taken apart before this point.
            Service::Report | Service::Container(_) | Service::Gzip(_) | Service::Call => (),
        }
        if let Some(body) = reply {
            self.window.mark(msg_id, state::PROCESSED | state::ANSWERED);
            self.outbox.queue(Kind::Reply, body);
            if message.seq_no & 1 == 1 {
                self.acknowledge(cx.now, msg_id, ACK_DELAY_MAX);
            }
        }
    }

    /// One byte per id, as `msgs_state_info` wants them.
    fn states(&self, now: Time, req_msg_id: MsgId, ids: &[MsgId]) -> Bytes {
        let seconds = now.unix_nanos().div_euclid(1_000_000_000);
        let info: Vec<u8> = ids
            .iter()
            .map(|id| match self.window.state(*id) {
                Some(known) => known,
                None if id.unix_seconds() > seconds + MSG_ID_AHEAD_S_MAX => state::TOO_HIGH,
                None if self.window.forgotten(*id) => state::NOTHING_KNOWN,
                None if id.unix_seconds() < seconds - MSG_ID_AGE_S_MAX => state::NOTHING_KNOWN,
                None => state::NOT_RECEIVED,
            })
            .collect();
        service::msgs_state_info(req_msg_id, &info)
    }

    /// Sends kept messages again; when some are gone, also says which.
    fn resend(&mut self, req_msg_id: MsgId, ids: &[MsgId]) -> Option<Bytes> {
        let kept: Vec<bool> = ids.iter().map(|id| self.outbox.resend(*id)).collect();
        missing(req_msg_id, &kept)
    }

    /// Sends the kept results of the client's messages again.
    fn resend_answers(&mut self, req_msg_id: MsgId, ids: &[MsgId]) -> Option<Bytes> {
        let results = self.outbox.results();
        let kept: Vec<bool> = ids
            .iter()
            .map(
                |id| match results.binary_search_by_key(id, |(request, _)| *request) {
                    Ok(at) => self.outbox.resend(results[at].1),
                    Err(_) => self.outbox.result_waits(*id),
                },
            )
            .collect();
        missing(req_msg_id, &kept)
    }

    /// Gives up the answer to `request`; the call itself is not stopped.
    fn drop_answer(&mut self, request: MsgId) -> Dropped {
        if let Some(pending) = self.calls.get_mut(&request) {
            pending.dropped = true;
            if !pending.started {
                self.unqueue(request);
            }
            return Dropped::Running;
        }
        if self.outbox.drop_waiting_result(request) {
            return Dropped::Running;
        }
        match self.outbox.drop_sent_result(request) {
            Some(sent) => Dropped::Answered {
                msg_id: sent.msg_id,
                seq_no: sent.seq_no,
                len: sent.body.len(),
            },
            None => Dropped::Unknown,
        }
    }

    /// Takes back a call that the server has not seen.
    fn unqueue(&mut self, msg_id: MsgId) {
        if let Some(at) = self.waiting.iter().position(|call| call.msg_id == msg_id)
            && let Some(call) = self.waiting.remove(at)
        {
            self.waiting_bytes -= call.body.len();
            self.calls.remove(&msg_id);
        }
    }

    /// The server has looked for a session that this client wants forgotten.
    pub(crate) fn session_destroyed(&mut self, session_id: i64, existed: bool) {
        let body = service::destroy_session_answer(session_id, existed);
        self.outbox.queue(Kind::Reply, body);
    }
}

/// `msgs_state_info` about our own messages, unless all are kept.
fn missing(req_msg_id: MsgId, kept: &[bool]) -> Option<Bytes> {
    if kept.iter().all(|kept| *kept) {
        return None;
    }
    let state = |kept: &bool| {
        if *kept {
            state::RECEIVED
        } else {
            state::NOTHING_KNOWN
        }
    };
    let info: Vec<u8> = kept.iter().map(state).collect();
    Some(service::msgs_state_info(req_msg_id, &info))
}

/// Takes `gzip_packed` off and sorts what is inside; `None` when it cannot be read.
fn peel(cx: &mut Receiver<'_>, body: &Bytes) -> Option<Peeled> {
    let mut body = body.clone();
    for _ in 0..=GZIP_DEPTH_MAX {
        let service = Service::read(&body).ok()?;
        let Service::Gzip(packed) = service else {
            return Some(Peeled { service, body });
        };
        let opened = gzip::gunzip_within(&packed, &mut cx.effects.gzip_bytes_left);
        body = Bytes::from(opened.ok()?);
    }
    None
}
