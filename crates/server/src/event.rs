//! What the server says about itself: one closed enum, emitted once, that feeds the log and the
//! counters, so that the two cannot disagree. No code, key, password or file byte is ever part of
//! an event.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use domain::Refusal;

/// How a call ended.
#[derive(Debug)]
pub enum Outcome {
    /// It was answered.
    Answered,
    /// It was refused with one of the protocol's own words.
    Refused(Refusal),
    /// The server failed and the client saw 500; the error with its causes.
    Failed(String),
}

/// Something worth a line in the log or a counter.
#[derive(Debug)]
pub enum Event<'a> {
    /// A connection was accepted.
    ConnectionOpened {
        /// Number of the connection, unique within this process.
        connection: u64,
        /// The other end.
        ip: IpAddr,
    },
    /// A connection was turned away because there are too many.
    ConnectionRefused {
        /// The other end.
        ip: IpAddr,
    },
    /// A connection ended.
    ConnectionClosed {
        /// Number of the connection.
        connection: u64,
        /// Why, in words.
        why: &'a str,
    },
    /// The other end broke the protocol.
    Violation {
        /// Number of the connection.
        connection: u64,
        /// What it did.
        violation: &'a mtproto::Violation,
    },
    /// A key was created and stored.
    KeyCreated {
        /// Number of the connection.
        connection: u64,
        /// The key's id.
        auth_key_id: i64,
        /// It has an expiry.
        temporary: bool,
    },
    /// A call arrived and was answered.
    Answered {
        /// The key it came under.
        auth_key_id: i64,
        /// Its message id.
        msg_id: i64,
        /// The method's name, or `unknown`.
        method: &'static str,
        /// How it ended.
        outcome: Outcome,
    },
    /// The server failed at something. Logged here and nowhere else.
    Fault {
        /// What it was doing.
        doing: &'a str,
        /// The error; its causes are written too.
        error: &'a (dyn std::error::Error + 'static),
    },
    /// Updates were handed to sessions of a user.
    Pushed {
        /// The user.
        user_id: i64,
        /// How many sessions.
        sessions: usize,
    },
}

/// The names of the counters, in the order of [`Events::counts`].
const COUNTERS: [&str; 11] = [
    "connections_opened",
    "connections_refused",
    "connections_closed",
    "violations",
    "keys_created",
    "calls_answered",
    "calls_refused",
    "calls_failed",
    "faults",
    "pushes",
    "calls_slowed",
];

/// The place where events go.
#[derive(Debug, Default)]
pub struct Events {
    counters: [AtomicU64; COUNTERS.len()],
    /// Refusals as not built, by method: as many entries as the schema has methods at most.
    unbuilt: Mutex<BTreeMap<&'static str, u64>>,
}

impl Events {
    /// No events yet.
    pub fn new() -> Events {
        Events::default()
    }

    /// Counts the event and writes its line.
    pub fn emit(&self, event: Event<'_>) {
        self.count(counter_of(&event));
        self.count_unbuilt(&event);
        match event {
            Event::ConnectionOpened { connection, ip } => {
                tracing::debug!(connection, %ip, "connection opened");
            }
            Event::ConnectionRefused { ip } => tracing::warn!(%ip, "too many connections"),
            Event::ConnectionClosed { connection, why } => {
                tracing::debug!(connection, why, "connection closed");
            }
            Event::Violation {
                connection,
                violation,
            } => {
                tracing::info!(connection, %violation, "protocol violation");
            }
            Event::KeyCreated {
                connection,
                auth_key_id,
                temporary,
            } => {
                tracing::debug!(connection, auth_key_id, temporary, "key created");
            }
            Event::Answered {
                auth_key_id,
                msg_id,
                method,
                outcome,
            } => match outcome {
                Outcome::Answered => {
                    tracing::debug!(auth_key_id, msg_id, method, "call answered");
                }
                Outcome::Refused(refusal) => match refusal.reason() {
                    Some(reason) => {
                        tracing::info!(auth_key_id, msg_id, method, %refusal, reason, "call refused");
                    }
                    None => {
                        tracing::debug!(auth_key_id, msg_id, method, %refusal, "call refused");
                    }
                },
                Outcome::Failed(error) => {
                    tracing::error!(auth_key_id, msg_id, method, error, "call failed");
                }
            },
            Event::Fault { doing, error } => {
                tracing::error!(doing, error = %Chain(error), "fault");
            }
            Event::Pushed { user_id, sessions } => {
                tracing::debug!(user_id, sessions, "updates pushed");
            }
        }
    }

