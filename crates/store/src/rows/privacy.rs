//! The privacy rules of accounts.

use super::rows_among;
use crate::{Row, StoreError, Tx, args};

/// What an account decided about one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RulesRow {
    /// Whose decision it is.
    pub owner_id: i64,
    /// What it is about.
    pub key: String,
    /// One rule a line.
    pub rules: String,
}

/// Sets the rules of one key.
pub async fn put(tx: &mut Tx, row: &RulesRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO privacy_rules (owner_id, key, rules) VALUES ($1, $2, $3)
         ON CONFLICT (owner_id, key) DO UPDATE SET rules = $3",
        args![row.owner_id, &row.key, &row.rules],
    )
    .await?;
    Ok(())
}

/// The rules of one key; `None`: its owner never set any.
pub async fn find(tx: &mut Tx, owner_id: i64, key: &str) -> Result<Option<String>, StoreError> {
    let sql = "SELECT rules FROM privacy_rules WHERE owner_id = $1 AND key = $2";
    let row = tx.row(sql, args![owner_id, key]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// All rules of several accounts, in no order.
pub async fn of_owners(tx: &mut Tx, owner_ids: &[i64]) -> Result<Vec<RulesRow>, StoreError> {
    let sql = "SELECT owner_id, key, rules FROM privacy_rules WHERE owner_id IN (#)";
    let rows = rows_among(tx, sql, &[], owner_ids).await?;
    rows.iter().map(rules).collect()
}

/// The rules of several accounts for one key, in no order.
pub async fn for_key(
    tx: &mut Tx,
    key: &str,
    owner_ids: &[i64],
) -> Result<Vec<RulesRow>, StoreError> {
    let sql = "SELECT owner_id, key, rules FROM privacy_rules
               WHERE key = $1 AND owner_id IN (#)";
    let rows = rows_among(tx, sql, args![key], owner_ids).await?;
    rows.iter().map(rules).collect()
}

fn rules(row: &Row) -> Result<RulesRow, StoreError> {
    Ok(RulesRow {
        owner_id: row.i64(0)?,
        key: row.text(1)?,
        rules: row.text(2)?,
    })
}

/// Removes everything that an account set.
pub async fn forget(tx: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM privacy_rules WHERE owner_id = $1";
    tx.run(sql, args![owner_id]).await?;
    Ok(())
}
