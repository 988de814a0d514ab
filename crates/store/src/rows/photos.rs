//! Photos, the files of their sizes, the list on a profile, and what nothing refers to any more.

use std::collections::HashMap;

use super::blobs::key;
use super::{i64s, number, pairs, places, rows_among, run_among};
use crate::blobs::BlobKey;
use crate::{Row, StoreError, Tx, args};

/// One photo with the files of its sizes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PhotoRow {
    /// Positive, rising.
    pub photo_id: i64,
    /// Who uploaded it.
    pub owner_id: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// Size `i` of `photo.sizes`.
    pub stripped_photo: Vec<u8>,
    /// `userProfilePhoto.stripped_thumb`.
    pub stripped_user: Vec<u8>,
    /// By letter.
    pub files: Vec<PhotoFileRow>,
    /// Seconds into its film, where its stills are; `None`: the client did not say.
    pub video_start_ts: Option<f64>,
    /// What it is drawn from.
    pub markup: Option<MarkupRow>,
}

/// What a drawn picture is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkupRow {
    /// The custom emoji or sticker.
    pub document_id: i64,
    /// The set that the sticker is named with; `None`: a custom emoji.
    pub set_id: Option<i64>,
    /// The ground, 0xRRGGBB.
    pub colours: Vec<i32>,
}

/// The file of one size of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFileRow {
    /// a, b, c; videos u, p.
    pub letter: String,
    /// Pixels.
    pub width: i64,
    /// Pixels.
    pub height: i64,
    /// Length of the blob.
    pub bytes: i64,
    /// Its name.
    pub blob: BlobKey,
}

/// The letters of films: the big one, the small one. Source: official page on files.
const FILMS: [&str; 2] = ["u", "p"];

impl PhotoRow {
    /// Whether it moves.
    pub fn has_video(&self) -> bool {
        self.films().next().is_some()
    }

    /// Its films, the big one first.
    pub fn films(&self) -> impl Iterator<Item = &PhotoFileRow> {
        FILMS.iter().filter_map(|letter| self.file(letter))
    }

    /// The file of one size.
    pub fn file(&self, letter: &str) -> Option<&PhotoFileRow> {
        self.files.iter().find(|file| file.letter == letter)
    }
}

impl PhotoFileRow {
    /// Whether it is one of the video sizes.
    pub fn is_video(&self) -> bool {
        FILMS.contains(&self.letter.as_str())
    }
}

/// Writes a photo and its files.
///
/// # Errors
/// [`StoreError::Conflict`]: the id exists.
pub async fn insert(tx: &mut Tx, row: &PhotoRow) -> Result<(), StoreError> {
    let markup = row.markup.as_ref();
    let colours = markup.map(|markup| pack(&markup.colours));
    tx.run(
        "INSERT INTO photos (photo_id, owner_id, created_at, stripped_photo, stripped_user,
           video_start_ts, markup_document_id, markup_set_id, markup_colours)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        args![
            row.photo_id,
            row.owner_id,
            row.created_at,
            &row.stripped_photo,
            &row.stripped_user,
            row.video_start_ts
                .map(|start| start.to_bits().cast_signed()),
            markup.map(|markup| markup.document_id),
            markup.and_then(|markup| markup.set_id),
            colours
        ],
    )
    .await?;
    if row.files.is_empty() {
        return Ok(());
    }
    let groups: Vec<String> = (0..row.files.len())
        .map(|file| format!("({})", places(file * 6 + 1, 6)))
        .collect();
    let args: Vec<crate::Value> = row
        .files
        .iter()
        .flat_map(|file| {
            let args: [crate::Value; 6] = [
                row.photo_id.into(),
                file.letter.as_str().into(),
                file.width.into(),
                file.height.into(),
                file.bytes.into(),
                file.blob.into(),
            ];
            args
        })
        .collect();
    let sql = "INSERT INTO photo_files (photo_id, letter, width, height, bytes, blob) VALUES ";
    tx.run(&format!("{sql}{}", groups.join(",")), &args).await?;
    Ok(())
}

