//! What a session has still to send, and what it has sent and may have to send again.
//! Ids and numbers are given at the moment of sending, so they rise in the order of the wire.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

use crate::service::RPC_RESULT;
use crate::{MsgId, Time};

/// Most sent updates, and most sent answers, that are kept until the client acknowledges them.
/// Chosen: no client lets more than a hundred wait; beyond this `updatesTooLong` is cheaper.
pub const UNACKED_MESSAGES_MAX: usize = 1000;
/// Most bytes of sent updates, and most of sent answers, that are kept.
/// Chosen: four answers of the largest download part.
pub const UNACKED_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a sent message is kept at a client that is alive and does not acknowledge it.
/// Source: message ids older than 300 s are refused, so neither side returns to older ones.
pub const UNACKED_AGE_MAX: Duration = Duration::from_secs(300);
/// A client that is heard this long after a message was sent on the same line has received it.
/// Chosen: bytes that the other side does not confirm end a TCP connection sooner or later, and
/// a client that waits for something asks again long before.
pub const DELIVERED_AFTER: Duration = Duration::from_secs(30);

/// Answers from this length on are forgotten before shorter ones.
/// Chosen: above any answer but parts of files and long lists.
const LARGE_ANSWER_BYTES: usize = 16 * 1024;

/// What kind of message it is: decides id, number and whether it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Answers below the API: even number, not kept.
    Reply,
    /// `rpc_result` for the message with this id.
    Result(MsgId),
    /// A content answer outside `rpc_result`.
    BareResult,
    /// An update or another notice.
    Push,
    /// `new_session_created`; its body is written when it is sent.
    Created,
}

/// A TL object to be sent; the head of an `rpc_result` is implied, so results are never copied
/// to put twelve bytes in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) answer_to: Option<MsgId>,
    pub(crate) bytes: Bytes,
}

impl Body {
    pub(crate) fn len(&self) -> usize {
        self.bytes.len() + if self.answer_to.is_some() { 12 } else { 0 }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        if let Some(msg_id) = self.answer_to {
            out.extend_from_slice(&RPC_RESULT.to_le_bytes());
            out.extend_from_slice(&msg_id.0.to_le_bytes());
        }
        out.extend_from_slice(&self.bytes);
    }
}

/// A message with its id, ready for the envelope.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) msg_id: MsgId,
    pub(crate) seq_no: i32,
    pub(crate) body: Body,
}

#[derive(Debug)]
struct Queued {
    kind: Kind,
    bytes: Bytes,
}

#[derive(Debug)]
struct Sent {
    message: Outgoing,
    at: Time,
    push: bool,
    /// It stands in the queue of repetitions.
    resending: bool,
}

/// The two stores and the counters of ids and numbers.
#[derive(Debug)]
pub(crate) struct Outbox {
    queue: VecDeque<Queued>,
    queue_bytes: usize,
    /// In rising order of ids, as ids are given on sending.
    sent: VecDeque<Sent>,
    /// Kept messages that are not pushes: number and bytes.
    answers: usize,
    answer_bytes: usize,
    resend: VecDeque<MsgId>,
    last: MsgId,
    content: i32,
    /// Pushes waiting or unacknowledged: number and bytes.
    pushes: usize,
    push_bytes: usize,
}

impl Outbox {
    pub(crate) fn new() -> Outbox {
        Outbox {
            queue: VecDeque::new(),
            queue_bytes: 0,
            sent: VecDeque::new(),
            answers: 0,
            answer_bytes: 0,
            resend: VecDeque::new(),
            last: MsgId(0),
            content: 0,
            pushes: 0,
            push_bytes: 0,
        }
    }

    pub(crate) fn queue(&mut self, kind: Kind, bytes: Bytes) {
        self.queue_bytes += bytes.len();
        if kind == Kind::Push {
            self.pushes += 1;
            self.push_bytes += bytes.len();
        }
        self.queue.push_back(Queued { kind, bytes });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.resend.is_empty()
    }

