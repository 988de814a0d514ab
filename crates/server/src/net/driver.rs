//! One task per connection: carries bytes, answers and time to the protocol core, and what the
//! core wants to the socket, the store, the workers and the router. The only place that waits.

use std::future::poll_fn;
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt as _;
use mtproto::handshake::Job;
use mtproto::transport::Transport;
use mtproto::{
    Answer, Call, Close, Connection, KeyInfo, MsgId, Output, SessionRef, StoreKey, Time,
};
use tokio::time::{Instant, Sleep};

use super::link::Link;
use super::mailbox::{Command, Mailbox};
use super::rate::Repeats;
use super::sessions::{Found, UPDATES_TOO_LONG};
use super::{Net, Peer, now};
use crate::event::Event;
use crate::rpc::Incoming;

/// Unwritten bytes at which messages are held back, and at which they flow again.
/// Chosen: one of the largest answers may wait beside what the system buffers.
const UNSENT_BYTES_HIGH: usize = 1024 * 1024;
const UNSENT_BYTES_LOW: usize = 128 * 1024;

/// Bytes still to come of a frame from which on they are read in place. Chosen: below it the copy
/// costs less than the extra room.
const READ_IN_PLACE_BYTES_MIN: usize = 16 * 1024;

/// How long the last bytes may take to reach the other end. Chosen: a slow phone line.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How long the other end may take to close after it was told why; closing with unread bytes in
/// the buffer would make the system throw the last words away.
const LINGER: Duration = Duration::from_secs(1);
/// A timer that is never due.
const FAR: Duration = Duration::from_secs(24 * 3600);

/// One connection and everything that belongs to it.
pub(crate) struct Driver<L> {
    net: Arc<Net>,
    peer: Peer,
    link: L,
    connection: Connection,
    mailbox: Arc<Mailbox>,
    repeats: Repeats,
    /// Calls that were started and are not answered.
    running: usize,
    holding: bool,
    draining: bool,
    closing: bool,
}

/// Why the loop ended.
enum End {
    /// The protocol core said so.
    Closed(Close),
    /// The other end finished, or the stream failed.
    Gone,
    /// The server stops.
    Stopped,
}

impl<L: Link> Driver<L> {
    /// A driver for a connection that has just begun to speak over `link`; `first` was read.
    pub(crate) fn new(
        net: Arc<Net>,
        peer: Peer,
        link: L,
        (transport, first): (Transport, &[u8]),
    ) -> Driver<L> {
        let random = net.random();
        let mut connection = Connection::new(now(), net.shared.clone(), transport, random);
        if !first.is_empty() {
            connection.receive(now(), first);
        }
        let mailbox = net.register(peer.connection);
        let repeats = Repeats::default();
        Driver {
            net,
            peer,
            link,
            connection,
            mailbox,
            repeats,
            running: 0,
            holding: false,
            draining: false,
            closing: false,
        }
    }

    /// Runs until the connection ends, and leaves its sessions in the registry.
    pub(crate) async fn run(mut self) {
        let end = self.turn().await;
        // A client that was told something, or had calls answered at the last moment, must not
        // lose that because of bytes of its own that nobody will read.
        let mut linger = matches!(end, End::Stopped);
        if let End::Closed(close) = &end {
            self.report(close);
            linger = close.transport_error().is_some();
            self.link.refuse(close.transport_error());
        }
        // First of all, so that a client that comes back at once finds its sessions.
        let Driver {
            net,
            peer,
            mut link,
            connection,
            mailbox,
            ..
        } = self;
        net.sessions
            .detach(now(), &mailbox, connection.into_sessions());
        net.unregister(peer.connection);
        if !matches!(end, End::Gone) {
            say_last_words(&mut link, linger).await;
        }
    }

    fn report(&self, close: &Close) {
        let connection = self.peer.connection;
        match close {
            Close::Violation(violation) => {
                self.net.events.emit(Event::Violation {
                    connection,
                    violation,
                });
            }
            other => tracing::debug!(connection, why = %other, "connection ends"),
        }
    }

