//! What reaches a connection's task from outside: answers, updates, sessions that move. Posting
//! never waits, an empty mailbox holds no memory, and its owner is the only one who empties it.
//!
//! Answers and the replies to the connection's own questions are bounded by the calls and
//! questions it has open; updates are bounded here.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use mtproto::handshake::JobDone;
use mtproto::{Answer, KeyInfo, MsgId, Session, SessionRef};
use std::sync::Arc;

/// Updates that may wait in one mailbox; with more, the sessions are told to ask for the
/// difference. Chosen: a task that is this far behind is not reading.
const PUSHES_MAX: usize = 256;
/// Bytes of updates that may wait in one mailbox. Chosen: as above, 4 KiB each.
const PUSH_BYTES_MAX: usize = 1024 * 1024;

/// Something for a connection's task to do.
#[derive(Debug)]
pub(crate) enum Command {
    /// A call was answered.
    Answer {
        /// Who asked.
        session: SessionRef,
        /// The call.
        msg_id: MsgId,
        /// What the router said.
        answer: Answer,
    },
    /// An update for a session.
    Push {
        /// Who is told.
        session: SessionRef,
        /// A whole `Updates` object in the session's layer.
        body: Bytes,
    },
    /// Updates for this session were dropped because the mailbox was full.
    Lagging(SessionRef),
    /// A key was looked up.
    KeyFound {
        /// Which.
        auth_key_id: i64,
        /// What was found.
        key: Option<KeyInfo>,
    },
    /// A session was fetched from another connection.
    SessionFound {
        /// Which.
        session: SessionRef,
        /// What was found.
        found: Option<Box<Session>>,
    },
    /// A piece of key creation is computed.
    WorkDone(Box<JobDone>),
    /// A new key was written, or could not be.
    KeyStored {
        /// Which.
        auth_key_id: i64,
        /// It is durable.
        stored: bool,
    },
    /// Another connection wants a session that is here.
    GiveSession {
        /// Which.
        session: SessionRef,
        /// The other connection.
        to: Arc<Mailbox>,
    },
    /// The client destroyed a session from another connection.
    DropSession(SessionRef),
    /// A key is gone.
    ForgetKey(i64),
    /// Finish running calls, then close.
    Drain,
    /// Close now.
    Close,
}

/// One connection's mailbox.
#[derive(Debug, Default)]
pub(crate) struct Mailbox {
    inbox: Mutex<Inbox>,
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
struct Inbox {
    commands: Vec<Command>,
    pushes: usize,
    push_bytes: usize,
    closed: bool,
}

impl Mailbox {
    /// Leaves a command. Gives it back when the connection has ended.
    pub(crate) fn post(&self, command: Command) -> Result<(), Command> {
        let mut inbox = self.inbox();
        if inbox.closed {
            return Err(command);
        }
        inbox.commands.push(command);
        drop(inbox);
        self.waker.wake();
        Ok(())
    }

    /// Leaves an update, or notes that the session lags when too many wait already. False when
    /// the connection has ended.
    pub(crate) fn post_push(&self, session: SessionRef, body: Bytes) -> bool {
        let mut inbox = self.inbox();
        if inbox.closed {
            return false;
        }
        if inbox.pushes >= PUSHES_MAX || inbox.push_bytes + body.len() > PUSH_BYTES_MAX {
            let noted = inbox.commands.iter().any(|command| match command {
                Command::Lagging(lagging) => *lagging == session,
                _ => false,
            });
            if !noted {
                inbox.commands.push(Command::Lagging(session));
            }
        } else {
            inbox.pushes += 1;
            inbox.push_bytes += body.len();
            inbox.commands.push(Command::Push { session, body });
        }
        drop(inbox);
        self.waker.wake();
        true
    }

    /// Everything that was left, in order; pending while there is nothing.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Vec<Command>> {
        self.waker.register(cx.waker());
        let mut inbox = self.inbox();
        if inbox.commands.is_empty() {
            return Poll::Pending;
        }
        Poll::Ready(inbox.take())
    }

    /// Closes the mailbox and empties it a last time.
    pub(crate) fn close(&self) -> Vec<Command> {
        let mut inbox = self.inbox();
        inbox.closed = true;
        inbox.take()
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        // Nothing under the lock can panic half-way through a change.
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inbox {
    fn take(&mut self) -> Vec<Command> {
        self.pushes = 0;
        self.push_bytes = 0;
        std::mem::take(&mut self.commands)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    const SESSION: SessionRef = SessionRef {
        auth_key_id: 1,
        session_id: 2,
    };

    fn take(mailbox: &Mailbox) -> Vec<Command> {
        match mailbox.poll_take(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(commands) => commands,
            Poll::Pending => Vec::new(),
        }
    }

    #[test]
    fn updates_beyond_the_bound_become_one_note() {
        let mailbox = Mailbox::default();
        for _ in 0..PUSHES_MAX + 50 {
            assert!(mailbox.post_push(SESSION, Bytes::from_static(b"0123")));
        }
        let commands = take(&mailbox);
        assert_eq!(commands.len(), PUSHES_MAX + 1);
        assert!(matches!(commands.last(), Some(Command::Lagging(SESSION))));
        assert!(mailbox.post_push(SESSION, Bytes::from(vec![0; PUSH_BYTES_MAX + 1])));
        assert!(matches!(take(&mailbox)[..], [Command::Lagging(SESSION)]));
        assert!(take(&mailbox).is_empty());
    }

    #[test]
    fn a_closed_mailbox_gives_commands_back() {
        let mailbox = Mailbox::default();
        assert!(mailbox.post(Command::Drain).is_ok());
        assert!(matches!(mailbox.close()[..], [Command::Drain]));
        assert!(matches!(mailbox.post(Command::Close), Err(Command::Close)));
        assert!(!mailbox.post_push(SESSION, Bytes::new()));
    }
}
