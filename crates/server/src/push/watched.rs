//! Which accounts are watched, how far each has been told, and who waits for a worker.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::updates::Cursor;
use tokio::{sync::Notify, time::Instant};

/// The accounts; at most those that have, or lately had, sessions here.
#[derive(Default)]
pub(super) struct Watched {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    accounts: HashMap<i64, Account>,
    /// Those whose phase is `Waiting`; each once.
    queue: VecDeque<i64>,
}

struct Account {
    phase: Phase,
    /// Of the latest call of one of its sessions.
    entered_at: Instant,
}

enum Phase {
    /// Its cursor is being read; woken meanwhile.
    Loading { loaded: Arc<Notify>, woken: bool },
    /// Everything up to here was told.
    Idle(Cursor),
    /// In the queue.
    Waiting(Cursor),
    /// With a worker; woken meanwhile. The cursor is the one that the worker began with.
    Working { cursor: Cursor, woken: bool },
    /// The work failed; tried again when everything is tidied, or woken.
    Failed(Cursor),
}

/// What a session finds that begins.
pub(super) enum Entered<'a, F> {
    /// Its account is watched already.
    Watched,
    /// Somebody else is reading the cursor: wait, then enter again.
    Loading(F),
    /// The first: read the cursor and say it with [`Place::loaded`]. Dropped: the place is free again.
    First(Place<'a>),
}

/// The duty to read the cursor of an account.
pub(super) struct Place<'a> {
    watched: &'a Watched,
    user_id: i64,
}

impl Watched {
    pub(super) fn enter(
        &self,
        user_id: i64,
    ) -> Entered<'_, impl Future<Output = ()> + Send + use<>> {
        let mut state = self.state();
        match state.accounts.get_mut(&user_id) {
            None => {
                let loaded = Arc::new(Notify::new());
                let phase = Phase::Loading {
                    loaded,
                    woken: false,
                };
                state.accounts.insert(
                    user_id,
                    Account {
                        phase,
                        entered_at: Instant::now(),
                    },
                );
                Entered::First(Place {
                    watched: self,
                    user_id,
                })
            }
            Some(Account {
                phase: Phase::Loading { loaded, .. },
                ..
            }) => {
                // Waits from now on, though nobody polls it yet: the lock is still held.
                let loaded = loaded.clone().notified_owned();
                Entered::Loading(loaded)
            }
            Some(account) => {
                account.entered_at = Instant::now();
                Entered::Watched
            }
        }
    }

    /// Returns how many accounts joined the queue. Accounts that are not watched are passed over.
    pub(super) fn wake(&self, user_ids: &[i64]) -> usize {
        let mut state = self.state();
        user_ids
            .iter()
            .filter(|user_id| state.wake(**user_id))
            .count()
    }

    pub(super) fn wake_everyone(&self) -> usize {
        let mut state = self.state();
        let user_ids: Vec<i64> = state.accounts.keys().copied().collect();
        user_ids
            .into_iter()
            .filter(|user_id| state.wake(*user_id))
            .count()
    }

    /// The account that has waited longest, with its cursor; it is with this worker now.
    pub(super) fn next(&self) -> Option<(i64, Cursor)> {
        let mut state = self.state();
        let user_id = state.queue.pop_front()?;
        let account = state.accounts.get_mut(&user_id)?;
        let Phase::Waiting(cursor) = &account.phase else {
            return None;
        };
        let cursor = cursor.clone();
        account.phase = Phase::Working {
            cursor: cursor.clone(),
            woken: false,
        };
        Some((user_id, cursor))
    }

    /// A worker is done with an account; `None`: it failed. True if it joins the queue again.
    pub(super) fn done(&self, user_id: i64, told: Option<Cursor>) -> bool {
        let mut state = self.state();
        let Some(account) = state.accounts.get_mut(&user_id) else {
            return false;
        };
        let Phase::Working { cursor, woken } = &account.phase else {
            return false;
        };
        account.phase = match (told, *woken) {
            (Some(told), true) => Phase::Waiting(told),
            (Some(told), false) => Phase::Idle(told),
            (None, _) => Phase::Failed(cursor.clone()),
        };
        let waits = matches!(account.phase, Phase::Waiting(_));
        if waits {
            state.queue.push_back(user_id);
        }
        waits
    }

    /// Forgets idle accounts without sessions after a while and gives failed work another try; returns
    /// how many accounts joined the queue.
    pub(super) fn tidy(&self, unwatched_after: Duration, idle: impl Fn(i64) -> bool) -> usize {
        let now = Instant::now();
        let mut state = self.state();
        state.accounts.retain(|user_id, account| {
            let old = now.duration_since(account.entered_at) > unwatched_after;
            !(old && matches!(account.phase, Phase::Idle(_) | Phase::Failed(_)) && idle(*user_id))
        });
        let failed: Vec<i64> = state
            .accounts
            .iter()
            .filter(|(_, account)| matches!(account.phase, Phase::Failed(_)))
            .map(|(user_id, _)| *user_id)
            .collect();
        failed
            .into_iter()
            .filter(|user_id| state.wake(*user_id))
            .count()
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        self.state().accounts.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No user code runs under the lock; a panic would be a fault of this file.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// True if the account joins the queue.
    fn wake(&mut self, user_id: i64) -> bool {
        let Some(account) = self.accounts.get_mut(&user_id) else {
            return false;
        };
        match &mut account.phase {
            Phase::Loading { woken, .. } | Phase::Working { woken, .. } => {
                *woken = true;
                false
            }
            Phase::Waiting(_) => false,
            Phase::Idle(cursor) | Phase::Failed(cursor) => {
                account.phase = Phase::Waiting(std::mem::take(cursor));
                self.queue.push_back(user_id);
                true
            }
        }
    }
}

