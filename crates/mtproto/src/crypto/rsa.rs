//! RSA with 2048 bits and exponent 65537: the keys by which clients know the server, their PEM
//! files and fingerprints, and the bare operations; paddings belong to the handshake.

use super::montgomery::{self, Modulus, Residue};
use super::prime::{random_prime, remainder};
use super::{Random, pem, sha};
use zeroize::Zeroize;

/// Length of the modulus and of everything encrypted with it.
pub const RSA_BYTES: usize = 256;

/// The public exponent of every key. Source: all keys that clients carry.
const EXPONENT: u64 = 65_537;
const EXPONENT_BYTES: [u8; 3] = [1, 0, 1];

const HALF_LIMBS: usize = 16;
const LIMBS: usize = 32;

const PUBLIC_LABEL: &str = "RSA PUBLIC KEY";
const PRIVATE_LABEL: &str = "RSA PRIVATE KEY";

/// Why a PEM text is not a usable key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not one PKCS#1 PEM block of the right kind.
    #[error("not a PKCS#1 PEM key")]
    Format,
    /// The modulus does not have exactly 2048 bits, or the two primes not 1024 each.
    #[error("not a key of 2048 bits with two primes of 1024")]
    Size,
    /// The public exponent is not 65537.
    #[error("public exponent is not 65537")]
    Exponent,
    /// The numbers of the key do not belong together.
    #[error("the numbers of the key contradict each other")]
    Inconsistent,
}

/// The public half: what clients carry.
#[derive(Clone)]
pub struct PublicKey {
    modulus: Modulus<LIMBS>,
    fingerprint: i64,
}

impl PublicKey {
    fn new(limbs: [u64; LIMBS]) -> Result<PublicKey, KeyError> {
        let modulus = Modulus::new(limbs).ok_or(KeyError::Size)?;
        let mut n = [0; RSA_BYTES];
        montgomery::write_bytes(&limbs, &mut n);
        // SHA1 over both numbers as TL strings: 256 bytes take the long length, 3 the short one.
        let pieces: [&[u8]; 4] = [&[0xfe, 0, 1, 0], &n, &[3], &EXPONENT_BYTES];
        let [_, _, _, _, _, _, _, _, _, _, _, _, fingerprint @ ..] = sha::sha1(&pieces);
        Ok(PublicKey {
            modulus,
            fingerprint: i64::from_le_bytes(fingerprint),
        })
    }

    /// The key in a PKCS#1 PEM text.
    pub fn from_pem(text: &str) -> Result<PublicKey, KeyError> {
        let [n, e] = pem::read(PUBLIC_LABEL, text).ok_or(KeyError::Format)?;
        if e != EXPONENT_BYTES {
            return Err(KeyError::Exponent);
        }
        PublicKey::new(montgomery::limbs_from_bytes(&n).ok_or(KeyError::Size)?)
    }

    /// The PKCS#1 PEM text: 426 bytes, the size of the keys that clients have built in.
    pub fn to_pem(&self) -> String {
        pem::write(PUBLIC_LABEL, &[&self.modulus_bytes(), &EXPONENT_BYTES])
    }

    /// The modulus `n`, big-endian.
    pub fn modulus_bytes(&self) -> [u8; RSA_BYTES] {
        let mut bytes = [0; RSA_BYTES];
        montgomery::write_bytes(self.modulus.limbs(), &mut bytes);
        bytes
    }

    /// How clients name the key: the last 8 bytes of SHA1 over `n` and `e`, little-endian.
    pub fn fingerprint(&self) -> i64 {
        self.fingerprint
    }

    /// `input^e mod n` without padding; `None` if `input` is not below the modulus.
    pub fn encrypt(&self, input: &[u8; RSA_BYTES]) -> Option<[u8; RSA_BYTES]> {
        let number = self.below_modulus(input)?;
        let power = self
            .modulus
            .pow_public(&self.modulus.residue(&number), EXPONENT);
        let mut output = [0; RSA_BYTES];
        montgomery::write_bytes(&self.modulus.number(&power), &mut output);
        Some(output)
    }

    fn below_modulus(&self, input: &[u8; RSA_BYTES]) -> Option<[u64; LIMBS]> {
        let number = montgomery::limbs_from_bytes(input)?;
        let mut difference = number;
        (montgomery::subtract_limbs(&mut difference, self.modulus.limbs()) == 1).then_some(number)
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({:016x})", self.fingerprint)
    }
}

