//! `invokeAfterMsg`: a call that waits until another call of the same key has finished.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Refusal;
use tokio::{sync::watch, time::Instant};

/// How long a call waits for all that it names. Source: clients repeat after MSG_WAIT_TIMEOUT.
const WAIT_MAX: Duration = Duration::from_millis(500);

/// Keys whose failed calls are remembered: the one that came first makes room.
/// Chosen: a megabyte at most.
const FAILED_KEYS_MAX: usize = 1024;
/// Failed calls that are remembered of one key: the one that failed first makes room.
/// Chosen: a chain that was sent at once is known to its end; who names an older one is let through.
const FAILED_CALLS_OF_KEY_MAX: usize = 64;

/// `None` while running, then whether it was answered without an error.
type Finished = watch::Receiver<Option<bool>>;

/// A key and a message of it.
type CallRef = (i64, i64);

/// The calls that run now, and those that have lately failed.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<Calls>>);

#[derive(Default)]
struct Calls {
    running: HashMap<CallRef, Finished>,
    failed: Failed,
}

/// Failed calls, in the order in which they failed.
#[derive(Default)]
struct Failed {
    of_key: HashMap<i64, VecDeque<i64>>,
    /// In the order in which they came.
    keys: VecDeque<i64>,
}

/// A running call; dropping it unfinished counts as failed.
pub(super) struct Ticket {
    running: Running,
    call: CallRef,
    done: watch::Sender<Option<bool>>,
}

impl Running {
    pub(super) fn enter(&self, auth_key_id: i64, msg_id: i64) -> Ticket {
        let (done, finished) = watch::channel(None);
        let call = (auth_key_id, msg_id);
        self.calls().running.insert(call, finished);
        Ticket {
            running: self.clone(),
            call,
            done,
        }
    }

    /// Waits for the calls in `after`. One that is not running and has not lately failed has succeeded or
    /// was never seen: the protocol runs the waiting call at once.
    ///
    /// # Errors
    /// MSG_WAIT_TIMEOUT: still running after [`WAIT_MAX`]. MSG_WAIT_FAILED: it ended with an error.
    pub(super) async fn wait_for(&self, auth_key_id: i64, after: &[i64]) -> Result<(), Refusal> {
        let until = Instant::now() + WAIT_MAX;
        for msg_id in after {
            let Some(mut finished) = self.look((auth_key_id, *msg_id))? else {
                continue;
            };
            let ended = tokio::time::timeout_at(until, finished.wait_for(Option::is_some)).await;
            match ended {
                Err(_) => return Err(Refusal::MSG_WAIT_TIMEOUT),
                Ok(Ok(answered)) if *answered == Some(true) => {}
                Ok(_) => return Err(Refusal::MSG_WAIT_FAILED),
            }
        }
        Ok(())
    }

