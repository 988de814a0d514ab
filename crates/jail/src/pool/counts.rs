//! What happened in a jail, in numbers.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::wire::Said;
use crate::{Undone, Walls};

/// What happened since a jail was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Jobs with a result.
    pub done: u64,
    /// Jobs whose bytes were refused.
    pub refused: u64,
    /// Jobs that cost a child.
    pub lost: u64,
    /// Jobs that were turned away because too many waited.
    pub busy: u64,
    /// Jobs that found no child.
    pub unavailable: u64,
    /// Children that were started and confined.
    pub children_started: u64,
    /// Children there are.
    pub children: u64,
    /// Jobs that wait.
    pub waiting: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    done: AtomicU64,
    refused: AtomicU64,
    lost: AtomicU64,
    busy: AtomicU64,
    unavailable: AtomicU64,
    started: AtomicU64,
    ended: AtomicU64,
}

impl Counters {
    pub(super) fn count(&self, said: &Result<Said, Undone>) {
        let counter = match said {
            Ok(Said::Refused(_)) | Err(Undone::Refused(_)) => &self.refused,
            Ok(_) => &self.done,
            Err(Undone::Lost(_)) => &self.lost,
            Err(Undone::Busy) => &self.busy,
            Err(Undone::Unavailable(_)) => &self.unavailable,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn child_started(&self, process_id: Option<u32>, walls: Walls) {
        self.started.fetch_add(1, Ordering::Relaxed);
        tracing::debug!(process_id, ?walls, "child started");
    }

    pub(super) fn child_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counts(&self, waiting: usize) -> Counts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        // The ended first: a child that is started meanwhile must not make the difference negative.
        let ended = read(&self.ended);
        let started = read(&self.started);
        Counts {
            done: read(&self.done),
            refused: read(&self.refused),
            lost: read(&self.lost),
            busy: read(&self.busy),
            unavailable: read(&self.unavailable),
            children_started: started,
            children: started.saturating_sub(ended),
            waiting: waiting as u64,
        }
    }
}
