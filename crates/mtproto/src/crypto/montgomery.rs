//! Arithmetic modulo an odd number of fixed size, in Montgomery form: the exponentiations of RSA
//! and Diffie-Hellman. Numbers are little-endian arrays of 64-bit limbs. No branch and no address
//! depends on a value (lengths and public exponents apart). Why our own: decision 0021.

/// Bits of the exponent handled per multiplication in [`Modulus::pow`].
const WINDOW_BITS: usize = 5;
const WINDOW_ENTRIES: usize = 1 << WINDOW_BITS;

/// An odd modulus with its top bit set, and what multiplying modulo it needs.
#[derive(Clone)]
pub(crate) struct Modulus<const N: usize> {
    limbs: [u64; N],
    /// `-1 / modulus` modulo 2^64.
    negated_inverse: u64,
    /// `R^2` modulo the modulus, where `R` = 2^(64 N); turns a number into Montgomery form.
    r_squared: [u64; N],
}

/// A number in Montgomery form; meaningless without its modulus.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) struct Residue<const N: usize>([u64; N]);

impl<const N: usize> Modulus<N> {
    /// `None` if the number is even or its top bit is not set.
    pub(crate) fn new(limbs: [u64; N]) -> Option<Self> {
        if limbs[0] & 1 == 0 || limbs[N - 1] >> 63 == 0 {
            return None;
        }
        let mut inverse = 1_u64;
        for _ in 0..6 {
            // Newton's step doubles the number of right bits: 1, 2, 4 … 64.
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(limbs[0].wrapping_mul(inverse)));
        }
        let negated_inverse = inverse.wrapping_neg();
        let mut modulus = Modulus {
            limbs,
            negated_inverse,
            r_squared: [0; N],
        };
        // R modulo m is R - m, because the top bit of m is set; doubled 64 N times it is R^2.
        let mut r = modulus.limbs;
        r.iter_mut().for_each(|limb| *limb = !*limb);
        r[0] |= 1; // !m + 1, and m is odd
        for _ in 0..64 * N {
            let top = shift_left_one(&mut r);
            subtract_if_reached(&mut r, top, &modulus.limbs);
        }
        modulus.r_squared = r;
        Some(modulus)
    }

    pub(crate) fn limbs(&self) -> &[u64; N] {
        &self.limbs
    }

    /// The residue of any number of `N` limbs.
    pub(crate) fn residue(&self, number: &[u64; N]) -> Residue<N> {
        self.multiply(&Residue(*number), &Residue(self.r_squared))
    }

    /// The residue of `high * R + low`.
    pub(crate) fn residue_wide(&self, low: &[u64; N], high: &[u64; N]) -> Residue<N> {
        let high = self.residue(&self.residue(high).0);
        self.add(&self.residue(low), &high)
    }

    /// The number that a residue stands for, below the modulus.
    pub(crate) fn number(&self, residue: &Residue<N>) -> [u64; N] {
        let mut wide = [[0; N]; 2];
        wide[0] = residue.0;
        self.reduce(&mut wide)
    }

    pub(crate) fn one(&self) -> Residue<N> {
        Residue(self.number(&Residue(self.r_squared)))
    }

    pub(crate) fn add(&self, left: &Residue<N>, right: &Residue<N>) -> Residue<N> {
        let mut sum = left.0;
        let mut carry = 0;
        for (limb, other) in sum.iter_mut().zip(right.0) {
            (*limb, carry) = multiply_add(*limb, other, 1, carry);
        }
        subtract_if_reached(&mut sum, carry, &self.limbs);
        Residue(sum)
    }

    pub(crate) fn subtract(&self, left: &Residue<N>, right: &Residue<N>) -> Residue<N> {
        let mut negated = self.limbs;
        subtract_limbs(&mut negated, &right.0);
        self.add(left, &Residue(negated))
    }

    #[inline(never)]
    pub(crate) fn multiply(&self, left: &Residue<N>, right: &Residue<N>) -> Residue<N> {
        let mut wide = [[0; N]; 2];
        multiply_wide(&left.0, &right.0, &mut wide);
        Residue(self.reduce(&mut wide))
    }

    #[inline(never)]
    pub(crate) fn square(&self, residue: &Residue<N>) -> Residue<N> {
        let mut wide = [[0; N]; 2];
        square_wide(&residue.0, &mut wide);
        Residue(self.reduce(&mut wide))
    }

    /// `base` to a secret exponent; time and addresses depend on the exponent's length only.
    pub(crate) fn pow(&self, base: &Residue<N>, exponent: &[u64]) -> Residue<N> {
        let mut powers = [self.one(); WINDOW_ENTRIES];
        for i in 1..WINDOW_ENTRIES {
            powers[i] = self.multiply(&powers[i - 1], base);
        }
        let windows = (64 * exponent.len()).div_ceil(WINDOW_BITS);
        let mut power = self.one();
        for window in (0..windows).rev() {
            for _ in 0..WINDOW_BITS {
                power = self.square(&power);
            }
            let bits = bits_at(exponent, window * WINDOW_BITS, WINDOW_BITS);
            power = self.multiply(&power, &select(&powers, bits));
        }
        power
    }

    /// `base` to a public exponent, by squaring and multiplying.
    pub(crate) fn pow_public(&self, base: &Residue<N>, exponent: u64) -> Residue<N> {
        let mut power = self.one();
        for bit in (0..64 - exponent.leading_zeros()).rev() {
            power = self.square(&power);
            if exponent >> bit & 1 == 1 {
                power = self.multiply(&power, base);
            }
        }
        power
    }

    /// Montgomery reduction: `wide / R` modulo the modulus, two rows at a time so that two carry
    /// chains run side by side.
    #[inline(always)]
    fn reduce(&self, wide: &mut [[u64; N]; 2]) -> [u64; N] {
        let m = &self.limbs;
        let flat = wide.as_flattened_mut();
        let mut top = 0;
        for i in (0..N).step_by(2) {
            let row = &mut flat[i..i + N + 2];
            let k0 = row[0].wrapping_mul(self.negated_inverse);
            let (_, carry) = multiply_add(row[0], m[0], k0, 0);
            let (first, c0) = multiply_add(row[1], m[1], k0, carry);
            let k1 = first.wrapping_mul(self.negated_inverse);
            let (_, c1) = multiply_add(first, m[0], k1, 0);
            let mut rows = TwoRows {
                factors: [k0, k1],
                carries: [c0, c1],
            };
            for j in (2..N).step_by(2) {
                rows.step(&mut row[j], m[j], m[j - 1]);
                rows.step(&mut row[j + 1], m[j + 1], m[j]);
            }
            let (low, high) = rows.end(m[N - 1]);
            let sum = u128::from(row[N]) + u128::from(low) + u128::from(top);
            row[N] = sum as u64;
            let sum = u128::from(row[N + 1]) + u128::from(high) + (sum >> 64);
            row[N + 1] = sum as u64;
            top = (sum >> 64) as u64;
        }
        let mut reduced = wide[1];
        subtract_if_reached(&mut reduced, top, m);
        reduced
    }
}