    async fn turn(&mut self) -> End {
        let sleep = tokio::time::sleep(FAR);
        tokio::pin!(sleep);
        loop {
            if let Some(end) = self.settle() {
                return end;
            }
            arm(sleep.as_mut(), self.connection.wake_at());
            let happened = poll_fn(|cx| self.poll_happening(cx, sleep.as_mut())).await;
            match happened {
                Ok(true) => {}
                Ok(false) => return End::Gone,
                Err(error) => {
                    let connection = self.peer.connection;
                    tracing::debug!(connection, %error, "stream failed");
                    return End::Gone;
                }
            }
        }
    }

    /// Does everything that the protocol core wants now. `Some` when the connection is to end.
    fn settle(&mut self) -> Option<End> {
        while let Some(output) = self.connection.poll() {
            if let Some(close) = self.obey(output) {
                return Some(End::Closed(close));
            }
        }
        let drained = self.draining && self.running == 0 && self.link.unsent() == 0;
        (drained || self.closing).then_some(End::Stopped)
    }

    /// Waits for the next input and hands it to the protocol core. `false`: the other end has
    /// finished.
    fn poll_happening(
        &mut self,
        cx: &mut Context<'_>,
        sleep: Pin<&mut Sleep>,
    ) -> Poll<io::Result<bool>> {
        if let Poll::Ready(commands) = self.mailbox.poll_take(cx) {
            for command in commands {
                self.carry_out(command);
            }
            return Poll::Ready(Ok(true));
        }
        if self.link.poll_flush(cx)?.is_ready() && self.draining && self.running == 0 {
            return Poll::Ready(Ok(true));
        }
        if self.holding && self.link.unsent() <= UNSENT_BYTES_LOW {
            self.hold(false);
            return Poll::Ready(Ok(true));
        }
        if self.connection.wants_read() && !self.holding && !self.draining {
            let received = self.poll_receive(cx);
            if received.is_ready() {
                return received;
            }
        }
        if sleep.poll(cx).is_ready() {
            self.connection.tick(now());
            return Poll::Ready(Ok(true));
        }
        Poll::Pending
    }