/// One prime of a key and its share of the private exponent.
struct Half {
    prime: Modulus<HALF_LIMBS>,
    /// `1/e mod (prime - 1)`.
    exponent: [u64; HALF_LIMBS],
}

impl Half {
    fn new(prime: Modulus<HALF_LIMBS>) -> Result<Half, KeyError> {
        let mut order = *prime.limbs();
        order[0] &= !1;
        let exponent = inverse_of_exponent(&order).ok_or(KeyError::Inconsistent)?;
        Ok(Half { prime, exponent })
    }

    /// `(high * 2^1024 + low)^exponent` modulo the prime.
    fn power(&self, low: &[u64; HALF_LIMBS], high: &[u64; HALF_LIMBS]) -> Residue<HALF_LIMBS> {
        self.prime
            .pow(&self.prime.residue_wide(low, high), &self.exponent)
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        self.exponent.zeroize();
    }
}

/// A private key. `Debug` shows the fingerprint only.
pub struct PrivateKey {
    public: PublicKey,
    p: Half,
    q: Half,
    /// `1/q mod p`.
    q_inverse: Residue<HALF_LIMBS>,
}

impl PrivateKey {
    /// A new key. Its fingerprint has no leading zero digit, because one client compares
    /// fingerprints as hexadecimal text without padding. Takes some 100 ms.
    pub fn generate(random: &mut Random) -> PrivateKey {
        loop {
            let (p, q) = (random_prime(random), random_prime(random));
            match PrivateKey::from_primes(p, q) {
                Ok(key) if key.public.fingerprint as u64 >> 60 != 0 => return key,
                // Equal primes, a prime after a multiple of e, or a zero digit: draw again.
                _ => {}
            }
        }
    }

    fn from_primes(p: Modulus<HALF_LIMBS>, q: Modulus<HALF_LIMBS>) -> Result<PrivateKey, KeyError> {
        if p.limbs() == q.limbs() {
            return Err(KeyError::Inconsistent);
        }
        let mut product = [[0; HALF_LIMBS]; 2];
        montgomery::multiply_wide(p.limbs(), q.limbs(), &mut product);
        let public = PublicKey::new(joined(product))?;
        // Fermat: the inverse modulo a prime is the power of the prime minus 2.
        let mut minus_two = *p.limbs();
        minus_two[0] = minus_two[0].wrapping_sub(2);
        if minus_two[0] > p.limbs()[0] {
            return Err(KeyError::Inconsistent); // ends in …0001, which cannot borrow from above
        }
        let q_inverse = p.pow(&p.residue(q.limbs()), &minus_two);
        if p.multiply(&q_inverse, &p.residue(q.limbs())) != p.one() {
            return Err(KeyError::Inconsistent);
        }
        Ok(PrivateKey {
            public,
            p: Half::new(p)?,
            q: Half::new(q)?,
            q_inverse,
        })
    }

    /// The key in a PKCS#1 PEM text. Only `n`, `e` and the primes are taken from it; the rest is
    /// computed, and the whole is tried out once.
    pub fn from_pem(text: &str) -> Result<PrivateKey, KeyError> {
        let [version, n, e, _d, p, q, _dp, _dq, _q_inverse] =
            pem::read(PRIVATE_LABEL, text).ok_or(KeyError::Format)?;
        if !version.is_empty() {
            return Err(KeyError::Format); // more than two primes
        }
        if e != EXPONENT_BYTES {
            return Err(KeyError::Exponent);
        }
        let prime = |bytes: &[u8]| {
            montgomery::limbs_from_bytes(bytes)
                .and_then(Modulus::new)
                .ok_or(KeyError::Size)
        };
        let key = PrivateKey::from_primes(prime(&p)?, prime(&q)?)?;
        if n != key.public.modulus_bytes() {
            return Err(KeyError::Inconsistent);
        }
        let mut probe = [0x5a; RSA_BYTES];
        probe[0] = 0;
        let encrypted = key.public.encrypt(&probe);
        match encrypted.and_then(|input| key.decrypt(&input)) {
            Some(output) if output == probe => Ok(key),
            _ => Err(KeyError::Inconsistent), // p or q is not a prime
        }
    }

