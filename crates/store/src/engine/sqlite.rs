//! The embedded engine: one file in WAL mode, one writing and several reading connections.
//! Each connection lives on a thread of its own, so that no task of the runtime ever waits for
//! the disk; a transaction leases the thread, first come first served.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::Mode;
use crate::{Row, StoreError, StoreOptions, Value};

/// Chosen: more than the statements of this crate, so that each is compiled once a connection.
const STATEMENTS_CACHED_MAX: usize = 512;
/// Chosen: our own queue keeps writers apart; this covers a person's shell on the same file.
const BUSY_WAIT: Duration = Duration::from_secs(5);

/// A job for the thread of one connection.
enum Job {
    Run {
        begin: Option<Mode>,
        sql: String,
        args: Vec<Value>,
        reply: Reply<u64>,
    },
    Rows {
        begin: Option<Mode>,
        sql: String,
        args: Vec<Value>,
        reply: Reply<Vec<Row>>,
    },
    Script {
        begin: Option<Mode>,
        sql: String,
        reply: Reply<()>,
    },
    Commit {
        reply: Reply<()>,
    },
    Rollback,
}

type Reply<T> = oneshot::Sender<Result<T, StoreError>>;
type Jobs = mpsc::Sender<Job>;

/// Connections of one kind, leased one at a time.
#[derive(Debug)]
struct Pool {
    idle: Mutex<Vec<Jobs>>,
    turns: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// The opened data file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    writer: Arc<Pool>,
    readers: Arc<Pool>,
    wait_max: Duration,
    /// Held as long as the file is open: a second server must not start on it.
    lock: Mutex<Option<File>>,
}

impl Sqlite {
    pub(crate) async fn open(file: PathBuf, options: StoreOptions) -> Result<Sqlite, StoreError> {
        tokio::task::spawn_blocking(move || Self::open_now(&file, &options))
            .await
            .map_err(|_| StoreError::Broken("opening the data file panicked".into()))?
    }

    fn open_now(file: &Path, options: &StoreOptions) -> Result<Sqlite, StoreError> {
        let folder = match file.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let lock = if options.guest {
            // Opening would create it.
            std::fs::metadata(file).map_err(|error| io("find the data file", &error))?;
            None
        } else {
            std::fs::create_dir_all(folder)
                .map_err(|error| io("create the data folder", &error))?;
            let lock = lock(folder)?;
            // Created before the engine does it, so that nobody else ever reads the keys in it.
            private(OpenOptions::new().create(true).append(true))
                .open(file)
                .map_err(|error| io("create the data file", &error))?;
            Some(lock)
        };
        let durable = options.durable;
        let writer = Pool::start(1, durable, || connect(file, Mode::Write, options))?;
        let count = options.readers.max(1);
        let readers = Pool::start(count, durable, || connect(file, Mode::Read, options))?;
        let lock = Mutex::new(lock);
        Ok(Sqlite {
            writer,
            readers,
            wait_max: options.wait_max,
            lock,
        })
    }

    pub(crate) async fn begin(&self, mode: Mode) -> Result<Open, StoreError> {
        let pool = match mode {
            Mode::Read => &self.readers,
            Mode::Write | Mode::Relaxed => &self.writer,
        };
        let turn = tokio::time::timeout(self.wait_max, pool.turns.clone().acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable("waited too long for a turn".into()))?
            .map_err(|_| StoreError::Unavailable("the store is closed".into()))?;
        let jobs = lock_mutex(&pool.idle).pop();
        let jobs = jobs.ok_or_else(|| StoreError::Unavailable("the store is closed".into()))?;
        Ok(Open {
            jobs: Some(jobs),
            begin: Some(mode),
            pool: pool.clone(),
            _turn: turn,
        })
    }

    pub(crate) async fn damage(&self, thorough: bool) -> Result<Vec<String>, StoreError> {
        let check = if thorough {
            "PRAGMA integrity_check(100)"
        } else {
            "PRAGMA quick_check(100)"
        };
        let mut open = self.begin(Mode::Read).await?;
        let lines = open.rows(check, &[]).await?;
        let mut lines: Vec<String> = lines
            .iter()
            .map(|row| row.text(0))
            .collect::<Result<_, _>>()?;
        lines.retain(|line| line != "ok");
        Ok(lines)
    }

