//! Diffie-Hellman over the one group that every client accepts: the published 2048-bit prime and
//! generator 3. Source: spec, key creation step 2 (two client families refuse any other prime).

use super::Random;
use super::montgomery::{self, Modulus, Residue};
use std::sync::LazyLock;
use zeroize::Zeroize;

/// The generator. Source: as above; two web clients insist on 3.
pub const GENERATOR: u32 = 3;

/// Bits of the server's secret exponent. Source: official page on creating an auth key: 2048
/// random bits. Fewer would be as strong from about 512 on and cost a quarter; not chosen.
pub const EXPONENT_BITS: usize = 2_048;

const EXPONENT_LIMBS: usize = EXPONENT_BITS / 64;
const LIMBS: usize = 32;

/// Public values must lie in `2^1984 .. p - 2^1984`. Source: official security guidelines.
const RANGE_BIT: usize = 1_984;

/// The prime, big-endian.
pub const PRIME: [u8; 256] = {
    const TEXT: &[u8; 512] = b"\
        C71CAEB9C6B1C9048E6C522F70F13F73980D40238E3E21C14934D037563D930F\
        48198A0AA7C14058229493D22530F4DBFA336F6E0AC925139543AED44CCE7C37\
        20FD51F69458705AC68CD4FE6B6B13ABDC9746512969328454F18FAF8C595F64\
        2477FE96BB2A941D5BCD1D4AC8CC49880708FA9B378E3C4F3A9060BEE67CF9A4\
        A4A695811051907E162753B56B0F6B410DBA74D8A84B2A14B3144E0EF1284754\
        FD17ED950D5965B4B9DD46582DB1178D169C6BC465B0D6FF9CA3928FEF5B9AE4\
        E418FC15E83EBEA0F87FA9FF5EED70050DED2849F47BF959D956850CE929851F\
        0D8115F635B105EE2E4E15D04B2454BF6F4FADF034B10403119CD8E3B92FCC5B";
    let mut bytes = [0; 256];
    let mut i = 0;
    while i < 512 {
        let digit = if TEXT[i] >= b'A' {
            TEXT[i] - b'A' + 10
        } else {
            TEXT[i] - b'0'
        };
        bytes[i / 2] = bytes[i / 2] << 4 | digit;
        i += 1;
    }
    bytes
};

/// Exponent bits looked up together, one from each of as many equal parts of the exponent.
const TEETH: usize = 6;
const COMBS: usize = 4;
/// Distance of two teeth in bits; the last tooth reaches a little beyond the exponent.
const SPACING: usize = EXPONENT_BITS.div_ceil(TEETH).next_multiple_of(COMBS);
/// How many positions one comb serves, hence how many squarings a power costs.
const PER_COMB: usize = SPACING / COMBS;

/// The group with everything that can be computed beforehand.
struct Group {
    modulus: Modulus<LIMBS>,
    /// `combs[c][bits]`: the product of `g^(2^(tooth * SPACING + c * PER_COMB))` over set bits.
    combs: Vec<Vec<Residue<LIMBS>>>,
}

static GROUP: LazyLock<Group> = LazyLock::new(Group::new);

/// Computes the tables now (a few milliseconds) rather than at the first handshake.
pub fn prepare() {
    LazyLock::force(&GROUP);
}

impl Group {
    #[expect(
        clippy::unwrap_used,
        reason = "the prime is a constant: odd, with its top bit set"
    )]
    fn new() -> Group {
        let modulus = Modulus::new(montgomery::limbs_from_bytes(&PRIME).unwrap()).unwrap();
        let mut generator = [0; LIMBS];
        generator[0] = u64::from(GENERATOR);
        let mut power = modulus.residue(&generator);
        // powers[n] is g^(2^(n * PER_COMB)).
        let powers: Vec<_> = std::iter::repeat_with(|| {
            let this = power;
            (0..PER_COMB).for_each(|_| power = modulus.square(&power));
            this
        })
        .take(TEETH * COMBS)
        .collect();
        let combs = (0..COMBS)
            .map(|comb| {
                let mut table = vec![modulus.one()];
                for tooth in 0..TEETH {
                    for entry in 0..1 << tooth {
                        let product =
                            modulus.multiply(&table[entry], &powers[tooth * COMBS + comb]);
                        table.push(product);
                    }
                }
                table
            })
            .collect();
        Group { modulus, combs }
    }

    /// The generator to a secret exponent.
    fn generator_pow(&self, exponent: &[u64; EXPONENT_LIMBS]) -> Residue<LIMBS> {
        let mut power = self.modulus.one();
        for position in (0..PER_COMB).rev() {
            power = self.modulus.square(&power);
            for (comb, table) in self.combs.iter().enumerate() {
                let start = comb * PER_COMB + position;
                let bits = (0..TEETH).fold(0, |bits, tooth| {
                    bits | montgomery::bits_at(exponent, start + tooth * SPACING, 1) << tooth
                });
                let entry = montgomery::select(table, bits);
                power = self.modulus.multiply(&power, &entry);
            }
        }
        power
    }
}

