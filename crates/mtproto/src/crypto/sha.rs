//! SHA-1 and SHA-256 over several pieces. The crates under this use the SHA instructions of the
//! processor when it has them.

use sha1::{Digest, Sha1};
use sha2::Sha256;

/// SHA-1 of the pieces, one after the other.
pub fn sha1(pieces: &[&[u8]]) -> [u8; 20] {
    let mut hash = Sha1::new();
    for piece in pieces {
        hash.update(piece);
    }
    hash.finalize().into()
}

/// SHA-256 of the pieces, one after the other.
pub fn sha256(pieces: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for piece in pieces {
        hash.update(piece);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn pieces_hash_like_the_whole() {
        let expected = hex("a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(sha1(&[b"a", b"bc"]), expected);
        let expected = hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(sha256(&[b"ab", b"", b"c"]), expected);
    }
}
