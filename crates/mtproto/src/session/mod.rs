//! A session: one client's sequence of messages under one key, whatever connection carries it.
//! It keeps a call from running twice and an answer from getting lost; it outlives connections.

mod inbound;
mod outbox;
mod window;

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use bytes::Bytes;

use crate::service::{self, KeyDestroyed};
use crate::{MsgId, SessionRef, Time, gzip};
pub(crate) use inbound::{Effects, Receiver};
pub use inbound::{MSG_ID_AGE_S_MAX, MSG_ID_AHEAD_S_MAX};
pub use outbox::{DELIVERED_AFTER, UNACKED_AGE_MAX, UNACKED_BYTES_MAX, UNACKED_MESSAGES_MAX};
use outbox::{Kind, Outbox};
pub(crate) use outbox::{Outgoing, release};
use window::{Window, state};

/// How long a call may run before its arrival is acknowledged.
/// Source: mtcute asks for the state 1.5 s after an unanswered call.
pub const ACK_SLOW_CALL: Duration = Duration::from_millis(900);
/// How long other messages may wait for their acknowledgement.
/// Source: tdesktop asks again after 10 s.
pub const ACK_DELAY_MAX: Duration = Duration::from_secs(8);
/// How many acknowledgements may wait; with this many they are sent at once.
/// Chosen: keeps the list short, as each answer searches it.
pub const ACKS_WAITING_MAX: usize = 128;
/// Most updates that wait for a connection; beyond this the client must ask for the difference.
/// Chosen: a short gap is bridged, a long absence costs the node nothing.
pub const DETACHED_PUSHES_MAX: usize = 64;
/// Most bytes of updates that wait for a connection.
/// Chosen: as above, 1 KiB each.
pub const DETACHED_PUSH_BYTES_MAX: usize = 64 * 1024;
/// Most bytes of answers that wait for a connection, and of sent ones that are kept meanwhile.
/// Chosen: one download part.
pub const DETACHED_ANSWER_BYTES_MAX: usize = 1024 * 1024 + 1024;

/// What the server says to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The TL object of the result.
    Result(Bytes),
    /// The same, sent as `gzip_packed` if that makes it shorter.
    Compressible(Bytes),
    /// `rpc_error`.
    Error {
        /// Such as 400.
        code: i32,
        /// Such as `PHOTO_INVALID`.
        message: Cow<'static, str>,
    },
    /// The call was `destroy_auth_key` (bare or inside wrappers): answered outside `rpc_result`.
    KeyDestroyed(KeyDestroyed),
}

impl Answer {
    /// An `rpc_error` with a fixed text.
    #[must_use]
    pub const fn error(code: i32, message: &'static str) -> Answer {
        Answer::Error {
            code,
            message: Cow::Borrowed(message),
        }
    }
}

/// A call of the API for the server to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Who asks; answers go there.
    pub session: SessionRef,
    /// The id of the message that holds the call, the inner one in a container.
    pub msg_id: MsgId,
    /// The TL object with all wrappers except an outer `gzip_packed`; a slice of the frame.
    pub body: Bytes,
    /// When it arrived.
    pub received_at: Time,
}

/// Whether a pushed update was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pushed {
    /// It is or will be sent.
    Queued,
    /// Too much is unsent or unacknowledged: this and the waiting updates are dropped, and the
    /// client will be told to ask for the difference instead.
    Lagging,
}

/// A call that is running or waits to run.
#[derive(Debug)]
struct Pending {
    body_len: u32,
    started: bool,
    dropped: bool,
}

/// The state of one session. Attached to a [`crate::Connection`] or kept by the server between
/// two connections; in both cases it takes answers and updates.
#[derive(Debug)]
pub struct Session {
    reference: SessionRef,
    /// Random number of this instance; clients tell by it that the server forgot the session.
    unique_id: i64,
    /// The id that `new_session_created` names, once it is planned.
    first_msg_id: Option<MsgId>,
    window: Window,
    calls: BTreeMap<MsgId, Pending>,
    /// Calls not handed to the server yet; also counted in `calls`.
    waiting: VecDeque<Call>,
    waiting_bytes: usize,
    running: usize,
    running_bytes: usize,
    outbox: Outbox,
    acks: Vec<MsgId>,
    ack_at: Option<Time>,
    attached: bool,
    lagging: bool,
    too_long_asked: bool,
    last_active: Time,
}

