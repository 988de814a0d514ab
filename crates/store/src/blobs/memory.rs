//! Blobs in memory, for tests: the same promises as files except surviving the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;

use super::{BlobError, BlobKey, Kept};

/// Blobs of one process.
#[derive(Debug, Default)]
pub struct Memory {
    blobs: Mutex<BTreeMap<BlobKey, (Bytes, SystemTime)>>,
}

impl Memory {
    pub(super) fn put(&self, bytes: &Bytes) -> BlobKey {
        let key = BlobKey::of(bytes);
        self.blobs().insert(key, (bytes.clone(), SystemTime::now()));
        key
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

    fn blobs(&self) -> MutexGuard<'_, BTreeMap<BlobKey, (Bytes, SystemTime)>> {
        self.blobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