    /// The PKCS#1 PEM text.
    pub fn to_pem(&self) -> String {
        let half = |limbs: &[u64; HALF_LIMBS]| {
            let mut bytes = [0; RSA_BYTES / 2];
            montgomery::write_bytes(limbs, &mut bytes);
            bytes
        };
        let (p, q) = (self.p.prime.limbs(), self.q.prime.limbs());
        let (mut p_order, mut q_order) = (*p, *q);
        p_order[0] &= !1;
        q_order[0] &= !1;
        let mut order = [[0; HALF_LIMBS]; 2];
        montgomery::multiply_wide(&p_order, &q_order, &mut order);
        let mut d = [0; RSA_BYTES];
        let exponent: [u64; LIMBS] = inverse_of_exponent(&joined(order)).unwrap_or([0; LIMBS]);
        montgomery::write_bytes(&exponent, &mut d);
        pem::write(
            PRIVATE_LABEL,
            &[
                &[],
                &self.public.modulus_bytes(),
                &EXPONENT_BYTES,
                &d,
                &half(p),
                &half(q),
                &half(&self.p.exponent),
                &half(&self.q.exponent),
                &half(&self.p.prime.number(&self.q_inverse)),
            ],
        )
    }

    /// The public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// `input^d mod n` without padding, by the two primes; `None` if `input` is not below `n`.
    pub fn decrypt(&self, input: &[u8; RSA_BYTES]) -> Option<[u8; RSA_BYTES]> {
        let number = self.public.below_modulus(input)?;
        let (low, high) = halves(&number);
        let p = &self.p.prime;
        let by_q = self.q.prime.number(&self.q.power(&low, &high));
        // output = by_q + q * ((by_p - by_q) / q mod p)
        let difference = p.subtract(&self.p.power(&low, &high), &p.residue(&by_q));
        let factor = p.number(&p.multiply(&difference, &self.q_inverse));
        let mut output = [[0; HALF_LIMBS]; 2];
        montgomery::multiply_wide(&factor, self.q.prime.limbs(), &mut output);
        let mut output = joined(output);
        add_limbs(&mut output, &by_q);
        let mut bytes = [0; RSA_BYTES];
        montgomery::write_bytes(&output, &mut bytes);
        Some(bytes)
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PrivateKey({:016x})", self.public.fingerprint)
    }
}

fn joined(halves: [[u64; HALF_LIMBS]; 2]) -> [u64; LIMBS] {
    std::array::from_fn(|i| halves[i / HALF_LIMBS][i % HALF_LIMBS])
}

fn halves(number: &[u64; LIMBS]) -> ([u64; HALF_LIMBS], [u64; HALF_LIMBS]) {
    (
        std::array::from_fn(|i| number[i]),
        std::array::from_fn(|i| number[HALF_LIMBS + i]),
    )
}

/// `number += other`; the sum must fit.
fn add_limbs(number: &mut [u64], other: &[u64]) {
    let mut carry = 0;
    for (i, limb) in number.iter_mut().enumerate() {
        let other = other.get(i).copied().unwrap_or(0);
        let sum = u128::from(*limb) + u128::from(other) + carry;
        *limb = sum as u64;
        carry = sum >> 64;
    }
}

