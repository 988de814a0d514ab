//! Which of the client's messages have arrived: the memory that keeps a call from running twice.

use std::collections::VecDeque;

use crate::MsgId;

/// How many ids a session remembers.
/// Source: official page on MTProto asks for a reasonable number; ours covers two full containers.
pub(crate) const WINDOW_IDS_MAX: usize = 2048;

/// Bits of `msgs_state_info`.
/// Source: official page on service messages about messages.
pub(crate) mod state {
    pub(crate) const NOTHING_KNOWN: u8 = 1;
    pub(crate) const NOT_RECEIVED: u8 = 2;
    pub(crate) const TOO_HIGH: u8 = 3;
    pub(crate) const RECEIVED: u8 = 4;
    pub(crate) const ACKED: u8 = 8;
    pub(crate) const NO_ACK_NEEDED: u8 = 16;
    pub(crate) const PROCESSED: u8 = 32;
    pub(crate) const ANSWERED: u8 = 64;
}

/// The received ids in rising order with their state bits; two queues, as together they take
/// nine bytes per id.
#[derive(Debug, Default)]
pub(crate) struct Window {
    ids: VecDeque<i64>,
    states: VecDeque<u8>,
    /// The highest id that was forgotten for lack of room.
    floor: Option<i64>,
}

impl Window {
    /// The state bits of an id that has arrived.
    pub(crate) fn state(&self, msg_id: MsgId) -> Option<u8> {
        let at = self.ids.binary_search(&msg_id.0).ok()?;
        self.states.get(at).copied()
    }

    /// Whether the id may have arrived and been forgotten.
    pub(crate) fn forgotten(&self, msg_id: MsgId) -> bool {
        self.floor.is_some_and(|floor| msg_id.0 <= floor)
    }

    /// Remembers a new id; forgets the lowest one when there is no room.
    pub(crate) fn insert(&mut self, msg_id: MsgId, state: u8) {
        if let Err(at) = self.ids.binary_search(&msg_id.0) {
            self.ids.insert(at, msg_id.0);
            self.states.insert(at, state);
        }
        if self.ids.len() > WINDOW_IDS_MAX {
            self.floor = self.ids.pop_front().max(self.floor);
            self.states.pop_front();
        }
    }

    /// Adds state bits to an id, if it is still remembered.
    pub(crate) fn mark(&mut self, msg_id: MsgId, bits: u8) {
        if let Ok(at) = self.ids.binary_search(&msg_id.0)
            && let Some(state) = self.states.get_mut(at)
        {
            *state |= bits;
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_whatever_order_they_came_in() {
        let mut window = Window::default();
        for id in [40, 8, 24, 16, 32] {
            window.insert(MsgId(id), state::RECEIVED);
        }
        window.mark(MsgId(24), state::ANSWERED);
        window.mark(MsgId(25), state::ANSWERED);
        assert_eq!(
            window.state(MsgId(24)),
            Some(state::RECEIVED | state::ANSWERED)
        );
        assert_eq!(window.state(MsgId(8)), Some(state::RECEIVED));
        assert_eq!(window.state(MsgId(25)), None);
        assert_eq!(window.ids, [8, 16, 24, 32, 40]);
    }

    #[test]
    fn the_lowest_ids_are_forgotten_and_known_to_be() {
        let mut window = Window::default();
        for id in 0..WINDOW_IDS_MAX as i64 + 2 {
            window.insert(MsgId(id * 4), state::RECEIVED);
        }
        assert_eq!(window.len(), WINDOW_IDS_MAX);
        assert!(window.forgotten(MsgId(4)) && !window.forgotten(MsgId(8)));
        assert_eq!(window.state(MsgId(4)), None);
        assert_eq!(window.states.len(), WINDOW_IDS_MAX);
    }
}
