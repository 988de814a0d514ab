//! Login codes and exported logins: short-lived secrets that are used up once.

use super::number;
use crate::{Row, StoreError, Tx, args};

/// One attempt to sign in. Its code must not be logged: `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct CodeRow {
    /// Digits only.
    pub phone: String,
    /// `phone_code_hash`.
    pub code_hash: String,
    /// The digits that the person types.
    pub code: String,
    /// Unix seconds.
    pub expires_at: i64,
    /// Wrong attempts so far.
    pub tries: i64,
    /// The key that gave the right code.
    pub passed_by: Option<i64>,
}

impl std::fmt::Debug for CodeRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut fields = f.debug_struct("CodeRow");
        fields
            .field("expires_at", &self.expires_at)
            .field("tries", &self.tries);
        fields.finish_non_exhaustive()
    }
}

/// A login on its way to another key. `token` is the SHA-256 of the bytes that were handed out.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportedRow {
    /// SHA-256 of the bytes handed out.
    pub token: Vec<u8>,
    /// The account.
    pub user_id: i64,
    /// The data centre it was exported for.
    pub dc_id: i64,
    /// Unix seconds.
    pub expires_at: i64,
}

impl std::fmt::Debug for ExportedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportedRow")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

macro_rules! code_columns {
    () => {
        "phone, code_hash, code, expires_at, tries, passed_by"
    };
}

fn code(row: &Row) -> Result<CodeRow, StoreError> {
    Ok(CodeRow {
        phone: row.text(0)?,
        code_hash: row.text(1)?,
        code: row.text(2)?,
        expires_at: row.i64(3)?,
        tries: row.i64(4)?,
        passed_by: row.opt_i64(5)?,
    })
}

/// Writes an attempt; one with the same phone and hash is replaced.
pub async fn put(tx: &mut Tx, row: &CodeRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO login_codes (",
            code_columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (phone, code_hash) DO UPDATE SET code = $3, expires_at = $4, tries = $5,
             passed_by = $6"
        ),
        args![
            &row.phone,
            &row.code_hash,
            &row.code,
            row.expires_at,
            row.tries,
            row.passed_by
        ],
    )
    .await?;
    Ok(())
}

/// The attempt with this phone and hash.
pub async fn find(
    tx: &mut Tx,
    phone: &str,
    code_hash: &str,
) -> Result<Option<CodeRow>, StoreError> {
    let row = tx
        .row(
            concat!(
                "SELECT ",
                code_columns!(),
                " FROM login_codes WHERE phone = $1 AND code_hash = $2"
            ),
            args![phone, code_hash],
        )
        .await?;
    row.as_ref().map(code).transpose()
}

/// Attempts that have not expired at `now`, newest first, for whoever runs the server.
pub async fn alive(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<CodeRow>, StoreError> {
    let rows = tx
        .rows(
            concat!(
                "SELECT ",
                code_columns!(),
                " FROM login_codes WHERE expires_at > $1 ORDER BY expires_at DESC LIMIT $2"
            ),
            args![now, limit],
        )
        .await?;
    rows.iter().map(code).collect()
}

/// How many codes for this phone that expired after `since`, or have not yet, nobody has shown.
pub async fn unshown_since(tx: &mut Tx, phone: &str, since: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM login_codes
               WHERE phone = $1 AND expires_at > $2 AND passed_by IS NULL";
    number(tx, sql, args![phone, since]).await
}

/// Removes the logins that `user_id` has handed out and nobody used.
pub async fn forget_exports(tx: &mut Tx, user_id: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM exported_authorizations WHERE user_id = $1",
        args![user_id],
    )
    .await
}

/// Counts a wrong try.
pub async fn count_try(tx: &mut Tx, phone: &str, code_hash: &str) -> Result<(), StoreError> {
    tx.run(
        "UPDATE login_codes SET tries = tries + 1 WHERE phone = $1 AND code_hash = $2",
        args![phone, code_hash],
    )
    .await?;
    Ok(())
}

/// Notes which key gave the right code.
pub async fn passed(
    tx: &mut Tx,
    phone: &str,
    code_hash: &str,
    auth_key_id: i64,
) -> Result<(), StoreError> {
    tx.run(
        "UPDATE login_codes SET passed_by = $1 WHERE phone = $2 AND code_hash = $3",
        args![auth_key_id, phone, code_hash],
    )
    .await?;
    Ok(())
}

/// Ends an attempt; `false`: there was none.
pub async fn delete(tx: &mut Tx, phone: &str, code_hash: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM login_codes WHERE phone = $1 AND code_hash = $2";
    Ok(tx.run(sql, args![phone, code_hash]).await? == 1)
}

/// Ends every attempt with this phone; says how many there were.
pub async fn delete_of_phone(tx: &mut Tx, phone: &str) -> Result<u64, StoreError> {
    tx.run("DELETE FROM login_codes WHERE phone = $1", args![phone])
        .await
}

/// Removes attempts that expired before `before`; says how many.
pub async fn delete_expired(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM login_codes WHERE expires_at < $1",
        args![before],
    )
    .await
}

/// Notes a login that was handed out.
pub async fn export(tx: &mut Tx, row: &ExportedRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO exported_authorizations (token, user_id, dc_id, expires_at)
         VALUES ($1, $2, $3, $4)",
        args![&row.token, row.user_id, row.dc_id, row.expires_at],
    )
    .await?;
    Ok(())
}

/// Uses an exported login up. Expired ones are returned too: the caller decides.
pub async fn take_exported(tx: &mut Tx, token: &[u8]) -> Result<Option<ExportedRow>, StoreError> {
    let row = tx
        .row(
            "DELETE FROM exported_authorizations WHERE token = $1
             RETURNING token, user_id, dc_id, expires_at",
            args![token],
        )
        .await?;
    let row = row.as_ref().map(|row| {
        Ok(ExportedRow {
            token: row.bytes(0)?,
            user_id: row.i64(1)?,
            dc_id: row.i64(2)?,
            expires_at: row.i64(3)?,
        })
    });
    row.transpose()
}

/// Removes exported logins that expired before `before`; says how many.
pub async fn delete_expired_exports(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM exported_authorizations WHERE expires_at < $1",
        args![before],
    )
    .await
}
