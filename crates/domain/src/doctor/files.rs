//! Rows against files: blobs of photos and stickers, parts of uploads, and files that no row names.

use sha2::{Digest, Sha256};
use store::{
    Tx,
    blobs::{BlobError, BlobKey},
    rows::{
        blobs, checks, photos, stickers,
        uploads::{self, UploadPartRow},
    },
};

use super::{Outcome, STRETCH};
use crate::{Error, Fault, Services};

/// Bytes of a file that are read at once.
const READ_BYTES: usize = 256 * 1024;

/// Whose files are looked at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Keeper {
    /// Every size of every photo.
    Photos,
    /// The file and the first picture of every sticker.
    Stickers,
}

/// A file that a row names.
#[derive(PartialEq, Eq)]
struct Kept {
    id: i64,
    /// Which of the row's files, as a host is told.
    which: String,
    /// Its name and the length that the row says.
    file: (BlobKey, i64),
}

impl Keeper {
    fn look(self) -> &'static checks::Look {
        match self {
            Self::Photos => &checks::PHOTO_ID,
            Self::Stickers => &checks::DOCUMENT_ID,
        }
    }

    async fn files(self, tx: &mut Tx, ids: &[i64]) -> Result<Vec<Kept>, Error> {
        let kept = |id, which: String, file| Kept { id, which, file };
        Ok(match self {
            Self::Photos => {
                let rows = photos::by_ids(tx, ids).await?;
                let files = rows.iter().flat_map(|photo| {
                    let id = photo.photo_id;
                    photo.files.iter().map(move |file| {
                        let which = format!("photo_id={id} size={}", file.letter);
                        kept(id, which, (file.blob, file.bytes))
                    })
                });
                files.collect()
            }
            Self::Stickers => {
                let rows = stickers::by_ids(tx, ids).await?;
                let files = rows.iter().flat_map(|row| {
                    let id = row.document_id;
                    let which = |which| format!("document_id={id} {which}");
                    [
                        kept(id, which("file"), (row.blob, row.bytes)),
                        kept(id, which("thumb"), (row.thumb.blob, row.thumb.bytes)),
                    ]
                });
                files.collect()
            }
        })
    }
}

/// Every file that rows of `keeper` name.
pub(super) async fn blobs(
    services: &Services,
    keeper: Keeper,
    quick: bool,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let mut after: Option<Vec<i64>> = None;
    loop {
        let mut tx = services.store.read().await?;
        let look = keeper.look().stretch(&mut tx, after.as_deref(), STRETCH);
        let judged = look.await?;
        let ids: Vec<i64> = judged.iter().map(|row| row.key[0]).collect();
        let files = keeper.files(&mut tx, &ids).await?;
        drop(tx);
        for kept in &files {
            outcome.checked += 1;
            outcome.bytes += kept.file.1.unsigned_abs();
            let Some(wrong) = wrong_with(services, kept.file, quick).await? else {
                continue;
            };
            // The row and its file may have gone together since the row was read.
            let mut tx = services.store.read().await?;
            if keeper.files(&mut tx, &[kept.id]).await?.contains(kept) {
                outcome.find(format!("{} {wrong}", kept.which));
            }
        }
        match ids.last() {
            Some(last) => after = Some(vec![*last]),
            None => return Ok(()),
        }
    }
}

/// What is wrong with a file, if anything is: its name and the length that a row says.
async fn wrong_with(
    services: &Services,
    (blob, wanted): (BlobKey, i64),
    quick: bool,
) -> Result<Option<String>, Error> {
    let found = match services.blobs.len(&blob).await {
        Ok(found) => found,
        Err(BlobError::NotFound) => return Ok(Some(format!("sha256={blob} is missing"))),
        Err(error) => return Err(Fault::doing("look at a blob")(error).into()),
    };
    if found != wanted.unsigned_abs() {
        return Ok(Some(format!(
            "sha256={blob} has {found} bytes, not {wanted}"
        )));
    }
    if quick {
        return Ok(None);
    }
    let mut digest = Sha256::new();
    let mut offset = 0;
    while offset < found {
        let read = match services.blobs.read(&blob, offset, READ_BYTES).await {
            Ok(read) if !read.is_empty() => read,
            Ok(_) | Err(BlobError::NotFound) => {
                return Ok(Some(format!("sha256={blob} went away while it was read")));
            }
            Err(error) => return Err(Fault::doing("read a blob")(error).into()),
        };
        digest.update(&read);
        offset += read.len() as u64;
    }
    let same = BlobKey(digest.finalize().into()) == blob;
    Ok((!same).then(|| format!("sha256={blob} holds other bytes")))
}

