//! Blobs as files: `FOLDER/ab/abcd…`, each written beside and renamed into place, so that a name
//! is either absent or whole. File and folder are synced before `put` returns.

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

/// Blobs of one folder.
#[derive(Debug)]
pub struct Files {
    folder: Arc<Path>,
    /// Half-written files have names that no other process or `put` uses.
    next: Arc<AtomicU64>,
    /// Held while a name is made young and while an old one is removed: `put` must not answer
    /// for a blob that a sweep is about to take away.
    names: Arc<Mutex<()>>,
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
            next: Arc::default(),
            names: Arc::default(),
            work: OffThread::default(),
        }
    }

    pub(super) async fn put(&self, bytes: Bytes) -> Result<BlobKey, BlobError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let (folder, names) = (self.folder.clone(), self.names.clone());
        self.work
            .run(move || put(&folder, &names, number, &bytes))
            .await
    }

    pub(super) async fn touch(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let (path, names) = (path(&self.folder, key), self.names.clone());
        let touched = self
            .work
            .run(move || touch(&path, &names).map_err(BlobError::doing("touch a blob")));
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
        let (path, names) = (path(&self.folder, key), self.names.clone());
        let gone = self.work.run(move || {
            let _names = names.lock().unwrap_or_else(PoisonError::into_inner);
            let doing = BlobError::doing("delete an old blob");
            match fs::metadata(&path).and_then(|found| found.modified()) {
                Ok(modified) if modified < before => {
                    fs::remove_file(&path).map(|()| true).map_err(doing)
                }
                Ok(_) => Ok(false),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
                Err(error) => Err(doing(error)),
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
                sweep_half_written(&folder.join("new"), before)?;
                listed(&folder, Some(before), after, limit)
            })
            .await
    }
}

fn path(folder: &Path, key: &BlobKey) -> PathBuf {
    let name = key.to_string();
    folder.join(&name[..2]).join(name)
}

fn put(folder: &Path, names: &Mutex<()>, number: u64, bytes: &[u8]) -> Result<BlobKey, BlobError> {
    let key = BlobKey::of(bytes);
    let path = path(folder, &key);
    let home = path.parent().unwrap_or(folder);
    if touch(&path, names).map_err(BlobError::doing("touch a blob"))? {
        // Whoever renamed it may still be about to sync.
        sync_folder(home)?;
        return Ok(key);
    }
    let half = folder
        .join("new")
        .join(format!("{}-{number}", std::process::id()));
    let write = || {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&half)?;
        file.write_all(bytes)?;
        file.sync_data()
    };
    if let Err(error) = write() {
        drop(fs::remove_file(&half));
        return Err(BlobError::doing("write a blob")(error));
    }
    {
        let _names = names.lock().unwrap_or_else(PoisonError::into_inner);
        if !home.exists() {
            // Under the lock: nobody uses a folder whose own name is not durable yet.
            private_folder(home).map_err(BlobError::doing("make a folder of blobs"))?;
            sync_folder(folder)?;
        }
        fs::rename(&half, &path).map_err(BlobError::doing("name a blob"))?;
    }
    sync_folder(home)?;
    Ok(key)
}

/// Makes a blob that is there already young again; `false` when it is not there.
fn touch(path: &Path, names: &Mutex<()>) -> std::io::Result<bool> {
    let names = names.lock().unwrap_or_else(PoisonError::into_inner);
    let file = match File::options().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    file.set_modified(SystemTime::now())?;
    drop(names);
    // The bytes must last; their age need not: it guards only until the row that names them.
    file.sync_data()?;
    Ok(true)
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

fn sweep_half_written(folder: &Path, before: SystemTime) -> Result<(), BlobError> {
    for name in names(folder)? {
        let path = folder.join(name);
        let old = fs::metadata(&path)
            .and_then(|found| found.modified())
            .is_ok_and(|modified| modified < before);
        if old {
            drop(fs::remove_file(path));
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
