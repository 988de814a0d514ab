//! Sticker sets, their stickers, and what each of those stands for.

use std::collections::HashMap;

use super::blobs::key;
use super::{i64s, number, pairs, places, rows_among, run_among};
use crate::blobs::BlobKey;
use crate::{Row, StoreError, Tx, args};

/// A set without its stickers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRow {
    /// Positive.
    pub set_id: i64,
    /// Unique whatever the case of its letters.
    pub short_name: String,
    /// For people.
    pub title: String,
    /// emoji or stickers.
    pub kind: String,
    /// All its emoji take the colour of the text around them.
    pub text_color: bool,
    /// 31 bits, not 0; another one after every change.
    pub hash: i64,
    /// Unix seconds.
    pub created_at: i64,
}

/// One sticker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRow {
    /// Positive.
    pub document_id: i64,
    /// Its set.
    pub set_id: i64,
    /// In its set, from 0.
    pub place: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// As it was imported.
    pub file_name: String,
    /// Its set holds emoji, not stickers.
    pub custom_emoji: bool,
    /// Of its file.
    pub mime_type: String,
    /// Length of its file.
    pub bytes: i64,
    /// Its file.
    pub blob: BlobKey,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Its first picture.
    pub thumb: ThumbRow,
    /// The bytes of `photoPathSize`.
    pub outline: Option<Vec<u8>>,
    /// Milliseconds; 0: a still.
    pub duration_ms: i64,
    /// For everybody, not for subscribers alone.
    pub free: bool,
    /// It takes the colour of the text around it.
    pub text_color: bool,
    /// Offered for pictures of people.
    pub for_profiles: bool,
    /// Offered for pictures of groups and channels.
    pub for_groups: bool,
    /// Offered for what stands behind a profile.
    pub for_backgrounds: bool,
    /// What it stands for; the first one is its `alt`.
    pub emoji: Vec<String>,
}

/// The first picture of a sticker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThumbRow {
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Length of its file.
    pub bytes: i64,
    /// Its file.
    pub blob: BlobKey,
}

macro_rules! set_columns {
    () => {
        "set_id, short_name, title, kind, text_color, hash, created_at"
    };
}

macro_rules! document_columns {
    () => {
        "document_id, set_id, place, created_at, file_name, custom_emoji, mime_type, bytes, blob, width, \
         height, thumb_width, thumb_height, thumb_bytes, thumb_blob, outline, duration_ms, free, \
         text_color, for_profiles, for_groups, for_backgrounds"
    };
}

/// Columns of a document.
const DOCUMENT_COLUMNS: usize = 22;

/// Writes a set without its stickers.
///
/// # Errors
/// [`StoreError::Conflict`]: the id or the name exists.
pub async fn insert_set(tx: &mut Tx, row: &SetRow) -> Result<(), StoreError> {
    let sql = concat!(
        "INSERT INTO sticker_sets (",
        set_columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7)"
    );
    tx.run(
        sql,
        args![
            row.set_id,
            &row.short_name,
            &row.title,
            &row.kind,
            row.text_color,
            row.hash,
            row.created_at
        ],
    )
    .await?;
    Ok(())
}

/// Writes stickers with what they stand for.
///
/// # Errors
/// [`StoreError::Conflict`]: an id, or a place in a set, exists.
pub async fn insert_documents(tx: &mut Tx, rows: &[DocumentRow]) -> Result<(), StoreError> {
    for row in rows {
        let sql = concat!("INSERT INTO documents (", document_columns!(), ") VALUES ");
        let sql = format!("{sql}({})", places(1, DOCUMENT_COLUMNS));
        tx.run(
            &sql,
            args![
                row.document_id,
                row.set_id,
                row.place,
                row.created_at,
                &row.file_name,
                row.custom_emoji,
                &row.mime_type,
                row.bytes,
                row.blob,
                row.width,
                row.height,
                row.thumb.width,
                row.thumb.height,
                row.thumb.bytes,
                row.thumb.blob,
                row.outline.as_deref(),
                row.duration_ms,
                row.free,
                row.text_color,
                row.for_profiles,
                row.for_groups,
                row.for_backgrounds
            ],
        )
        .await?;
        for (emoji, place) in row.emoji.iter().zip(0_i64..) {
            let sql = "INSERT INTO sticker_emoji (document_id, place, emoji) VALUES ($1, $2, $3)";
            tx.run(sql, args![row.document_id, place, emoji]).await?;
        }
    }
    Ok(())
}

