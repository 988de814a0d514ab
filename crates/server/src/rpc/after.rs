//! `invokeAfterMsg`: a call that waits until another call of the same key has finished.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Refusal;
use tokio::sync::watch;

/// How long a call waits for the one before it. Source: clients repeat after 500 MSG_WAIT_TIMEOUT.
const WAIT_MAX: Duration = Duration::from_millis(500);

/// `None` while running, then whether it was answered without an error.
type Finished = watch::Receiver<Option<bool>>;

/// The calls that run now, by key and message.
#[derive(Clone, Default)]
pub(super) struct Running(Arc<Mutex<HashMap<(i64, i64), Finished>>>);

/// A running call; dropping it unfinished counts as failed.
pub(super) struct Ticket {
    running: Running,
    call: (i64, i64),
    done: watch::Sender<Option<bool>>,
}

impl Running {
    pub(super) fn enter(&self, auth_key_id: i64, msg_id: i64) -> Ticket {
        let (done, finished) = watch::channel(None);
        let call = (auth_key_id, msg_id);
        self.calls().insert(call, finished);
        Ticket {
            running: self.clone(),
            call,
            done,
        }
    }

    /// Waits for the calls in `after`. One that is not running has finished or was never seen: the
    /// protocol runs the waiting call at once.
    ///
    /// # Errors
    /// MSG_WAIT_TIMEOUT: still running after [`WAIT_MAX`]. MSG_WAIT_FAILED: it ended with an error.
    pub(super) async fn wait_for(&self, auth_key_id: i64, after: &[i64]) -> Result<(), Refusal> {
        for msg_id in after {
            let Some(mut finished) = self.calls().get(&(auth_key_id, *msg_id)).cloned() else {
                continue;
            };
            let ended = tokio::time::timeout(WAIT_MAX, finished.wait_for(Option::is_some)).await;
            match ended {
                Err(_) => return Err(Refusal::MSG_WAIT_TIMEOUT),
                Ok(Ok(answered)) if *answered == Some(true) => {}
                Ok(_) => return Err(Refusal::MSG_WAIT_FAILED),
            }
        }
        Ok(())
    }

    fn calls(&self) -> MutexGuard<'_, HashMap<(i64, i64), Finished>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.running.calls().remove(&self.call);
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
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_ends() {
        let running = Running::default();
        let _first = running.enter(1, 4);
        assert_eq!(
            running.wait_for(1, &[4]).await,
            Err(Refusal::MSG_WAIT_TIMEOUT)
        );
        assert_eq!(running.wait_for(1, &[8]).await, Ok(()));
    }
}