/// One side's secret exponent; wiped when dropped.
pub struct Secret([u64; EXPONENT_LIMBS]);

impl Secret {
    /// A random exponent together with its public value `g^a mod p`, 256 bytes and in range.
    pub fn generate(random: &mut Random) -> (Secret, [u8; 256]) {
        loop {
            let secret = Secret(std::array::from_fn(|_| random.u64()));
            let mut public = [0; 256];
            let power = GROUP.modulus.number(&GROUP.generator_pow(&secret.0));
            montgomery::write_bytes(&power, &mut public);
            if is_safe(&public) {
                return (secret, public);
            }
        }
    }

    /// The shared key `public^a mod p`, left-padded to 256 bytes; `None` if the other side's
    /// value (big-endian, leading zeros optional) is out of range.
    pub fn agree(&self, public: &[u8]) -> Option<[u8; 256]> {
        if !is_safe(public) {
            return None;
        }
        let modulus = &GROUP.modulus;
        let base = modulus.residue(&montgomery::limbs_from_bytes(public)?);
        let power = modulus.number(&modulus.pow(&base, &self.0));
        let mut shared = [0; 256];
        montgomery::write_bytes(&power, &mut shared);
        Some(shared)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Whether a public value lies in `2^1984 ..= p - 2^1984`.
///
/// Source: official security guidelines. It also keeps out 0, 1, p - 1 and p.
pub fn is_safe(public: &[u8]) -> bool {
    let Some(number) = montgomery::limbs_from_bytes::<LIMBS>(public) else {
        return false;
    };
    let mut bound = [0; LIMBS];
    bound[RANGE_BIT / 64] = 1 << (RANGE_BIT % 64);
    let mut above = number;
    let too_low = montgomery::subtract_limbs(&mut above, &bound) == 1;
    let mut below = *GROUP.modulus.limbs();
    montgomery::subtract_limbs(&mut below, &bound);
    let too_high = montgomery::subtract_limbs(&mut below, &number) == 1;
    !too_low && !too_high
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint_dig::BigUint;

    fn oracle(bytes: &[u8]) -> BigUint {
        BigUint::from_bytes_be(bytes)
    }

    #[test]
    fn public_value_and_key_are_those_of_the_oracle() {
        let mut random = Random::new([1; 32]);
        let prime = oracle(&PRIME);
        for _ in 0..3 {
            let (secret, public) = Secret::generate(&mut random);
            let limbs: Vec<u8> = secret
                .0
                .iter()
                .flat_map(|limb| limb.to_le_bytes())
                .collect();
            let exponent = BigUint::from_bytes_le(&limbs);
            assert_eq!(
                oracle(&public),
                BigUint::from(3_u32).modpow(&exponent, &prime)
            );
            let (_, other) = Secret::generate(&mut random);
            let shared = secret.agree(&other).unwrap();
            assert_eq!(oracle(&shared), oracle(&other).modpow(&exponent, &prime));
        }
    }

    #[test]
    fn extreme_exponents_are_those_of_the_oracle() {
        let prime = oracle(&PRIME);
        for limbs in [[0; EXPONENT_LIMBS], [u64::MAX; EXPONENT_LIMBS]] {
            let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
            let exponent = BigUint::from_bytes_le(&bytes);
            let mut power = [0; 256];
            let residue = GROUP.generator_pow(&limbs);
            montgomery::write_bytes(&GROUP.modulus.number(&residue), &mut power);
            assert_eq!(
                oracle(&power),
                BigUint::from(3_u32).modpow(&exponent, &prime)
            );
        }
    }

    #[test]
    fn both_sides_get_the_same_key() {
        let mut random = Random::new([2; 32]);
        let (a, g_a) = Secret::generate(&mut random);
        let (b, g_b) = Secret::generate(&mut random);
        assert_eq!(a.agree(&g_b), b.agree(&g_a));
    }

    #[test]
    fn a_short_public_value_is_one_with_leading_zeros() {
        let (secret, _) = Secret::generate(&mut Random::new([3; 32]));
        let short = [0x5a; 255];
        let mut long = [0; 256];
        long[1..].copy_from_slice(&short);
        assert!(secret.agree(&short).is_some());
        assert_eq!(secret.agree(&short), secret.agree(&long));
    }

    #[test]
    fn values_near_the_ends_are_unsafe() {
        let mut bound = [0; 256];
        bound[255 - RANGE_BIT / 8] = 1; // 2^1984
        let below = |number: &[u8]| (oracle(number) - 1_u32).to_bytes_be();
        let above = |number: &[u8]| (oracle(number) + 1_u32).to_bytes_be();
        let top = (oracle(&PRIME) - oracle(&bound)).to_bytes_be();
        assert!(is_safe(&bound) && is_safe(&top));
        assert!(is_safe(&above(&bound)) && is_safe(&below(&top)));
        for number in [
            &[][..],
            &[0],
            &[1],
            &below(&bound),
            &above(&top),
            &PRIME,
            &[0xff; 256],
        ] {
            assert!(!is_safe(number), "{number:02x?}");
        }
        assert!(!is_safe(&below(&PRIME)) && !is_safe(&[0x11; 257]));
    }
}
