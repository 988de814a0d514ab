//! Committed changes on their way to connected sessions.
//!
//! A wake-up only says "look again": whoever is woken reads the journal from where the sessions of that
//! account have been told. One worker at a time looks after an account, so its updates leave in the
//! order of their `pts`; a lost wake-up makes them late, never wrong.

mod typing;
mod watched;
mod writing;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Error, Services,
    updates::{self, After, Cursor},
};
use mtproto::SessionRef;
use store::bus::{Receiver, Wake};
use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

pub(crate) use typing::{Typing, typing, typing_elsewhere};

use crate::{
    event::{Event, Events},
    net::sessions::{SessionFacts, Sessions, UPDATES_TOO_LONG},
};
use watched::{Entered, Watched};

/// Accounts that are looked after at once. Chosen: reading the journal waits for the store, not for a
/// core, and the store has few readers.
const WORKERS: usize = 8;

/// How often accounts are looked through for failed work and for those without sessions.
const TIDY_INTERVAL: Duration = Duration::from_secs(5);

/// How long an account without sessions is still watched, so that a session that is just beginning
/// finds its place.
const UNWATCHED_AFTER: Duration = Duration::from_secs(60);

/// Tells sessions what has changed.
pub(crate) struct Push {
    services: Arc<Services>,
    sessions: Arc<Sessions>,
    events: Arc<Events>,
    watched: Watched,
    /// One permit for each account that waits for a worker.
    waiting: Semaphore,
    stopping: CancellationToken,
    tasks: Mutex<JoinSet<()>>,
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Push")
    }
}

impl Push {
    /// Starts the workers. [`Push::stop`] ends them.
    pub(crate) fn start(
        services: Arc<Services>,
        sessions: Arc<Sessions>,
        events: Arc<Events>,
    ) -> Arc<Self> {
        let receiver = services.bus.subscribe();
        let push = Arc::new(Self {
            services,
            sessions,
            events,
            watched: Watched::default(),
            waiting: Semaphore::new(0),
            stopping: CancellationToken::new(),
            tasks: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(push.clone().listen(receiver));
        for _ in 0..WORKERS {
            tasks.spawn(push.clone().work());
        }
        *push.tasks.lock().unwrap_or_else(PoisonError::into_inner) = tasks;
        push
    }

    /// Ends the workers after what they are doing now. What is left untold stands in the journal.
    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        self.waiting.close();
        let mut tasks = {
            let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *tasks)
        };
        while tasks.join_next().await.is_some() {}
    }

    /// Remembers where the journal of `user_id` stands, if no session of it was seen before: from here
    /// on its sessions are told. Call it before the first call of a session is run.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) async fn watch(&self, user_id: i64) -> Result<(), Error> {
        loop {
            match self.watched.enter(user_id) {
                Entered::Watched => return Ok(()),
                Entered::Loading(loaded) => loaded.await,
                Entered::First(place) => {
                    let mut tx = self.services.store.read().await?;
                    let cursor = updates::cursor(&mut tx, user_id).await?;
                    drop(tx);
                    if place.loaded(cursor) {
                        self.waiting.add_permits(1);
                    }
                    return Ok(());
                }
            }
        }
    }

    async fn listen(self: Arc<Self>, mut wakes: Receiver) {
        let mut tidy = tokio::time::interval(TIDY_INTERVAL);
        loop {
            tokio::select! {
                wake = wakes.next() => self.wake(wake),
                _ = tidy.tick() => self.tidy(),
                () = self.stopping.cancelled() => return,
            }
        }
    }

    fn wake(&self, wake: Wake) {
        let woken = match wake {
            Wake::Users(user_ids) => self.watched.wake(&user_ids),
            Wake::Everyone => self.watched.wake_everyone(),
        };
        self.queued(woken);
    }

    fn tidy(&self) {
        let idle = |user_id| self.told_sessions(user_id).is_empty();
        self.queued(self.watched.tidy(UNWATCHED_AFTER, idle));
    }

    fn queued(&self, accounts: usize) {
        if accounts > 0 && !self.waiting.is_closed() {
            self.waiting.add_permits(accounts);
        }
    }

    async fn work(self: Arc<Self>) {
        while let Ok(permit) = self.waiting.acquire().await {
            permit.forget();
            let Some((user_id, cursor)) = self.watched.next() else {
                continue;
            };
            let outcome = self.tell(user_id, cursor).await;
            if let Err(error) = &outcome {
                self.events.emit(Event::Fault {
                    doing: "push updates",
                    error,
                });
            }
            if self.watched.done(user_id, outcome.ok()) {
                self.queued(1);
            }
        }
    }

    /// Tells the sessions of an account everything behind `cursor`; returns the cursor behind it.
    async fn tell(&self, user_id: i64, mut cursor: Cursor) -> Result<Cursor, Error> {
        loop {
            let mut tx = self.services.store.read().await?;
            if self.told_sessions(user_id).is_empty() {
                return updates::cursor(&mut tx, user_id).await;
            }
            let (after, next) = updates::after(&self.services, &mut tx, user_id, &cursor).await?;
            drop(tx);
            // Looked up again: a session that began meanwhile must not miss this part.
            let sessions = self.told_sessions(user_id);
            cursor = next;
            match after {
                After::Nothing => return Ok(cursor),
                After::TooLong => {
                    for (session, _) in &sessions {
                        self.sessions.push(*session, UPDATES_TOO_LONG);
                    }
                    self.events.emit(Event::Pushed {
                        user_id,
                        sessions: sessions.len(),
                    });
                    return Ok(cursor);
                }
                After::News(news) => {
                    let told = self.write(user_id, &news, &sessions);
                    self.events.emit(Event::Pushed {
                        user_id,
                        sessions: told,
                    });
                    if !news.more {
                        return Ok(cursor);
                    }
                }
            }
        }
    }

    /// The sessions of an account that are told of changes.
    fn told_sessions(&self, user_id: i64) -> Vec<(SessionRef, SessionFacts)> {
        let mut sessions = self.sessions.of_user(user_id);
        sessions.retain(|(_, facts)| facts.wants_updates);
        sessions
    }
}
