//! Numbers that we hand out: rising ids and unguessable tokens.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::{Clock, Fault};

/// Bits of a rising id below the millisecond: room for 65,536 ids in each.
const COUNT_BITS: u32 = 16;

/// Rising, positive, unique ids for photos and changes.
///
/// The upper bits are the time, so that ids keep rising over restarts without a counter that every
/// upload would have to lock; the lower bits count, so that a standing clock still gives new ids.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    last: AtomicI64,
}

impl Ids {
    /// Ids above `floor`, the highest one already in use.
    pub fn above(floor: i64, clock: Clock) -> Self {
        Self {
            clock,
            last: AtomicI64::new(floor),
        }
    }

    /// The next id: greater than every id before it.
    pub fn rising(&self) -> i64 {
        let now = self.clock.unix_ms() << COUNT_BITS;
        let next = |last: i64| now.max(last + 1);
        match self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(next(last))
            }) {
            Ok(last) | Err(last) => next(last),
        }
    }
}

/// `N` bytes that nobody can guess.
///
/// # Errors
/// The system's random source failed.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Fault::doing("read random bytes"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rise_while_the_clock_stands_or_goes_back() {
        let clock = Clock::standing_at(1_700_000_000_000);
        let ids = Ids::above(0, clock.clone());
        let first: Vec<i64> = (0..10_000).map(|_| ids.rising()).collect();
        assert!(
            first
                .windows(2)
                .all(|pair| 0 < pair[0] && pair[0] < pair[1])
        );
        let restarted = Ids::above(*first.last().unwrap(), Clock::standing_at(1));
        assert_eq!(restarted.rising(), first.last().unwrap() + 1);
    }
}