    pub(crate) async fn close(&self) {
        for pool in [&self.readers, &self.writer] {
            // Each transaction that ends gives its connection back before its turn.
            let all = pool.turns.acquire_many(pool.size());
            let ended = tokio::time::timeout(self.wait_max, all).await;
            pool.turns.close();
            lock_mutex(&pool.idle).clear();
            let threads = std::mem::take(&mut *lock_mutex(&pool.threads));
            if ended.is_err() {
                // Its thread ends with it; what it did not commit is gone as after a crash.
                tracing::warn!("closed the store beside a transaction that does not end");
                continue;
            }
            let joined = tokio::task::spawn_blocking(move || {
                threads.into_iter().for_each(|thread| drop(thread.join()));
            });
            drop(joined.await);
        }
        lock_mutex(&self.lock).take();
    }
}

impl Pool {
    fn start(
        count: usize,
        durable: bool,
        connect: impl Fn() -> Result<Connection, StoreError>,
    ) -> Result<Arc<Pool>, StoreError> {
        let mut idle = Vec::with_capacity(count);
        let mut threads = Vec::with_capacity(count);
        for _ in 0..count {
            let connection = connect()?;
            let (jobs, queue) = mpsc::channel();
            let thread = std::thread::Builder::new()
                .name("store".into())
                .spawn(move || Served::new(connection, durable).serve(&queue))
                .map_err(|error| io("start a thread", &error))?;
            idle.push(jobs);
            threads.push(thread);
        }
        let turns = Arc::new(Semaphore::new(count));
        Ok(Arc::new(Pool {
            idle: Mutex::new(idle),
            turns,
            threads: Mutex::new(threads),
        }))
    }

    fn size(&self) -> u32 {
        u32::try_from(lock_mutex(&self.threads).len()).unwrap_or(u32::MAX)
    }
}

/// A leased connection with a transaction that begins with its first statement.
#[derive(Debug)]
pub(crate) struct Open {
    jobs: Option<Jobs>,
    /// Set until the first statement carries it to the thread: saves one hop.
    begin: Option<Mode>,
    pool: Arc<Pool>,
    // Dropped last: the next in line finds the connection in `idle`.
    _turn: OwnedSemaphorePermit,
}

impl Open {
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
        let (reply, answer) = oneshot::channel();
        let begin = self.begin.take();
        self.send(Job::Run {
            begin,
            sql: sql.to_owned(),
            args: args.to_vec(),
            reply,
        })?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let (reply, answer) = oneshot::channel();
        let begin = self.begin.take();
        self.send(Job::Rows {
            begin,
            sql: sql.to_owned(),
            args: args.to_vec(),
            reply,
        })?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        let begin = self.begin.take();
        self.send(Job::Script {
            begin,
            sql: sql.to_owned(),
            reply,
        })?;
        answer.await.map_err(|_| gone())?
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.begin.is_some() {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        self.send(Job::Commit { reply })?;
        // From here on there is nothing to roll back, whether or not the caller waits.
        self.begin = Some(Mode::Read);
        answer.await.map_err(|_| gone())?
    }

    fn send(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).map_err(|_| gone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(jobs) = self.jobs.take() else { return };
        // Jobs run in order: whoever leases the connection next comes after the rollback.
        let alive = self.begin.is_some() || jobs.send(Job::Rollback).is_ok();
        if alive && !self.pool.turns.is_closed() {
            lock_mutex(&self.pool.idle).push(jobs);
        }
    }
}

/// What a thread owns.
struct Served {
    connection: Connection,
    /// Whether commits ever wait for the disk.
    durable: bool,
    /// Whether the next commit does.
    waits: bool,
}

impl Served {
    fn new(connection: Connection, durable: bool) -> Served {
        Served {
            connection,
            durable,
            waits: durable,
        }
    }

    fn serve(mut self, queue: &mpsc::Receiver<Job>) {
        for job in queue {
            match job {
                Job::Run {
                    begin,
                    sql,
                    args,
                    reply,
                } => {
                    let ready = self.ready(begin);
                    drop(reply.send(ready.and_then(|()| run(&self.connection, &sql, &args))));
                }
                Job::Rows {
                    begin,
                    sql,
                    args,
                    reply,
                } => {
                    let ready = self.ready(begin);
                    drop(reply.send(ready.and_then(|()| rows(&self.connection, &sql, &args))));
                }
                Job::Script { begin, sql, reply } => {
                    let ready = self.ready(begin);
                    drop(reply.send(ready.and_then(|()| self.batch(&sql))));
                }
                Job::Commit { reply } => {
                    let outcome = self.batch("COMMIT");
                    if outcome.is_err() {
                        self.rollback();
                    }
                    drop(reply.send(outcome));
                }
                Job::Rollback => self.rollback(),
            }
        }
    }

