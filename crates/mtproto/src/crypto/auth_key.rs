//! The 256-byte secret that a client and the server share, and the two numbers derived from it.

use super::sha::sha1;
use zeroize::Zeroize;

/// Length of an auth key. Source: official page on the detailed description of MTProto.
pub(crate) const AUTH_KEY_BYTES: usize = 256;

/// An auth key. `Debug` shows the id only; the bytes are wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthKey {
    /// `SHA1(key)[12..20]` read little-endian: what stands in front of every message.
    pub id: i64,
    /// The key itself, big-endian, left-padded with zeros.
    pub bytes: [u8; AUTH_KEY_BYTES],
    /// `SHA1(key)[0..8]` read little-endian: part of the new_nonce hashes.
    pub aux_hash: u64,
}

impl AuthKey {
    /// The key with these bytes, its id and its aux hash computed.
    pub fn new(bytes: [u8; AUTH_KEY_BYTES]) -> AuthKey {
        let [a0, a1, a2, a3, a4, a5, a6, a7, _, _, _, _, id @ ..] = sha1(&[&bytes]);
        AuthKey {
            id: i64::from_le_bytes(id),
            bytes,
            aux_hash: u64::from_le_bytes([a0, a1, a2, a3, a4, a5, a6, a7]),
        }
    }
}

impl std::fmt::Debug for AuthKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthKey({:016x})", self.id)
    }
}

impl Drop for AuthKey {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn id_and_aux_hash_are_the_known_ones() {
        let key = AuthKey::new(std::array::from_fn(|i| i as u8));
        assert_eq!(key.id.to_le_bytes(), hex("32d1586ea457dfc8"));
        assert_eq!(key.aux_hash.to_le_bytes(), hex("4916d6bdb7f78e68"));
    }

    #[test]
    fn debug_hides_the_key() {
        assert!(format!("{:?}", AuthKey::new([0xab; 256])).len() < 30);
    }
}
