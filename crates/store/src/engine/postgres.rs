//! The scaled-out engine: PostgreSQL through a pool of connections with cached statements.
//! Writers are SERIALIZABLE, so that the rules above hold as they do behind one writer;
//! readers are REPEATABLE READ READ ONLY: one moment, no waiting, no aborts.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::BytesMut;
use deadpool_postgres::{Hook, HookError, Runtime};
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::Mode;
use crate::{Row, StoreError, StoreOptions, Value};

/// Chosen: a lock that is not had by then means a caller that gave up; the answer is Conflict.
const LOCK_WAIT: &str = "10s";
/// Chosen: a node that fell silent inside a transaction must not stop the others for longer.
const SILENCE_MAX: &str = "30s";
const CONNECT_WAIT: Duration = Duration::from_secs(5);

/// Connections to one database.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
}

impl Postgres {
    pub(crate) fn open(url: &str, options: &StoreOptions) -> Result<Postgres, StoreError> {
        // The parser's own text could repeat a password: only the fact is passed on.
        let mut config: tokio_postgres::Config = url
            .parse()
            .map_err(|_| StoreError::Broken("the address of the store cannot be read".into()))?;
        if config.get_application_name().is_none() {
            config.application_name("cameo");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_WAIT);
        }
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let synchronous = if options.durable { "on" } else { "off" };
        let read_only = if options.guest { "on" } else { "off" };
        let session = format!(
            "SET lock_timeout = '{LOCK_WAIT}'; \
             SET idle_in_transaction_session_timeout = '{SILENCE_MAX}'; \
             SET synchronous_commit = {synchronous}; SET client_min_messages = warning; \
             SET default_transaction_read_only = {read_only}"
        );
        let session: Arc<str> = session.into();
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size((options.readers + options.writers).max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(options.wait_max))
            .create_timeout(Some(options.wait_max))
            .post_create(Hook::async_fn(move |client, _| {
                let session = session.clone();
                Box::pin(async move {
                    client
                        .batch_execute(&session)
                        .await
                        .map_err(HookError::Backend)
                })
            }))
            .build()
            .map_err(|error| StoreError::Broken(error.to_string()))?;
        Ok(Postgres { pool })
    }

    pub(crate) async fn begin(&self, mode: Mode, turns: &[i64]) -> Result<Open, StoreError> {
        let client = self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                StoreError::Unavailable(text(&error))
            }
            PoolError::Timeout(_) => StoreError::Unavailable("waited too long for a turn".into()),
            error => StoreError::Unavailable(error.to_string()),
        })?;
        let mut open = Open {
            client: Some(client),
            begin: Some(mode),
            turns: false,
        };
        let mut turns = turns.to_vec();
        turns.sort_unstable();
        turns.dedup();
        for turn in turns {
            open.turns = true;
            // A lock of the connection, taken outside: inside, waiting would age the snapshot.
            open.execute("SELECT pg_advisory_lock($1)", &[Value::Int(turn)])
                .await?;
        }
        Ok(open)
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }
}

/// A leased connection with a transaction that begins with its first statement.
pub(crate) struct Open {
    /// `None` once the connection is lost.
    client: Option<Object>,
    /// Set until the first statement, which travels together with it: saves one round trip.
    begin: Option<Mode>,
    /// Whether the connection holds locks of its own.
    turns: bool,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open")
            .field("begin", &self.begin)
            .finish_non_exhaustive()
    }
}

const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const BEGIN_WRITE: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const BEGIN_RELAXED: &str =
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL synchronous_commit = off";
const UNLOCK: &str = "SELECT pg_advisory_unlock_all()";

