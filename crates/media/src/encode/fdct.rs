//! Forward DCT of 8 by 8 samples in integers (Loeffler, Ligtenberg and Moschytz 1989, eleven
//! multiplications per line), with the rounding of the common C library's accurate variant.

/// Fractional bits of the constants.
const CONST_BITS: u32 = 13;
/// Extra bits kept between the passes.
const PASS_BITS: u32 = 2;

/// Transforms samples, minus 128 and column by column; the result, row by row, is eight times the true one.
///
/// Sums of eight samples fit 16 bits in both passes: those of the first are within 4,096, results within 8,192.
pub(super) fn forward(standing: [i16; 64]) -> [i16; 64] {
    lines::<true>(&transposed(&lines::<false>(&standing)))
}

fn transposed(block: &[i16; 64]) -> [i16; 64] {
    let mut out = [0; 64];
    for y in 0..8 {
        for x in 0..8 {
            out[x * 8 + y] = block[y * 8 + x];
        }
    }
    out
}

/// One pass over the eight columns. The loop body is the same for each, so that the compiler
/// works on several columns at once.
fn lines<const LAST: bool>(block: &[i16; 64]) -> [i16; 64] {
    let odd_shift = if LAST {
        CONST_BITS + PASS_BITS
    } else {
        CONST_BITS - PASS_BITS
    };
    let even = |sum: i16| {
        if LAST {
            let half = 1 << (PASS_BITS - 1);
            ((i32::from(sum) + half) >> PASS_BITS) as i16
        } else {
            sum << PASS_BITS
        }
    };
    let times = |sum: i16, factor: i16| i32::from(sum) * i32::from(factor);
    let odd = |sum: i32| ((sum + (1 << (odd_shift - 1))) >> odd_shift) as i16;
    let mut out = [0; 64];
    for x in 0..8 {
        let at = |y: usize| block[y * 8 + x];
        let (sum07, sum16) = (at(0) + at(7), at(1) + at(6));
        let (sum25, sum34) = (at(2) + at(5), at(3) + at(4));
        let (dif07, dif16) = (at(0) - at(7), at(1) - at(6));
        let (dif25, dif34) = (at(2) - at(5), at(3) - at(4));

        let (even0, even3) = (sum07 + sum34, sum07 - sum34);
        let (even1, even2) = (sum16 + sum25, sum16 - sum25);
        let turn = times(even2 + even3, 4433);
        out[x] = even(even0 + even1);
        out[32 + x] = even(even0 - even1);
        out[16 + x] = odd(turn + times(even3, 6270));
        out[48 + x] = odd(turn + times(even2, -15_137));

        let both = times(dif34 + dif16 + dif25 + dif07, 9633);
        let outer = times(dif34 + dif07, -7373);
        let inner = times(dif25 + dif16, -20_995);
        let evens = both + times(dif34 + dif16, -16_069);
        let odds = both + times(dif25 + dif07, -3196);
        out[56 + x] = odd(times(dif34, 2446) + outer + evens);
        out[40 + x] = odd(times(dif25, 16_819) + inner + odds);
        out[24 + x] = odd(times(dif16, 25_172) + inner + evens);
        out[8 + x] = odd(times(dif07, 12_299) + outer + odds);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, in floating point.
    fn defined(samples: &[i16; 64], u: usize, v: usize) -> f64 {
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

    fn assert_defined(samples: &[i16; 64]) {
        let block = forward(transposed(samples));
        for v in 0..8 {
            for u in 0..8 {
                let error = f64::from(block[v * 8 + u]) - 8.0 * defined(samples, u, v);
                assert!(error.abs() <= 1.5, "coefficient {u},{v} off by {error}");
            }
        }
    }

    #[test]
    fn coefficients_are_eight_times_the_definition() {
        let mut state = 1u32;
        for _ in 0..50 {
            assert_defined(&[(); 64].map(|()| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as i16 - 128
            }));
        }
    }

    #[test]
    fn the_largest_coefficients_fit() {
        // Where a coefficient weighs a sample, the sample is as far out as can be.
        for coefficient in 0..64 {
            for ends in [[-128, 127], [127, -128]] {
                let samples: [i16; 64] = std::array::from_fn(|at| {
                    let mut one = [0; 64];
                    one[at] = 1;
                    let weight = defined(&one, coefficient % 8, coefficient / 8);
                    ends[usize::from(weight > 0.0)]
                });
                assert_defined(&samples);
            }
        }
    }
}
