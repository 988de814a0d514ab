//! Blobs as files: `FOLDER/ab/abcd…`, each written beside and renamed into place, so that a name
//! is either absent or whole. File and folder are synced before `put` returns.
//!
//! Several nodes may use one folder. What they must agree on stands in names and times of files, never
//! in memory (docs/decisions/0182).

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::{BlobError, BlobKey, Kept};
use crate::off_thread::{OffThread, private_folder};
use crate::tag;

/// Begins the name that an old blob has in `new/` while it is decided whether it goes.
const AWAY: &str = "away.";

/// Blobs of one folder.
#[derive(Debug)]
pub struct Files {
    folder: Arc<Path>,
    /// Half-written files have names that no other process, node or `put` uses.
    tag: String,
    next: AtomicU64,
    /// Folders whose own names are durable, as far as this process knows.
    homes: Arc<Mutex<HashSet<PathBuf>>>,
    work: OffThread,
}

impl Files {
    pub(super) fn open(folder: PathBuf) -> Result<Files, BlobError> {
        let made = private_folder(&folder.join("new"));
        made.map_err(BlobError::doing("make the folder of blobs"))?;
        sync_folder(&folder)?;
        Ok(Files::guest(folder))
    }

    pub(super) fn guest(folder: PathBuf) -> Files {
        Files {
            folder: folder.into(),
            tag: tag::fresh(),
            next: AtomicU64::new(0),
            homes: Arc::default(),
            work: OffThread::default(),
        }
    }

    pub(super) async fn put(&self, bytes: Bytes) -> Result<BlobKey, BlobError> {
        let half = self.beside("");
        let (folder, homes) = (self.folder.clone(), self.homes.clone());
        self.work
            .run(move || put(&folder, &homes, &half, &bytes))
            .await
    }

    /// A place in `new/` that nobody else uses.
    fn beside(&self, what: &str) -> PathBuf {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = format!("{what}{}-{number}", self.tag);
        self.folder.join("new").join(name)
    }

    pub(super) async fn touch(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let path = path(&self.folder, key);
        let touched = self
            .work
            .run(move || touch(&path).map_err(BlobError::doing("touch a blob")));
        touched.await
    }

    pub(super) async fn read(
        &self,
        key: &BlobKey,
        offset: u64,
        len: usize,
    ) -> Result<Bytes, BlobError> {
        let path = path(&self.folder, key);
        self.work.run(move || read(&path, offset, len)).await
    }

    pub(super) async fn len(&self, key: &BlobKey) -> Result<u64, BlobError> {
        let path = path(&self.folder, key);
        let found = self.work.run(move || {
            let found = fs::metadata(path).map_err(BlobError::doing("look at a blob"))?;
            Ok(found.len())
        });
        found.await
    }

    pub(super) async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let path = path(&self.folder, key);
        let gone = self.work.run(move || match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(BlobError::doing("delete a blob")(error)),
        });
        gone.await
    }

    pub(super) async fn delete_older(
        &self,
        key: &BlobKey,
        before: SystemTime,
    ) -> Result<bool, BlobError> {
        let path = path(&self.folder, key);
        let away = self.beside(&format!("{AWAY}{key}."));
        let gone = self.work.run(move || {
            let gone = delete_older(&path, &away, before);
            match gone {
                // Somebody else took it, or put it back.
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
                gone => gone.map_err(BlobError::doing("delete an old blob")),
            }
        });
        gone.await
    }

    pub(super) async fn page(
        &self,
        after: Option<BlobKey>,
        limit: usize,
    ) -> Result<Vec<Kept>, BlobError> {
        let folder = self.folder.clone();
        self.work
            .run(move || listed(&folder, None, after, limit))
            .await
    }

    pub(super) async fn older_than(
        &self,
        before: SystemTime,
        after: Option<BlobKey>,
        limit: usize,
    ) -> Result<Vec<Kept>, BlobError> {
        let folder = self.folder.clone();
        self.work
            .run(move || {
                sweep_half_written(&folder, before)?;
                listed(&folder, Some(before), after, limit)
            })
            .await
    }
}

fn path(folder: &Path, key: &BlobKey) -> PathBuf {
    let name = key.to_string();
    folder.join(&name[..2]).join(name)
}

fn put(
    folder: &Path,
    homes: &Mutex<HashSet<PathBuf>>,
    half: &Path,
    bytes: &[u8],
) -> Result<BlobKey, BlobError> {
    let key = BlobKey::of(bytes);
    let path = path(folder, &key);
    let home = path.parent().unwrap_or(folder);
    durable_home(folder, homes, home)?;
    if touch(&path).map_err(BlobError::doing("touch a blob"))? {
        // Whoever renamed it may still be about to sync.
        sync_folder(home)?;
        return Ok(key);
    }
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        let mut file = options.open(half)?;
        file.write_all(bytes)?;
        file.sync_data()
    };
    if let Err(error) = write() {
        drop(fs::remove_file(half));
        return Err(BlobError::doing("write a blob")(error));
    }
    fs::rename(half, &path).map_err(BlobError::doing("name a blob"))?;
    sync_folder(home)?;
    Ok(key)
}

