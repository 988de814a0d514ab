//! This node among others: keeps one connection that hears and tells, makes it again when it is lost,
//! and then has everything looked at again, since nobody knows what was said meanwhile.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_postgres::Config;

use super::link::Link;
use super::local::Local;
use super::outbox::{Outbox, Said, said};
use crate::{StoreError, tag};

/// How often a silent connection is asked whether it lives. Chosen: with the time that an answer may
/// take, a node that is cut off knows after ten seconds.
const ASK_EVERY: Duration = Duration::from_secs(5);
/// Waits between attempts to connect: doubled from the first to the last. Chosen: a database that
/// restarts is back within seconds, and is not stormed by its nodes.
const RETRY_MIN: Duration = Duration::from_millis(50);
const RETRY_MAX: Duration = Duration::from_secs(2);
/// Things from others that wait to be taken. Chosen: whoever takes them looks at memory only.
const NAMES_MAX: usize = 4096;
const WORDS_MAX: usize = 256;
/// Odd while the connection stands, even while it does not.
const STANDS: u64 = 1;

/// This node's way to the others.
#[derive(Debug)]
pub(super) struct Nodes {
    config: Config,
    /// Begins whatever this node says, so that it passes over its own words.
    tag: String,
    local: Local,
    outbox: Mutex<Outbox>,
    filled: Notify,
    listeners: Mutex<Vec<Weak<Waiting>>>,
    turns: AtomicU64,
    closing: AtomicBool,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// What other nodes said, taken at once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Auth keys whose rows changed, each once.
    pub keys: Vec<i64>,
    /// Words, in the order in which they came.
    pub words: Vec<Bytes>,
    /// Names were lost: any key may have changed.
    pub any_key: bool,
}

/// Receives what other nodes say beside wake-ups.
#[derive(Debug, Default)]
pub struct FromOthers {
    waiting: Arc<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    news: Mutex<Collected>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Collected {
    keys: BTreeSet<i64>,
    words: VecDeque<Bytes>,
    any_key: bool,
}

impl FromOthers {
    /// Waits until there is something, and takes all of it. Dropping the future before it is ready
    /// loses nothing.
    pub async fn next(&mut self) -> News {
        loop {
            if let Some(news) = self.waiting.take() {
                return news;
            }
            self.waiting.filled.notified().await;
        }
    }
}

impl Waiting {
    fn add(&self, change: impl FnOnce(&mut Collected)) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut news);
        if news.keys.len() > NAMES_MAX {
            news.keys.clear();
            news.any_key = true;
        }
        news.words.truncate(WORDS_MAX);
        drop(news);
        self.filled.notify_one();
    }

    fn take(&self) -> Option<News> {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::take(&mut *news);
        let news = News {
            keys: taken.keys.into_iter().collect(),
            words: taken.words.into_iter().collect(),
            any_key: taken.any_key,
        };
        (news != News::default()).then_some(news)
    }
}

