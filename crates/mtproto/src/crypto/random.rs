//! The crate's only source of randomness: ChaCha20 under a seed that the caller gives, so that a
//! server seeds it from the operating system and a test replays it.

use chacha20::{ChaCha20, KeyIvInit, cipher::StreamCipher};

/// Bytes produced per refill; small, because every connection may own one generator.
const BUFFER_BYTES: usize = 64;

/// A cryptographic generator: the ChaCha20 key stream of its seed.
pub struct Random {
    stream: ChaCha20,
    buffer: [u8; BUFFER_BYTES],
    used: usize,
}

impl Random {
    /// A generator whose output is wholly determined by `seed`.
    pub fn new(seed: [u8; 32]) -> Random {
        let stream = ChaCha20::new(&seed.into(), &[0; 12].into());
        Random {
            stream,
            buffer: [0; BUFFER_BYTES],
            used: BUFFER_BYTES,
        }
    }

    /// An independent generator, seeded by this one.
    #[must_use]
    pub fn fork(&mut self) -> Random {
        Random::new(self.array())
    }

    /// Overwrites `bytes` with random ones.
    pub fn fill(&mut self, mut bytes: &mut [u8]) {
        while !bytes.is_empty() {
            if self.used == BUFFER_BYTES {
                self.refill();
            }
            let take = bytes.len().min(BUFFER_BYTES - self.used);
            let (head, rest) = bytes.split_at_mut(take);
            let source = &mut self.buffer[self.used..self.used + take];
            head.copy_from_slice(source);
            source.fill(0); // what was handed out cannot be read back from memory
            self.used += take;
            bytes = rest;
        }
    }

    fn refill(&mut self) {
        // The key stream ends after 256 GiB; the generator then continues under a new key that
        // the last block it could give has chosen.
        self.buffer = [0; BUFFER_BYTES];
        if self.stream.try_apply_keystream(&mut self.buffer).is_err() {
            let seed = crate::crypto::sha::sha256(&[b"cameo random", &self.buffer]);
            self.stream = ChaCha20::new(&seed.into(), &[1; 12].into());
            self.stream.apply_keystream(&mut self.buffer);
        }
        self.used = 0;
    }

    /// `N` random bytes.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random number over the whole range.
    pub fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.array())
    }

    /// A random number over the whole range.
    pub fn u64(&mut self) -> u64 {
        u64::from_le_bytes(self.array())
    }

    /// A random number in `0..bound`, every one equally likely; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        // Numbers above the last whole multiple of `bound` would favour the small remainders.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.u64();
            if number < limit {
                return number % bound;
            }
        }
    }
}

impl std::fmt::Debug for Random {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Random")
    }
}

impl Drop for Random {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.buffer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn zero_seed_gives_the_published_key_stream() {
        // RFC 8439, appendix A.1, test vector 1.
        let expected: [u8; 32] =
            hex("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7");
        assert_eq!(Random::new([0; 32]).array(), expected);
    }

    #[test]
    fn the_size_of_requests_does_not_change_the_stream() {
        let whole: [u8; 200] = Random::new([7; 32]).array();
        let mut random = Random::new([7; 32]);
        let mut pieces = [0; 200];
        for piece in pieces.chunks_mut(13) {
            random.fill(piece);
        }
        assert_eq!(whole, pieces);
    }

    #[test]
    fn below_reaches_every_number_and_no_other() {
        let mut random = Random::new([1; 32]);
        let mut seen = [0_u32; 5];
        for _ in 0..1_000 {
            seen[random.below(5) as usize] += 1;
        }
        assert!(seen.iter().all(|&count| count > 120), "{seen:?}");
        assert_eq!(random.below(0), 0);
        assert_eq!(random.below(1), 0);
    }
}