/// The bytes of every part.
pub(super) async fn parts(services: &Services, outcome: &mut Outcome) -> Result<(), Error> {
    let mut after: Option<Vec<i64>> = None;
    loop {
        let mut tx = services.store.read().await?;
        let look = checks::PART_FILE.stretch(&mut tx, after.as_deref(), STRETCH);
        let judged = look.await?;
        let mut rows = Vec::new();
        for row in &judged {
            let [owner_id, file_id, part] = row.key[..] else {
                continue;
            };
            let found = uploads::find_part(&mut tx, owner_id, file_id, part).await?;
            rows.extend(found.map(|found| (owner_id, file_id, found)));
        }
        drop(tx);
        for (owner_id, file_id, part) in &rows {
            outcome.checked += 1;
            outcome.bytes += part.bytes.unsigned_abs();
            if whole(services, part).await? {
                continue;
            }
            // The upload may have been used since the row was read.
            let mut tx = services.store.read().await?;
            let now = uploads::find_part(&mut tx, *owner_id, *file_id, part.part).await?;
            if now.is_some_and(|now| now.spool_key == part.spool_key) {
                let number = part.part;
                outcome.find(format!(
                    "owner_id={owner_id} file_id={file_id} part={number}"
                ));
            }
        }
        match judged.last() {
            Some(last) => after = Some(last.key.clone()),
            None => return Ok(()),
        }
    }
}

async fn whole(services: &Services, part: &UploadPartRow) -> Result<bool, Error> {
    match services.spool.len(&part.spool_key).await {
        Ok(len) => Ok(len == part.bytes.unsigned_abs()),
        Err(BlobError::NotFound) => Ok(false),
        Err(error) => Err(Fault::doing("look at an upload part")(error).into()),
    }
}

/// Number and bytes of blobs that no row names.
pub(super) async fn unnamed_blobs(services: &Services) -> Result<(u64, u64), Error> {
    let limit = usize::try_from(STRETCH).unwrap_or(1);
    let (mut count, mut bytes, mut after) = (0, 0, None);
    loop {
        let page = services.blobs.page(after, limit).await;
        let page = page.map_err(Fault::doing("list blobs"))?;
        let keys: Vec<BlobKey> = page.iter().map(|kept| kept.key).collect();
        let mut tx = services.store.read().await?;
        let named = blobs::named(&mut tx, &keys).await?;
        drop(tx);
        for kept in page.iter().filter(|kept| !named.contains(&kept.key)) {
            count += 1;
            bytes += kept.len;
        }
        after = keys.last().copied();
        if page.len() < limit {
            return Ok((count, bytes));
        }
    }
}

/// Number and bytes of parts that no row names.
pub(super) async fn unnamed_parts(services: &Services) -> Result<(u64, u64), Error> {
    let limit = usize::try_from(STRETCH).unwrap_or(1);
    let (mut count, mut bytes) = (0, 0);
    let mut after: Option<String> = None;
    loop {
        let page = services.spool.page(after.as_deref(), limit).await;
        let page = page.map_err(Fault::doing("list upload parts"))?;
        let mut tx = services.store.read().await?;
        for (spool_key, len) in &page {
            if !is_named(&mut tx, spool_key).await? {
                count += 1;
                bytes += len;
            }
        }
        drop(tx);
        if page.len() < limit {
            return Ok((count, bytes));
        }
        after = page.into_iter().next_back().map(|(spool_key, _)| spool_key);
    }
}

/// The name of a part begins with whose it is: see the spool.
async fn is_named(tx: &mut store::Tx, spool_key: &str) -> Result<bool, Error> {
    let name = spool_key.rsplit('/').next().unwrap_or(spool_key);
    let number = |text: &str| u64::from_str_radix(text, 16).ok().map(u64::cast_signed);
    let numbers: Vec<i64> = name.split('.').take(3).map_while(number).collect();
    let [owner_id, file_id, part] = numbers[..] else {
        return Ok(false);
    };
    let row = uploads::find_part(tx, owner_id, file_id, part).await?;
    Ok(row.is_some_and(|row| row.spool_key == spool_key))
}