/// `table[index]`, read without an address that depends on `index`.
pub(crate) fn select<const N: usize>(table: &[Residue<N>], index: usize) -> Residue<N> {
    let mut chosen = [0; N];
    for (i, entry) in table.iter().enumerate() {
        let difference = (i ^ index) as u64;
        // All ones where the difference is zero: only there does subtracting 1 borrow.
        let mask =
            std::hint::black_box((difference.wrapping_sub(1) & !difference) >> 63).wrapping_neg();
        for (to, from) in chosen.iter_mut().zip(entry.0) {
            *to |= from & mask;
        }
    }
    Residue(chosen)
}

/// `count` bits of `number` from bit `start` on, at most 63; zero beyond the end.
pub(crate) fn bits_at(number: &[u64], start: usize, count: usize) -> usize {
    let limb = |at: usize| number.get(at).copied().unwrap_or(0);
    let (at, shift) = (start / 64, start % 64);
    let pair = u128::from(limb(at)) | u128::from(limb(at + 1)) << 64;
    (pair >> shift) as usize & ((1 << count) - 1)
}

/// `addend + left * right + carry` as low and high limb; cannot overflow.
#[inline(always)]
fn multiply_add(addend: u64, left: u64, right: u64, carry: u64) -> (u64, u64) {
    let product = u128::from(left) * u128::from(right) + u128::from(addend) + u128::from(carry);
    (product as u64, (product >> 64) as u64)
}

/// Two rows of a multiplication at once, the second one limb behind the first: their carries do
/// not depend on each other, and every limb of the sum is loaded and stored half as often.
/// Loops take two steps per round, which measured a fifth faster than one.
struct TwoRows {
    factors: [u64; 2],
    carries: [u64; 2],
}

