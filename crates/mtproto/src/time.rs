//! The only clock of this crate: a moment that the caller hands in, so that tests can run on
//! virtual time and a seed replays a whole conversation.

use std::time::Duration;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// A moment in nanoseconds since 1970-01-01 UTC.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Time(i64);

impl Time {
    /// The moment `nanos` nanoseconds after 1970-01-01 UTC.
    pub const fn from_unix_nanos(nanos: i64) -> Time {
        Time(nanos)
    }

    /// The moment `seconds` seconds after 1970-01-01 UTC.
    pub const fn from_unix_seconds(seconds: i64) -> Time {
        Time(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// Nanoseconds since 1970-01-01 UTC.
    pub const fn unix_nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01 UTC, the protocol's `int` date; saturates in 2038.
    pub fn unix_seconds(self) -> i32 {
        let seconds = self.0.div_euclid(NANOS_PER_SECOND);
        i32::try_from(seconds).unwrap_or(if seconds < 0 { i32::MIN } else { i32::MAX })
    }

    /// The nanoseconds inside the current second, `0..1_000_000_000`.
    pub fn subsecond_nanos(self) -> u32 {
        u32::try_from(self.0.rem_euclid(NANOS_PER_SECOND)).unwrap_or(0)
    }

    /// The moment `duration` later; saturates at the end of the range.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Time {
        let nanos = i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX);
        Time(self.0.saturating_add(nanos))
    }

    /// How long after `earlier` this moment is; zero when it is not later.
    pub fn since(self, earlier: Time) -> Duration {
        let nanos = self.0.saturating_sub(earlier.0);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_floored_and_saturate() {
        assert_eq!(Time::from_unix_nanos(1_999_999_999).unix_seconds(), 1);
        assert_eq!(Time::from_unix_nanos(-1).unix_seconds(), -1);
        assert_eq!(Time::from_unix_nanos(-1).subsecond_nanos(), 999_999_999);
        assert_eq!(Time::from_unix_nanos(i64::MAX).unix_seconds(), i32::MAX);
    }

    #[test]
    fn differences_never_go_below_zero() {
        let early = Time::from_unix_seconds(10);
        let late = early.plus(Duration::from_millis(1_500));
        assert_eq!(late.since(early), Duration::from_millis(1_500));
        assert_eq!(early.since(late), Duration::ZERO);
        assert_eq!(late.plus(Duration::MAX).unix_nanos(), i64::MAX);
    }
}
