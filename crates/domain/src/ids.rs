//! Numbers that we hand out: rising ids and unguessable tokens.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::{Clock, Fault};

/// Bits of a rising id that name the node it comes from: two nodes never give the same.
const NODE_BITS: u32 = 10;
/// Bits between those and the millisecond: room for 64 ids in each; more are taken from the next one.
const COUNT_BITS: u32 = 6;

/// Rising, positive, unique ids for photos and changes.
///
/// The upper bits are the time, so that ids keep rising over restarts without a counter that every
/// upload would have to lock; the lower bits count, so that a standing clock still gives new ids, and
/// name the node. Ids of different nodes rise as well as their clocks agree; where more is needed, the
/// caller says above what.
#[derive(Debug)]
pub struct Ids {
    clock: Clock,
    node: i64,
    /// The last id without its node.
    last: AtomicI64,
}

impl Ids {
    /// Ids above `floor`, the highest one already in use.
    pub fn above(floor: i64, clock: Clock) -> Self {
        Self {
            clock,
            node: 0,
            last: AtomicI64::new(floor >> NODE_BITS),
        }
    }

    /// As [`Ids::above`], for one of several nodes. Of `number`, as many bits count as an id has for it.
    pub fn of_node(number: i64, floor: i64, clock: Clock) -> Self {
        Self {
            node: number & ((1 << NODE_BITS) - 1),
            ..Self::above(floor, clock)
        }
    }

    /// The next id: greater than every id before it.
    pub fn rising(&self) -> i64 {
        self.rising_above(0)
    }

    /// The next id, which is also greater than `floor`: one that another node may have given.
    pub fn rising_above(&self, floor: i64) -> i64 {
        let least = (self.clock.unix_ms() << COUNT_BITS).max((floor >> NODE_BITS) + 1);
        let next = |last: i64| least.max(last + 1);
        let last = match self
            .last
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(next(last))
            }) {
            Ok(last) | Err(last) => next(last),
        };
        (last << NODE_BITS) | self.node
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
        assert!(restarted.rising() > *first.last().unwrap());
    }

    #[test]
    fn nodes_never_give_the_same_id_and_go_on_above_each_other() {
        let node = |number, unix_ms| Ids::of_node(number, 0, Clock::standing_at(unix_ms));
        let (early, late) = (node(1, 1_700_000_000_000), node(1026, 1_700_000_009_000));
        let mut ids: Vec<i64> = (0..1000)
            .flat_map(|_| [early.rising(), late.rising()])
            .collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 2000);
        let above = late.rising();
        assert!(early.rising() < above);
        let next = early.rising_above(above);
        assert!(next > above);
        assert!(early.rising() > next, "and stays there");
        assert_eq!(above >> 16, 1_700_000_009_000 + 1001 / 64);
    }
}
