//! Server salts without storage: a salt is a keyed hash of the auth key id and the half hour,
//! so every node knows every salt and a restart forgets nothing (docs/decisions/0025).

use sha2::{Digest, Sha256};

use crate::{KeyInfo, Time};

/// How long a salt is the current one, in seconds.
/// Source: official page on MTProto, salts live for 30 minutes or more.
pub const SALT_SLOT_S: i64 = 30 * 60;
/// How long the salt that the handshake implies is accepted, in seconds.
/// Chosen: covers clients that never ask for salts and keep the derived one for a while.
pub const FIRST_SALT_S: i64 = 60 * 60;
/// Most salts in one answer to `get_future_salts`.
/// Source: official page on service messages, `num` is at most 64.
pub const FUTURE_SALTS_MAX: i32 = 64;
/// Fewest salts in one answer. Source: grammers asks again without pause when it gets one.
pub const FUTURE_SALTS_MIN: i32 = 2;

/// One entry of `future_salts`; times are Unix seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FutureSalt {
    /// From when on the salt may be used.
    pub valid_since: i32,
    /// Until when it may be used.
    pub valid_until: i32,
    /// The salt as the protocol's `long`.
    pub salt: i64,
}

/// Computes and checks salts. All nodes of one installation share `secret`.
#[derive(Clone)]
pub struct Salts {
    secret: [u8; 32],
}

impl std::fmt::Debug for Salts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salts")
    }
}

impl Salts {
    /// Salts under `secret`, which must be random and stay the same across restarts.
    #[must_use]
    pub fn new(secret: [u8; 32]) -> Salts {
        Salts { secret }
    }

    /// The salt that messages of this key carry at `now`.
    #[must_use]
    pub fn current(&self, key_id: i64, now: Time) -> i64 {
        self.of_slot(key_id, slot(now))
    }

    /// Whether a client may use `salt` at `now`: the current one, its two neighbours in time,
    /// and during the first hour of the key the salt that its handshake implies.
    #[must_use]
    pub fn valid(&self, key: &KeyInfo, salt: i64, now: Time) -> bool {
        let slot = slot(now);
        let key_id = key.key.id;
        if [0, -1, 1]
            .iter()
            .any(|step| self.of_slot(key_id, slot + step) == salt)
        {
            return true;
        }
        let age_s = seconds(now) - i64::from(key.created_at);
        salt == key.first_salt && age_s <= FIRST_SALT_S
    }

    /// The next salts, at least [`FUTURE_SALTS_MIN`] and at most [`FUTURE_SALTS_MAX`]: rising
    /// start times, the first valid already, each valid half an hour into its successor.
    #[must_use]
    pub fn future(&self, key_id: i64, now: Time, num: i32) -> Vec<FutureSalt> {
        let first = slot(now);
        let count = num.clamp(FUTURE_SALTS_MIN, FUTURE_SALTS_MAX);
        (first..first + i64::from(count))
            .map(|slot| FutureSalt {
                valid_since: clamp(slot * SALT_SLOT_S),
                valid_until: clamp((slot + 2) * SALT_SLOT_S),
                salt: self.of_slot(key_id, slot),
            })
            .collect()
    }

    /// HMAC-SHA256 over key id and slot, the first eight bytes.
    fn of_slot(&self, key_id: i64, slot: i64) -> i64 {
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            block
                .iter_mut()
                .zip(self.secret)
                .for_each(|(out, key)| *out ^= key);
            block
        };
        let inner = Sha256::new()
            .chain_update(pad(0x36))
            .chain_update(key_id.to_le_bytes())
            .chain_update(slot.to_le_bytes())
            .finalize();
        let outer = Sha256::new()
            .chain_update(pad(0x5c))
            .chain_update(inner)
            .finalize();
        let mut salt = [0; 8];
        salt.copy_from_slice(&outer[..8]);
        i64::from_le_bytes(salt)
    }
}

fn seconds(time: Time) -> i64 {
    time.unix_nanos().div_euclid(1_000_000_000)
}

fn slot(time: Time) -> i64 {
    seconds(time).div_euclid(SALT_SLOT_S)
}

fn clamp(seconds: i64) -> i32 {
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::crypto::AuthKey;

    const START: Time = Time::from_unix_seconds(1_700_000_000);

    fn key() -> KeyInfo {
        KeyInfo {
            key: Arc::new(AuthKey::new([1; 256])),
            first_salt: 99,
            created_at: START.unix_seconds(),
            expires_at: None,
        }
    }

    fn later(seconds: u64) -> Time {
        START.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn the_keyed_hash_is_hmac_sha256() {
        // Computed with another implementation: HMAC-SHA256 of sixteen zero bytes under 32 × 0x01.
        let salts = Salts::new([1; 32]);
        assert_eq!(
            salts.of_slot(0, 0).to_le_bytes(),
            [0x44, 0x45, 0x76, 0x24, 0x21, 0x86, 0x1c, 0x5c]
        );
    }

    #[test]
    fn a_salt_lives_for_its_slot_and_both_neighbours() {
        let (salts, key) = (Salts::new([7; 32]), key());
        let salt = salts.current(key.key.id, START);
        let into = (START.unix_seconds() as u64) % SALT_SLOT_S as u64;
        assert!(salts.valid(&key, salt, later(2 * SALT_SLOT_S as u64 - into - 1)));
        assert!(!salts.valid(&key, salt, later(2 * SALT_SLOT_S as u64 - into)));
        assert!(!salts.valid(&key, salt + 1, START));
        assert!(!salts.valid(&key, 0, START));
    }

    #[test]
    fn the_handshake_salt_lives_for_an_hour() {
        let (salts, key) = (Salts::new([7; 32]), key());
        assert!(salts.valid(&key, 99, later(FIRST_SALT_S as u64)));
        assert!(!salts.valid(&key, 99, later(FIRST_SALT_S as u64 + 1)));
    }

    #[test]
    fn future_salts_rise_overlap_and_are_accepted_in_their_time() {
        let (salts, key) = (Salts::new([7; 32]), key());
        for (asked, given) in [(64, 64), (1, 2), (0, 2), (-5, 2), (1000, 64)] {
            let future = salts.future(key.key.id, START, asked);
            assert_eq!(future.len(), given);
            assert!(future[0].valid_since <= START.unix_seconds());
            for pair in future.windows(2) {
                assert!(pair[0].valid_since < pair[1].valid_since);
                assert!(pair[0].valid_until > pair[1].valid_since);
            }
            for salt in future {
                let first = Time::from_unix_seconds(salt.valid_since.into());
                let last = Time::from_unix_seconds(i64::from(salt.valid_until) - 1);
                assert!(salts.valid(&key, salt.salt, first) && salts.valid(&key, salt.salt, last));
            }
        }
    }
}