    /// Messages and bytes that wait to be sent.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.queue.len() + self.resend.len(), self.queue_bytes)
    }

    /// Pushes that wait or are not acknowledged: number and bytes.
    pub(crate) fn pushes(&self) -> (usize, usize) {
        (self.pushes, self.push_bytes)
    }

    /// Bytes of everything that is kept; updates that wait are counted twice.
    pub(crate) fn held_bytes(&self) -> usize {
        self.queue_bytes + self.answer_bytes + self.push_bytes
    }

    #[cfg(test)]
    pub(crate) fn unacked(&self) -> usize {
        self.sent.len()
    }

    /// The next message for the wire. `created` writes the body of `new_session_created`.
    pub(crate) fn next(&mut self, now: Time, created: impl FnOnce() -> Bytes) -> Option<Outgoing> {
        while let Some(msg_id) = self.resend.pop_front() {
            if let Ok(at) = self.find(msg_id)
                && let Some(sent) = self.sent.get_mut(at)
            {
                sent.at = now;
                sent.resending = false;
                return Some(sent.message.clone());
            }
        }
        let Queued { kind, bytes } = self.queue.pop_front()?;
        self.queue_bytes -= bytes.len();
        release(&mut self.queue);
        let (reply, content) = match kind {
            Kind::Reply => (true, false),
            Kind::Result(_) | Kind::BareResult => (true, true),
            Kind::Push | Kind::Created => (false, true),
        };
        let msg_id = self.next_id(now, reply);
        let seq_no = self.next_seq_no(content);
        let bytes = if kind == Kind::Created {
            created()
        } else {
            bytes
        };
        let answer_to = if let Kind::Result(msg_id) = kind {
            Some(msg_id)
        } else {
            None
        };
        let message = Outgoing {
            msg_id,
            seq_no,
            body: Body { answer_to, bytes },
        };
        if content {
            self.keep(Sent {
                message: message.clone(),
                at: now,
                push: kind == Kind::Push,
                resending: false,
            });
        }
        Some(message)
    }

    /// A fresh id: the time, but always above the last one of this session.
    pub(crate) fn next_id(&mut self, now: Time, reply: bool) -> MsgId {
        let kind = if reply { 1 } else { 3 };
        self.last = MsgId::at(now, kind).max(self.last.next(kind));
        self.last
    }

    pub(crate) fn next_seq_no(&mut self, content: bool) -> i32 {
        let seq_no = self.content.wrapping_mul(2);
        if !content {
            return seq_no;
        }
        self.content = self.content.wrapping_add(1);
        seq_no | 1
    }

    /// Pushes are bounded where they are taken, so only answers can be too many here.
    fn keep(&mut self, sent: Sent) {
        if !sent.push {
            self.answers += 1;
            self.answer_bytes += sent.message.body.len();
        }
        self.sent.push_back(sent);
        while self.answers > UNACKED_MESSAGES_MAX {
            self.forget_answer(0);
        }
        self.trim_answers(UNACKED_BYTES_MAX);
    }

    /// Forgets kept answers until they have at most `bytes_max` bytes: large ones first, as those
    /// are parts of files, which a client can ask for again without harm.
    fn trim_answers(&mut self, bytes_max: usize) {
        for len_min in [LARGE_ANSWER_BYTES, 0] {
            while self.answer_bytes > bytes_max && self.forget_answer(len_min) {}
        }
    }

    /// Forgets the oldest kept answer of at least `len_min` bytes; false when there is none.
    fn forget_answer(&mut self, len_min: usize) -> bool {
        let fits = |sent: &Sent| !sent.push && sent.message.body.len() >= len_min;
        match self.sent.iter().position(fits) {
            Some(oldest) => self.forget(oldest).is_some(),
            None => false,
        }
    }

    fn find(&self, msg_id: MsgId) -> Result<usize, usize> {
        self.sent
            .binary_search_by_key(&msg_id, |sent| sent.message.msg_id)
    }

    fn forget(&mut self, at: usize) -> Option<Sent> {
        let sent = self.sent.remove(at)?;
        let bytes = sent.message.body.len();
        if sent.push {
            self.pushes -= 1;
            self.push_bytes -= bytes;
        } else {
            self.answers -= 1;
            self.answer_bytes -= bytes;
        }
        if self.sent.is_empty() {
            self.sent = VecDeque::new(); // idle sessions hold no memory for this
        }
        Some(sent)
    }

    /// The client has the message.
    pub(crate) fn acknowledged(&mut self, msg_id: MsgId) {
        if let Ok(at) = self.find(msg_id) {
            self.forget(at);
        }
    }

    /// Forgets what is older than [`UNACKED_AGE_MAX`] and has surely arrived, as the client was
    /// `heard` on the same line long after. What may be lost stays, within the other bounds.
    pub(crate) fn expire(&mut self, now: Time, heard: Time) {
        let over = |sent: &Sent| {
            now.since(sent.at) > UNACKED_AGE_MAX && heard >= sent.at.plus(DELIVERED_AFTER)
        };
        while self.sent.front().is_some_and(over) {
            self.forget(0);
        }
    }

    /// When the oldest kept message ends.
    pub(crate) fn expires_at(&self) -> Option<Time> {
        self.sent
            .front()
            .map(|sent| sent.at.plus(UNACKED_AGE_MAX + Duration::from_millis(1)))
    }

    /// Sends a kept message again, with its old id; false when it is not kept.
    pub(crate) fn resend(&mut self, msg_id: MsgId) -> bool {
        let Ok(at) = self.find(msg_id) else {
            return false;
        };
        if let Some(sent) = self.sent.get_mut(at)
            && !std::mem::replace(&mut sent.resending, true)
        {
            self.resend.push_back(msg_id);
        }
        true
    }

    /// A new line begins: what is kept counts from now, and with `resend` goes out again.
    pub(crate) fn new_line(&mut self, now: Time, resend: bool) {
        for sent in &mut self.sent {
            sent.at = now;
            sent.resending = resend;
        }
        if resend {
            let ids = self.sent.iter().map(|sent| sent.message.msg_id);
            self.resend = ids.collect();
        }
    }

    /// Gives up planned repetitions; the connection they were meant for is gone.
    pub(crate) fn cancel_resends(&mut self) {
        self.resend = VecDeque::new();
        self.sent.iter_mut().for_each(|sent| sent.resending = false);
    }

    /// Sends the kept result for `request` again.
    pub(crate) fn resend_result(&mut self, request: MsgId) -> bool {
        let kept = self
            .sent
            .iter()
            .rev()
            .find(|sent| sent.message.body.answer_to == Some(request));
        match kept.map(|sent| sent.message.msg_id) {
            Some(msg_id) => self.resend(msg_id),
            None => false,
        }
    }

    /// Which of our kept messages answer which requests, sorted by request.
    pub(crate) fn results(&self) -> Vec<(MsgId, MsgId)> {
        let kept = self.sent.iter().map(|sent| &sent.message);
        let mut results: Vec<_> = kept
            .filter_map(|m| m.body.answer_to.map(|request| (request, m.msg_id)))
            .collect();
        results.sort_unstable();
        results
    }

    /// Whether the result for `request` waits to be sent.
    pub(crate) fn result_waits(&self, request: MsgId) -> bool {
        self.queue
            .iter()
            .any(|queued| queued.kind == Kind::Result(request))
    }

    /// Drops the waiting result for `request`; false when there is none.
    pub(crate) fn drop_waiting_result(&mut self, request: MsgId) -> bool {
        let at = self
            .queue
            .iter()
            .position(|queued| queued.kind == Kind::Result(request));
        let dropped = at.and_then(|at| self.queue.remove(at));
        self.queue_bytes -= dropped.as_ref().map_or(0, |queued| queued.bytes.len());
        dropped.is_some()
    }

    /// Drops the sent result for `request` and returns it.
    pub(crate) fn drop_sent_result(&mut self, request: MsgId) -> Option<Outgoing> {
        let at = self
            .sent
            .iter()
            .position(|s| s.message.body.answer_to == Some(request))?;
        self.forget(at).map(|sent| sent.message)
    }

    /// Drops the pushes that were not sent yet.
    pub(crate) fn drop_waiting_pushes(&mut self) {
        let (mut number, mut bytes) = (0, 0);
        self.queue.retain(|queued| {
            let push = queued.kind == Kind::Push;
            if push {
                number += 1;
                bytes += queued.bytes.len();
            }
            !push
        });
        self.pushes -= number;
        self.push_bytes -= bytes;
        self.queue_bytes -= bytes;
    }

    /// Brings the answers down to `bytes_max` bytes waiting and as many kept; the oldest of those
    /// that wait go first.
    pub(crate) fn trim(&mut self, bytes_max: usize) {
        self.trim_answers(bytes_max);
        while self.queue_bytes > bytes_max {
            let oldest = self
                .queue
                .iter()
                .position(|queued| matches!(queued.kind, Kind::Result(_)));
            let Some(dropped) = oldest.and_then(|at| self.queue.remove(at)) else {
                return;
            };
            self.queue_bytes -= dropped.bytes.len();
        }
    }
}

