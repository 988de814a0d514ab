//! Time as a service, so that tests can hold it still.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// Unix time from the system, or a hand that only a test moves.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    System,
    Hand { unix_ms: AtomicI64 },
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self(Arc::new(Source::System))
    }

    /// A clock that stands at `unix_ms` until [`Clock::forward`] moves it.
    pub fn standing_at(unix_ms: i64) -> Self {
        Self(Arc::new(Source::Hand {
            unix_ms: AtomicI64::new(unix_ms),
        }))
    }

    /// Unix time in milliseconds.
    pub fn unix_ms(&self) -> i64 {
        match &*self.0 {
            Source::System => system_unix_ms(),
            Source::Hand { unix_ms } => unix_ms.load(Ordering::Relaxed),
        }
    }

    /// Unix time in seconds.
    pub fn unix_seconds(&self) -> i64 {
        self.unix_ms().div_euclid(1000)
    }

    /// Moves a standing clock; the system's clock is left alone.
    pub fn forward(&self, by: Duration) {
        if let Source::Hand { unix_ms } = &*self.0 {
            let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
            unix_ms.fetch_add(ms, Ordering::Relaxed);
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the domain's time comes from"
)]
fn system_unix_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
