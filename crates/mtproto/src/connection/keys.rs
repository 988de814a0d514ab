//! The auth keys that a connection has used. One or two, so a plain list is the fastest map.

use crate::KeyInfo;

/// A key and whether it may still be used by the client.
#[derive(Debug)]
struct Slot {
    info: KeyInfo,
    /// Destroyed keys stay until the connection ends, as answers under them may wait to be sent.
    destroyed: bool,
}

/// What is known about a key.
#[derive(Debug)]
pub(super) enum Known {
    Usable(KeyInfo),
    Destroyed,
    No,
}

/// The list.
#[derive(Debug, Default)]
pub(super) struct Keys {
    slots: Vec<Slot>,
}

impl Keys {
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Looks a key up for a frame from the client.
    pub(super) fn known(&self, auth_key_id: i64) -> Known {
        match self
            .slots
            .iter()
            .find(|slot| slot.info.key.id == auth_key_id)
        {
            Some(slot) if slot.destroyed => Known::Destroyed,
            Some(slot) => Known::Usable(slot.info.clone()),
            None => Known::No,
        }
    }

    /// Looks a key up for a message to the client.
    pub(super) fn sealing(&self, auth_key_id: i64) -> Option<&KeyInfo> {
        let slot = self
            .slots
            .iter()
            .find(|slot| slot.info.key.id == auth_key_id);
        slot.map(|slot| &slot.info)
    }

    /// Adds a key; one with the same id is replaced.
    pub(super) fn insert(&mut self, info: KeyInfo) {
        self.slots.retain(|slot| slot.info.key.id != info.key.id);
        self.slots.push(Slot {
            info,
            destroyed: false,
        });
    }

    pub(super) fn destroy(&mut self, auth_key_id: i64) {
        for slot in &mut self.slots {
            slot.destroyed |= slot.info.key.id == auth_key_id;
        }
    }
}
