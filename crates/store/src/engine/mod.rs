//! The engines behind one door. Each only connects, begins, binds, runs and classifies errors.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use crate::{Row, StoreError, StoreOptions, Value};

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
    /// As `Write`, but the commit does not wait for the disk.
    Relaxed,
}

/// An engine that is connected.
#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Engine {
    /// `sqlite:FILE` or `postgres://…`.
    pub(crate) async fn connect(url: &str, options: &StoreOptions) -> Result<Engine, StoreError> {
        if let Some(file) = url.strip_prefix("sqlite:") {
            sqlite::Sqlite::open(file.into(), options.clone())
                .await
                .map(Engine::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            postgres::Postgres::open(url, options).map(Engine::Postgres)
        } else {
            // The address may carry a password: only its scheme is repeated.
            let scheme = url.split(':').next().unwrap_or_default();
            Err(StoreError::Broken(format!(
                "unknown kind of store `{scheme}`: use sqlite:FILE or postgres://HOST/NAME"
            )))
        }
    }

    /// `turns`: numbers whose turn is taken, in order, before the snapshot; kept to the end.
    pub(crate) async fn begin(&self, mode: Mode, turns: &[i64]) -> Result<Open, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.begin(mode).await.map(Open::Sqlite),
            Engine::Postgres(engine) => engine.begin(mode, turns).await.map(Open::Postgres),
        }
    }

    /// See [`crate::Store::damage`].
    pub(crate) async fn damage(&self, thorough: bool) -> Result<Option<Vec<String>>, StoreError> {
        match self {
            Engine::Sqlite(engine) => engine.damage(thorough).await.map(Some),
            Engine::Postgres(_) => Ok(None),
        }
    }

    /// Waits until the files are closed.
    pub(crate) async fn close(&self) {
        match self {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close(),
        }
    }
}

/// An open transaction of some engine; dropping it rolls back without blocking.
#[derive(Debug)]
pub(crate) enum Open {
    Sqlite(sqlite::Open),
    Postgres(postgres::Open),
}

impl Open {
    pub(crate) async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
        match self {
            Open::Sqlite(open) => open.run(sql, args).await,
            Open::Postgres(open) => open.run(sql, args).await,
        }
    }

    pub(crate) async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        match self {
            Open::Sqlite(open) => open.rows(sql, args).await,
            Open::Postgres(open) => open.rows(sql, args).await,
        }
    }

    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Open::Sqlite(open) => open.script(sql).await,
            Open::Postgres(open) => open.script(sql).await,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Open::Sqlite(open) => open.commit().await,
            Open::Postgres(open) => open.commit().await,
        }
    }
}
