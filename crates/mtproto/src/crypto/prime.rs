//! Primes: large random ones for an RSA key, and the test that finds them.

use super::Random;
use super::montgomery::Modulus;

/// Rounds of Miller-Rabin with random bases: a composite passes all with less than 4^-32.
const ROUNDS: usize = 32;

/// Odd numbers below this are tried as divisors first.
const SMALL_DIVISORS_END: u64 = 2_000;

/// A random prime of `64 N` bits whose two top bits are set, so that the product of two of them
/// has its top bit set.
pub(super) fn random_prime<const N: usize>(random: &mut Random) -> Modulus<N> {
    loop {
        let mut candidate = [0; N];
        candidate.iter_mut().for_each(|limb| *limb = random.u64());
        candidate[0] |= 1;
        candidate[N - 1] |= 3 << 62;
        if has_small_divisor(&candidate) {
            continue;
        }
        if let Some(modulus) = Modulus::new(candidate)
            && is_probable_prime(&modulus, random)
        {
            return modulus;
        }
    }
}

/// The remainder by a divisor below 2^32.
pub(super) fn remainder(number: &[u64], divisor: u64) -> u64 {
    let remainder = number.iter().rev().fold(0_u128, |remainder, limb| {
        (remainder << 64 | u128::from(*limb)) % u128::from(divisor)
    });
    remainder as u64
}

fn has_small_divisor(number: &[u64]) -> bool {
    (3..SMALL_DIVISORS_END)
        .step_by(2)
        .any(|divisor| remainder(number, divisor) == 0)
}

/// Miller-Rabin with random bases, for a number that has its top bit set.
pub(super) fn is_probable_prime<const N: usize>(modulus: &Modulus<N>, random: &mut Random) -> bool {
    let mut even = *modulus.limbs();
    even[0] &= !1; // the number minus one
    let twos = even.iter().take_while(|limb| **limb == 0).count();
    let twos = 64 * twos + even[twos].trailing_zeros() as usize;
    let odd = shift_right(&even, twos);
    let one = modulus.one();
    let minus_one = modulus.residue(&even);
    (0..ROUNDS).all(|_| {
        let mut base = [0; N];
        base.iter_mut().for_each(|limb| *limb = random.u64());
        let base = modulus.residue(&base);
        let mut power = modulus.pow(&base, &odd);
        if power == one || power == minus_one {
            return true;
        }
        (1..twos).any(|_| {
            power = modulus.square(&power);
            power == minus_one
        })
    })
}

fn shift_right<const N: usize>(number: &[u64; N], bits: usize) -> [u64; N] {
    let limb = |at: usize| number.get(at).copied().unwrap_or(0);
    std::array::from_fn(|i| {
        let at = i + bits / 64;
        let pair = u128::from(limb(at)) | u128::from(limb(at + 1)) << 64;
        (pair >> (bits % 64)) as u64
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint_dig::{BigUint, prime::probably_prime};

    fn oracle(limbs: &[u64]) -> BigUint {
        let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    #[test]
    fn random_primes_are_primes_for_another_implementation() {
        let mut random = Random::new([3; 32]);
        for _ in 0..4 {
            let prime = random_prime::<4>(&mut random);
            assert!(probably_prime(&oracle(prime.limbs()), 30));
            assert_eq!(prime.limbs()[3] >> 62, 3);
        }
    }

    #[test]
    fn both_implementations_agree_on_what_is_prime() {
        let mut random = Random::new([4; 32]);
        let mut primes = 0;
        for _ in 0..400 {
            let limbs = [random.u64() | 1, random.u64() | 1 << 63];
            let modulus = Modulus::new(limbs).unwrap();
            let prime = is_probable_prime(&modulus, &mut random);
            assert_eq!(prime, probably_prime(&oracle(&limbs), 30), "{limbs:x?}");
            primes += usize::from(prime);
        }
        assert!(primes > 0);
    }

    #[test]
    fn a_number_whose_predecessor_has_many_twos_is_tested_too() {
        // 2^128 - 2^108 + 1 is composite or prime as the oracle says; its predecessor has 108 twos.
        for shift in 64..127_u32 {
            let number = (u128::MAX << shift) | 1;
            let limbs = [number as u64, (number >> 64) as u64];
            let modulus = Modulus::new(limbs).unwrap();
            let mut random = Random::new([5; 32]);
            let expected = probably_prime(&oracle(&limbs), 30);
            assert_eq!(
                is_probable_prime(&modulus, &mut random),
                expected,
                "{shift}"
            );
        }
    }

    #[test]
    fn remainders_are_those_of_the_oracle() {
        let mut random = Random::new([6; 32]);
        for _ in 0..100 {
            let limbs: [u64; 8] = std::array::from_fn(|_| random.u64());
            let divisor = u64::from(random.u32() | 1);
            let expected = oracle(&limbs) % divisor;
            assert_eq!(BigUint::from(remainder(&limbs, divisor)), expected);
        }
    }
}
