//! The SQL of both engines, once; one file per noun. No rule of the domain lives here.
//!
//! Rows are plain structs whose fields are the columns; a column that holds 0 or 1 is a `bool`.
//! Every function runs inside the caller's transaction and fails only with [`StoreError`].

pub mod blobs;
pub mod bots;
pub mod calls;
pub mod channels;
pub mod chats;
pub mod checks;
pub mod codes;
pub mod contacts;
pub mod counters;
pub mod dialogs;
pub mod keys;
pub mod messages;
pub mod photos;
pub mod places;
#[cfg(test)]
mod plans;
pub mod privacy;
pub mod stickers;
pub mod totals;
pub mod updates;
pub mod uploads;
pub mod users;

use crate::{Row, StoreError, Tx, Value};

/// Chosen: values in one IN list; longer lists are asked in several statements.
const LIST_MAX: usize = 256;

/// Runs `sql`, whose last placeholders are `IN (#)`, for every value of `among` (each once), after
/// the arguments `fixed`. No values: no statement and no rows.
///
/// Lists are filled up to a power of two by repeating the last value, so that an engine caches a
/// handful of statements instead of one for each length.
async fn rows_among<T: Clone + Ord + Into<Value>>(
    tx: &mut Tx,
    sql: &str,
    fixed: &[Value],
    among: &[T],
) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for (sql, args) in lists(sql, fixed, among) {
        rows.extend(tx.rows(&sql, &args).await?);
    }
    Ok(rows)
}

/// As [`rows_among`], for a statement that changes rows; says how many.
async fn run_among<T: Clone + Ord + Into<Value>>(
    tx: &mut Tx,
    sql: &str,
    fixed: &[Value],
    among: &[T],
) -> Result<u64, StoreError> {
    let mut changed = 0;
    for (sql, args) in lists(sql, fixed, among) {
        changed += tx.run(&sql, &args).await?;
    }
    Ok(changed)
}

fn lists<T: Clone + Ord + Into<Value>>(
    sql: &str,
    fixed: &[Value],
    among: &[T],
) -> Vec<(String, Vec<Value>)> {
    let mut among = among.to_vec();
    among.sort_unstable();
    among.dedup();
    let list = |values: &[T]| {
        let count = values.len().next_power_of_two();
        let mut args = fixed.to_vec();
        args.extend(values.iter().cloned().map(Into::into));
        let last = args.last().cloned();
        args.extend(last.into_iter().cycle().take(count - values.len()));
        (
            sql.replace("(#)", &format!("({})", places(fixed.len() + 1, count))),
            args,
        )
    };
    among.chunks(LIST_MAX).map(list).collect()
}

/// `$first,$first+1,…`, `count` of them.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count)
        .map(|place| format!("${place}"))
        .collect();
    places.join(",")
}

/// A list of ids as one value; an empty one is NULL.
fn pack(ids: &[i64]) -> Option<Vec<u8>> {
    (!ids.is_empty()).then(|| ids.iter().flat_map(|id| id.to_be_bytes()).collect())
}

fn unpack(bytes: &[u8]) -> Result<Vec<i64>, StoreError> {
    let (ids, rest) = bytes.as_chunks::<8>();
    if !rest.is_empty() {
        return Err(StoreError::Broken("a list of ids is cut short".into()));
    }
    Ok(ids.iter().map(|id| i64::from_be_bytes(*id)).collect())
}

/// Column `column` of every row, as integers.
fn i64s(rows: &[Row], column: usize) -> Result<Vec<i64>, StoreError> {
    rows.iter().map(|row| row.i64(column)).collect()
}

/// The first two columns of every row, as integers.
fn pairs(rows: &[Row]) -> Result<Vec<(i64, i64)>, StoreError> {
    rows.iter()
        .map(|row| Ok((row.i64(0)?, row.i64(1)?)))
        .collect()
}

/// The number that a statement with exactly one row and column answers.
async fn number(tx: &mut Tx, sql: &str, args: &[Value]) -> Result<i64, StoreError> {
    let row = tx.row(sql, args).await?;
    row.ok_or_else(|| StoreError::Broken(format!("no row: {sql}")))?
        .i64(0)
}

/// Whether `$1`, `$2`, … are first used in ascending order: one engine binds by first appearance.
pub(crate) fn placeholders_ascend(sql: &str) -> bool {
    let mut highest = 0;
    for piece in sql.split('$').skip(1) {
        let digits = piece.len() - piece.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = piece[..digits].parse::<usize>() else {
            return false;
        };
        if number == 0 || number > highest + 1 {
            return false;
        }
        highest = highest.max(number);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_must_ascend_by_first_use() {
        assert!(placeholders_ascend("SELECT 1"));
        assert!(placeholders_ascend("SET a = $1 WHERE b = $2 AND c = $1"));
        assert!(!placeholders_ascend("SET a = $2 WHERE b = $1"));
        assert!(!placeholders_ascend("WHERE b = $1 AND c = $3"));
        assert!(!placeholders_ascend("WHERE b = $0"));
        assert!(!placeholders_ascend("WHERE b = $name"));
    }

    #[test]
    fn lists_name_each_value_once_and_have_few_lengths() {
        let lists = lists("a = $1 AND b IN (#)", &[Value::Int(9)], &[5, 4, 5, 6]);
        assert_eq!(lists.len(), 1);
        assert_eq!(lists[0].0, "a = $1 AND b IN ($2,$3,$4,$5)");
        let args = [9, 4, 5, 6, 6].map(Value::Int);
        assert!(lists[0].1 == args);
        let long: Vec<i64> = (0..1000).collect();
        let lengths: Vec<usize> = super::lists("IN (#)", &[], &long)
            .iter()
            .map(|(_, args)| args.len())
            .collect();
        assert_eq!(lengths, [256, 256, 256, 256]);
    }
}