impl Session {
    /// A session that the server sees for the first time; `unique_id` is to be random.
    #[must_use]
    pub fn new(now: Time, reference: SessionRef, unique_id: i64) -> Session {
        Session {
            reference,
            unique_id,
            first_msg_id: None,
            window: Window::default(),
            calls: BTreeMap::new(),
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            running: 0,
            running_bytes: 0,
            outbox: Outbox::new(),
            acks: Vec::new(),
            ack_at: None,
            attached: false,
            lagging: false,
            too_long_asked: false,
            last_active: now,
        }
    }

    /// Key and session id.
    #[must_use]
    pub fn reference(&self) -> SessionRef {
        self.reference
    }

    /// When the client was last heard in this session; the server forgets idle ones.
    #[must_use]
    pub fn last_active(&self) -> Time {
        self.last_active
    }

    /// Calls that the server is running: number and bytes of their bodies.
    #[must_use]
    pub fn running(&self) -> (usize, usize) {
        (self.running, self.running_bytes)
    }

    /// About how many bytes of messages and calls the session holds, for whoever keeps many.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.waiting_bytes + self.outbox.held_bytes()
    }

    /// Whether updates were dropped and the client does not know it yet.
    #[must_use]
    pub fn lagging(&self) -> bool {
        self.lagging
    }

    /// Whether the client can be told now that updates were dropped, by [`Self::push_too_long`].
    #[must_use]
    pub fn needs_too_long(&self) -> bool {
        let (number, bytes) = self.outbox.pushes();
        let room = number <= UNACKED_MESSAGES_MAX / 2 && bytes <= UNACKED_BYTES_MAX / 2;
        self.lagging && room
    }

    /// Takes the server's answer to a call; it is sent when a connection can take it.
    ///
    /// Returns false when the session waits for no such answer: it never saw the call, or it was
    /// answered before.
    pub fn answer(&mut self, msg_id: MsgId, answer: Answer) -> bool {
        let Some(pending) = self.calls.remove(&msg_id) else {
            return false;
        };
        if pending.started {
            self.running -= 1;
            self.running_bytes -= pending.body_len as usize;
        }
        if pending.dropped {
            return true;
        }
        match answer {
            Answer::Result(bytes) => self.result(msg_id, bytes),
            Answer::Compressible(bytes) => {
                let bytes = gzip::pack(&bytes).unwrap_or(bytes);
                self.result(msg_id, bytes);
            }
            Answer::Error { code, message } => self.error(msg_id, code, &message),
            Answer::KeyDestroyed(outcome) => {
                let body = service::destroy_auth_key_answer(outcome);
                self.outbox.queue(Kind::BareResult, body);
                self.window.mark(msg_id, state::ANSWERED);
            }
        }
        if !self.attached {
            self.outbox.trim(DETACHED_ANSWER_BYTES_MAX);
        }
        true
    }

    fn error(&mut self, msg_id: MsgId, code: i32, message: &str) {
        self.result(msg_id, service::rpc_error(code, message));
    }

    /// Queues an `rpc_result`, which is also the acknowledgement of its request.
    fn result(&mut self, msg_id: MsgId, bytes: Bytes) {
        self.acks.retain(|acked| *acked != msg_id);
        if self.acks.is_empty() {
            self.ack_at = None;
        }
        self.window.mark(msg_id, state::ANSWERED);
        self.outbox.queue(Kind::Result(msg_id), bytes);
    }

    /// Takes an update for the client; `body` is a whole `Updates` object in its layer.
    pub fn push(&mut self, body: Bytes) -> Pushed {
        let (number_max, bytes_max) = if self.attached {
            (UNACKED_MESSAGES_MAX, UNACKED_BYTES_MAX)
        } else {
            (DETACHED_PUSHES_MAX, DETACHED_PUSH_BYTES_MAX)
        };
        let (number, bytes) = self.outbox.pushes();
        if self.lagging || number >= number_max || bytes + body.len() > bytes_max {
            self.lagging = true;
            self.outbox.drop_waiting_pushes();
            return Pushed::Lagging;
        }
        self.outbox.queue(Kind::Push, body);
        Pushed::Queued
    }

    /// Tells the client that updates were dropped; `body` is `updatesTooLong`.
    ///
    /// Returns false, and does nothing, unless [`Self::needs_too_long`].
    pub fn push_too_long(&mut self, body: Bytes) -> bool {
        let due = self.needs_too_long();
        if due {
            self.lagging = false;
            self.too_long_asked = false;
            self.outbox.queue(Kind::Push, body);
        }
        due
    }

    /// Whether the server has to be asked for `updatesTooLong`; true once per lag.
    pub(crate) fn ask_for_too_long(&mut self) -> bool {
        let ask = self.needs_too_long() && !self.too_long_asked;
        self.too_long_asked |= ask;
        ask
    }

    /// A connection takes the session over. `resend` sends again what is not acknowledged.
    pub(crate) fn attach(&mut self, now: Time, resend: bool) {
        self.attached = true;
        self.too_long_asked = false;
        self.outbox.new_line(now, resend);
    }

    /// The connection is gone.
    pub(crate) fn detach(&mut self) {
        self.attached = false;
        self.outbox.cancel_resends();
        self.outbox.trim(DETACHED_ANSWER_BYTES_MAX);
    }

    /// The next call for the server, if there is one of at most `bytes_max` bytes.
    pub(crate) fn next_call(&mut self, bytes_max: usize) -> Option<Call> {
        let call = self
            .waiting
            .pop_front_if(|call| call.body.len() <= bytes_max)?;
        release(&mut self.waiting);
        self.waiting_bytes -= call.body.len();
        self.running += 1;
        self.running_bytes += call.body.len();
        if let Some(pending) = self.calls.get_mut(&call.msg_id) {
            pending.started = true;
        }
        Some(call)
    }

    /// Calls that wait to run: number and bytes.
    pub(crate) fn calls_waiting(&self) -> (usize, usize) {
        (self.waiting.len(), self.waiting_bytes)
    }

    /// Messages and bytes that wait to be sent.
    pub(crate) fn unsent(&self) -> (usize, usize) {
        self.outbox.waiting()
    }

    /// Whether [`Self::next_message`] would give one.
    pub(crate) fn has_messages(&self, now: Time) -> bool {
        !self.outbox.is_empty() || self.ack_at.is_some_and(|at| at <= now)
    }

    /// The next message for the wire; `salt` is the current one.
    pub(crate) fn next_message(&mut self, now: Time, salt: i64) -> Option<Outgoing> {
        if self.ack_at.is_some_and(|at| at <= now) {
            self.send_acks();
        }
        let first = self.first_msg_id.unwrap_or(MsgId(0));
        let unique_id = self.unique_id;
        self.outbox
            .next(now, || service::new_session_created(first, unique_id, salt))
    }

    /// The id and number of a container around messages taken just before.
    pub(crate) fn container_header(&mut self, now: Time) -> (MsgId, i32) {
        (
            self.outbox.next_id(now, true),
            self.outbox.next_seq_no(false),
        )
    }

    fn send_acks(&mut self) {
        let acks = std::mem::take(&mut self.acks);
        self.ack_at = None;
        for ids in acks.chunks(service::SERVICE_IDS_MAX as usize) {
            self.outbox.queue(Kind::Reply, service::msgs_ack(ids));
        }
        for msg_id in acks {
            self.window.mark(msg_id, state::ACKED);
        }
    }

    /// Plans an acknowledgement; one that waits already may carry it earlier.
    fn acknowledge(&mut self, now: Time, msg_id: MsgId, delay: Duration) {
        self.acks.push(msg_id);
        let full = self.acks.len() >= ACKS_WAITING_MAX;
        let at = if full { now } else { now.plus(delay) };
        self.ack_at = Some(self.ack_at.map_or(at, |planned| planned.min(at)));
    }

    /// Forgets what is too old to matter.
    pub(crate) fn tick(&mut self, now: Time) {
        if self.attached {
            self.outbox.expire(now, self.last_active);
        }
    }

    /// When [`Self::tick`] or [`Self::next_message`] has something to do without new input.
    /// Moments up to `now` are left out: what was due then is done or waits for something else.
    pub(crate) fn wake_at(&self, now: Time) -> Option<Time> {
        let expiry = self.outbox.expires_at();
        self.ack_at
            .into_iter()
            .chain(expiry)
            .filter(|at| *at > now)
            .min()
    }
}