/// `1/e` modulo an even number, `None` if there is none.
///
/// It is `(1 + k * number) / e` for the one `k` below `e` that makes the division come out even.
fn inverse_of_exponent<const N: usize>(number: &[u64; N]) -> Option<[u64; N]> {
    let rest = remainder(number, EXPONENT);
    if rest == 0 {
        return None;
    }
    // e is prime: the inverse of the remainder is its power e - 2.
    let inverse = (0..EXPONENT - 2).fold(1, |power, _| power * rest % EXPONENT);
    let k = EXPONENT - inverse;
    let mut product = [0; N];
    let mut carry = 1_u128;
    for (to, limb) in product.iter_mut().zip(number) {
        let sum = u128::from(*limb) * u128::from(k) + carry;
        *to = sum as u64;
        carry = sum >> 64;
    }
    let mut remainder = carry;
    for limb in product.iter_mut().rev() {
        let dividend = remainder << 64 | u128::from(*limb);
        *limb = (dividend / u128::from(EXPONENT)) as u64;
        remainder = dividend % u128::from(EXPONENT);
    }
    Some(product)
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint_dig::BigUint;

    fn key() -> PrivateKey {
        PrivateKey::generate(&mut Random::new([1; 32]))
    }

    fn oracle(bytes: &[u8]) -> BigUint {
        BigUint::from_bytes_be(bytes)
    }

    #[test]
    fn both_operations_are_those_of_the_oracle() {
        let key = key();
        let text = key.to_pem();
        let [_, n, e, d, p, q, dp, dq, q_inverse]: [Vec<u8>; 9] =
            pem::read(PRIVATE_LABEL, &text).unwrap();
        let number = |bytes: &[u8]| oracle(bytes);
        assert_eq!(number(&p) * number(&q), number(&n));
        let one = BigUint::from(1_u32);
        let (p1, q1) = (number(&p) - &one, number(&q) - &one);
        assert_eq!(number(&e) * number(&d) % (&p1 * &q1), one);
        assert_eq!(number(&e) * number(&dp) % &p1, one);
        assert_eq!(number(&e) * number(&dq) % &q1, one);
        assert_eq!(number(&q) * number(&q_inverse) % number(&p), one);
        let mut random = Random::new([2; 32]);
        for _ in 0..5 {
            let mut input: [u8; 256] = random.array();
            input[0] &= 0x7f;
            let encrypted = key.public().encrypt(&input).unwrap();
            assert_eq!(
                oracle(&encrypted),
                oracle(&input).modpow(&number(&e), &number(&n))
            );
            assert_eq!(key.decrypt(&encrypted).unwrap(), input);
            let expected = oracle(&input).modpow(&number(&d), &number(&n));
            assert_eq!(oracle(&key.decrypt(&input).unwrap()), expected);
        }
    }

    #[test]
    fn inputs_from_the_modulus_on_are_refused() {
        let key = key();
        let n = key.public().modulus_bytes();
        assert_eq!(key.decrypt(&n), None);
        assert_eq!(key.decrypt(&[0xff; 256]), None);
        assert_eq!(key.public().encrypt(&n), None);
        let mut below = n;
        below[255] -= 1; // n is odd
        let encrypted = key.public().encrypt(&below).unwrap();
        assert_eq!(key.decrypt(&encrypted).unwrap(), below);
        assert_eq!(key.decrypt(&[0; 256]), Some([0; 256]));
    }

    #[test]
    fn keys_survive_their_files() {
        let key = key();
        let again = PrivateKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(again.to_pem(), key.to_pem());
        let text = key.public().to_pem();
        assert_eq!(text.trim_end().len(), 425);
        assert_eq!(text.len(), 426);
        let public = PublicKey::from_pem(&text).unwrap();
        assert_eq!(public.modulus_bytes(), key.public().modulus_bytes());
        assert_eq!(public.fingerprint(), key.public().fingerprint());
        assert_ne!(public.fingerprint() as u64 >> 60, 0);
        assert_eq!(public.modulus_bytes()[0] >> 7, 1);
    }

    #[test]
    fn damaged_keys_are_refused_by_name() {
        let key = key();
        let private: [Vec<u8>; 9] = pem::read(PRIVATE_LABEL, &key.to_pem()).unwrap();
        let load = |change: &dyn Fn(&mut [Vec<u8>; 9])| {
            let mut integers = private.clone();
            change(&mut integers);
            let integers: Vec<&[u8]> = integers.iter().map(Vec::as_slice).collect();
            PrivateKey::from_pem(&pem::write(PRIVATE_LABEL, &integers)).err()
        };
        assert_eq!(load(&|_| {}), None);
        assert_eq!(load(&|key| key[0] = vec![1]), Some(KeyError::Format));
        assert_eq!(load(&|key| key[2] = vec![3]), Some(KeyError::Exponent));
        assert_eq!(load(&|key| key[4] = vec![7]), Some(KeyError::Size));
        assert_eq!(
            load(&|key| key[4] = key[5].clone()),
            Some(KeyError::Inconsistent)
        );
        assert_eq!(load(&|key| key[1][9] ^= 1), Some(KeyError::Inconsistent));
        assert_eq!(PrivateKey::from_pem("").err(), Some(KeyError::Format));
        assert_eq!(
            PublicKey::from_pem(&key.to_pem()).err(),
            Some(KeyError::Format)
        );
    }

    #[test]
    fn the_fingerprint_of_a_known_key_is_the_known_one() {
        // Source: the production key that every client carries, and spec, key creation step 1.
        let pem = "-----BEGIN RSA PUBLIC KEY-----\n\
            MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g\n\
            5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO\n\
            62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/\n\
            +aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9\n\
            t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs\n\
            5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB\n\
            -----END RSA PUBLIC KEY-----\n";
        let key = PublicKey::from_pem(pem).unwrap();
        assert_eq!(key.fingerprint() as u64, 0xd09d_1d85_de64_fd85);
        assert_eq!(key.to_pem(), pem);
    }
}
