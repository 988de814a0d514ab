//! The jail itself: callers on one side, children on the other, the queue between.

mod counts;
mod warden;

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinHandle;

pub use counts::Counts;

use crate::confine::Walls;
use crate::limits::JailSettings;
use crate::parent::{Inmate, Keeper};
use crate::probe::{Probe, obey};
use crate::queue::Queue;
use crate::wire::{Asked, Said};
use crate::work::work;
use crate::{Done, Job, Undone};
use counts::Counters;

/// Where jobs are done. Dropped, it ends its children; [`Jail::stop`] also waits for them.
#[derive(Debug)]
pub struct Jail {
    shared: Arc<Shared>,
    wardens: Mutex<Vec<JoinHandle<()>>>,
    /// Without children: how many jobs run at once.
    threads: Option<Arc<Semaphore>>,
}

/// What callers and wardens share.
#[derive(Debug)]
struct Shared {
    settings: JailSettings,
    queue: Mutex<Queue<Ticket>>,
    /// One permit for every push; some are for what was given up meanwhile.
    pushed: Semaphore,
    numbers: AtomicU64,
    counters: Counters,
    stopping: watch::Sender<bool>,
}

/// A job that waits or is done, and who waits for it.
#[derive(Debug)]
struct Ticket {
    asked: Asked,
    reply: oneshot::Sender<Result<Said, Undone>>,
}

