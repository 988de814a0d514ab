//! The bytes of upload parts until a picture is made of them: one file per part, written once,
//! never hashed, never synced. A killed process loses nothing, as the system keeps what was
//! written; a power cut may. That is right here: a part whose bytes are gone reads as missing,
//! the client is told which one, and sends it again (FILE_PART_X_MISSING), while a sync per part
//! would make each upload wait for the disk as often as it has parts.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::blobs::BlobError;
use crate::off_thread::{OffThread, private_folder};
use crate::tag;

/// Chosen: spreads the parts of all uploads over this many folders.
const FOLDERS: u64 = 64;

/// Where upload parts wait. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Spool {
    /// A folder of this machine.
    Files(Arc<SpoolFiles>),
    /// The memory of this process: for tests.
    Memory(Arc<SpoolMemory>),
}

/// Parts in files.
#[derive(Debug)]
pub struct SpoolFiles {
    folder: Arc<Path>,
    /// Distinguishes the files of this process from those of an earlier one, and of other nodes.
    run: String,
    next: AtomicU64,
    made: Arc<Mutex<HashSet<u64>>>,
    work: OffThread,
}

/// Parts in memory.
#[derive(Debug, Default)]
pub struct SpoolMemory {
    next: AtomicU64,
    parts: Mutex<HashMap<String, (Bytes, SystemTime)>>,
}

impl Spool {
    /// Keeps parts under `folder`, which is created when it is missing.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`]: the folder cannot be made.
    pub fn files(folder: impl Into<PathBuf>) -> Result<Spool, BlobError> {
        let folder = folder.into();
        private_folder(&folder).map_err(BlobError::doing("make the spool folder"))?;
        Ok(Spool::Files(Arc::new(SpoolFiles {
            folder: folder.into(),
            run: tag::fresh(),
            next: AtomicU64::new(0),
            made: Arc::default(),
            work: OffThread::default(),
        })))
    }

    /// As [`Spool::files`], but creates nothing: for commands that only read.
    pub fn files_as_guest(folder: impl Into<PathBuf>) -> Spool {
        Spool::Files(Arc::new(SpoolFiles {
            folder: folder.into().into(),
            run: String::new(),
            next: AtomicU64::new(0),
            made: Arc::default(),
            work: OffThread::default(),
        }))
    }

    /// Keeps parts in memory.
    pub fn memory() -> Spool {
        Spool::Memory(Arc::default())
    }

    /// Writes one part and returns the name to read it by, unique for ever: a part that is sent
    /// again gets a new name, and who reads the old one is not disturbed.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn write(
        &self,
        owner_id: i64,
        file_id: i64,
        part: i64,
        bytes: Bytes,
    ) -> Result<String, BlobError> {
        match self {
            Spool::Files(files) => files.write(owner_id, file_id, part, bytes).await,
            Spool::Memory(memory) => Ok(memory.write(owner_id, file_id, part, bytes)),
        }
    }

    /// Up to `len` bytes from `offset` of a part; fewer at the end, none behind it.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::Unavailable`].
    pub async fn read(&self, spool_key: &str, offset: u64, len: usize) -> Result<Bytes, BlobError> {
        match self {
            Spool::Files(files) => {
                let path = files.path(spool_key)?;
                files.work.run(move || read(&path, offset, len)).await
            }
            Spool::Memory(memory) => memory.read(spool_key, offset, len),
        }
    }

    /// Removes a part; `false` when there was none.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn delete(&self, spool_key: &str) -> Result<bool, BlobError> {
        match self {
            Spool::Files(files) => {
                let Ok(path) = files.path(spool_key) else {
                    return Ok(false);
                };
                files.work.run(move || remove(&path)).await
            }
            Spool::Memory(memory) => Ok(memory.parts().remove(spool_key).is_some()),
        }
    }

    /// All parts in order of their names behind `after`, at most `limit`: names and lengths in bytes.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn page(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, u64)>, BlobError> {
        let after = after.unwrap_or_default().to_owned();
        match self {
            Spool::Files(files) => {
                let folder = files.folder.clone();
                files.work.run(move || page(&folder, &after, limit)).await
            }
            Spool::Memory(memory) => Ok(memory.page(&after, limit)),
        }
    }

    /// Length of a part in bytes.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::Unavailable`].
    pub async fn len(&self, spool_key: &str) -> Result<u64, BlobError> {
        match self {
            Spool::Files(files) => {
                let path = files.path(spool_key)?;
                let found = files.work.run(move || {
                    let found = fs::metadata(path).map_err(BlobError::doing("look at a part"))?;
                    Ok(found.len())
                });
                found.await
            }
            Spool::Memory(memory) => memory
                .parts()
                .get(spool_key)
                .map(|(bytes, _)| bytes.len() as u64)
                .ok_or(BlobError::NotFound),
        }
    }

    /// Removes every part written before `now - age`, also those that no row names, and says how
    /// many. `age` must be longer than the life of a row that names a part.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn sweep(&self, now: SystemTime, age: Duration) -> Result<u64, BlobError> {
        let Some(before) = now.checked_sub(age) else {
            return Ok(0);
        };
        match self {
            Spool::Files(files) => {
                let folder = files.folder.clone();
                files.work.run(move || sweep(&folder, before)).await
            }
            Spool::Memory(memory) => Ok(memory.sweep(before)),
        }
    }
}

