//! Slows down clients that ask the same small thing over and over: some do so in a tight loop
//! when an answer surprises them. They are answered, only later, so the loop stays visible and
//! harmless.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use mtproto::Time;

/// Identical calls answered at full speed within [`WINDOW`]. Chosen: no client needs more.
const CALLS_PER_WINDOW_MAX: u16 = 20;

/// The span in which calls are counted.
const WINDOW: Duration = Duration::from_secs(1);

/// A longer call is not cheap to repeat and is never counted. Chosen: wrapped start-up calls
/// with their device names stay below it, parts of files do not.
const CHEAP_CALL_BYTES_MAX: usize = 1024;

/// The delay of a call too many, and of each further one up to [`DELAY_MAX`].
const DELAY_MIN: Duration = Duration::from_millis(50);
const DELAY_MAX: Duration = Duration::from_millis(100);

/// Different calls that are told apart; a loop that alternates between more is not noticed.
const CALLS_REMEMBERED: usize = 4;

/// What one connection asked lately. Nothing is allocated before the first call.
#[derive(Debug, Default)]
pub(crate) struct Repeats {
    seen: Option<Box<Seen>>,
}

#[derive(Debug)]
struct Seen {
    hasher: RandomState,
    calls: [Option<Call>; CALLS_REMEMBERED],
}

#[derive(Debug, Clone, Copy)]
struct Call {
    hash: u64,
    since: Time,
    count: u16,
}

impl Repeats {
    /// Notes a call of `auth_key_id` and says how long its answer should wait.
    pub(crate) fn delay(&mut self, now: Time, auth_key_id: i64, body: &[u8]) -> Option<Duration> {
        if body.len() > CHEAP_CALL_BYTES_MAX {
            return None;
        }
        let seen = self.seen.get_or_insert_with(|| {
            Box::new(Seen {
                hasher: RandomState::new(),
                calls: [None; CALLS_REMEMBERED],
            })
        });
        let hash = seen.hasher.hash_one((auth_key_id, body));
        let call = seen.call(hash, now);
        if now.since(call.since) >= WINDOW {
            *call = Call {
                hash,
                since: now,
                count: 0,
            };
        }
        call.count = call.count.saturating_add(1);
        let excess = call.count.checked_sub(CALLS_PER_WINDOW_MAX + 1)?;
        Some(
            DELAY_MIN
                .saturating_add(Duration::from_millis(u64::from(excess)))
                .min(DELAY_MAX),
        )
    }
}

impl Seen {
    /// The entry of this call; a new one takes the place of the oldest.
    fn call(&mut self, hash: u64, now: Time) -> &mut Call {
        let known = self
            .calls
            .iter()
            .position(|call| call.is_some_and(|call| call.hash == hash));
        let at = known.unwrap_or_else(|| {
            let age =
                |at: &usize| self.calls[*at].map_or(Duration::MAX, |call| now.since(call.since));
            (0..CALLS_REMEMBERED).max_by_key(age).unwrap_or(0)
        });
        if known.is_none() {
            self.calls[at] = None;
        }
        self.calls[at].get_or_insert(Call {
            hash,
            since: now,
            count: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> Time {
        Time::from_unix_nanos(1_700_000_000_000_000_000 + ms * 1_000_000)
    }

    #[test]
    fn the_twenty_first_identical_call_in_a_second_waits() {
        let mut repeats = Repeats::default();
        for call in 0..20 {
            assert_eq!(repeats.delay(at(call), 7, b"help.getConfig"), None);
        }
        assert_eq!(repeats.delay(at(21), 7, b"help.getConfig"), Some(DELAY_MIN));
        for call in 22..200 {
            assert!(repeats.delay(at(call), 7, b"help.getConfig") <= Some(DELAY_MAX));
        }
        assert_eq!(
            repeats.delay(at(1_200), 7, b"help.getConfig"),
            None,
            "a new second"
        );
    }

    #[test]
    fn other_calls_other_keys_and_long_calls_do_not_count_together() {
        let mut repeats = Repeats::default();
        for call in 0..100_u16 {
            let body = call.to_le_bytes();
            assert_eq!(repeats.delay(at(i64::from(call)), 7, &body), None);
            assert_eq!(
                repeats.delay(at(500), 7, &[0; CHEAP_CALL_BYTES_MAX + 1]),
                None
            );
        }
        for _ in 0..20 {
            assert_eq!(repeats.delay(at(300), 1, b"x"), None);
            assert_eq!(repeats.delay(at(300), 2, b"x"), None);
        }
    }

    #[test]
    fn a_loop_over_a_few_calls_is_noticed() {
        let mut repeats = Repeats::default();
        let mut slowed = 0;
        for round in 0..30 {
            for body in [b"a", b"b", b"c"] {
                slowed += usize::from(repeats.delay(at(round), 7, body).is_some());
            }
        }
        assert_eq!(slowed, 30);
    }
}
