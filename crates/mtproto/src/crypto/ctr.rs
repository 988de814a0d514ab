//! AES-256-CTR with a big-endian counter: the stream of the obfuscated transport.

use ctr::cipher::{KeyIvInit, StreamCipher};

/// One direction of an obfuscated connection: key and position of a stream.
pub struct Ctr {
    cipher: Box<ctr::Ctr128BE<aes::Aes256Enc>>,
}

impl Ctr {
    /// A stream at its beginning.
    pub fn new(key: &[u8; 32], iv: &[u8; 16]) -> Ctr {
        Ctr {
            cipher: Box::new(ctr::Ctr128BE::new(&(*key).into(), &(*iv).into())),
        }
    }

    /// Memory outside of this value.
    pub fn memory_bytes(&self) -> usize {
        size_of_val(&*self.cipher)
    }

    /// Encrypts or decrypts the next bytes of the stream, which is the same.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        // The counter has 128 bits; no connection reaches its end.
        self.cipher.apply_keystream(bytes);
    }
}

impl std::fmt::Debug for Ctr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ctr")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn the_stream_is_the_published_one_in_any_pieces() {
        // NIST SP 800-38A, F.5.5 CTR-AES256.
        let key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        let iv = hex("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
        let plain: [u8; 32] =
            hex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51");
        let expected: [u8; 32] =
            hex("601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5");
        for piece in 1..=32 {
            let mut bytes = plain;
            let mut stream = Ctr::new(&key, &iv);
            bytes
                .chunks_mut(piece)
                .for_each(|bytes| stream.apply(bytes));
            assert_eq!(bytes, expected, "pieces of {piece}");
        }
    }
}
