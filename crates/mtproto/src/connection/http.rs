//! The waiting side of the HTTP transport: how long a response is held back for more messages.

use std::time::Duration;

use crate::service::HttpWait;
use crate::{SessionRef, Time};

/// Longest time a response may be held back.
/// Source: official page on transports, the default of `http_wait.max_wait`.
pub const HTTP_WAIT_MAX: Duration = Duration::from_secs(25);

const DEFAULT_WAIT: HttpWait = HttpWait {
    max_delay_ms: 0,
    wait_after_ms: 0,
    max_wait_ms: 25_000,
};

/// The request that waits for its response, if any.
#[derive(Debug, Default)]
pub(super) struct Http {
    request: Option<Request>,
}

#[derive(Debug)]
struct Request {
    at: Time,
    session: Option<SessionRef>,
    wait: HttpWait,
    /// When messages were first and last seen waiting, and how many.
    first: Option<Time>,
    latest: Option<(Time, usize)>,
}

impl Http {
    /// A request's body has arrived.
    pub(super) fn request(&mut self, now: Time) {
        self.request = Some(Request {
            at: now,
            session: None,
            wait: DEFAULT_WAIT,
            first: None,
            latest: None,
        });
    }

    /// The request turned out to be a message of `session`.
    pub(super) fn belongs_to(&mut self, session: SessionRef, wait: Option<HttpWait>) {
        if let Some(request) = &mut self.request {
            request.session = Some(session);
            request.wait = wait.unwrap_or(request.wait);
        }
    }

    /// Whether a response is owed.
    pub(super) fn open(&self) -> bool {
        self.request.is_some()
    }

    /// The response has been given.
    pub(super) fn responded(&mut self) {
        self.request = None;
    }

    pub(super) fn session(&self) -> Option<SessionRef> {
        self.request.as_ref().and_then(|request| request.session)
    }

    pub(super) fn waits_for(&self, session: SessionRef) -> bool {
        self.session() == Some(session)
    }

    /// Notes that so many messages wait.
    pub(super) fn seen(&mut self, now: Time, messages: usize) {
        let Some(request) = &mut self.request else {
            return;
        };
        if messages == 0 {
            return;
        }
        request.first.get_or_insert(now);
        if request.latest.is_none_or(|(_, before)| before < messages) {
            request.latest = Some((now, messages));
        }
    }

    /// When the response is due.
    pub(super) fn due_at(&self) -> Option<Time> {
        let request = self.request.as_ref()?;
        request.session?;
        let ms = |ms: i32| Duration::from_millis(u64::try_from(ms).unwrap_or(0)).min(HTTP_WAIT_MAX);
        let end = request.at.plus(ms(request.wait.max_wait_ms));
        let (Some(first), Some((latest, _))) = (request.first, request.latest) else {
            return Some(end);
        };
        let delayed = first.plus(ms(request.wait.max_delay_ms));
        let settled = latest.plus(ms(request.wait.wait_after_ms));
        Some(end.min(delayed.min(settled)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_unix_seconds(1000);
    const SESSION: SessionRef = SessionRef {
        auth_key_id: 1,
        session_id: 2,
    };

    fn at(ms: u64) -> Time {
        START.plus(Duration::from_millis(ms))
    }

    fn http(max_delay_ms: i32, wait_after_ms: i32, max_wait_ms: i32) -> Http {
        let mut http = Http::default();
        http.request(START);
        http.belongs_to(
            SESSION,
            Some(HttpWait {
                max_delay_ms,
                wait_after_ms,
                max_wait_ms,
            }),
        );
        http
    }

    #[test]
    fn an_empty_response_is_due_after_the_whole_wait_and_never_later_than_the_bound() {
        assert_eq!(http(0, 0, 7000).due_at(), Some(at(7000)));
        assert_eq!(
            http(0, 0, i32::MAX).due_at(),
            Some(START.plus(HTTP_WAIT_MAX))
        );
        assert_eq!(http(0, 0, -1).due_at(), Some(START));
    }

    #[test]
    fn messages_are_gathered_until_they_settle_or_the_first_has_waited_enough() {
        let mut http = http(100, 30, 5000);
        http.seen(at(10), 1);
        assert_eq!(http.due_at(), Some(at(40)));
        http.seen(at(20), 1);
        assert_eq!(http.due_at(), Some(at(40)), "no new message");
        http.seen(at(35), 2);
        assert_eq!(http.due_at(), Some(at(65)));
        http.seen(at(90), 3);
        assert_eq!(http.due_at(), Some(at(110)));
    }

    #[test]
    fn without_a_request_or_its_session_nothing_is_due() {
        let mut http = Http::default();
        assert!(!http.open());
        http.request(START);
        assert!(http.open() && http.due_at().is_none());
        http.responded();
        http.seen(at(1), 1);
        assert!(http.due_at().is_none());
    }
}