/// Makes the folder of a blob, whose own name is durable when this returns: another node may have made
/// it a moment ago, and not have synced it.
fn durable_home(
    folder: &Path,
    homes: &Mutex<HashSet<PathBuf>>,
    home: &Path,
) -> Result<(), BlobError> {
    let mut homes = homes.lock().unwrap_or_else(PoisonError::into_inner);
    if homes.contains(home) && home.exists() {
        return Ok(());
    }
    private_folder(home).map_err(BlobError::doing("make a folder of blobs"))?;
    sync_folder(folder)?;
    homes.insert(home.to_owned());
    Ok(())
}

/// Makes a blob that is there already young again; `false` when it is not there.
fn touch(path: &Path) -> std::io::Result<bool> {
    let absent = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => Ok(false),
        _ => Err(error),
    };
    let file = match File::options().write(true).open(path) {
        Ok(file) => file,
        Err(error) => return absent(error),
    };
    file.set_modified(SystemTime::now())?;
    // The bytes must last; their age need not: it guards only until the row that names them.
    file.sync_data()?;
    // A sweep that had it away by now may have looked at its age before it became young. One that
    // takes it away from here on finds it young and puts it back.
    File::open(path).map(|_| true).or_else(absent)
}

/// Removes a blob if it is old. Taken out of the way first and looked at again there: between a look
/// and a removal in place, another node could make it young and answer for it.
fn delete_older(path: &Path, away: &Path, before: SystemTime) -> std::io::Result<bool> {
    if fs::metadata(path)?.modified()? >= before {
        return Ok(false);
    }
    fs::rename(path, away)?;
    // Opened: a network file system then asks its server instead of its memory.
    if File::open(away)?.metadata()?.modified()? >= before {
        fs::rename(away, path)?;
        return Ok(false);
    }
    fs::remove_file(away).map(|()| true)
}

fn read(path: &Path, offset: u64, len: usize) -> Result<Bytes, BlobError> {
    let mut file = File::open(path).map_err(BlobError::doing("open a blob"))?;
    let total = file
        .metadata()
        .map_err(BlobError::doing("look at a blob"))?
        .len();
    let rest = usize::try_from(total.saturating_sub(offset)).unwrap_or(usize::MAX);
    let len = rest.min(len);
    if len == 0 {
        // The offset may be one that no file can have.
        return Ok(Bytes::new());
    }
    // Appended to spare room: zeroing a large stretch first costs a third of reading it.
    let mut bytes = Vec::with_capacity(len);
    let read = file
        .seek(SeekFrom::Start(offset))
        .and_then(|_| file.take(len as u64).read_to_end(&mut bytes));
    match read {
        Ok(count) if count == len => Ok(bytes.into()),
        Ok(_) => Err(BlobError::doing("read a blob")(
            ErrorKind::UnexpectedEof.into(),
        )),
        Err(error) => Err(BlobError::doing("read a blob")(error)),
    }
}

/// Blobs in order behind `after`; with `before`, only those put before it.
fn listed(
    folder: &Path,
    before: Option<SystemTime>,
    after: Option<BlobKey>,
    limit: usize,
) -> Result<Vec<Kept>, BlobError> {
    let mut kept = Vec::new();
    if !folder.exists() {
        return Ok(kept);
    }
    let after = after.map(|after| after.to_string()).unwrap_or_default();
    let start = after.get(..2).unwrap_or_default();
    for home in names(folder)? {
        if home.len() != 2 || home.as_str() < start {
            continue;
        }
        let home = folder.join(home);
        for name in names(&home)? {
            let Some(key) = BlobKey::from_hex(&name) else {
                continue;
            };
            // Gone in between: a second sweep took it; not an error.
            let Ok(found) = fs::metadata(home.join(&name)) else {
                continue;
            };
            let modified = found
                .modified()
                .map_err(BlobError::doing("look at a blob"))?;
            if name > after && before.is_none_or(|before| modified < before) {
                kept.push(Kept {
                    key,
                    len: found.len(),
                });
            }
            if kept.len() == limit {
                return Ok(kept);
            }
        }
    }
    Ok(kept)
}

/// Removes old files that were never named, and puts back blobs whose sweep was cut off half-way: one
/// may have become young meanwhile. All of them are young then: the name may have been put again by
/// now, and must not become old by this.
fn sweep_half_written(folder: &Path, before: SystemTime) -> Result<(), BlobError> {
    let new = folder.join("new");
    for name in names(&new)? {
        let found = new.join(&name);
        let away = name.strip_prefix(AWAY).and_then(|rest| rest.get(..64));
        if let Some(key) = away.and_then(BlobKey::from_hex) {
            let young = File::options()
                .write(true)
                .open(&found)
                .and_then(|file| file.set_modified(SystemTime::now()));
            if young.is_ok() {
                // Gone: whoever swept it is at work still, and looks whether it is there.
                drop(fs::rename(found, path(folder, &key)));
            }
            continue;
        }
        let old = fs::metadata(&found)
            .and_then(|found| found.modified())
            .is_ok_and(|modified| modified < before);
        if old {
            drop(fs::remove_file(found));
        }
    }
    Ok(())
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Result<Vec<String>, BlobError> {
    let doing = "list blobs";
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(BlobError::doing(doing))? {
        let entry = entry.map_err(BlobError::doing(doing))?;
        if let Ok(name) = entry.file_name().into_string() {
            names.push(name);
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn sync_folder(folder: &Path) -> Result<(), BlobError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(BlobError::doing("sync a folder of blobs"))
}