impl TwoRows {
    /// Adds to one limb of the sum what the limb `here` of the other number brings in the first
    /// row, and the limb `before` it in the second.
    #[inline(always)]
    fn step(&mut self, sum: &mut u64, here: u64, before: u64) {
        let limb;
        (limb, self.carries[0]) = multiply_add(*sum, here, self.factors[0], self.carries[0]);
        (*sum, self.carries[1]) = multiply_add(limb, before, self.factors[1], self.carries[1]);
    }

    /// The two limbs above, where only the second row has a product left.
    #[inline(always)]
    fn end(self, last: u64) -> (u64, u64) {
        multiply_add(self.carries[0], last, self.factors[1], self.carries[1])
    }
}

/// The whole product, two rows at a time.
#[inline(always)]
pub(crate) fn multiply_wide<const N: usize>(
    left: &[u64; N],
    right: &[u64; N],
    wide: &mut [[u64; N]; 2],
) {
    let flat = wide.as_flattened_mut();
    flat[..N].fill(0);
    for i in (0..N).step_by(2) {
        let row = &mut flat[i..i + N + 2];
        let mut rows = TwoRows {
            factors: [right[i], right[i + 1]],
            carries: [0; 2],
        };
        (row[0], rows.carries[0]) = multiply_add(row[0], left[0], rows.factors[0], 0);
        rows.step(&mut row[1], left[1], left[0]);
        for j in (2..N).step_by(2) {
            rows.step(&mut row[j], left[j], left[j - 1]);
            rows.step(&mut row[j + 1], left[j + 1], left[j]);
        }
        (row[N], row[N + 1]) = rows.end(left[N - 1]);
    }
}

/// The whole square: every product of two different limbs once, doubled, plus the squares.
#[inline(always)]
fn square_wide<const N: usize>(number: &[u64; N], wide: &mut [[u64; N]; 2]) {
    let flat = wide.as_flattened_mut();
    flat.fill(0);
    for i in (0..N - 2).step_by(2) {
        let (n0, n1) = (number[i], number[i + 1]);
        let mut c0 = 0;
        (flat[2 * i + 1], c0) = multiply_add(flat[2 * i + 1], n1, n0, c0);
        (flat[2 * i + 2], c0) = multiply_add(flat[2 * i + 2], number[i + 2], n0, c0);
        let mut rows = TwoRows {
            factors: [n0, n1],
            carries: [c0, 0],
        };
        let rest = &number[i + 2..];
        let length = rest.len();
        let row = &mut flat[2 * i + 2..][..length + 2];
        rows.step(&mut row[1], rest[1], rest[0]);
        for j in (2..length).step_by(2) {
            rows.step(&mut row[j], rest[j], rest[j - 1]);
            rows.step(&mut row[j + 1], rest[j + 1], rest[j]);
        }
        (row[length], row[length + 1]) = rows.end(rest[length - 1]);
    }
    (flat[2 * N - 3], flat[2 * N - 2]) =
        multiply_add(flat[2 * N - 3], number[N - 1], number[N - 2], 0);
    let (mut shifted_out, mut carry) = (0, 0);
    for (pair, limb) in flat.as_chunks_mut::<2>().0.iter_mut().zip(number) {
        let [low, high] = *pair;
        let doubled = u128::from(low << 1 | shifted_out) | u128::from(high << 1 | low >> 63) << 64;
        shifted_out = high >> 63;
        let square = u128::from(*limb) * u128::from(*limb);
        let (sum, over) = doubled.overflowing_add(square);
        let (sum, over_again) = sum.overflowing_add(carry);
        carry = u128::from(over | over_again);
        *pair = [sum as u64, (sum >> 64) as u64];
    }
}

/// Doubles a number; returns the bit that falls out at the top.
fn shift_left_one<const N: usize>(number: &mut [u64; N]) -> u64 {
    let mut carry = 0;
    for limb in number {
        let out = *limb >> 63;
        *limb = *limb << 1 | carry;
        carry = out;
    }
    carry
}

/// `number -= other`; returns the borrow.
pub(crate) fn subtract_limbs<const N: usize>(number: &mut [u64; N], other: &[u64; N]) -> u64 {
    let mut borrow = false;
    for (limb, other) in number.iter_mut().zip(other) {
        let (difference, first) = limb.overflowing_sub(*other);
        let (difference, second) = difference.overflowing_sub(u64::from(borrow));
        *limb = difference;
        borrow = first | second;
    }
    u64::from(borrow)
}

/// Brings `top * R + number`, which is below twice the modulus, below the modulus.
#[inline(always)]
fn subtract_if_reached<const N: usize>(number: &mut [u64; N], top: u64, modulus: &[u64; N]) {
    let mut reduced = *number;
    let borrow = subtract_limbs(&mut reduced, modulus);
    let keep = (borrow & !top & 1).wrapping_neg();
    for (limb, reduced) in number.iter_mut().zip(reduced) {
        *limb = (*limb & keep) | (reduced & !keep);
    }
}

