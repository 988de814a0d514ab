//! When a silent connection ends, and when the driver has to wake it.

use std::time::Duration;

use super::{Close, Connection};
use crate::Time;

/// How long the first bytes may take to show a framing. Source: 10 s, all clients send at once.
pub const SNIFF_TIME_MAX: Duration = Duration::from_secs(10);
/// Shortest silence that `ping_delay_disconnect` can ask for.
/// Chosen: a client that asks for less would be cut off by an ordinary network hiccup.
pub const PING_DISCONNECT_MIN: Duration = Duration::from_secs(30);
/// Longest silence that `ping_delay_disconnect` can ask for.
/// Chosen: one client sends milliseconds in this field, which would be 16 hours.
pub const PING_DISCONNECT_MAX: Duration = Duration::from_secs(600);
/// How long a connection may be silent that never promised anything.
/// Chosen: the slowest client pings once a minute; a dead one must not stay for ever.
pub const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(900);

/// How long a connection may be silent that carries no session.
/// Chosen: a little more than a handshake may pause.
pub const CONNECTION_UNUSED_MAX: Duration = Duration::from_secs(90);

/// The moments that matter to the connection itself.
#[derive(Debug)]
pub(super) struct Timers {
    opened: Time,
    heard: Time,
    /// What `ping_delay_disconnect` asked for, within bounds.
    promised: Option<Duration>,
}

impl Timers {
    pub(super) fn new(now: Time) -> Timers {
        Timers {
            opened: now,
            heard: now,
            promised: None,
        }
    }

    pub(super) fn heard(&mut self, now: Time) {
        self.heard = now;
    }

    pub(super) fn promise(&mut self, delay_s: i32) {
        let delay = Duration::from_secs(u64::try_from(delay_s).unwrap_or(0));
        self.promised = Some(delay.clamp(PING_DISCONNECT_MIN, PING_DISCONNECT_MAX));
    }

    /// When silence ends the connection; `used` tells that it carries a session.
    fn ends_at(&self, used: bool) -> Time {
        let unpromised = if used {
            CONNECTION_IDLE_MAX
        } else {
            CONNECTION_UNUSED_MAX
        };
        self.heard.plus(self.promised.unwrap_or(unpromised))
    }
}

impl Connection {
    /// Does what is due at `now`: acknowledgements, HTTP responses, the end after silence.
    pub fn tick(&mut self, now: Time) {
        self.now = now;
        if self.ended {
            return;
        }
        if self.transport.framing().is_none() && now >= self.timers.opened.plus(SNIFF_TIME_MAX) {
            return self.close(Close::SniffTimeout);
        }
        if now >= self.timers.ends_at(!self.sessions.is_empty()) {
            let promised = self.timers.promised.is_some();
            return self.close(if promised {
                Close::PingTimeout
            } else {
                Close::Idle
            });
        }
        self.tick_handshake();
        self.sessions
            .iter_mut()
            .for_each(|session| session.tick(now));
        self.pump();
    }

    /// When [`Connection::tick`] has something to do, unless an input comes before.
    #[must_use]
    pub fn wake_at(&self) -> Option<Time> {
        if self.ended {
            return None;
        }
        let sniff = self
            .transport
            .framing()
            .is_none()
            .then(|| self.timers.opened.plus(SNIFF_TIME_MAX));
        let handshake = self.handshake.as_ref().map(|handshake| handshake.wake_at());
        let handshake = handshake.filter(|at| *at > self.now);
        let http = self
            .http
            .as_ref()
            .and_then(|http| http.due_at())
            .filter(|at| *at > self.now);
        let sessions = self
            .sessions
            .iter()
            .filter_map(|session| session.wake_at(self.now))
            .min();
        let ends = Some(self.timers.ends_at(!self.sessions.is_empty()));
        [sniff, handshake, http, sessions, ends]
            .into_iter()
            .flatten()
            .min()
    }
}