/// Gives the memory of an empty queue back, unless it is little.
pub(crate) fn release<T>(queue: &mut VecDeque<T>) {
    const CAPACITY_KEPT: usize = 16;
    if queue.is_empty() && queue.capacity() > CAPACITY_KEPT {
        *queue = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_unix_seconds(1_700_000_000);

    fn body(len: usize) -> Bytes {
        Bytes::from(vec![0; len])
    }

    fn next(outbox: &mut Outbox, now: Time) -> Option<Outgoing> {
        outbox.next(now, Bytes::new)
    }

    #[test]
    fn ids_rise_even_when_the_clock_stands_or_goes_back() {
        let mut outbox = Outbox::new();
        let mut last = MsgId(0);
        for step in 0..1000 {
            let kind = if step % 3 == 0 {
                Kind::Push
            } else {
                Kind::Reply
            };
            outbox.queue(kind, body(4));
            let now = Time::from_unix_seconds(1_700_000_000 - step / 100);
            let message = next(&mut outbox, now).unwrap();
            assert!(message.msg_id > last);
            assert_eq!(
                message.msg_id.kind(),
                if kind == Kind::Push { 3 } else { 1 }
            );
            last = message.msg_id;
        }
    }

    #[test]
    fn numbers_count_content_messages() {
        let mut outbox = Outbox::new();
        let kinds = [
            Kind::Reply,
            Kind::Created,
            Kind::Reply,
            Kind::Result(MsgId(4)),
            Kind::Push,
        ];
        for kind in kinds {
            outbox.queue(kind, body(4));
        }
        let numbers = kinds.map(|_| next(&mut outbox, START).unwrap().seq_no);
        assert_eq!(numbers, [0, 1, 2, 3, 5]);
    }

    #[test]
    fn content_is_kept_until_acknowledged_and_resent_unchanged() {
        let mut outbox = Outbox::new();
        outbox.queue(Kind::Result(MsgId(8)), body(8));
        let first = next(&mut outbox, START).unwrap();
        assert!(outbox.resend_result(MsgId(8)) && outbox.resend(first.msg_id));
        let again = next(&mut outbox, START.plus(Duration::from_secs(9))).unwrap();
        assert_eq!(
            (again.msg_id, again.seq_no, &again.body),
            (first.msg_id, 1, &first.body)
        );
        assert!(
            next(&mut outbox, START).is_none(),
            "asked for twice, sent once"
        );
        outbox.acknowledged(first.msg_id);
        assert!(!outbox.resend(first.msg_id) && !outbox.resend_result(MsgId(8)));
    }

    #[test]
    fn the_kept_answers_are_bounded_in_number_and_bytes_and_displace_no_updates() {
        let mut outbox = Outbox::new();
        outbox.queue(Kind::Push, body(4));
        next(&mut outbox, START);
        for _ in 0..UNACKED_MESSAGES_MAX + 5 {
            outbox.queue(Kind::Result(MsgId(4)), body(4));
            next(&mut outbox, START);
        }
        assert_eq!(outbox.unacked(), UNACKED_MESSAGES_MAX + 1);
        for _ in 0..5 {
            outbox.queue(Kind::Result(MsgId(4)), body(1 << 20));
            next(&mut outbox, START);
        }
        // Four of them exceed the bytes; what is short stays and so does the update.
        let large = |sent: &&Sent| sent.message.body.len() > 1 << 20;
        assert_eq!(outbox.sent.iter().filter(large).count(), 3);
        assert!(outbox.answer_bytes <= UNACKED_BYTES_MAX && outbox.unacked() > 900);
        assert_eq!(outbox.pushes(), (1, 4));
    }

    #[test]
    fn old_messages_are_forgotten_only_when_they_have_surely_arrived() {
        let mut outbox = Outbox::new();
        outbox.queue(Kind::Push, body(4));
        next(&mut outbox, START);
        let heard = START.plus(DELIVERED_AFTER);
        let old = START.plus(UNACKED_AGE_MAX + Duration::from_secs(1));
        outbox.expire(START.plus(UNACKED_AGE_MAX), heard);
        outbox.expire(old, START.plus(DELIVERED_AFTER / 2));
        assert_eq!(outbox.unacked(), 1);
        outbox.expire(old, heard);
        assert_eq!((outbox.unacked(), outbox.pushes()), (0, (0, 0)));
    }

    #[test]
    fn a_message_that_is_sent_again_is_as_young_as_its_repetition() {
        let mut outbox = Outbox::new();
        outbox.queue(Kind::Push, body(4));
        next(&mut outbox, START);
        let again = START.plus(UNACKED_AGE_MAX);
        outbox.new_line(again, true);
        next(&mut outbox, again);
        outbox.expire(again.plus(DELIVERED_AFTER), again.plus(DELIVERED_AFTER));
        assert_eq!(outbox.unacked(), 1);
    }

    #[test]
    fn waiting_messages_can_be_dropped_by_kind() {
        let mut outbox = Outbox::new();
        outbox.queue(Kind::Push, body(4));
        outbox.queue(Kind::Result(MsgId(4)), body(8));
        outbox.queue(Kind::Result(MsgId(8)), body(16));
        outbox.drop_waiting_pushes();
        assert_eq!((outbox.waiting(), outbox.pushes()), ((2, 24), (0, 0)));
        assert!(outbox.drop_waiting_result(MsgId(8)) && !outbox.drop_waiting_result(MsgId(8)));
        outbox.trim(7);
        assert_eq!(outbox.waiting(), (0, 0));
    }
}