impl Open {
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
        let begun = self.begin.take();
        let outcome = match begun {
            None => self.execute(sql, args).await,
            Some(mode) => {
                let (begun, outcome) =
                    tokio::join!(biased; self.start(mode), self.execute(sql, args));
                begun.and(outcome)
            }
        };
        self.noticed(outcome)
    }

    pub(crate) async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let begun = self.begin.take();
        let outcome = match begun {
            None => self.query(sql, args).await,
            Some(mode) => {
                let (begun, outcome) =
                    tokio::join!(biased; self.start(mode), self.query(sql, args));
                begun.and(outcome)
            }
        };
        self.noticed(outcome)
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        if let Some(mode) = self.begin.take() {
            self.start(mode).await?;
        }
        let outcome = self.batch(sql).await;
        self.noticed(outcome)
    }

    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        if self.begin.is_some() {
            return Ok(());
        }
        let unlock = async {
            if self.turns {
                self.batch(UNLOCK).await
            } else {
                Ok(())
            }
        };
        let (committed, unlocked) = tokio::join!(biased; self.batch("COMMIT"), unlock);
        // However it ended, there is nothing left to roll back.
        self.begin = Some(Mode::Read);
        self.turns = unlocked.is_err();
        self.noticed(committed)
    }

    async fn start(&self, mode: Mode) -> Result<(), StoreError> {
        let begin = match mode {
            Mode::Read => BEGIN_READ,
            Mode::Write => BEGIN_WRITE,
            Mode::Relaxed => BEGIN_RELAXED,
        };
        self.batch(begin).await
    }

    async fn batch(&self, sql: &str) -> Result<(), StoreError> {
        let client = self.client()?;
        client
            .batch_execute(sql)
            .await
            .map_err(|error| broken(&error))
    }

    async fn execute(&self, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
        let client = self.client()?;
        let statement = client
            .prepare_cached(sql)
            .await
            .map_err(|error| broken(&error))?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        fits(sql, statement.params().len(), args.len())?;
        client
            .execute(&statement, &args)
            .await
            .map_err(|error| broken(&error))
    }

    async fn query(&self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        let client = self.client()?;
        let statement = client
            .prepare_cached(sql)
            .await
            .map_err(|error| broken(&error))?;
        let args: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as _).collect();
        fits(sql, statement.params().len(), args.len())?;
        let found = client
            .query(&statement, &args)
            .await
            .map_err(|error| broken(&error))?;
        found.iter().map(row).collect()
    }

    fn client(&self) -> Result<&Object, StoreError> {
        let lost = || StoreError::Unavailable("the connection is lost".into());
        self.client.as_ref().ok_or_else(lost)
    }

    /// A connection that failed does not go back to the others: it may take a moment until it is
    /// seen to be closed, and the next caller must not be the one who finds out.
    fn noticed<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Unavailable(_)) = &outcome {
            self.client.take().map(Object::take);
        }
        outcome
    }
}

fn row(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let value = |index| {
        let value: Result<Option<Value>, _> = row.try_get(index);
        value
            .map(|value| value.unwrap_or(Value::Null))
            .map_err(|error| broken(&error))
    };
    let values: Result<Vec<Value>, StoreError> = (0..row.len()).map(value).collect();
    values.map(Row::new)
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(client) = &self.client else { return };
        if self.begin.is_none() {
            send_only(client.batch_execute("ROLLBACK"));
        }
        if self.turns {
            send_only(client.batch_execute(UNLOCK));
        }
    }
}

/// Sends a request without waiting for its answer. The first poll puts it on the wire; answers
/// come in order, so whoever leases the connection next is served after it.
fn send_only(request: impl Future) {
    let _ = pin!(request).poll(&mut Context::from_waker(Waker::noop()));
}

fn fits(sql: &str, wanted: usize, given: usize) -> Result<(), StoreError> {
    if wanted == given {
        return Ok(());
    }
    Err(StoreError::Broken(format!(
        "{given} arguments for {wanted}: {sql}"
    )))
}

impl ToSql for Value {
    fn to_sql(
        &self,
        wanted: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, wanted) {
            (Value::Null, _) => Ok(IsNull::Yes),
            // The engine picks narrow types for bare comparisons such as `$1 = 1`.
            (Value::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(wanted, out),
            (Value::Int(value), &Type::INT8) => value.to_sql(wanted, out),
            (Value::Real(value), &Type::FLOAT8) => value.to_sql(wanted, out),
            (Value::Text(value), &Type::TEXT) => value.to_sql(wanted, out),
            (Value::Bytes(value), &Type::BYTEA) => value.to_sql(wanted, out),
            _ => Err(format!("{self:?} given for {wanted}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(
        found: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match *found {
            Type::BOOL => Value::Int(bool::from_sql(found, raw)?.into()),
            Type::INT4 => Value::Int(i32::from_sql(found, raw)?.into()),
            Type::INT8 => Value::Int(i64::from_sql(found, raw)?),
            Type::FLOAT8 => Value::Real(f64::from_sql(found, raw)?),
            Type::TEXT => Value::Text(String::from_sql(found, raw)?),
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            _ => return Err(format!("a column of type {found}").into()),
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The engine's words without its DETAIL, which repeats values.
fn text(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("{} ({})", error.message(), error.code().code()),
        None => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            format!("{error}{}", cause.unwrap_or_default())
        }
    }
}

pub(crate) fn broken(error: &tokio_postgres::Error) -> StoreError {
    let Some(code) = error.code() else {
        // No word from the server: the connection broke, or a value did not fit its column.
        let cause = std::error::Error::source(error);
        let away = error.is_closed() || cause.is_some_and(|cause| cause.is::<std::io::Error>());
        let kind = if away {
            StoreError::Unavailable
        } else {
            StoreError::Broken
        };
        return kind(text(error));
    };
    if [
        SqlState::UNIQUE_VIOLATION,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
    ]
    .contains(code)
    {
        return StoreError::Conflict;
    }
    // Classes: connection, resources, operator, system error.
    let away = ["08", "53", "57", "58"]
        .iter()
        .any(|class| code.code().starts_with(class));
    let kind = if away {
        StoreError::Unavailable
    } else {
        StoreError::Broken
    };
    kind(text(error))
}
