//! AES-256-IGE, the cipher of every message. Both directions are one serial chain per message,
//! so speed is decided by what stands between two AES instructions: here, nothing.
#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "AES instructions; decision 0020, known answers below"
    )
)]

/// Encrypts whole 16-byte blocks in place; bytes after the last whole block stay as they are.
///
/// `iv` holds the ciphertext block before the first one, then the plaintext block before it.
pub fn encrypt_in_place(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    debug_assert!(data.len().is_multiple_of(16), "IGE works on whole blocks");
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("aes") {
        // SAFETY: the processor has just been asked for the instructions that this needs.
        unsafe { instructions::encrypt(data, key, iv) };
        return;
    }
    portable::encrypt(data, key, iv);
}

/// Decrypts whole 16-byte blocks in place; the inverse of [`encrypt_in_place`].
pub fn decrypt_in_place(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
    debug_assert!(data.len().is_multiple_of(16), "IGE works on whole blocks");
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("aes") {
        // SAFETY: the processor has just been asked for the instructions that this needs.
        unsafe { instructions::decrypt(data, key, iv) };
        return;
    }
    portable::decrypt(data, key, iv);
}

/// As many dependent AES instructions as encrypting `data` in a chain takes, and the loads and
/// stores, but no other work between them: the floor that benches compare with. Does nothing
/// on processors without these instructions.
#[cfg(feature = "client")]
pub fn chain_of_instructions(data: &mut [u8]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("aes") {
        // SAFETY: the processor has just been asked for the instructions that this needs.
        unsafe { instructions::bare_chain(data) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = data;
}

/// Block by block with the `aes` crate: for processors without AES instructions.
pub mod portable {
    use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};

    /// As [`super::encrypt_in_place`].
    pub fn encrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
        let cipher = aes::Aes256Enc::new(&(*key).into());
        let (out, input) = halves(iv);
        chain(data, out, input, |block| {
            let mut block = block.to_le_bytes().into();
            cipher.encrypt_block(&mut block);
            u128::from_le_bytes(block.into())
        });
    }

    /// As [`super::decrypt_in_place`].
    pub fn decrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
        let cipher = aes::Aes256Dec::new(&(*key).into());
        let (input, out) = halves(iv);
        chain(data, out, input, |block| {
            let mut block = block.to_le_bytes().into();
            cipher.decrypt_block(&mut block);
            u128::from_le_bytes(block.into())
        });
    }

    fn halves(iv: &[u8; 32]) -> (u128, u128) {
        let whole = |half: usize| u128::from_le_bytes(std::array::from_fn(|i| iv[16 * half + i]));
        (whole(0), whole(1))
    }

    fn chain(data: &mut [u8], mut out: u128, mut input: u128, step: impl Fn(u128) -> u128) {
        for block in data.as_chunks_mut::<16>().0 {
            let current = u128::from_le_bytes(*block);
            out = step(current ^ out) ^ input;
            input = current;
            *block = out.to_le_bytes();
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod instructions {
    use std::arch::x86_64::*;

    /// Round keys of AES-256.
    const ROUND_KEYS: usize = 15;

    #[target_feature(enable = "aes,sse2")]
    pub(super) fn encrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
        let (ciphertext, plaintext) = halves(iv);
        chain::<true>(data, &expand(key), ciphertext, plaintext);
    }

    #[target_feature(enable = "aes,sse2")]
    pub(super) fn decrypt(data: &mut [u8], key: &[u8; 32], iv: &[u8; 32]) {
        let (ciphertext, plaintext) = halves(iv);
        chain::<false>(data, &invert(&expand(key)), plaintext, ciphertext);
    }

    /// `out[i] = AES(in[i] ^ out[i-1]) ^ in[i-1]` over all blocks.
    ///
    /// The last AES instruction ends with a xor of its key. Folding everything the next block
    /// needs into that key leaves no other instruction on the chain from block to block.
    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn chain<const ENCRYPT: bool>(
        data: &mut [u8],
        keys: &[__m128i; ROUND_KEYS],
        out: __m128i,
        mut input: __m128i,
    ) {
        let mut blocks = data.as_chunks_mut::<16>().0.iter_mut();
        let Some(mut block) = blocks.next() else {
            return;
        };
        let mut current = load(block);
        let mut state = _mm_xor_si128(_mm_xor_si128(current, out), keys[0]);
        loop {
            for key in &keys[1..ROUND_KEYS - 1] {
                state = middle_round::<ENCRYPT>(state, *key);
            }
            let last = _mm_xor_si128(keys[ROUND_KEYS - 1], input);
            let next = blocks.next();
            if let Some(next) = &next {
                let following = load(next);
                let fold = _mm_xor_si128(_mm_xor_si128(last, keys[0]), following);
                store(block, last_round::<ENCRYPT>(state, last));
                state = last_round::<ENCRYPT>(state, fold);
                input = current;
                current = following;
            } else {
                store(block, last_round::<ENCRYPT>(state, last));
            }
            let Some(next) = next else { return };
            block = next;
        }
    }

    #[cfg(feature = "client")]
    #[target_feature(enable = "aes,sse2")]
    pub(super) fn bare_chain(data: &mut [u8]) {
        let key = _mm_set1_epi32(0x1234_5678);
        let mut state = key;
        for block in data.as_chunks_mut::<16>().0 {
            for _ in 0..ROUND_KEYS - 2 {
                state = _mm_aesenc_si128(state, key);
            }
            state = _mm_aesenclast_si128(state, load(block));
            store(block, state);
        }
    }

    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn middle_round<const ENCRYPT: bool>(state: __m128i, key: __m128i) -> __m128i {
        if ENCRYPT {
            _mm_aesenc_si128(state, key)
        } else {
            _mm_aesdec_si128(state, key)
        }
    }

    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn last_round<const ENCRYPT: bool>(state: __m128i, key: __m128i) -> __m128i {
        if ENCRYPT {
            _mm_aesenclast_si128(state, key)
        } else {
            _mm_aesdeclast_si128(state, key)
        }
    }

    /// The encryption round keys. Source: FIPS 197, key expansion for 256 bits.
    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn expand(key: &[u8; 32]) -> [__m128i; ROUND_KEYS] {
        let (first, second) = halves(key);
        let mut keys = [first; ROUND_KEYS];
        keys[1] = second;
        // The round constant must be known to the compiler, hence no loop.
        step::<0x01>(&mut keys, 2);
        step::<0x02>(&mut keys, 4);
        step::<0x04>(&mut keys, 6);
        step::<0x08>(&mut keys, 8);
        step::<0x10>(&mut keys, 10);
        step::<0x20>(&mut keys, 12);
        step::<0x40>(&mut keys, 14);
        keys
    }

    /// Derives the round keys `at` and, where there is one, `at + 1`.
    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn step<const CONSTANT: i32>(keys: &mut [__m128i; ROUND_KEYS], at: usize) {
        let rotated = _mm_aeskeygenassist_si128::<CONSTANT>(keys[at - 1]);
        keys[at] = mix(keys[at - 2], _mm_shuffle_epi32::<0xff>(rotated));
        if at + 1 < ROUND_KEYS {
            let plain = _mm_aeskeygenassist_si128::<0>(keys[at]);
            keys[at + 1] = mix(keys[at - 1], _mm_shuffle_epi32::<0xaa>(plain));
        }
    }

    /// Running xor over the four words of `previous`, then `word` on each.
    #[target_feature(enable = "sse2")]
    #[inline]
    fn mix(previous: __m128i, word: __m128i) -> __m128i {
        let once = _mm_xor_si128(previous, _mm_slli_si128::<4>(previous));
        let twice = _mm_xor_si128(once, _mm_slli_si128::<8>(once));
        _mm_xor_si128(twice, word)
    }

    /// The decryption round keys: reversed, the middle ones through InvMixColumns.
    #[target_feature(enable = "aes,sse2")]
    #[inline]
    fn invert(keys: &[__m128i; ROUND_KEYS]) -> [__m128i; ROUND_KEYS] {
        let mut inverted = *keys;
        inverted.reverse();
        for key in &mut inverted[1..ROUND_KEYS - 1] {
            *key = _mm_aesimc_si128(*key);
        }
        inverted
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn halves(bytes: &[u8; 32]) -> (__m128i, __m128i) {
        let (halves, _) = bytes.as_chunks::<16>();
        (load(&halves[0]), load(&halves[1]))
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn load(block: &[u8; 16]) -> __m128i {
        // SAFETY: reads the 16 bytes behind the reference; this load needs no alignment.
        unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
    }

    #[target_feature(enable = "sse2")]
    #[inline]
    fn store(block: &mut [u8; 16], value: __m128i) {
        // SAFETY: writes the 16 bytes behind the reference; this store needs no alignment.
        unsafe { _mm_storeu_si128(block.as_mut_ptr().cast(), value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;
    use proptest::prelude::*;

    const EXPECTED: &str = "4a7f16441cee6781e8374f261edeb88dc77147ebd5121de8d0fae7762423b6bf";

    fn counting() -> [u8; 32] {
        std::array::from_fn(|i| i as u8)
    }

    #[test]
    fn zeros_encrypt_to_the_known_answer() {
        let mut data = [0; 32];
        encrypt_in_place(&mut data, &counting(), &counting());
        assert_eq!(data, hex(EXPECTED));
        decrypt_in_place(&mut data, &counting(), &counting());
        assert_eq!(data, [0; 32]);
    }

    #[test]
    fn without_instructions_the_answer_is_the_same() {
        let mut data = [0; 32];
        portable::encrypt(&mut data, &counting(), &counting());
        assert_eq!(data, hex(EXPECTED));
        portable::decrypt(&mut data, &counting(), &counting());
        assert_eq!(data, [0; 32]);
    }

    proptest! {
        #[test]
        fn both_ways_of_computing_agree(
            blocks in prop::collection::vec(any::<[u8; 16]>(), 0..40),
            key in any::<[u8; 32]>(),
            iv in any::<[u8; 32]>(),
        ) {
            let plain = blocks.concat();
            let mut fast = plain.clone();
            let mut slow = plain.clone();
            encrypt_in_place(&mut fast, &key, &iv);
            portable::encrypt(&mut slow, &key, &iv);
            prop_assert_eq!(&fast, &slow);
            decrypt_in_place(&mut fast, &key, &iv);
            portable::decrypt(&mut slow, &key, &iv);
            prop_assert_eq!(&fast, &plain);
            prop_assert_eq!(&slow, &plain);
        }
    }
}
