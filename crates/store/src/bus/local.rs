//! Wake-ups within one process: its own, and those that came from other nodes. Each receiver keeps a set of who is to be looked at: waking the
//! same account again costs nothing, and a slow receiver holds a bounded set, never a queue.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use super::Wake;

/// Chosen: above this many named accounts, looking at every session is no more work.
const PENDING_USERS_MAX: usize = 4096;

/// The senders' side. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Local {
    receivers: Arc<Mutex<Vec<Weak<Pending>>>>,
}

/// One receiver's side.
#[derive(Debug)]
pub struct Receiver {
    pending: Arc<Pending>,
}

#[derive(Debug, Default)]
struct Pending {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    users: BTreeSet<i64>,
    everyone: bool,
}

impl Local {
    pub(super) fn wake(&self, user_id: i64) {
        let mut receivers = self
            .receivers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        receivers.retain(|receiver| {
            let Some(pending) = receiver.upgrade() else {
                return false;
            };
            pending.add(user_id);
            true
        });
    }

    /// As waking every account there is.
    pub(super) fn wake_everyone(&self) {
        let mut receivers = self
            .receivers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        receivers.retain(|receiver| {
            let pending = receiver.upgrade();
            pending.is_some_and(|pending| {
                pending.add_everyone();
                true
            })
        });
    }

    pub(super) fn subscribe(&self) -> Receiver {
        let pending = Arc::<Pending>::default();
        let mut receivers = self
            .receivers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        receivers.push(Arc::downgrade(&pending));
        Receiver { pending }
    }
}

impl Pending {
    fn add(&self, user_id: i64) {
        let mut state = self.state();
        if !state.everyone {
            state.users.insert(user_id);
            if state.users.len() > PENDING_USERS_MAX {
                state.users.clear();
                state.everyone = true;
            }
        }
        drop(state);
        self.changed.notify_one();
    }

    fn add_everyone(&self) {
        let mut state = self.state();
        state.users.clear();
        state.everyone = true;
        drop(state);
        self.changed.notify_one();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Receiver {
    /// Waits until there is something to look at, and takes all of it. Dropping the future
    /// before it is ready loses nothing.
    pub async fn next(&mut self) -> Wake {
        loop {
            if let Some(wake) = self.take() {
                return wake;
            }
            self.pending.changed.notified().await;
        }
    }

    /// What is there already, without waiting.
    pub fn take(&mut self) -> Option<Wake> {
        let mut state = self.pending.state();
        if std::mem::take(&mut state.everyone) {
            return Some(Wake::Everyone);
        }
        let users = std::mem::take(&mut state.users);
        (!users.is_empty()).then(|| Wake::Users(users.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waking_twice_is_told_once_to_every_receiver() {
        let bus = Local::default();
        let (mut first, mut second) = (bus.subscribe(), bus.subscribe());
        bus.wake(7);
        bus.wake(3);
        bus.wake(7);
        assert_eq!(first.next().await, Wake::Users(vec![3, 7]));
        assert_eq!(first.take(), None);
        assert_eq!(second.next().await, Wake::Users(vec![3, 7]));
    }

    #[tokio::test]
    async fn a_waiting_receiver_is_woken() {
        let bus = Local::default();
        let mut receiver = bus.subscribe();
        let waiting = tokio::spawn(async move { receiver.next().await });
        tokio::task::yield_now().await;
        bus.wake(5);
        assert_eq!(waiting.await.unwrap(), Wake::Users(vec![5]));
    }

    #[test]
    fn too_many_names_become_everyone_and_stay_bounded() {
        let bus = Local::default();
        let mut receiver = bus.subscribe();
        let many = i64::try_from(PENDING_USERS_MAX).unwrap() + 10;
        (0..many).for_each(|user_id| bus.wake(user_id));
        assert!(receiver.pending.state().users.is_empty());
        assert_eq!(receiver.take(), Some(Wake::Everyone));
        bus.wake(1);
        assert_eq!(receiver.take(), Some(Wake::Users(vec![1])));
    }

    #[test]
    fn a_dropped_receiver_is_forgotten() {
        let bus = Local::default();
        drop(bus.subscribe());
        bus.wake(1);
        assert!(bus.receivers.lock().unwrap().is_empty());
    }
}