    /// Reads what arrived: the rest of a large frame to where it is needed, anything else through
    /// the buffer that connections share.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let connection = &mut self.connection;
        if connection.missing_bytes() >= READ_IN_PLACE_BYTES_MIN
            && let Some(read) = self.link.poll_append(cx, connection.read_buffer())
        {
            let count = ready!(read)?;
            if count > 0 {
                connection.received(now(), count);
            }
            return Poll::Ready(Ok(count > 0));
        }
        self.link
            .poll_receive(cx, &mut |bytes| connection.receive(now(), bytes))
    }

    /// Does one thing that the protocol core wants. `Some` when it ends the connection.
    fn obey(&mut self, output: Output) -> Option<Close> {
        match output {
            Output::Send(bytes) => {
                self.link.send(bytes);
                if self.link.unsent() >= UNSENT_BYTES_HIGH && !self.holding {
                    self.hold(true);
                }
            }
            Output::FindKey { auth_key_id } => self.find_key(auth_key_id),
            Output::FindSession(session) => {
                if let Found::Here(found) = self.net.sessions.find(session, &self.mailbox) {
                    self.connection.session_found(now(), session, found);
                }
            }
            Output::Work(job) => self.work(job),
            Output::StoreKey(key) => self.store_key(key),
            Output::Call(call) => self.start(call),
            Output::DestroySession {
                asked_by,
                session_id,
            } => {
                let other = SessionRef {
                    auth_key_id: asked_by.auth_key_id,
                    session_id,
                };
                let existed = self.net.sessions.destroy(other);
                if existed && self.holds(other) {
                    drop(self.connection.take_session(now(), other));
                }
                self.connection
                    .session_destroyed(now(), asked_by, session_id, existed);
            }
            Output::DestroyKey { session, msg_id } => self.destroy_key(session, msg_id),
            Output::NeedsTooLong(session) => {
                self.connection
                    .push_too_long(now(), session, UPDATES_TOO_LONG);
            }
            Output::Close(close) => return Some(close),
        }
        None
    }

    fn carry_out(&mut self, command: Command) {
        let now = now();
        match command {
            Command::Answer {
                session,
                msg_id,
                answer,
            } if self.holds(session) => {
                self.running = self.running.saturating_sub(1);
                self.connection.answer(now, session, msg_id, answer);
            }
            Command::Answer { .. } => {
                self.running = self.running.saturating_sub(1);
                // The session has moved; whoever has it takes the answer.
                self.net.sessions.forward(now, &self.mailbox, command);
            }
            Command::Push { session, body } if self.holds(session) => {
                self.connection.push(now, session, body);
            }
            Command::Push { .. } => self.net.sessions.forward(now, &self.mailbox, command),
            Command::Lagging(session) => {
                self.connection.push(now, session, UPDATES_TOO_LONG);
            }
            Command::KeyFound { auth_key_id, key } => {
                self.connection.key_found(now, auth_key_id, key);
            }
            Command::SessionFound { session, found } => {
                self.connection.session_found(now, session, found);
            }
            Command::WorkDone(done) => self.connection.work_done(now, *done),
            Command::KeyStored {
                auth_key_id,
                stored,
            } => {
                self.connection.key_stored(now, auth_key_id, stored);
            }
            Command::GiveSession { session, to } => {
                let taken = self.connection.take_session(now, session);
                let was_last = taken.is_some() && self.connection.sessions().next().is_none();
                self.net
                    .sessions
                    .give(now, session, taken, (&self.mailbox, to));
                // The client has gone on to its new connection; nobody needs this one.
                self.closing |= was_last && !L::SERVES_MANY;
            }
            Command::DropSession(session) => drop(self.connection.take_session(now, session)),
            Command::ForgetKey(auth_key_id) => self.connection.forget_key(auth_key_id),
            Command::Drain => self.draining = true,
            Command::Close => self.closing = true,
        }
    }

    fn holds(&self, session: SessionRef) -> bool {
        self.connection.sessions().any(|held| held == session)
    }

    fn hold(&mut self, hold: bool) {
        self.holding = hold;
        self.connection.hold_sending(hold);
    }

    /// Looks a key up: at once when it is in the cache, else by a task of its own.
    fn find_key(&mut self, auth_key_id: i64) {
        if let Some(key) = self.net.keys.cached(auth_key_id) {
            return self
                .connection
                .key_found(now(), auth_key_id, Some(key.info()));
        }
        let (net, mailbox) = (self.net.clone(), self.mailbox.clone());
        self.net.spawn(async move {
            let key = match net.keys.find(auth_key_id).await {
                Ok(key) => key.map(|key| key.info()),
                Err(error) => {
                    net.events.emit(Event::Fault {
                        doing: "find a key",
                        error: &error,
                    });
                    // Saying "unknown" would make the client throw its key away; it comes back.
                    let _ = mailbox.post(Command::Close);
                    return;
                }
            };
            let _ = mailbox.post(Command::KeyFound { auth_key_id, key });
        });
    }

    /// Computes a piece of key creation on a worker thread; only so many at once, and no address
    /// fills the queue.
    fn work(&mut self, job: Job) {
        let (net, mailbox) = (self.net.clone(), self.mailbox.clone());
        let jobs = self.peer.place.jobs();
        self.net.spawn(async move {
            let (Ok(_turn), Ok(_place)) =
                (jobs.acquire().await, net.handshake_places.acquire().await)
            else {
                return;
            };
            let command = match tokio::task::spawn_blocking(move || job.run()).await {
                Ok(done) => Command::WorkDone(Box::new(done)),
                // It panicked, which is in the log; the client tries again.
                Err(_) => Command::Close,
            };
            let _ = mailbox.post(command);
        });
    }

    /// Makes a new key durable, then says so.
    fn store_key(&mut self, new: StoreKey) {
        let (net, mailbox) = (self.net.clone(), self.mailbox.clone());
        let connection = self.peer.connection;
        let dialled = net.dialled(self.connection.dc_hint());
        self.net.spawn(async move {
            let auth_key_id = new.key.key.id;
            let temporary = new.key.expires_at.is_some();
            let dc_id = new.dc.and_then(|dc| net.named(dc)).or(dialled);
            let stored = match net.keys.store_new(&new.key, dc_id).await {
                Ok(()) => {
                    net.events.emit(Event::KeyCreated {
                        connection,
                        auth_key_id,
                        temporary,
                    });
                    true
                }
                Err(error) => {
                    net.events.emit(Event::Fault {
                        doing: "store a new key",
                        error: &error,
                    });
                    false
                }
            };
            let _ = mailbox.post(Command::KeyStored {
                auth_key_id,
                stored,
            });
        });
    }

    /// Starts a call. It runs to its end whatever becomes of this connection.
    fn start(&mut self, call: Call) {
        self.running += 1;
        let Call {
            session,
            msg_id,
            body,
            received_at,
        } = call;
        let delay = self.repeats.delay(received_at, session.auth_key_id, &body);
        let incoming = Incoming {
            auth_key_id: session.auth_key_id,
            session_id: session.session_id,
            msg_id: msg_id.0,
            body,
            dc: self.net.dialled(self.connection.dc_hint()),
            is_test: self.net.is_test(self.connection.dc_hint()),
            ip: self.peer.ip,
            local: self.peer.local,
            received_at,
        };
        // Handed over here, in order of arrival; only the work itself is a task.
        let answer = self.net.router.clone().answer(incoming);
        let (net, mailbox) = (self.net.clone(), self.mailbox.clone());
        self.net.spawn(async move {
            let answer = AssertUnwindSafe(answer).catch_unwind().await;
            // The panic's message is in the log already.
            let answer = answer.unwrap_or(Answer::error(500, "INTERNAL"));
            if let Some(delay) = delay {
                net.events.count_slowed();
                tokio::time::sleep(delay).await;
            }
            let command = Command::Answer {
                session,
                msg_id,
                answer,
            };
            if let Err(Command::Answer { answer, .. }) = mailbox.post(command) {
                net.sessions.deliver(session, msg_id, answer);
            }
        });
    }

    fn destroy_key(&mut self, session: SessionRef, msg_id: MsgId) {
        self.running += 1;
        let (net, mailbox) = (self.net.clone(), self.mailbox.clone());
        self.net.spawn(async move {
            let answer = net
                .keys
                .destroy_answer(session.auth_key_id, &net.events)
                .await;
            let command = Command::Answer {
                session,
                msg_id,
                answer,
            };
            if let Err(Command::Answer { answer, .. }) = mailbox.post(command) {
                net.sessions.deliver(session, msg_id, answer);
            }
        });
    }
}