impl Jail {
    /// A jail with children, which are started when they are needed. Must be called inside a runtime.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn start(settings: JailSettings) -> std::io::Result<Jail> {
        let keeper = Keeper::start(&settings)?;
        let children = settings.children();
        let jail = Jail::with(settings, None);
        let wardens = (0..children).map(|_| {
            let warden = warden::work(jail.shared.clone(), keeper.clone());
            tokio::spawn(warden)
        });
        *jail.wardens() = wardens.collect();
        Ok(jail)
    }

    /// A jail without walls: jobs run on threads of this process. For tests, and for programs that are not
    /// cameo; never where strangers send jobs.
    pub fn in_process() -> Jail {
        let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let settings = JailSettings {
            self_test: true,
            ..JailSettings::default()
        };
        Jail::with(settings, Some(Arc::new(Semaphore::new(threads))))
    }

    fn with(settings: JailSettings, threads: Option<Arc<Semaphore>>) -> Jail {
        let queue = Queue::new(settings.queue_max, settings.queue_per_account_max);
        Jail {
            shared: Arc::new(Shared {
                settings,
                queue: Mutex::new(queue),
                pushed: Semaphore::new(0),
                numbers: AtomicU64::new(0),
                counters: Counters::default(),
                stopping: watch::Sender::new(false),
            }),
            wardens: Mutex::new(Vec::new()),
            threads,
        }
    }

    /// Does a job for an account: waits for its turn and for the result. Dropped, it costs the child at most.
    ///
    /// # Errors
    /// Each variant of [`Undone`] says when. What was lost has been logged; the others have not.
    pub async fn run(&self, account_id: i64, job: Job) -> Result<Done, Undone> {
        match self.ask(account_id, Asked::Job(job)).await? {
            Said::Done(done) => Ok(done),
            Said::Refused(why) => Err(Undone::Refused(why)),
            _ => Err(Undone::Lost("an answer to something else".to_owned())),
        }
    }

    /// Has a child misbehave; only a jail for a self-test does. Returns what the child gives back.
    ///
    /// # Errors
    /// As [`Jail::run`].
    pub async fn probe(&self, account_id: i64, probe: Probe) -> Result<Bytes, Undone> {
        if !self.shared.settings.self_test {
            let why = "this jail obeys no probes".to_owned();
            return Err(Undone::Unavailable(why));
        }
        match self.ask(account_id, Asked::Probe(probe)).await? {
            Said::Probed(bytes) => Ok(bytes),
            Said::Refused(why) => Err(Undone::Refused(why)),
            _ => Err(Undone::Lost("an answer to something else".to_owned())),
        }
    }

    /// What happened so far.
    pub fn counts(&self) -> Counts {
        let waiting = self.shared.queue().len();
        self.shared.counters.counts(waiting)
    }

    /// Starts a child, to know whether one can be confined here; `None`: this jail has no children.
    ///
    /// # Errors
    /// [`Undone::Unavailable`] with the reason.
    pub async fn check(&self) -> Result<Option<Walls>, Undone> {
        if self.threads.is_some() {
            return Ok(None);
        }
        let started = async {
            let keeper = Keeper::start(&self.shared.settings).map_err(|error| error.to_string())?;
            let inmate = Inmate::start(&keeper, 0).await?;
            let walls = inmate.walls;
            inmate.retire().await;
            Ok(walls)
        };
        started.await.map(Some).map_err(Undone::Unavailable)
    }

    /// Ends all children and waits until they are gone. Jobs that wait or run end as unavailable.
    pub async fn stop(&self) {
        self.shared.stopping.send_replace(true);
        let wardens = std::mem::take(&mut *self.wardens());
        for warden in wardens {
            // A warden that panicked has dropped its child, which kills it.
            let _ = warden.await;
        }
        while let Some((_, ticket)) = self.shared.queue().pop() {
            let _ = ticket.reply.send(Err(stopped()));
        }
    }

    async fn ask(&self, account_id: i64, asked: Asked) -> Result<Said, Undone> {
        let said = match &self.threads {
            Some(threads) => on_a_thread(threads.clone(), asked).await,
            None => self.shared.wait_for(account_id, asked).await,
        };
        self.shared.counters.count(&said);
        said
    }

    fn wardens(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.wardens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Jail {
    fn drop(&mut self) {
        self.shared.stopping.send_replace(true);
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue<Ticket>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait_for(&self, account_id: i64, asked: Asked) -> Result<Said, Undone> {
        let (reply, answer) = oneshot::channel();
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let ticket = Ticket { asked, reply };
        let pushed = {
            let mut queue = self.queue();
            // Under the lock: what comes after the last ones were turned away finds it set.
            if *self.stopping.borrow() {
                return Err(stopped());
            }
            queue.push(account_id, number, ticket)
        };
        pushed.map_err(|_| Undone::Busy)?;
        self.pushed.add_permits(1);
        let _place = Place {
            shared: self,
            account_id,
            number,
        };
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// A place in the queue, which is given up when the caller goes away.
struct Place<'a> {
    shared: &'a Shared,
    account_id: i64,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        // Dropped outside of the lock: a ticket holds a whole file.
        let given_up = self.shared.queue().remove(self.account_id, self.number);
        drop(given_up);
    }
}

async fn on_a_thread(threads: Arc<Semaphore>, asked: Asked) -> Result<Said, Undone> {
    let lost = |error: &dyn std::error::Error| Undone::Lost(error.to_string());
    let _permit = threads
        .acquire_owned()
        .await
        .map_err(|error| lost(&error))?;
    let done = tokio::task::spawn_blocking(move || match asked {
        Asked::Job(job) => work(job).map(Said::Done),
        Asked::Probe(Probe::Echo(bytes)) => obey(Probe::Echo(bytes)).map(Said::Probed),
        Asked::Probe(_) => Err("there are no walls to try".to_owned()),
    });
    let done = done.await.map_err(|error| lost(&error))?;
    done.map_err(Undone::Refused)
}

fn stopped() -> Undone {
    Undone::Unavailable("the server stops".to_owned())
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};
    use std::thread;

    use super::*;

    const JOB: Asked = Asked::Job(Job::Sticker(Bytes::new()));

    fn first_poll<T>(future: impl Future<Output = T>) -> Poll<T> {
        pin!(future).poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Nobody would ever take it, so it must be turned away.
    #[test]
    fn a_job_that_comes_while_the_last_ones_are_turned_away_is_turned_away_too() {
        for _ in 0..20 {
            let jail = Jail::with(JailSettings::default(), None);
            let shared = &jail.shared;
            let ended = thread::scope(|scope| {
                let mut queue = shared.queue();
                let caller = scope.spawn(|| first_poll(shared.wait_for(1, JOB)));
                while shared.numbers.load(Ordering::Relaxed) == 0 {
                    thread::yield_now();
                }
                // It may get as far as it can without the queue, as on a machine with time.
                (0..100).for_each(|_| thread::yield_now());
                shared.stopping.send_replace(true);
                assert!(queue.pop().is_none());
                drop(queue);
                caller.join().unwrap()
            });
            assert!(
                matches!(ended, Poll::Ready(Err(Undone::Unavailable(_)))),
                "{ended:?}"
            );
        }
    }

    /// The message of a job, as long as its file, is not made for a job that finds no room.
    #[test]
    fn a_full_queue_answers_before_it_looks_at_the_job() {
        let settings = JailSettings {
            queue_max: 0,
            ..JailSettings::default()
        };
        let jail = Jail::with(settings, None);
        let too_long = Bytes::from(vec![0; crate::limits::MESSAGE_BYTES_MAX]);
        let asked = Asked::Job(Job::Sticker(too_long));
        let ended = first_poll(jail.shared.wait_for(1, asked));
        assert!(matches!(ended, Poll::Ready(Err(Undone::Busy))), "{ended:?}");
    }
}