impl Nodes {
    /// Connects once, so that whatever is wrong is known at the start, and stays connected.
    pub(super) async fn start(url: &str, local: Local) -> Result<Arc<Nodes>, StoreError> {
        // The parser's own text could repeat a password: only the fact is passed on.
        let mut config: Config = url
            .parse()
            .map_err(|_| StoreError::Broken("the bus needs a store of PostgreSQL".into()))?;
        let name = config.get_application_name().unwrap_or("cameo");
        let name = format!("{name} bus");
        config.application_name(&name);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(super::link::CONNECT_MAX);
        }
        let nodes = Arc::new(Nodes {
            config,
            tag: tag::fresh(),
            local,
            outbox: Mutex::default(),
            filled: Notify::new(),
            listeners: Mutex::default(),
            turns: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            task: Mutex::default(),
        });
        let link = nodes.open().await?;
        // Whoever was this node before may have died between a commit and its wake-up.
        nodes.send(Outbox::everything);
        let task = tokio::spawn(nodes.clone().run(link));
        *nodes.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(nodes)
    }

    pub(super) fn send(&self, change: impl FnOnce(&mut Outbox)) {
        change(&mut self.outbox());
        self.filled.notify_one();
    }

    pub(super) fn listen(&self) -> FromOthers {
        let waiting = Arc::<Waiting>::default();
        self.listeners().push(Arc::downgrade(&waiting));
        FromOthers { waiting }
    }

    pub(super) fn unbroken(&self) -> Option<u64> {
        let turn = self.turns.load(Ordering::Acquire);
        (turn % 2 == STANDS).then_some(turn)
    }

    pub(super) async fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.filled.notify_one();
        let task = {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            task.take()
        };
        if let Some(task) = task {
            // It ends by itself; one that panicked has ended as well.
            let _ = task.await;
        }
    }

    async fn open(self: &Arc<Nodes>) -> Result<Link, StoreError> {
        let nodes = self.clone();
        let link = Link::open(&self.config, move |payload| nodes.hear(payload)).await?;
        self.turns.fetch_add(1, Ordering::AcqRel);
        self.look_at_everything();
        Ok(link)
    }

    async fn run(self: Arc<Nodes>, first: Link) {
        let mut link = Some(first);
        let mut wait = RETRY_MIN;
        loop {
            if let Some(mut link) = link.take() {
                wait = RETRY_MIN;
                let lost = self.serve(&mut link).await;
                self.turns.fetch_add(1, Ordering::AcqRel);
                match lost {
                    Ok(()) => return,
                    Err(error) => tracing::warn!(%error, "the bus between nodes is interrupted"),
                }
            }
            let _ = tokio::time::timeout(wait, self.closed()).await;
            if self.closing.load(Ordering::Acquire) {
                return;
            }
            wait = (wait * 2).min(RETRY_MAX);
            match self.open().await {
                Ok(opened) => {
                    self.outbox().interrupted();
                    tracing::info!("the bus between nodes is back");
                    link = Some(opened);
                }
                Err(error) => tracing::debug!(%error, "no bus between nodes yet"),
            }
        }
    }

    /// Tells whatever there is until the connection is lost, or everything was said.
    async fn serve(&self, link: &mut Link) -> Result<(), StoreError> {
        loop {
            let payloads = self.outbox().take(&self.tag);
            if !payloads.is_empty() {
                let told = link.tell(&payloads).await;
                if told.is_err() {
                    // Said again, in short, on the next connection.
                    self.outbox().everything();
                }
                told?;
                continue;
            }
            if self.closing.load(Ordering::Acquire) {
                return Ok(());
            }
            tokio::select! {
                () = self.filled.notified() => {}
                () = link.lost() => {
                    return Err(StoreError::Unavailable("the connection is lost".into()));
                }
                () = tokio::time::sleep(ASK_EVERY) => link.asks_whether_it_lives().await?,
            }
        }
    }

    async fn closed(&self) {
        while !self.closing.load(Ordering::Acquire) {
            self.filled.notified().await;
        }
    }

    fn hear(&self, payload: &str) {
        for said in said(payload, &self.tag) {
            match said {
                Said::User(user_id) => self.local.wake(user_id),
                Said::Key(auth_key_id) => self.tell_listeners(|news| {
                    news.keys.insert(auth_key_id);
                }),
                Said::Words(words) => {
                    self.tell_listeners(|news| news.words.push_back(words.clone()));
                }
                Said::Everything => self.look_at_everything(),
            }
        }
    }

    fn look_at_everything(&self) {
        self.tell_listeners(|news| {
            news.keys.clear();
            news.any_key = true;
        });
        self.local.wake_everyone();
    }

    fn tell_listeners(&self, change: impl Fn(&mut Collected)) {
        self.listeners().retain(|listener| {
            let waiting = listener.upgrade();
            waiting.is_some_and(|waiting| {
                waiting.add(&change);
                true
            })
        });
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn listeners(&self) -> MutexGuard<'_, Vec<Weak<Waiting>>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
