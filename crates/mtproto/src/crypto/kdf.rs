//! Key derivation: message keys of MTProto 2.0, and those of 1.0 that only the binding of
//! temporary keys still uses. Source: official pages "Mobile Protocol: Detailed Description"
//! and, for 1.0, "MTProto v.1".

use super::sha::{sha1, sha256};

/// Who encrypts; the `x` of the formulas.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Client to server, `x` = 0.
    ToServer,
    /// Server to client, `x` = 8.
    ToClient,
}

impl Direction {
    fn x(self) -> usize {
        match self {
            Direction::ToServer => 0,
            Direction::ToClient => 8,
        }
    }
}

/// AES-256-IGE key and iv of one message.
#[derive(Clone, PartialEq, Eq)]
pub struct MessageKeys {
    /// The AES-256 key.
    pub key: [u8; 32],
    /// The double-length iv of the IGE mode.
    pub iv: [u8; 32],
}

impl std::fmt::Debug for MessageKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MessageKeys")
    }
}

/// The 32-byte hash from which both the message key and the quick ack token are cut.
/// `plaintext` is the whole inner message with its padding.
pub fn msg_key_large(key: &[u8; 256], direction: Direction, plaintext: &[u8]) -> [u8; 32] {
    let x = direction.x();
    sha256(&[&key[88 + x..120 + x], plaintext])
}

/// The message key: the middle 16 bytes of [`msg_key_large`].
pub fn msg_key(large: &[u8; 32]) -> [u8; 16] {
    std::array::from_fn(|i| large[8 + i])
}

/// The token of a quick acknowledgement: first 4 bytes, little-endian, top bit set.
pub fn quick_ack_token(large: &[u8; 32]) -> u32 {
    u32::from_le_bytes([large[0], large[1], large[2], large[3]]) | 0x8000_0000
}

/// Key and iv of one MTProto 2.0 message.
pub fn message_keys(key: &[u8; 256], direction: Direction, msg_key: &[u8; 16]) -> MessageKeys {
    let x = direction.x();
    let a = sha256(&[msg_key, &key[x..x + 36]]);
    let b = sha256(&[&key[40 + x..76 + x], msg_key]);
    MessageKeys {
        key: join([&a[..8], &b[8..24], &a[24..]]),
        iv: join([&b[..8], &a[8..24], &b[24..]]),
    }
}

/// MTProto 1.0 message key: `SHA1(plaintext without padding)[4..20]`.
pub fn v1_msg_key(plaintext: &[u8]) -> [u8; 16] {
    let hash = sha1(&[plaintext]);
    std::array::from_fn(|i| hash[4 + i])
}

/// Key and iv of one MTProto 1.0 message from client to server (`x` = 0).
pub fn v1_message_keys(key: &[u8; 256], msg_key: &[u8; 16]) -> MessageKeys {
    let a = sha1(&[msg_key, &key[..32]]);
    let b = sha1(&[&key[32..48], msg_key, &key[48..64]]);
    let c = sha1(&[&key[64..96], msg_key]);
    let d = sha1(&[msg_key, &key[96..128]]);
    MessageKeys {
        key: join([&a[..8], &b[8..], &c[4..16]]),
        iv: join([&a[8..], &b[..8], &c[16..], &d[..8]]),
    }
}

/// 32 bytes from pieces whose lengths add up to 32.
pub(crate) fn join<const N: usize>(pieces: [&[u8]; N]) -> [u8; 32] {
    let mut joined = [0; 32];
    let bytes = pieces.iter().copied().flatten();
    for (to, from) in joined.iter_mut().zip(bytes) {
        *to = *from;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{aes_ige, hex};

    fn key() -> [u8; 256] {
        std::array::from_fn(|i| i as u8)
    }

    /// A ping: msg_id 1700000000 * 2^32, seq_no 0, 20 bytes of padding.
    fn plaintext() -> [u8; 64] {
        hex("010203040506070811121314151617180000000000f1536500000000\
             0c000000ec77be7a8877665544332211aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
    }

    fn check(direction: Direction, expected: [&str; 4], token: u32) {
        let large = msg_key_large(&key(), direction, &plaintext());
        let msg_key = msg_key(&large);
        assert_eq!(msg_key, hex(expected[0]));
        let keys = message_keys(&key(), direction, &msg_key);
        assert_eq!(keys.key, hex(expected[1]));
        assert_eq!(keys.iv, hex(expected[2]));
        let mut data = plaintext();
        aes_ige::encrypt_in_place(&mut data, &keys.key, &keys.iv);
        assert_eq!(data, hex(expected[3]));
        aes_ige::decrypt_in_place(&mut data, &keys.key, &keys.iv);
        assert_eq!(data, plaintext());
        assert_eq!(quick_ack_token(&large) & token, token);
    }

    #[test]
    fn client_messages_have_the_known_keys() {
        let expected = [
            "60c48d3083c8b2bac996b89afd76fcc5",
            "df60939f178f9edc0d8cc8b83178cb4e5e3c9cb092392877cf91ca1d680d4edd",
            "03836ff27878c0bd30df9e46040eb3217e66e0e1f60ee196cc6a0a6fa1edb095",
            "1d41df54071be6a71b17a96f75f24f929d0ff77676bc4f96809a4ddd1e799e4d\
             efedaca4a65418069cf8435b540eb2af5d978758f5f2d5f16fb1f0f3a96cab80",
        ];
        check(Direction::ToServer, expected, 0xdafe_c99a);
        let large = msg_key_large(&key(), Direction::ToServer, &plaintext());
        assert_eq!(quick_ack_token(&large), 0xdafe_c99a);
    }

    #[test]
    fn server_messages_have_the_known_keys() {
        let expected = [
            "0813ac0daaec72817ba03c91d0a1bc06",
            "3d702c281254f9d88ffa481d30cfaa2e1a4a3133ad93e1dfffe82c1ad540cde2",
            "5f9aaae1879b77eb6e780e67d734c847ad7f82a76d2c9b5f83dd2f7806f4c150",
            "11a99d54a82f0e3c9f810c6865981e6cf356648f8470a488b662b2887c34244e\
             7f318e42f85adb7be1ef9a4e2f745a5036f61eb2fb4b087fe4de5c21b3cb4cda",
        ];
        check(Direction::ToClient, expected, 0x8000_0000);
    }

    #[test]
    fn first_version_keys_are_the_known_ones() {
        let keys = v1_message_keys(&key(), &std::array::from_fn(|i| i as u8));
        let expected = "17d7295ca9213d1ab656acdb1ad48b2ea7f3a8f7095098d5508b900bbd5fccfc";
        assert_eq!(keys.key, hex(expected));
        let expected = "2d7d16a65a84108e9805656caa474501cc580aa2edc33abfd0bfad785464d1c6";
        assert_eq!(keys.iv, hex(expected));
        assert_eq!(v1_msg_key(b"abc"), hex("4706816aba3e25717850c26c9cd0d89d"));
    }
}
