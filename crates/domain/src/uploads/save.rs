//! `upload.saveFilePart` and `upload.saveBigFilePart`: one part goes to the spool and into the rows.

use bytes::Bytes;
use store::{
    Tx,
    rows::uploads::{self as rows, UploadFileRow, UploadPartRow},
};

use super::parts::{Keep, Known, Numbers};
use crate::{Error, Fault, Refusal, Services};

/// How late a file may learn of its newest part. Chosen: a write less for almost every part, and
/// nothing against the hours that parts live.
const TOUCH_INTERVAL_S: i64 = 60;

/// A part as it arrives.
#[derive(Clone, Debug)]
pub struct Part {
    /// Random, from the client; together with the account it names the upload.
    pub file_id: i64,
    /// Counted from 0.
    pub part: i32,
    /// Its bytes, shared with the message that they arrived in.
    pub bytes: Bytes,
}

/// Keeps a part of a file whose number of parts is told when it is used. A part that is there already
/// is replaced.
///
/// # Errors
/// FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG. FLOOD_WAIT_X: a new file, while the account's
/// uploads hold as much as one may; it has room again when the oldest of them expires.
pub async fn save(services: &Services, owner_id: i64, part: Part) -> Result<(), Error> {
    keep(services, owner_id, part, None).await
}

/// Keeps a part of a file of `total` parts; -1: a stream, the last part will tell.
///
/// # Errors
/// Those of [`save`]; FILE_PARTS_INVALID, FILE_PART_SIZE_INVALID, FILE_PART_SIZE_CHANGED.
pub async fn save_big(
    services: &Services,
    owner_id: i64,
    part: Part,
    total: i32,
) -> Result<(), Error> {
    keep(services, owner_id, part, Some(total)).await
}

async fn keep(
    services: &Services,
    owner_id: i64,
    part: Part,
    total: Option<i32>,
) -> Result<(), Error> {
    let bytes = i64::try_from(part.bytes.len()).unwrap_or(i64::MAX);
    let numbers = Numbers {
        part: part.part,
        total,
        bytes,
    };
    let keep = numbers.alone(services.rules.upload_parts_max)?;
    let arriving = Arriving {
        owner_id,
        file_id: part.file_id,
        numbers,
        keep,
    };
    let row = match keep {
        Keep::TotalOnly => None,
        Keep::Bytes | Keep::EmptyLast => {
            let number = i64::from(part.part);
            let written = services
                .spool
                .write(owner_id, part.file_id, number, part.bytes)
                .await;
            let spool_key = written.map_err(Fault::doing("write an upload part"))?;
            Some(UploadPartRow {
                part: number,
                bytes,
                spool_key,
            })
        }
    };
    match record(services, &arriving, row.as_ref()).await {
        Ok(unnamed) => {
            discard(services, unnamed).await;
            Ok(())
        }
        Err(error) => {
            // After a fault a row may name the bytes all the same: they are left to the sweep.
            if !matches!(error, Error::Fault(_)) {
                discard(services, row.map(|row| row.spool_key)).await;
            }
            Err(error)
        }
    }
}

/// A part on its way into the rows.
struct Arriving {
    owner_id: i64,
    file_id: i64,
    numbers: Numbers,
    keep: Keep,
}

/// Writes the rows of a part; returns the name of bytes that no row names any more.
///
/// The commit does not wait for the disk: after a power cut the bytes may be gone as well, and a part
/// that is gone is asked for again.
async fn record(
    services: &Services,
    arriving: &Arriving,
    row: Option<&UploadPartRow>,
) -> Result<Option<String>, Error> {
    let Arriving {
        owner_id,
        file_id,
        numbers,
        keep,
    } = *arriving;
    let mut tx = services.store.begin_relaxed(&[owner_id]).await?;
    let found = rows::find_file(&mut tx, owner_id, file_id).await?;
    if found.is_none() {
        room(services, &mut tx, owner_id).await?;
    }
    let known = found.as_ref().map_or(Known::NOTHING, |file| Known {
        total: file.total_parts,
        part_bytes: file.part_bytes,
    });
    let known = numbers.beside(known)?;
    let now = services.clock.unix_seconds();
    let file = UploadFileRow {
        owner_id,
        file_id,
        total_parts: known.total,
        part_bytes: known.part_bytes,
        is_big: numbers.total.is_some(),
        touched_at: found
            .as_ref()
            .map(|file| file.touched_at)
            .filter(|touched_at| now - touched_at < TOUCH_INTERVAL_S)
            .unwrap_or(now),
    };
    if found.as_ref() != Some(&file) {
        rows::put_file(&mut tx, &file).await?;
    }
    let mut unnamed = None;
    if let Some(row) = row {
        let there = match keep {
            Keep::EmptyLast => rows::find_part(&mut tx, owner_id, file_id, row.part).await?,
            Keep::Bytes | Keep::TotalOnly => None,
        };
        unnamed = match there {
            Some(_) => Some(row.spool_key.clone()),
            None => rows::put_part(&mut tx, owner_id, file_id, row).await?,
        };
    }
    tx.commit().await?;
    Ok(unnamed)
}

/// Whether the account may begin one more file. Asked once for each: a file has a bound of its own.
async fn room(services: &Services, tx: &mut Tx, owner_id: i64) -> Result<(), Error> {
    let (bytes, oldest) = rows::waiting(tx, owner_id).await?;
    if bytes < services.rules.upload_waiting_bytes_max {
        return Ok(());
    }
    let left = oldest + services.rules.upload_lifetime_s - services.clock.unix_seconds();
    Err(Refusal::FLOOD_WAIT_X.with(left.max(1)).into())
}

/// Removes bytes that no row names. What cannot be removed now is left to the sweep.
async fn discard(services: &Services, spool_key: Option<String>) {
    if let Some(spool_key) = spool_key
        && let Err(error) = services.spool.delete(&spool_key).await
    {
        tracing::warn!(%error, "a replaced upload part stays until the next sweep");
    }
}