    fn ready(&mut self, begin: Option<Mode>) -> Result<(), StoreError> {
        let Some(mode) = begin else { return Ok(()) };
        let waits = mode != Mode::Relaxed;
        if self.durable && mode != Mode::Read && waits != self.waits {
            // Cannot be changed inside a transaction. In WAL mode NORMAL writes the same log,
            // in the same order, and leaves it to the next FULL commit to wait for the disk.
            let level = if waits { "FULL" } else { "NORMAL" };
            self.batch(&format!("PRAGMA synchronous = {level}"))?;
            self.waits = waits;
        }
        self.batch(if mode == Mode::Read {
            "BEGIN"
        } else {
            "BEGIN IMMEDIATE"
        })
    }

    fn rollback(&self) {
        // Some errors end the transaction by themselves; then there is nothing left to do.
        if !self.connection.is_autocommit()
            && let Err(error) = self.batch("ROLLBACK")
        {
            tracing::error!(%error, "rollback failed");
        }
    }

    fn batch(&self, sql: &str) -> Result<(), StoreError> {
        self.connection
            .execute_batch(sql)
            .map_err(|error| broken(&error))
    }
}

fn run(connection: &Connection, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
    let mut statement = bound(connection, sql, args)?;
    let changed = statement.raw_execute().map_err(|error| broken(&error))?;
    Ok(changed as u64)
}

fn rows(connection: &Connection, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = bound(connection, sql, args)?;
    let columns = statement.column_count();
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(|error| broken(&error))? {
        let values: Result<Vec<Value>, StoreError> = (0..columns)
            .map(|index| value(row.get_ref(index).map_err(|error| broken(&error))?))
            .collect();
        rows.push(Row::new(values?));
    }
    Ok(rows)
}

fn bound<'c>(
    connection: &'c Connection,
    sql: &str,
    args: &[Value],
) -> Result<CachedStatement<'c>, StoreError> {
    let mut statement = connection
        .prepare_cached(sql)
        .map_err(|error| broken(&error))?;
    if statement.parameter_count() != args.len() {
        let wanted = statement.parameter_count();
        return Err(StoreError::Broken(format!(
            "{} arguments for {wanted}: {sql}",
            args.len()
        )));
    }
    for (index, arg) in args.iter().enumerate() {
        let arg = ToSqlOutput::Borrowed(match arg {
            Value::Null => ValueRef::Null,
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Real(value) => ValueRef::Real(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Bytes(value) => ValueRef::Blob(value),
        });
        statement
            .raw_bind_parameter(index + 1, arg)
            .map_err(|error| broken(&error))?;
    }
    Ok(statement)
}

fn value(value: ValueRef<'_>) -> Result<Value, StoreError> {
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(value) => Value::Real(value),
        ValueRef::Text(value) => Value::Text(
            String::from_utf8(value.to_vec())
                .map_err(|_| StoreError::Broken("a text in the data is not UTF-8".into()))?,
        ),
        ValueRef::Blob(value) => Value::Bytes(value.to_vec()),
    })
}

fn connect(file: &Path, mode: Mode, options: &StoreOptions) -> Result<Connection, StoreError> {
    let connection = Connection::open(file).map_err(|error| broken(&error))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
    let synchronous = if options.durable { "FULL" } else { "OFF" };
    let query_only = mode == Mode::Read || options.guest;
    connection
        .busy_timeout(BUSY_WAIT)
        .and_then(|()| {
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; \
                 PRAGMA query_only = {query_only}; PRAGMA trusted_schema = OFF;"
            ))
        })
        .map_err(|error| broken(&error))?;
    Ok(connection)
}

/// The file lock that makes one folder belong to one server; the system drops it when we die.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let file = private(OpenOptions::new().create(true).append(true))
        .open(folder.join("cameo.lock"))
        .map_err(|error| io("open the lock file", &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyRunning {
            folder: folder.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(io("lock the data folder", &error)),
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn lock_mutex<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // Nothing here panics between two halves of a change, so a poisoned list is still whole.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn gone() -> StoreError {
    StoreError::Unavailable("the thread of the data file has ended".into())
}

fn io(doing: &str, error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("{doing}: {error}"))
}

/// Sorts the engine's errors; its texts name tables and columns, never values.
fn broken(error: &rusqlite::Error) -> StoreError {
    let Some(code) = error.sqlite_error() else {
        return StoreError::Broken(error.to_string());
    };
    let unique = [
        rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE,
        rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
    ];
    match code.code {
        ErrorCode::ConstraintViolation if unique.contains(&code.extended_code) => {
            StoreError::Conflict
        }
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Conflict,
        ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::CannotOpen
        | ErrorCode::OutOfMemory
        | ErrorCode::PermissionDenied => StoreError::Unavailable(error.to_string()),
        _ => StoreError::Broken(error.to_string()),
    }
}