/// A number from at most `8 N` big-endian bytes; `None` if there are more (leading zeros apart).
pub(crate) fn limbs_from_bytes<const N: usize>(bytes: &[u8]) -> Option<[u64; N]> {
    let mut limbs = [0; N];
    for (i, byte) in bytes.iter().rev().enumerate() {
        match limbs.get_mut(i / 8) {
            Some(limb) => *limb |= u64::from(*byte) << (8 * (i % 8)),
            None if *byte == 0 => {}
            None => return None,
        }
    }
    Some(limbs)
}

/// The `8 N` big-endian bytes of a number, written over the end of `bytes`, zeros before it.
pub(crate) fn write_bytes<const N: usize>(limbs: &[u64; N], bytes: &mut [u8]) {
    for (i, byte) in bytes.iter_mut().rev().enumerate() {
        *byte = limbs
            .get(i / 8)
            .map_or(0, |limb| (limb >> (8 * (i % 8))) as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_bigint_dig::BigUint;
    use proptest::prelude::*;

    fn oracle(limbs: &[u64]) -> BigUint {
        let bytes: Vec<u8> = limbs.iter().flat_map(|limb| limb.to_le_bytes()).collect();
        BigUint::from_bytes_le(&bytes)
    }

    /// Limbs that are often all ones or zeros, where carries go wrong first.
    fn limbs<const N: usize>() -> impl Strategy<Value = [u64; N]> {
        let limb = prop_oneof![any::<u64>(), Just(0), Just(u64::MAX), Just(1)];
        prop::collection::vec(limb, N).prop_map(|limbs| limbs.try_into().unwrap())
    }

    fn check<const N: usize>(mut m: [u64; N], a: [u64; N], b: [u64; N], e: [u64; 2]) {
        m[0] |= 1;
        m[N - 1] |= 1 << 63;
        let modulus = Modulus::new(m).unwrap();
        let n = oracle(&m);
        let (x, y) = (modulus.residue(&a), modulus.residue(&b));
        let number = |residue| oracle(&modulus.number(&residue));
        let (p, q) = (oracle(&a) % &n, oracle(&b) % &n);
        assert_eq!(number(x), p);
        assert_eq!(number(modulus.multiply(&x, &y)), &p * &q % &n);
        assert_eq!(number(modulus.square(&x)), &p * &p % &n);
        assert_eq!(number(modulus.add(&x, &y)), (&p + &q) % &n);
        assert_eq!(number(modulus.subtract(&x, &y)), (&n + &p - &q) % &n);
        assert_eq!(number(modulus.one()), BigUint::from(1_u32));
        assert_eq!(number(modulus.pow(&x, &e)), p.modpow(&oracle(&e), &n));
        assert_eq!(
            number(modulus.pow_public(&x, e[0])),
            p.modpow(&e[0].into(), &n)
        );
        let wide = oracle(&a) + (oracle(&b) << (64 * N));
        assert_eq!(number(modulus.residue_wide(&a, &b)), wide % &n);
        let mut product = [[0; N]; 2];
        multiply_wide(&a, &b, &mut product);
        assert_eq!(oracle(product.as_flattened()), oracle(&a) * oracle(&b));
    }

    proptest! {
        #[test]
        fn sixteen_limbs_compute_like_the_oracle(
            m in limbs(), a in limbs(), b in limbs(), e in limbs(),
        ) {
            check::<16>(m, a, b, e);
        }

        #[test]
        fn four_limbs_compute_like_the_oracle(
            m in limbs(), a in limbs(), b in limbs(), e in limbs(),
        ) {
            check::<4>(m, a, b, e);
        }

        #[test]
        fn bytes_and_limbs_are_the_same_number(a in limbs::<4>()) {
            let mut bytes = [0; 40];
            write_bytes(&a, &mut bytes);
            prop_assert_eq!(BigUint::from_bytes_be(&bytes), oracle(&a));
            prop_assert_eq!(limbs_from_bytes::<4>(&bytes), Some(a));
            bytes[7] = 1;
            prop_assert_eq!(limbs_from_bytes::<4>(&bytes), None);
        }
    }

    #[test]
    fn even_and_short_moduli_are_refused() {
        assert!(Modulus::new([2, 1 << 63]).is_none());
        assert!(Modulus::new([1, 1]).is_none());
    }
}
