//! Numbers by name that all nodes share: counters, numbers that are written once, times of turns.

use crate::{StoreError, Tx, args};

/// The next number of a counter, from 1. Writers of one counter wait for or refuse each other.
pub async fn next(tx: &mut Tx, name: &str) -> Result<i64, StoreError> {
    super::number(
        tx,
        "INSERT INTO counters (name, last) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET last = counters.last + 1 RETURNING last",
        args![name],
    )
    .await
}

/// Makes sure that the next number of a counter is above `floor`.
pub async fn raise(tx: &mut Tx, name: &str, floor: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO counters (name, last) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last = $2 WHERE counters.last < $2",
        args![name, floor],
    )
    .await?;
    Ok(())
}

/// The number that is kept under a name, or that a counter handed out last; `None`: none is.
pub async fn kept(tx: &mut Tx, name: &str) -> Result<Option<i64>, StoreError> {
    let row = tx
        .row("SELECT last FROM counters WHERE name = $1", args![name])
        .await?;
    row.map(|row| row.i64(0)).transpose()
}

/// Keeps a number under a name, whatever was kept there.
pub async fn keep(tx: &mut Tx, name: &str, number: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO counters (name, last) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last = $2",
        args![name, number],
    )
    .await?;
    Ok(())
}

/// Takes a turn that is taken once in `every` seconds by whoever comes first; false: somebody has it.
pub async fn turn(tx: &mut Tx, name: &str, now: i64, every: i64) -> Result<bool, StoreError> {
    let taken = tx
        .run(
            "INSERT INTO counters (name, last) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET last = $2 WHERE counters.last <= $3",
            args![name, now, now.saturating_sub(every)],
        )
        .await?;
    Ok(taken == 1)
}
