//! The number `pq` of the first handshake step: made from a pool of primes by the server, and
//! factored by the client.

use super::Random;

/// Bits of `p` and of `q`. Source: spec, key creation step 1: 4 bytes each, and a product of
/// at most 63 bits, because clients read it as a signed number.
const FACTOR_BITS: u32 = 31;

/// Primes kept. Chosen: their 2 million pairs make repeats rare; nothing depends on secrecy,
/// since the factors only slow down the client.
const POOL_PRIMES: usize = 2_048;

/// Two different primes and their product.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct PrimePair {
    /// The smaller prime, `2^30 < p < 2^31`.
    pub p: u32,
    /// The larger prime, `p < q < 2^31`.
    pub q: u32,
}

impl PrimePair {
    /// The product; below 2^62, above 2^60.
    pub fn product(self) -> u64 {
        u64::from(self.p) * u64::from(self.q)
    }
}

/// Primes to draw pairs from, made once.
#[derive(Debug)]
pub struct PrimePool {
    primes: Vec<u32>,
}

impl PrimePool {
    /// A pool of random primes; takes a few milliseconds.
    pub fn new(random: &mut Random) -> PrimePool {
        let mut primes = Vec::with_capacity(POOL_PRIMES);
        while primes.len() < POOL_PRIMES {
            let number = random.u32() & (u32::MAX >> 1) | 1 << (FACTOR_BITS - 1) | 1;
            if is_prime(u64::from(number)) {
                primes.push(number);
            }
        }
        primes.sort_unstable();
        primes.dedup();
        PrimePool { primes }
    }

    /// Two different primes of the pool.
    pub fn pair(&self, random: &mut Random) -> PrimePair {
        let count = self.primes.len() as u64;
        let first = random.below(count);
        let second = (first + 1 + random.below(count - 1)) % count;
        let (low, high) = (first.min(second) as usize, first.max(second) as usize);
        PrimePair {
            p: self.primes[low],
            q: self.primes[high],
        }
    }
}

/// The factors of a product of two primes, smaller first; `None` for a prime, 0, 1 or a number
/// whose factors do not fit 32 bits. Pollard's rho with Brent's cycle search.
pub fn factor(product: u64) -> Option<(u32, u32)> {
    if product < 4 || is_prime(product) {
        return None;
    }
    let divisor = if product.is_multiple_of(2) {
        2
    } else {
        (1..).find_map(|constant| rho(product, constant))?
    };
    let (one, other) = (divisor, product / divisor);
    let low = u32::try_from(one.min(other)).ok()?;
    Some((low, u32::try_from(one.max(other)).ok()?))
}

/// A divisor of an odd composite that is neither 1 nor the number, if this constant finds one.
fn rho(number: u64, constant: u64) -> Option<u64> {
    // Steps between two computations of the greatest common divisor, which is the slow part.
    const BATCH: u64 = 128;
    let next =
        |x: u64| ((multiply(x, x, number) as u128 + constant as u128) % number as u128) as u64;
    let (mut fast, mut product, mut length) = (2 % number, 1, 1_u64);
    loop {
        let slow = fast;
        for _ in 0..length {
            fast = next(fast);
        }
        let mut done = 0;
        while done < length {
            let checkpoint = fast;
            let steps = BATCH.min(length - done);
            for _ in 0..steps {
                fast = next(fast);
                product = multiply(product, slow.abs_diff(fast), number);
            }
            let mut divisor = greatest_common_divisor(product, number);
            if divisor == number {
                // The batch jumped over the moment of success: walk it again step by step.
                fast = checkpoint;
                loop {
                    fast = next(fast);
                    divisor = greatest_common_divisor(slow.abs_diff(fast), number);
                    if divisor > 1 {
                        break;
                    }
                }
            }
            if divisor > 1 {
                return (divisor < number).then_some(divisor);
            }
            done += steps;
        }
        length *= 2;
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn multiply(left: u64, right: u64, modulus: u64) -> u64 {
    (u128::from(left) * u128::from(right) % u128::from(modulus)) as u64
}

fn power(mut base: u64, mut exponent: u64, modulus: u64) -> u64 {
    let mut power = 1 % modulus;
    while exponent > 0 {
        if exponent & 1 == 1 {
            power = multiply(power, base, modulus);
        }
        base = multiply(base, base, modulus);
        exponent >>= 1;
    }
    power
}

/// Miller-Rabin with bases that are exact for every 64-bit number.
fn is_prime(number: u64) -> bool {
    // Source: Sorenson and Webster, the first 12 primes suffice below 3.3e24.
    const BASES: [u64; 12] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37];
    if number < 2 {
        return false;
    }
    if let Some(base) = BASES.iter().find(|base| number.is_multiple_of(**base)) {
        return number == *base;
    }
    let twos = (number - 1).trailing_zeros();
    BASES.iter().all(|base| {
        let mut x = power(*base, (number - 1) >> twos, number);
        if x == 1 || x == number - 1 {
            return true;
        }
        (1..twos).any(|_| {
            x = multiply(x, x, number);
            x == number - 1
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_the_sizes_that_clients_expect() {
        let mut random = Random::new([9; 32]);
        let pool = PrimePool::new(&mut random);
        for _ in 0..200 {
            let pair = pool.pair(&mut random);
            assert!(pair.p < pair.q);
            assert!(pair.p >> 30 == 1 && pair.q >> 30 == 1);
            assert!(is_prime(u64::from(pair.p)) && is_prime(u64::from(pair.q)));
            assert!(i64::try_from(pair.product()).is_ok());
            assert_eq!(pair.product().to_be_bytes().len(), 8);
            assert_ne!(
                pair.product() >> 56,
                0,
                "eight bytes without a leading zero"
            );
        }
    }

    #[test]
    fn products_are_factored() {
        let mut random = Random::new([10; 32]);
        let pool = PrimePool::new(&mut random);
        for _ in 0..20 {
            let pair = pool.pair(&mut random);
            assert_eq!(factor(pair.product()), Some((pair.p, pair.q)));
        }
        // Source: the worked example on the official page on creating an auth key.
        assert_eq!(
            factor(0x17ED_4894_1A08_F981),
            Some((0x494C_553B, 0x5391_1073))
        );
    }

    #[test]
    fn numbers_without_two_factors_are_refused() {
        for number in [0, 1, 2, 3, 4_294_967_291, u64::MAX - 58] {
            assert_eq!(factor(number), None, "{number}");
        }
        assert_eq!(factor(4), Some((2, 2)));
        assert_eq!(factor(9), Some((3, 3)));
        assert_eq!(factor(25), Some((5, 5)));
        assert_eq!(factor(u64::from(u32::MAX) * 2), Some((2, u32::MAX)));
    }
}