impl SpoolFiles {
    async fn write(
        &self,
        owner_id: i64,
        file_id: i64,
        part: i64,
        bytes: Bytes,
    ) -> Result<String, BlobError> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let place = (owner_id ^ file_id).cast_unsigned() % FOLDERS;
        let name = format!("{owner_id:x}.{file_id:x}.{part:x}.{}.{number:x}", self.run);
        let spool_key = format!("{place:02x}/{name}");
        let home = self.folder.join(format!("{place:02x}"));
        let made = self.made.clone();
        let job = move || {
            let known = made
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(&place);
            if !known {
                private_folder(&home).map_err(BlobError::doing("make a spool folder"))?;
                made.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(place);
            }
            write(&home.join(name), &bytes)
        };
        self.work.run(job).await?;
        Ok(spool_key)
    }

    /// Names come from rows, yet a damaged row must not lead out of the folder.
    fn path(&self, spool_key: &str) -> Result<PathBuf, BlobError> {
        let plain = |text: &str| {
            !text.is_empty()
                && !text.starts_with('.')
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-')
        };
        match spool_key.split_once('/') {
            Some((place, name)) if plain(place) && plain(name) => {
                Ok(self.folder.join(place).join(name))
            }
            _ => Err(BlobError::NotFound),
        }
    }
}

impl SpoolMemory {
    fn write(&self, owner_id: i64, file_id: i64, part: i64, bytes: Bytes) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let spool_key = format!("{owner_id:x}.{file_id:x}.{part:x}.{number:x}");
        self.parts()
            .insert(spool_key.clone(), (bytes, SystemTime::now()));
        spool_key
    }

    fn read(&self, spool_key: &str, offset: u64, len: usize) -> Result<Bytes, BlobError> {
        let parts = self.parts();
        let (bytes, _) = parts.get(spool_key).ok_or(BlobError::NotFound)?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        Ok(bytes.slice(start..start.saturating_add(len).min(bytes.len())))
    }

    fn page(&self, after: &str, limit: usize) -> Vec<(String, u64)> {
        let mut page: Vec<(String, u64)> = self
            .parts()
            .iter()
            .filter(|(key, _)| key.as_str() > after)
            .map(|(key, (bytes, _))| (key.clone(), bytes.len() as u64))
            .collect();
        page.sort_unstable();
        page.truncate(limit);
        page
    }

    fn sweep(&self, before: SystemTime) -> u64 {
        let mut parts = self.parts();
        let kept = parts.len();
        parts.retain(|_, (_, written_at)| *written_at >= before);
        (kept - parts.len()) as u64
    }

    fn parts(&self) -> MutexGuard<'_, HashMap<String, (Bytes, SystemTime)>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BlobError> {
    let opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path);
    let written = opened.and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        drop(fs::remove_file(path));
        // A folder removed by hand is a failure to write, not a part that was never there.
        BlobError::Unavailable {
            doing: "write an upload part",
            source: error,
        }
    })
}

fn read(path: &Path, offset: u64, len: usize) -> Result<Bytes, BlobError> {
    let doing = "read an upload part";
    let file = File::open(path).map_err(BlobError::doing(doing))?;
    let total = file.metadata().map_err(BlobError::doing(doing))?.len();
    let rest = usize::try_from(total.saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; rest.min(len)];
    file.read_exact_at(&mut bytes, offset)
        .map_err(BlobError::doing(doing))?;
    Ok(bytes.into())
}

fn remove(path: &Path) -> Result<bool, BlobError> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(BlobError::doing("delete an upload part")(error)),
    }
}

fn page(folder: &Path, after: &str, limit: usize) -> Result<Vec<(String, u64)>, BlobError> {
    let mut page = Vec::new();
    for home in sorted(folder)? {
        if home.as_str() < after.split('/').next().unwrap_or_default() {
            continue;
        }
        let place = folder.join(&home);
        if !place.is_dir() {
            continue;
        }
        for name in sorted(&place)? {
            let spool_key = format!("{home}/{name}");
            // Gone in between: the upload was used or swept.
            let Ok(found) = fs::metadata(place.join(&name)) else {
                continue;
            };
            if spool_key.as_str() > after {
                page.push((spool_key, found.len()));
            }
            if page.len() == limit {
                return Ok(page);
            }
        }
    }
    Ok(page)
}

/// The names in a folder, sorted; none when there is no such folder.
fn sorted(folder: &Path) -> Result<Vec<String>, BlobError> {
    let doing = "list upload parts";
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(BlobError::doing(doing))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(BlobError::doing(doing))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

fn sweep(folder: &Path, before: SystemTime) -> Result<u64, BlobError> {
    let doing = "sweep the spool";
    let mut removed = 0;
    for home in fs::read_dir(folder).map_err(BlobError::doing(doing))? {
        let home = home.map_err(BlobError::doing(doing))?.path();
        if !home.is_dir() {
            continue;
        }
        for part in fs::read_dir(home).map_err(BlobError::doing(doing))? {
            let part = part.map_err(BlobError::doing(doing))?;
            let old = part
                .metadata()
                .and_then(|found| found.modified())
                .is_ok_and(|modified| modified < before);
            if old && remove(&part.path())? {
                removed += 1;
            }
        }
    }
    Ok(removed)
}