/// The photos with these ids and their files, in no order; unknown ids are left out.
pub async fn by_ids(tx: &mut Tx, photo_ids: &[i64]) -> Result<Vec<PhotoRow>, StoreError> {
    let sql = "SELECT photo_id, owner_id, created_at, stripped_photo, stripped_user,
                 video_start_ts, markup_document_id, markup_set_id, markup_colours
               FROM photos WHERE photo_id IN (#)";
    let photos = rows_among(tx, sql, &[], photo_ids).await?;
    let mut photos: Vec<PhotoRow> = photos.iter().map(photo).collect::<Result<_, _>>()?;
    let found: Vec<i64> = photos.iter().map(|photo| photo.photo_id).collect();
    let sql = "SELECT photo_id, letter, width, height, bytes, blob FROM photo_files
               WHERE photo_id IN (#)";
    let mut files: HashMap<i64, Vec<PhotoFileRow>> = HashMap::new();
    for row in rows_among(tx, sql, &[], &found).await? {
        files.entry(row.i64(0)?).or_default().push(file(&row)?);
    }
    for photo in &mut photos {
        photo.files = files.remove(&photo.photo_id).unwrap_or_default();
        photo
            .files
            .sort_unstable_by(|one, other| one.letter.cmp(&other.letter));
    }
    Ok(photos)
}

/// One photo with its files.
pub async fn by_id(tx: &mut Tx, photo_id: i64) -> Result<Option<PhotoRow>, StoreError> {
    Ok(by_ids(tx, &[photo_id]).await?.pop())
}

fn photo(row: &Row) -> Result<PhotoRow, StoreError> {
    let start = row.opt_i64(5)?;
    let markup = match row.opt_i64(6)? {
        Some(document_id) => Some(MarkupRow {
            document_id,
            set_id: row.opt_i64(7)?,
            colours: unpack(&row.opt_bytes(8)?.unwrap_or_default())?,
        }),
        None => None,
    };
    Ok(PhotoRow {
        photo_id: row.i64(0)?,
        owner_id: row.i64(1)?,
        created_at: row.i64(2)?,
        stripped_photo: row.bytes(3)?,
        stripped_user: row.bytes(4)?,
        files: Vec::new(),
        video_start_ts: start.map(|bits| f64::from_bits(bits.cast_unsigned())),
        markup,
    })
}

/// Colours in one value.
fn pack(colours: &[i32]) -> Vec<u8> {
    colours
        .iter()
        .flat_map(|colour| colour.to_be_bytes())
        .collect()
}

fn unpack(bytes: &[u8]) -> Result<Vec<i32>, StoreError> {
    let (colours, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        let what = "colours that are no whole number of 32-bit values";
        return Err(StoreError::Broken(what.into()));
    }
    Ok(colours
        .iter()
        .map(|colour| i32::from_be_bytes(*colour))
        .collect())
}

fn file(row: &Row) -> Result<PhotoFileRow, StoreError> {
    Ok(PhotoFileRow {
        letter: row.text(1)?,
        width: row.i64(2)?,
        height: row.i64(3)?,
        bytes: row.i64(4)?,
        blob: key(row, 5)?,
    })
}

/// The main photo of each of `owner_ids` that has one: pairs of owner and photo, in no order.
pub async fn main_of(tx: &mut Tx, owner_ids: &[i64]) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT owner_id, MAX(photo_id) FROM profile_photos WHERE owner_id IN (#)
               GROUP BY owner_id";
    let rows = rows_among(tx, sql, &[], owner_ids).await?;
    pairs(&rows)
}

/// Puts a photo on its owner's profile; the highest id is the main one.
pub async fn add_to_profile(tx: &mut Tx, owner_id: i64, photo_id: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO profile_photos (owner_id, photo_id) VALUES ($1, $2)
               ON CONFLICT DO NOTHING";
    tx.run(sql, args![owner_id, photo_id]).await?;
    Ok(())
}

/// Takes photos off a profile; says which of them were on it, ascending.
pub async fn remove_from_profile(
    tx: &mut Tx,
    owner_id: i64,
    photo_ids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = "DELETE FROM profile_photos WHERE owner_id = $1 AND photo_id IN (#)
               RETURNING photo_id";
    let mut removed = i64s(&rows_among(tx, sql, args![owner_id], photo_ids).await?, 0)?;
    removed.sort_unstable();
    Ok(removed)
}

/// Takes all photos off a profile.
pub async fn forget_profile(tx: &mut Tx, owner_id: i64) -> Result<u64, StoreError> {
    tx.run(
        "DELETE FROM profile_photos WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}

/// How many photos are on a profile.
pub async fn profile_count(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COUNT(*) FROM profile_photos WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}

/// How many photos on a profile have an id of at least `photo_id`: the place, counted from the
/// newest, of the first photo below it.
pub async fn profile_count_from(
    tx: &mut Tx,
    owner_id: i64,
    photo_id: i64,
) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM profile_photos WHERE owner_id = $1 AND photo_id >= $2";
    number(tx, sql, args![owner_id, photo_id]).await
}

/// Ids of the photos on a profile, newest first, from place `offset` on.
pub async fn profile_page(
    tx: &mut Tx,
    owner_id: i64,
    offset: i64,
    limit: i64,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT photo_id FROM profile_photos WHERE owner_id = $1
               ORDER BY photo_id DESC LIMIT $2 OFFSET $3";
    i64s(&tx.rows(sql, args![owner_id, limit, offset]).await?, 0)
}

/// Which of `photo_ids` are on a profile, in no order.
pub async fn profile_among(
    tx: &mut Tx,
    owner_id: i64,
    photo_ids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT photo_id FROM profile_photos WHERE owner_id = $1 AND photo_id IN (#)";
    i64s(&rows_among(tx, sql, args![owner_id], photo_ids).await?, 0)
}

/// The highest photo id in use; 0: none.
pub async fn last_id(tx: &mut Tx) -> Result<i64, StoreError> {
    number(tx, "SELECT COALESCE(MAX(photo_id), 0) FROM photos", args![]).await
}

/// Looks at the next photos above `after`, `scan` of them, made before `before`: those that no
/// profile, fallback, contact, message or chat refers to, and the last one looked at, where the next look
/// goes on; `None`: there are no more.
pub async fn unreferenced(
    tx: &mut Tx,
    after: i64,
    before: i64,
    scan: i64,
) -> Result<(Vec<i64>, Option<i64>), StoreError> {
    let rows = tx
        .rows(
            "SELECT p.photo_id,
               EXISTS (SELECT 1 FROM profile_photos r WHERE r.photo_id = p.photo_id)
               OR EXISTS (SELECT 1 FROM users r WHERE r.fallback_photo_id = p.photo_id)
               OR EXISTS (SELECT 1 FROM contacts r WHERE r.personal_photo_id = p.photo_id)
               OR EXISTS (SELECT 1 FROM messages r WHERE r.photo_id = p.photo_id)
               OR EXISTS (SELECT 1 FROM chats r WHERE r.photo_id = p.photo_id)
             FROM photos p WHERE p.photo_id > $1 AND p.created_at < $2
             ORDER BY p.photo_id LIMIT $3",
            args![after, before, scan],
        )
        .await?;
    let mut found = Vec::new();
    for row in &rows {
        if !row.bool(1)? {
            found.push(row.i64(0)?);
        }
    }
    let last = rows.last().map(|row| row.i64(0)).transpose()?;
    Ok((found, last))
}

/// Deletes those of `photo_ids` that nothing refers to, and says which, ascending. Their blobs may
/// be named by other photos: `blobs::named` tells.
pub async fn delete_unreferenced(tx: &mut Tx, photo_ids: &[i64]) -> Result<Vec<i64>, StoreError> {
    let sql = "DELETE FROM photos WHERE photo_id IN (#)
        AND NOT EXISTS (SELECT 1 FROM profile_photos r WHERE r.photo_id = photos.photo_id)
        AND NOT EXISTS (SELECT 1 FROM users r WHERE r.fallback_photo_id = photos.photo_id)
        AND NOT EXISTS (SELECT 1 FROM contacts r WHERE r.personal_photo_id = photos.photo_id)
        AND NOT EXISTS (SELECT 1 FROM messages r WHERE r.photo_id = photos.photo_id)
        AND NOT EXISTS (SELECT 1 FROM chats r WHERE r.photo_id = photos.photo_id)
        RETURNING photo_id";
    let mut deleted = i64s(&rows_among(tx, sql, &[], photo_ids).await?, 0)?;
    run_among(
        tx,
        "DELETE FROM photo_files WHERE photo_id IN (#)",
        &[],
        &deleted,
    )
    .await?;
    deleted.sort_unstable();
    Ok(deleted)
}
