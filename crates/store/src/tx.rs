//! A transaction: the only way to rows. The same on every engine, including what happens after
//! a statement failed (one engine would let the rest go on, the other would not: here none does).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::engine::Open;
use crate::{Row, StoreError, Value};

/// One open transaction. Dropped without [`Tx::commit`], it leaves nothing behind.
///
/// The first statement fixes the snapshot that all later ones see. After a statement failed the
/// transaction is over: later statements and `commit` answer with the same kind of error.
#[derive(Debug)]
pub struct Tx {
    open: Open,
    failed: Option<StoreError>,
    /// A statement is on its way; stays set when its caller walked away.
    running: bool,
    queries: u64,
    queries_of_store: Arc<AtomicU64>,
}

impl Tx {
    pub(crate) fn new(open: Open, queries_of_store: Arc<AtomicU64>) -> Tx {
        Tx {
            open,
            failed: None,
            running: false,
            queries: 0,
            queries_of_store,
        }
    }

    /// Runs one statement that returns no rows and says how many rows it changed.
    ///
    /// Placeholders are `$1`, `$2`, … first used in ascending order.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::Unavailable`], [`StoreError::Broken`].
    pub async fn run(&mut self, sql: &str, args: &[Value]) -> Result<u64, StoreError> {
        self.count(sql)?;
        let outcome = self.open.run(sql, args).await;
        self.remember(outcome)
    }

    /// Runs one statement and returns all its rows.
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub async fn rows(&mut self, sql: &str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        self.count(sql)?;
        let outcome = self.open.rows(sql, args).await;
        self.remember(outcome)
    }

    /// Runs one statement and returns its first row.
    ///
    /// # Errors
    /// As [`Tx::run`].
    pub async fn row(&mut self, sql: &str, args: &[Value]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// Makes all changes durable and visible at once. `Ok` means: on disk.
    ///
    /// # Errors
    /// [`StoreError::Conflict`]: nothing was kept. [`StoreError::Unavailable`]: unknown whether
    /// the changes were kept.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.usable()?;
        self.open.commit().await
    }

    /// How many statements this transaction ran.
    pub fn queries(&self) -> u64 {
        self.queries
    }

    /// Runs several statements without arguments: migrations only.
    pub(crate) async fn script(&mut self, sql: &str) -> Result<(), StoreError> {
        self.usable()?;
        self.running = true;
        let outcome = self.open.script(sql).await;
        self.remember(outcome)
    }

    fn count(&mut self, sql: &str) -> Result<(), StoreError> {
        self.usable()?;
        debug_assert!(
            crate::rows::placeholders_ascend(sql),
            "placeholders out of order: {sql}"
        );
        self.running = true;
        self.queries += 1;
        self.queries_of_store.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn usable(&self) -> Result<(), StoreError> {
        match &self.failed {
            Some(failed) => Err(failed.afterwards()),
            None if self.running => Err(StoreError::Broken(
                "a statement of this transaction was abandoned".into(),
            )),
            None => Ok(()),
        }
    }

    fn remember<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        self.running = false;
        if let Err(error) = &outcome {
            self.failed = Some(error.clone());
        }
        outcome
    }
}