/// Sets the timer, but only to an earlier moment: most inputs move the deadline back a little,
/// and a timer that fires too early costs less than one that is set for each of them.
fn arm(mut sleep: Pin<&mut Sleep>, wake_at: Option<Time>) {
    let wait = wake_at.map_or(FAR, |at| at.since(now()).min(FAR));
    let due = Instant::now() + wait;
    if sleep.is_elapsed() || due < sleep.deadline() {
        sleep.as_mut().reset(due);
    }
}

async fn say_last_words<L: Link>(link: &mut L, linger: bool) {
    let said = tokio::time::timeout(LAST_WORDS, async {
        poll_fn(|cx| link.poll_flush(cx)).await?;
        poll_fn(|cx| link.poll_shutdown(cx)).await
    });
    if !matches!(said.await, Ok(Ok(()))) || !linger {
        return;
    }
    let read_out =
        async { while let Ok(true) = poll_fn(|cx| link.poll_receive(cx, &mut |_| {})).await {} };
    let _ = tokio::time::timeout(LINGER, read_out).await;
}

impl crate::keys::KeyState {
    /// What the protocol core has to know about the key.
    pub(crate) fn info(&self) -> KeyInfo {
        let int = |seconds: i64| i32::try_from(seconds).unwrap_or(i32::MAX);
        KeyInfo {
            key: self.key.clone(),
            first_salt: self.first_salt,
            created_at: int(self.created_at),
            expires_at: self.expires_at.map(int),
        }
    }
}
