//! Blobs in memory, for tests: the same promises as files except surviving the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::{BlobError, BlobKey, Kept};

/// Blobs of one process.
pub struct Memory {
    blobs: Mutex<BTreeMap<BlobKey, (Bytes, SystemTime)>>,
    now: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory")
            .field("blobs", &self.blobs().len())
            .finish_non_exhaustive()
    }
}

impl Memory {
    pub(super) fn new(now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        Self {
            blobs: Mutex::default(),
            now: Box::new(now),
        }
    }

    pub(super) fn put(&self, bytes: &Bytes) -> BlobKey {
        let key = BlobKey::of(bytes);
        let mut blobs = self.blobs();
        blobs.insert(key, (bytes.clone(), (self.now)()));
        key
    }

    pub(super) fn touch(&self, key: &BlobKey) -> bool {
        let mut blobs = self.blobs();
        let Some((_, put_at)) = blobs.get_mut(key) else {
            return false;
        };
        *put_at = (self.now)();
        true
    }

    pub(super) fn read(&self, key: &BlobKey, offset: u64, len: usize) -> Result<Bytes, BlobError> {
        let blobs = self.blobs();
        let (bytes, _) = blobs.get(key).ok_or(BlobError::NotFound)?;
        let start = usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        let end = start.saturating_add(len).min(bytes.len());
        Ok(bytes.slice(start..end))
    }

    pub(super) fn len(&self, key: &BlobKey) -> Result<u64, BlobError> {
        let blobs = self.blobs();
        blobs
            .get(key)
            .map(|(bytes, _)| bytes.len() as u64)
            .ok_or(BlobError::NotFound)
    }

    pub(super) fn delete(&self, key: &BlobKey) -> bool {
        self.blobs().remove(key).is_some()
    }

    pub(super) fn delete_older(&self, key: &BlobKey, before: SystemTime) -> bool {
        let mut blobs = self.blobs();
        let old = blobs.get(key).is_some_and(|(_, put_at)| *put_at < before);
        old && blobs.remove(key).is_some()
    }

    pub(super) fn older_than(
        &self,
        before: SystemTime,
        after: Option<BlobKey>,
        limit: usize,
    ) -> Vec<Kept> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.blobs()
            .range((from, Bound::Unbounded))
            .filter(|(_, (_, put_at))| *put_at < before)
            .take(limit)
            .map(|(key, (bytes, _))| Kept {
                key: *key,
                len: bytes.len() as u64,
            })
            .collect()
    }

    pub(super) fn page(&self, after: Option<BlobKey>, limit: usize) -> Vec<Kept> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        self.blobs()
            .range((from, Bound::Unbounded))
            .take(limit)
            .map(|(key, (bytes, _))| Kept {
                key: *key,
                len: bytes.len() as u64,
            })
            .collect()
    }

    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobKey, (Bytes, SystemTime)>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