    /// What there is to wait for.
    fn look(&self, call: CallRef) -> Result<Option<Finished>, Refusal> {
        let calls = self.calls();
        match calls.running.get(&call) {
            Some(finished) => Ok(Some(finished.clone())),
            None if calls.failed.has(call) => Err(Refusal::MSG_WAIT_FAILED),
            None => Ok(None),
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Failed {
    fn has(&self, (auth_key_id, msg_id): CallRef) -> bool {
        let calls = self.of_key.get(&auth_key_id);
        calls.is_some_and(|calls| calls.contains(&msg_id))
    }

    fn add(&mut self, (auth_key_id, msg_id): CallRef) {
        if !self.of_key.contains_key(&auth_key_id) {
            if self.keys.len() >= FAILED_KEYS_MAX {
                let first = self.keys.pop_front();
                first.and_then(|first| self.of_key.remove(&first));
            }
            self.keys.push_back(auth_key_id);
        }
        let calls = self.of_key.entry(auth_key_id).or_default();
        if calls.len() >= FAILED_CALLS_OF_KEY_MAX {
            calls.pop_front();
        }
        calls.push_back(msg_id);
    }

    /// A call that came again has succeeded.
    fn forget(&mut self, (auth_key_id, msg_id): CallRef) {
        if let Some(calls) = self.of_key.get_mut(&auth_key_id) {
            calls.retain(|failed| *failed != msg_id);
        }
    }
}

impl Ticket {
    pub(super) fn finish(self, answered: bool) {
        // Nobody may be waiting.
        let _ = self.done.send(Some(answered));
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let failed = *self.done.borrow() != Some(true);
        let mut calls = self.running.calls();
        calls.running.remove(&self.call);
        if failed {
            calls.failed.add(self.call);
        } else {
            calls.failed.forget(self.call);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_waits_for_the_one_before_it() {
        let running = Running::default();
        let first = running.enter(1, 4);
        let wait = tokio::spawn({
            let running = running.clone();
            async move { running.wait_for(1, &[4]).await }
        });
        tokio::task::yield_now().await;
        first.finish(true);
        assert_eq!(wait.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn a_failed_call_fails_the_one_that_waits() {
        let running = Running::default();
        let first = running.enter(1, 4);
        let (ended, ()) = tokio::join!(running.wait_for(1, &[4]), async { first.finish(false) });
        assert_eq!(ended, Err(Refusal::MSG_WAIT_FAILED));
        // And whoever comes later, but no other key.
        let failed = Err(Refusal::MSG_WAIT_FAILED);
        assert_eq!(running.wait_for(1, &[2, 4]).await, failed);
        assert_eq!(running.wait_for(2, &[4]).await, Ok(()));
        drop(running.enter(1, 8));
        assert_eq!(running.wait_for(1, &[8]).await, failed);
    }

    #[tokio::test]
    async fn failed_calls_are_remembered_within_bounds() {
        let running = Running::default();
        let remembered = || {
            let calls = running.calls();
            let of_key = calls.failed.of_key.values();
            (calls.failed.keys.len(), of_key.map(VecDeque::len).sum())
        };
        running.enter(1, 4).finish(false);
        for msg_id in 0..2 * FAILED_CALLS_OF_KEY_MAX as i64 {
            running.enter(2, msg_id).finish(false);
        }
        assert_eq!(remembered(), (2, 1 + FAILED_CALLS_OF_KEY_MAX));
        let failed = Err(Refusal::MSG_WAIT_FAILED);
        let last = 2 * FAILED_CALLS_OF_KEY_MAX as i64 - 1;
        assert_eq!(running.wait_for(2, &[0]).await, Ok(()));
        assert_eq!(running.wait_for(2, &[last]).await, failed);
        assert_eq!(running.wait_for(1, &[4]).await, failed);
        for key in 3..=1 + FAILED_KEYS_MAX as i64 {
            running.enter(key, 4).finish(false);
        }
        assert_eq!(remembered().0, FAILED_KEYS_MAX);
        assert_eq!(running.wait_for(1, &[4]).await, Ok(()));
        assert_eq!(running.wait_for(2, &[last]).await, failed);
    }

    #[tokio::test]
    async fn a_call_that_came_again_and_succeeded_has_not_failed() {
        let running = Running::default();
        running.enter(1, 4).finish(false);
        running.enter(1, 8).finish(false);
        running.enter(1, 4).finish(true);
        assert_eq!(running.wait_for(1, &[4]).await, Ok(()));
        let failed = Err(Refusal::MSG_WAIT_FAILED);
        assert_eq!(running.wait_for(1, &[8]).await, failed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends() {
        let running = Running::default();
        let _first = running.enter(1, 4);
        let _second = running.enter(1, 6);
        let begun = Instant::now();
        assert_eq!(
            running.wait_for(1, &[4, 6]).await,
            Err(Refusal::MSG_WAIT_TIMEOUT)
        );
        assert_eq!(begun.elapsed(), WAIT_MAX, "once for all of them");
        assert_eq!(running.wait_for(1, &[8]).await, Ok(()));
    }
}
