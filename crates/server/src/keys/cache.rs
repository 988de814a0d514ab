//! The keys that were used lately, in two generations.

use std::collections::HashMap;
use std::sync::Arc;

use super::Entry;

/// Keys remembered; the ones not used lately make room. Chosen: some 100 MiB at most.
const KEYS_REMEMBERED_MAX: usize = 100_000;

/// Two generations: what is used moves to the young one, and when that is full the old one goes.
#[derive(Debug, Default)]
pub(super) struct Cache {
    young: HashMap<i64, Arc<Entry>>,
    old: HashMap<i64, Arc<Entry>>,
    /// Grows whenever something is forgotten.
    pub(super) forgotten: u64,
    /// Since which interruption other nodes have been heard; `None`: they are not.
    pub(super) heard: Option<u64>,
}

impl Cache {
    pub(super) fn find(&mut self, auth_key_id: i64) -> Option<Arc<Entry>> {
        if let Some(entry) = self.young.get(&auth_key_id) {
            return Some(entry.clone());
        }
        let entry = self.old.remove(&auth_key_id)?;
        self.insert(auth_key_id, entry.clone());
        Some(entry)
    }

    /// Forgets everything when other nodes were not heard for a while.
    pub(super) fn believe_since(&mut self, heard: Option<u64>) {
        if self.heard != heard {
            self.heard = heard;
            self.forget_all();
        }
    }

    pub(super) fn insert(&mut self, auth_key_id: i64, entry: Arc<Entry>) {
        if self.young.len() >= KEYS_REMEMBERED_MAX / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(auth_key_id, entry);
    }

    pub(super) fn forget_all(&mut self) {
        self.forgotten += 1;
        self.young.clear();
        self.old.clear();
    }

    pub(super) fn forget(&mut self, auth_key_id: i64) {
        self.forgotten += 1;
        self.young.remove(&auth_key_id);
        self.old.remove(&auth_key_id);
    }
}
