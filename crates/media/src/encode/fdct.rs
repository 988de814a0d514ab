//! Forward DCT of 8 by 8 samples in integers (Loeffler, Ligtenberg and Moschytz 1989, eleven
//! multiplications per line), with the rounding of the common C library's accurate variant.

/// Fractional bits of the constants.
const CONST_BITS: u32 = 13;
/// Extra bits kept between the passes.
const PASS_BITS: u32 = 2;

/// Transforms samples (natural order, minus 128) in place; results are eight times the true ones.
pub(super) fn forward(block: &mut [i32; 64]) {
    transpose(block);
    lines(block, false);
    transpose(block);
    lines(block, true);
}

fn transpose(block: &mut [i32; 64]) {
    for y in 1..8 {
        for x in 0..y {
            block.swap(y * 8 + x, x * 8 + y);
        }
    }
}

/// One pass over the eight columns. The loop body is the same for each, so that the compiler
/// works on several columns at once.
fn lines(block: &mut [i32; 64], last: bool) {
    let (even_shift, odd_shift) = if last {
        (PASS_BITS, CONST_BITS + PASS_BITS)
    } else {
        (0, CONST_BITS - PASS_BITS)
    };
    let gain = if last { 0 } else { PASS_BITS };
    let even_half = if last { 1 << (PASS_BITS - 1) } else { 0 };
    let odd_half = 1 << (odd_shift - 1);
    for x in 0..8 {
        let at = |y: usize| block[y * 8 + x];
        let (sum07, sum16) = (at(0) + at(7), at(1) + at(6));
        let (sum25, sum34) = (at(2) + at(5), at(3) + at(4));
        let (dif07, dif16) = (at(0) - at(7), at(1) - at(6));
        let (dif25, dif34) = (at(2) - at(5), at(3) - at(4));

        let (even0, even3) = (sum07 + sum34, sum07 - sum34);
        let (even1, even2) = (sum16 + sum25, sum16 - sum25);
        let turn = (even2 + even3) * 4433;
        block[x] = (((even0 + even1) << gain) + even_half) >> even_shift;
        block[32 + x] = (((even0 - even1) << gain) + even_half) >> even_shift;
        block[16 + x] = (turn + even3 * 6270 + odd_half) >> odd_shift;
        block[48 + x] = (turn - even2 * 15137 + odd_half) >> odd_shift;

        let both = (dif34 + dif16 + dif25 + dif07) * 9633;
        let outer = (dif34 + dif07) * -7373;
        let inner = (dif25 + dif16) * -20995;
        let evens = both + (dif34 + dif16) * -16069;
        let odds = both + (dif25 + dif07) * -3196;
        block[56 + x] = (dif34 * 2446 + outer + evens + odd_half) >> odd_shift;
        block[40 + x] = (dif25 * 16819 + inner + odds + odd_half) >> odd_shift;
        block[24 + x] = (dif16 * 25172 + inner + evens + odd_half) >> odd_shift;
        block[8 + x] = (dif07 * 12299 + outer + odds + odd_half) >> odd_shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, in floating point.
    fn defined(samples: &[i32; 64], u: usize, v: usize) -> f64 {
        let angle = |x: usize, u: usize| {
            ((2 * x + 1) as f64 * u as f64 * std::f64::consts::PI / 16.0).cos()
        };
        let norm = |u: usize| if u == 0 { 0.5f64.sqrt() } else { 1.0 };
        let mut sum = 0.0;
        for y in 0..8 {
            for x in 0..8 {
                sum += f64::from(samples[y * 8 + x]) * angle(x, u) * angle(y, v);
            }
        }
        sum / 4.0 * norm(u) * norm(v)
    }

    #[test]
    fn coefficients_are_eight_times_the_definition() {
        let mut state = 1u32;
        for _ in 0..50 {
            let samples = [(); 64].map(|()| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as i32 - 128
            });
            let mut block = samples;
            forward(&mut block);
            for v in 0..8 {
                for u in 0..8 {
                    let error = f64::from(block[v * 8 + u]) - 8.0 * defined(&samples, u, v);
                    assert!(error.abs() <= 1.5, "coefficient {u},{v} off by {error}");
                }
            }
        }
    }
}
