//! The one seam to durable state: rows, blobs, wake-ups.
//!
//! Every engine promises the same: a transaction is serializable, `commit` returns after the
//! change is durable, a dropped transaction leaves nothing, a reader sees one moment.

pub mod blobs;
pub mod bus;
mod engine;
mod error;
mod migrate;
mod off_thread;
pub mod rows;
pub mod spool;
mod tag;
mod tx;
mod value;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub use error::StoreError;
pub use migrate::FORMAT;
pub use tx::Tx;
pub use value::{Row, Value};

use engine::{Engine, Mode};

/// How a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// How many read transactions run at the same time (SQLite), or how many connections there
    /// are in all (PostgreSQL: this many plus [`StoreOptions::writers`]).
    pub readers: usize,
    /// How many write transactions run at the same time. SQLite always has one.
    pub writers: usize,
    /// How long `begin` and `read` wait for their turn before [`StoreError::Unavailable`].
    pub wait_max: Duration,
    /// Whether a commit waits for the disk. Only throw-away data of tests may say no.
    pub durable: bool,
    /// Looks into data that a running server may hold: takes no lock, creates nothing, brings
    /// nothing up to date, cannot write. For commands that only read.
    pub guest: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        // Chosen: four readers and eight writers keep a small machine busy without a crowd;
        // a caller that waited ten seconds has a client that gave up (0035).
        StoreOptions {
            readers: 4,
            writers: 8,
            wait_max: Duration::from_secs(10),
            durable: true,
            guest: false,
        }
    }
}

/// The rows of one server or of all nodes together. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    queries: Arc<AtomicU64>,
}

impl Store {
    /// Opens `sqlite:FILE` or `postgres://USER@HOST:PORT/NAME` and brings its tables up to date.
    ///
    /// A missing file and its folder are created, readable by their owner only.
    ///
    /// # Errors
    /// [`StoreError::NewerFormat`], [`StoreError::AlreadyRunning`],
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::Broken`] otherwise.
    pub async fn open(url: &str, options: StoreOptions) -> Result<Store, StoreError> {
        let guest = options.guest;
        let engine = Engine::connect(url, &options).await?;
        let store = Store {
            engine: Arc::new(engine),
            queries: Arc::new(AtomicU64::new(0)),
        };
        if guest {
            migrate::check(&store).await?;
        } else {
            migrate::run(&store).await?;
        }
        Ok(store)
    }

    /// Begins a transaction that may change rows. Waits for its turn, first come first served.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.begin_for(&[]).await
    }

    /// As [`Store::begin`], and first waits until no other transaction begun for one of
    /// `owner_ids` is open on any node. The rules do not need it, they hold without; it turns a
    /// crowd of writers to one box from repeated conflicts into a queue.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Conflict`] after waiting too long.
    pub async fn begin_for(&self, owner_ids: &[i64]) -> Result<Tx, StoreError> {
        let open = self.engine.begin(Mode::Write, owner_ids).await?;
        Ok(Tx::new(open, self.queries.clone()))
    }

    /// As [`Store::begin_for`], but `commit` does not wait for the disk: the changes outlive this
    /// process, not a power cut, and never become visible in part. Only for rows that are worth no
    /// more than what they describe: upload parts (see [`spool`]), who was online when. The next
    /// durable commit makes them durable, too.
    ///
    /// # Errors
    /// As [`Store::begin_for`].
    pub async fn begin_relaxed(&self, owner_ids: &[i64]) -> Result<Tx, StoreError> {
        let open = self.engine.begin(Mode::Relaxed, owner_ids).await?;
        Ok(Tx::new(open, self.queries.clone()))
    }

    /// Begins a transaction that only reads, sees one moment, and waits for no writer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let open = self.engine.begin(Mode::Read, &[]).await?;
        Ok(Tx::new(open, self.queries.clone()))
    }

    /// What the engine finds wrong with its own file, a line each, at most a hundred; empty: nothing.
    /// `thorough` also compares every index with its table. `None`: the engine has no such check.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Broken`] when the file cannot even be checked.
    pub async fn damage(&self, thorough: bool) -> Result<Option<Vec<String>>, StoreError> {
        self.engine.damage(thorough).await
    }

    /// How many statements ran since the store was opened, for tests that count.
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    /// Closes the files and waits for it. Open transactions end first; later ones fail.
    pub async fn close(&self) {
        self.engine.close().await;
    }
}