    /// How often each method was refused because it, or what it was asked for, is not built.
    pub fn unbuilt(&self) -> Vec<(&'static str, u64)> {
        let unbuilt = self.unbuilt.lock().unwrap_or_else(PoisonError::into_inner);
        unbuilt
            .iter()
            .map(|(name, count)| (*name, *count))
            .collect()
    }

    fn count_unbuilt(&self, event: &Event<'_>) {
        if let Event::Answered {
            method,
            outcome: Outcome::Refused(refusal),
            ..
        } = event
            && refusal.name() == Refusal::NOT_IMPLEMENTED.name()
        {
            let mut unbuilt = self.unbuilt.lock().unwrap_or_else(PoisonError::into_inner);
            *unbuilt.entry(*method).or_default() += 1;
        }
    }

    /// Counts a call that was delayed because its key asks the same thing too often.
    pub(crate) fn count_slowed(&self) {
        self.count(10);
    }

    /// Every counter with its name; they start at zero with the process.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        let values = self
            .counters
            .iter()
            .map(|counter| counter.load(Ordering::Relaxed));
        COUNTERS.into_iter().zip(values)
    }

    /// One counter by its name; `None` for a name that does not exist.
    pub fn counted(&self, name: &str) -> Option<u64> {
        self.counts()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    fn count(&self, counter: usize) {
        if let Some(counter) = self.counters.get(counter) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn counter_of(event: &Event<'_>) -> usize {
    match event {
        Event::ConnectionOpened { .. } => 0,
        Event::ConnectionRefused { .. } => 1,
        Event::ConnectionClosed { .. } => 2,
        Event::Violation { .. } => 3,
        Event::KeyCreated { .. } => 4,
        Event::Answered {
            outcome: Outcome::Answered,
            ..
        } => 5,
        Event::Answered {
            outcome: Outcome::Refused(_),
            ..
        } => 6,
        Event::Answered {
            outcome: Outcome::Failed(_),
            ..
        } => 7,
        Event::Fault { .. } => 8,
        Event::Pushed { .. } => 9,
    }
}

/// An error with its causes, in one line.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn std::error::Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(out, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_outcome_moves_its_own_counter() {
        let events = Events::new();
        let refused = Outcome::Refused(Refusal::AUTH_KEY_UNREGISTERED);
        for outcome in [
            Outcome::Answered,
            refused,
            Outcome::Failed("disk gone".to_owned()),
        ] {
            let method = "help.getConfig";
            events.emit(Event::Answered {
                auth_key_id: 1,
                msg_id: 4,
                method,
                outcome,
            });
        }
        assert_eq!(events.counted("calls_answered"), Some(1));
        assert_eq!(events.counted("calls_refused"), Some(1));
        assert_eq!(events.counted("calls_failed"), Some(1));
        assert_eq!(events.counted("faults"), Some(0));
        assert_eq!(events.counted("no_such_counter"), None);
    }

    #[test]
    fn refusals_as_not_built_are_counted_by_method() {
        let events = Events::new();
        for (method, refusal) in [
            ("stories.sendStory", Refusal::NOT_IMPLEMENTED),
            ("stories.sendStory", Refusal::NOT_IMPLEMENTED),
            ("help.getConfig", Refusal::AUTH_KEY_UNREGISTERED),
        ] {
            events.emit(Event::Answered {
                auth_key_id: 1,
                msg_id: 4,
                method,
                outcome: Outcome::Refused(refusal),
            });
        }
        assert_eq!(events.unbuilt(), [("stories.sendStory", 2)]);
    }

    #[test]
    fn a_fault_is_written_with_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("read picture part")]
        struct Outer(#[source] std::io::Error);
        let error = Outer(std::io::Error::other("disk gone"));
        assert_eq!(Chain(&error).to_string(), "read picture part: disk gone");
    }
}
