//! Files on their way in: which parts are there and where their bytes wait.

use super::{i64s, number, pairs};
use crate::{Row, StoreError, Tx, args};

/// One file of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFileRow {
    /// Who uploads.
    pub owner_id: i64,
    /// As the client chose it.
    pub file_id: i64,
    /// -1: not known yet.
    pub total_parts: i64,
    /// Of big files; 0: not known yet.
    pub part_bytes: i64,
    /// `saveBigFilePart`.
    pub is_big: bool,
    /// Unix seconds.
    pub touched_at: i64,
}

/// One part of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPartRow {
    /// From 0.
    pub part: i64,
    /// Its length.
    pub bytes: i64,
    /// Name of the bytes in the spool.
    pub spool_key: String,
}

/// What is there of a file, without looking at each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadSums {
    /// How many parts there are.
    pub parts: i64,
    /// The highest part number; -1: none.
    pub last_part: i64,
    /// The lengths together.
    pub bytes: i64,
}

fn file(row: &Row) -> Result<UploadFileRow, StoreError> {
    Ok(UploadFileRow {
        owner_id: row.i64(0)?,
        file_id: row.i64(1)?,
        total_parts: row.i64(2)?,
        part_bytes: row.i64(3)?,
        is_big: row.bool(4)?,
        touched_at: row.i64(5)?,
    })
}

/// Writes a file, new or changed.
pub async fn put_file(tx: &mut Tx, row: &UploadFileRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO upload_files (owner_id, file_id, total_parts, part_bytes, is_big, touched_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (owner_id, file_id) DO UPDATE SET total_parts = $3, part_bytes = $4,
         is_big = $5, touched_at = $6",
        args![
            row.owner_id,
            row.file_id,
            row.total_parts,
            row.part_bytes,
            row.is_big,
            row.touched_at
        ],
    )
    .await?;
    Ok(())
}

/// One file.
pub async fn find_file(
    tx: &mut Tx,
    owner_id: i64,
    file_id: i64,
) -> Result<Option<UploadFileRow>, StoreError> {
    let sql = "SELECT owner_id, file_id, total_parts, part_bytes, is_big, touched_at
               FROM upload_files WHERE owner_id = $1 AND file_id = $2";
    tx.row(sql, args![owner_id, file_id])
        .await?
        .as_ref()
        .map(file)
        .transpose()
}

/// Notes a part. A part that was there is replaced: its spool name is returned, and nobody reads
/// those bytes any more once this is committed.
pub async fn put_part(
    tx: &mut Tx,
    owner_id: i64,
    file_id: i64,
    row: &UploadPartRow,
) -> Result<Option<String>, StoreError> {
    let inserted = tx
        .run(
            "INSERT INTO upload_parts (owner_id, file_id, part, bytes, spool_key)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner_id, file_id, part) DO NOTHING",
            args![owner_id, file_id, row.part, row.bytes, &row.spool_key],
        )
        .await?;
    if inserted == 1 {
        return Ok(None);
    }
    let replaced = find_part(tx, owner_id, file_id, row.part).await?;
    tx.run(
        "UPDATE upload_parts SET bytes = $1, spool_key = $2
         WHERE owner_id = $3 AND file_id = $4 AND part = $5",
        args![row.bytes, &row.spool_key, owner_id, file_id, row.part],
    )
    .await?;
    Ok(replaced.map(|part| part.spool_key))
}

fn part(row: &Row) -> Result<UploadPartRow, StoreError> {
    Ok(UploadPartRow {
        part: row.i64(0)?,
        bytes: row.i64(1)?,
        spool_key: row.text(2)?,
    })
}

/// One part.
pub async fn find_part(
    tx: &mut Tx,
    owner_id: i64,
    file_id: i64,
    number: i64,
) -> Result<Option<UploadPartRow>, StoreError> {
    let sql = "SELECT part, bytes, spool_key FROM upload_parts
               WHERE owner_id = $1 AND file_id = $2 AND part = $3";
    tx.row(sql, args![owner_id, file_id, number])
        .await?
        .as_ref()
        .map(part)
        .transpose()
}

/// The parts of a file from number `from` on, in order, at most `limit`.
pub async fn parts(
    tx: &mut Tx,
    owner_id: i64,
    file_id: i64,
    from: i64,
    limit: i64,
) -> Result<Vec<UploadPartRow>, StoreError> {
    let sql = "SELECT part, bytes, spool_key FROM upload_parts
               WHERE owner_id = $1 AND file_id = $2 AND part >= $3 ORDER BY part LIMIT $4";
    tx.rows(sql, args![owner_id, file_id, from, limit])
        .await?
        .iter()
        .map(part)
        .collect()
}

/// What is there of a file.
pub async fn sums(tx: &mut Tx, owner_id: i64, file_id: i64) -> Result<UploadSums, StoreError> {
    let sql = "SELECT COUNT(*), COALESCE(MAX(part), -1),
               CAST(COALESCE(SUM(bytes), 0) AS BIGINT)
               FROM upload_parts WHERE owner_id = $1 AND file_id = $2";
    let row = tx.row(sql, args![owner_id, file_id]).await?;
    let row = row.ok_or_else(|| StoreError::Broken("no sums of an upload".into()))?;
    Ok(UploadSums {
        parts: row.i64(0)?,
        last_part: row.i64(1)?,
        bytes: row.i64(2)?,
    })
}

/// Files last touched before `before`, oldest first: pairs of owner and file.
pub async fn expired(tx: &mut Tx, before: i64, limit: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT owner_id, file_id FROM upload_files WHERE touched_at < $1
               ORDER BY touched_at LIMIT $2";
    let rows = tx.rows(sql, args![before, limit]).await?;
    pairs(&rows)
}

/// Removes a file and its parts; returns the spool names to delete after the commit.
pub async fn delete_file(
    tx: &mut Tx,
    owner_id: i64,
    file_id: i64,
) -> Result<Vec<String>, StoreError> {
    let sql = "DELETE FROM upload_files WHERE owner_id = $1 AND file_id = $2";
    tx.run(sql, args![owner_id, file_id]).await?;
    let sql = "DELETE FROM upload_parts WHERE owner_id = $1 AND file_id = $2 RETURNING spool_key";
    tx.rows(sql, args![owner_id, file_id])
        .await?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// The ids of the files that an owner is uploading, ascending.
pub async fn of_owner(tx: &mut Tx, owner_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT file_id FROM upload_files WHERE owner_id = $1 ORDER BY file_id";
    i64s(&tx.rows(sql, args![owner_id]).await?, 0)
}

/// What an owner's uploads hold together: their bytes, and when the oldest was touched (0: there is
/// none).
pub async fn waiting(tx: &mut Tx, owner_id: i64) -> Result<(i64, i64), StoreError> {
    let sql = "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM upload_parts
               WHERE owner_id = $1";
    let bytes = number(tx, sql, args![owner_id]).await?;
    let sql = "SELECT COALESCE(MIN(touched_at), 0) FROM upload_files WHERE owner_id = $1";
    Ok((bytes, number(tx, sql, args![owner_id]).await?))
}
