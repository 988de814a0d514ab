//! Immutable bytes under the SHA-256 of their content. A row that names a blob commits after
//! `put` returned, so no row ever names bytes that a crash can take away.

mod files;
mod memory;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use sha2::{Digest, Sha256};

pub use files::Files;
pub use memory::Memory;

/// Why bytes could not be kept or found; of blobs and of the spool.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There are no such bytes (any more).
    #[error("no such bytes are kept")]
    NotFound,
    /// The place where bytes are kept failed.
    #[error("could not {doing}")]
    Unavailable {
        /// Verb and object.
        doing: &'static str,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
}

impl BlobError {
    pub(crate) fn doing(doing: &'static str) -> impl FnOnce(std::io::Error) -> BlobError {
        move |source| match source.kind() {
            std::io::ErrorKind::NotFound => BlobError::NotFound,
            _ => BlobError::Unavailable { doing, source },
        }
    }
}

/// The name of a blob: SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(pub [u8; 32]);

impl BlobKey {
    /// The name that `bytes` have.
    pub fn of(bytes: &[u8]) -> BlobKey {
        BlobKey(Sha256::digest(bytes).into())
    }

    /// From 64 lower-case hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<BlobKey> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let mut key = [0; 32];
        hex::decode_to_slice(text, &mut key).ok()?;
        Some(BlobKey(key))
    }
}

impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl std::fmt::Debug for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "BlobKey({self})")
    }
}

impl From<BlobKey> for crate::Value {
    fn from(key: BlobKey) -> Self {
        crate::Value::Bytes(key.0.to_vec())
    }
}

/// One blob as a sweep sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub key: BlobKey,
    /// Length in bytes.
    pub len: u64,
}

/// Where blobs are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Blobs {
    /// A folder of this machine.
    Files(Arc<Files>),
    /// The memory of this process: for tests.
    Memory(Arc<Memory>),
}

impl Blobs {
    /// Keeps blobs under `folder`, which is created when it is missing.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`]: the folder cannot be made.
    pub fn files(folder: impl Into<PathBuf>) -> Result<Blobs, BlobError> {
        Ok(Blobs::Files(Arc::new(Files::open(folder.into())?)))
    }

    /// Keeps blobs in memory.
    pub fn memory() -> Blobs {
        Blobs::memory_with(SystemTime::now)
    }

    /// Keeps blobs in memory, whose age is told by `now`: for tests that move the time.
    pub fn memory_with(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Blobs {
        Blobs::Memory(Arc::new(Memory::new(now)))
    }

    /// Keeps `bytes` and returns their name once they are durable. Putting the same bytes again
    /// is cheap, and makes them young again for [`Blobs::older_than`].
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn put(&self, bytes: Bytes) -> Result<BlobKey, BlobError> {
        match self {
            Blobs::Files(files) => files.put(bytes).await,
            Blobs::Memory(memory) => Ok(memory.put(&bytes)),
        }
    }

    /// Makes a blob that is there young again for [`Blobs::older_than`], as [`Blobs::put`] would;
    /// `false`: there is none. For rows that will name a blob without having its bytes.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn touch(&self, key: &BlobKey) -> Result<bool, BlobError> {
        match self {
            Blobs::Files(files) => files.touch(key).await,
            Blobs::Memory(memory) => Ok(memory.touch(key)),
        }
    }

    /// Up to `len` bytes from `offset`; fewer at the end, none behind it.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::Unavailable`].
    pub async fn read(&self, key: &BlobKey, offset: u64, len: usize) -> Result<Bytes, BlobError> {
        match self {
            Blobs::Files(files) => files.read(key, offset, len).await,
            Blobs::Memory(memory) => memory.read(key, offset, len),
        }
    }

    /// Length in bytes.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::Unavailable`].
    pub async fn len(&self, key: &BlobKey) -> Result<u64, BlobError> {
        match self {
            Blobs::Files(files) => files.len(key).await,
            Blobs::Memory(memory) => memory.len(key),
        }
    }

    /// Removes a blob; `false` when there was none. Who is reading it gets all of it or
    /// [`BlobError::NotFound`].
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        match self {
            Blobs::Files(files) => files.delete(key).await,
            Blobs::Memory(memory) => Ok(memory.delete(key)),
        }
    }

    /// Removes a blob if it was last put before `now - age`; `false` otherwise. For sweeps: a
    /// `put` that answered in the meantime keeps its blob.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn delete_older(
        &self,
        key: &BlobKey,
        now: SystemTime,
        age: Duration,
    ) -> Result<bool, BlobError> {
        let Some(before) = now.checked_sub(age) else {
            return Ok(false);
        };
        match self {
            Blobs::Files(files) => files.delete_older(key, before).await,
            Blobs::Memory(memory) => Ok(memory.delete_older(key, before)),
        }
    }

    /// As [`Blobs::files`], but creates nothing: for commands that only read.
    pub fn files_as_guest(folder: impl Into<PathBuf>) -> Blobs {
        Blobs::Files(Arc::new(Files::guest(folder.into())))
    }

    /// All blobs in order of their names behind `after`, at most `limit`.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn page(&self, after: Option<BlobKey>, limit: usize) -> Result<Vec<Kept>, BlobError> {
        match self {
            Blobs::Files(files) => files.page(after, limit).await,
            Blobs::Memory(memory) => Ok(memory.page(after, limit)),
        }
    }

    /// Blobs put (for the last time) before `now - age`, in order of their names behind `after`,
    /// at most `limit`: the candidates of a sweep for blobs that no row names. What a crash left
    /// half-written and is as old goes away on the way.
    ///
    /// # Errors
    /// [`BlobError::Unavailable`].
    pub async fn older_than(
        &self,
        now: SystemTime,
        age: Duration,
        after: Option<BlobKey>,
        limit: usize,
    ) -> Result<Vec<Kept>, BlobError> {
        let Some(before) = now.checked_sub(age) else {
            return Ok(Vec::new());
        };
        match self {
            Blobs::Files(files) => files.older_than(before, after, limit).await,
            Blobs::Memory(memory) => Ok(memory.older_than(before, after, limit)),
        }
    }
}