/// Deletes a set with its stickers; says how many those were, `None`: there was no such set. Their
/// files may be named by others: `blobs::named` tells.
pub async fn delete_set(tx: &mut Tx, set_id: i64) -> Result<Option<usize>, StoreError> {
    let sql = "DELETE FROM sticker_sets WHERE set_id = $1";
    let there = tx.run(sql, args![set_id]).await? > 0;
    let sql = "DELETE FROM documents WHERE set_id = $1 RETURNING document_id";
    let gone = i64s(&tx.rows(sql, args![set_id]).await?, 0)?;
    let sql = "DELETE FROM sticker_emoji WHERE document_id IN (#)";
    run_among(tx, sql, &[], &gone).await?;
    Ok(there.then_some(gone.len()))
}

/// One set.
pub async fn set_by_id(tx: &mut Tx, set_id: i64) -> Result<Option<SetRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        set_columns!(),
        " FROM sticker_sets WHERE set_id = $1"
    );
    tx.row(sql, args![set_id]).await?.map(set).transpose()
}

/// The set of this name, whatever the case of its letters.
pub async fn set_by_name(tx: &mut Tx, short_name: &str) -> Result<Option<SetRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        set_columns!(),
        " FROM sticker_sets WHERE LOWER(short_name) = LOWER($1)"
    );
    tx.row(sql, args![short_name]).await?.map(set).transpose()
}

/// The sets behind `after` by rising id, at most `limit`.
pub async fn sets(tx: &mut Tx, after: i64, limit: i64) -> Result<Vec<SetRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        set_columns!(),
        " FROM sticker_sets WHERE set_id > $1 ORDER BY set_id LIMIT $2"
    );
    let rows = tx.rows(sql, args![after, limit]).await?;
    rows.into_iter().map(set).collect()
}

/// How many stickers each of these sets has: pairs of set and count, in no order.
pub async fn counts(tx: &mut Tx, set_ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = "SELECT set_id, COUNT(*) FROM documents WHERE set_id IN (#) GROUP BY set_id";
    by_set(tx, sql, set_ids).await
}

/// The first sticker of each of these sets: pairs of set and document, in no order.
pub async fn firsts(tx: &mut Tx, set_ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let sql = "SELECT set_id, document_id FROM documents WHERE place = 0 AND set_id IN (#)";
    by_set(tx, sql, set_ids).await
}

async fn by_set(tx: &mut Tx, sql: &str, set_ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let rows = rows_among(tx, sql, &[], set_ids).await?;
    Ok(pairs(&rows)?.into_iter().collect())
}

/// Ids of custom emoji that are offered for pictures of people, at most `limit`.
pub async fn ids_for_profiles(tx: &mut Tx, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT document_id FROM documents WHERE for_profiles = 1
               ORDER BY set_id, place LIMIT $1";
    i64s(&tx.rows(sql, args![limit]).await?, 0)
}

/// Ids of custom emoji that are offered for pictures of groups and channels, at most `limit`.
pub async fn ids_for_groups(tx: &mut Tx, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT document_id FROM documents WHERE for_groups = 1
               ORDER BY set_id, place LIMIT $1";
    i64s(&tx.rows(sql, args![limit]).await?, 0)
}

/// Ids of custom emoji that are offered for what stands behind a profile, at most `limit`.
pub async fn ids_for_backgrounds(tx: &mut Tx, limit: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT document_id FROM documents WHERE for_backgrounds = 1
               ORDER BY set_id, place LIMIT $1";
    i64s(&tx.rows(sql, args![limit]).await?, 0)
}