impl Place<'_> {
    /// The cursor was read. True if the account joins the queue, because it was woken meanwhile.
    pub(super) fn loaded(self, cursor: Cursor) -> bool {
        let mut state = self.watched.state();
        let Some(account) = state.accounts.get_mut(&self.user_id) else {
            return false;
        };
        let Phase::Loading { loaded, woken } = &account.phase else {
            return false;
        };
        let (loaded, woken) = (loaded.clone(), *woken);
        account.phase = if woken {
            Phase::Waiting(cursor)
        } else {
            Phase::Idle(cursor)
        };
        if woken {
            state.queue.push_back(self.user_id);
        }
        loaded.notify_waiters();
        woken
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.watched.state();
        let account = state.accounts.get(&self.user_id);
        if let Some(Account {
            phase: Phase::Loading { loaded, .. },
            ..
        }) = account
        {
            // The reading failed or was given up: the next one tries.
            loaded.notify_waiters();
            state.accounts.remove(&self.user_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(watched: &Watched, user_id: i64) -> Place<'_> {
        match watched.enter(user_id) {
            Entered::First(place) => place,
            _ => panic!("account {user_id} is watched"),
        }
    }

    #[test]
    fn an_account_is_with_one_worker_at_a_time_and_is_not_forgotten() {
        let watched = Watched::default();
        assert!(!first(&watched, 7).loaded(Cursor::default()));
        assert_eq!(watched.wake(&[7, 8]), 1);
        assert_eq!(watched.wake(&[7]), 0);
        let (user_id, cursor) = watched.next().unwrap();
        assert_eq!(user_id, 7);
        // Woken while a worker has it: nobody else gets it, but it is looked at once more.
        assert_eq!(watched.wake(&[7]), 0);
        assert!(watched.next().is_none());
        assert!(watched.done(7, Some(cursor.clone())));
        assert_eq!(watched.next().unwrap().0, 7);
        assert!(!watched.done(7, Some(cursor)));
        assert!(watched.next().is_none());
    }

    #[test]
    fn a_wake_up_while_the_cursor_is_read_is_kept() {
        let watched = Watched::default();
        let place = first(&watched, 7);
        assert_eq!(watched.wake(&[7]), 0);
        assert!(place.loaded(Cursor::default()));
        assert_eq!(watched.next().unwrap().0, 7);
    }

    #[tokio::test]
    async fn whoever_comes_second_waits_for_the_cursor() {
        let watched = Watched::default();
        let place = first(&watched, 7);
        let Entered::Loading(loaded) = watched.enter(7) else {
            panic!("not loading")
        };
        place.loaded(Cursor::default());
        loaded.await;
        assert!(matches!(watched.enter(7), Entered::Watched));
        // One that fails frees the place.
        drop(first(&watched, 8));
        first(&watched, 8).loaded(Cursor::default());
    }

    #[tokio::test(start_paused = true)]
    async fn accounts_without_sessions_are_forgotten_after_a_while() {
        let watched = Watched::default();
        first(&watched, 7).loaded(Cursor::default());
        first(&watched, 8).loaded(Cursor::default());
        let hour = Duration::from_secs(3600);
        assert_eq!(watched.tidy(hour, |_| true), 0);
        assert_eq!(watched.len(), 2);
        tokio::time::advance(hour * 2).await;
        watched.tidy(hour, |user_id| user_id == 8);
        assert_eq!(watched.len(), 1);
        assert!(matches!(watched.enter(7), Entered::Watched));
    }

    #[test]
    fn failed_work_is_tried_again() {
        let watched = Watched::default();
        first(&watched, 7).loaded(Cursor::default());
        watched.wake(&[7]);
        watched.next().unwrap();
        assert!(!watched.done(7, None));
        assert!(watched.next().is_none());
        assert_eq!(watched.tidy(Duration::from_secs(3600), |_| false), 1);
        assert_eq!(watched.next().unwrap().0, 7);
    }
}