/// Ids of custom emoji, or of stickers, that stand for `emoji`, rising, at most `limit`.
pub async fn ids_of_emoji(
    tx: &mut Tx,
    emoji: &str,
    custom_emoji: bool,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT DISTINCT e.document_id FROM sticker_emoji e
               JOIN documents d ON d.document_id = e.document_id
               WHERE e.emoji = $1 AND d.custom_emoji = $2
               ORDER BY e.document_id LIMIT $3";
    let custom_emoji = i64::from(custom_emoji);
    i64s(&tx.rows(sql, args![emoji, custom_emoji, limit]).await?, 0)
}

/// The stickers with these ids, in no order; unknown ids are left out.
pub async fn by_ids(tx: &mut Tx, document_ids: &[i64]) -> Result<Vec<DocumentRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        document_columns!(),
        " FROM documents WHERE document_id IN (#)"
    );
    let rows = rows_among(tx, sql, &[], document_ids).await?;
    let rows = rows.iter().map(document).collect::<Result<_, _>>()?;
    with_emoji(tx, rows).await
}

/// One sticker.
pub async fn by_id(tx: &mut Tx, document_id: i64) -> Result<Option<DocumentRow>, StoreError> {
    Ok(by_ids(tx, &[document_id]).await?.pop())
}

/// The stickers of a set, in its order.
pub async fn of_set(tx: &mut Tx, set_id: i64) -> Result<Vec<DocumentRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        document_columns!(),
        " FROM documents WHERE set_id = $1 ORDER BY place"
    );
    let rows = tx.rows(sql, args![set_id]).await?;
    let rows = rows.iter().map(document).collect::<Result<_, _>>()?;
    with_emoji(tx, rows).await
}

/// The highest id of a set or sticker in use; 0: none.
pub async fn last_id(tx: &mut Tx) -> Result<i64, StoreError> {
    let sets = "SELECT COALESCE(MAX(set_id), 0) FROM sticker_sets";
    let documents = "SELECT COALESCE(MAX(document_id), 0) FROM documents";
    let set_id = number(tx, sets, args![]).await?;
    Ok(set_id.max(number(tx, documents, args![]).await?))
}

async fn with_emoji(
    tx: &mut Tx,
    mut rows: Vec<DocumentRow>,
) -> Result<Vec<DocumentRow>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.document_id).collect();
    let sql = "SELECT document_id, emoji, place FROM sticker_emoji WHERE document_id IN (#)
               ORDER BY document_id, place";
    let mut all: HashMap<i64, Vec<String>> = HashMap::new();
    for row in rows_among(tx, sql, &[], &ids).await? {
        all.entry(row.i64(0)?).or_default().push(row.text(1)?);
    }
    for row in &mut rows {
        row.emoji = all.remove(&row.document_id).unwrap_or_default();
    }
    Ok(rows)
}

fn set(row: Row) -> Result<SetRow, StoreError> {
    Ok(SetRow {
        set_id: row.i64(0)?,
        short_name: row.text(1)?,
        title: row.text(2)?,
        kind: row.text(3)?,
        text_color: row.bool(4)?,
        hash: row.i64(5)?,
        created_at: row.i64(6)?,
    })
}

fn document(row: &Row) -> Result<DocumentRow, StoreError> {
    Ok(DocumentRow {
        document_id: row.i64(0)?,
        set_id: row.i64(1)?,
        place: row.i64(2)?,
        created_at: row.i64(3)?,
        file_name: row.text(4)?,
        custom_emoji: row.bool(5)?,
        mime_type: row.text(6)?,
        bytes: row.i64(7)?,
        blob: key(row, 8)?,
        width: row.i64(9)?,
        height: row.i64(10)?,
        thumb: ThumbRow {
            width: row.i64(11)?,
            height: row.i64(12)?,
            bytes: row.i64(13)?,
            blob: key(row, 14)?,
        },
        outline: row.opt_bytes(15)?,
        duration_ms: row.i64(16)?,
        free: row.bool(17)?,
        text_color: row.bool(18)?,
        for_profiles: row.bool(19)?,
        for_groups: row.bool(20)?,
        for_backgrounds: row.bool(21)?,
        emoji: Vec::new(),
    })
}
