//! Inverse DCT to 8, 4, 2 or 1 samples per side, in integers.
//!
//! 8 by 8 has the rounding of the common C library's accurate variant. The smaller ones use the
//! lowest coefficients only, which is the picture without the frequencies that the smaller side
//! could not show. Sums wrap: coefficients no encoder writes give noise, never a panic.

use std::num::Wrapping;

type Int = Wrapping<i32>;

const fn int(value: i32) -> Int {
    Wrapping(value)
}

/// Coefficients of one block in natural order.
pub(super) type Coefficients = [i16; 64];

/// Writes the samples of one block to `out`, rows `stride` apart, `side` (1, 2, 4, 8) each way.
/// `only_mean` says that all coefficients but the first are zero.
pub(super) fn inverse(
    coefficients: &Coefficients,
    quantiser: &[u16; 64],
    side: usize,
    only_mean: bool,
    out: Out<'_>,
) {
    let mean = int(i32::from(coefficients[0])) * int(i32::from(quantiser[0]));
    match side {
        _ if only_mean || side == 1 => {
            let sample = byte((mean + int(4)) >> 3);
            for row in out.samples.chunks_mut(out.stride).take(side) {
                row[..side].fill(sample);
            }
        }
        2 => two(coefficients, quantiser, out),
        4 => four(coefficients, quantiser, out),
        _ => eight(coefficients, quantiser, out),
    }
}

/// Where a block's samples go.
pub(super) struct Out<'a> {
    /// From the block's first sample on.
    pub(super) samples: &'a mut [u8],
    /// From one row to the next.
    pub(super) stride: usize,
}

fn byte(value: Int) -> u8 {
    (value.0.wrapping_add(128)).clamp(0, 255) as u8
}

fn two(coefficients: &Coefficients, quantiser: &[u16; 64], out: Out<'_>) {
    let at = |at: usize| int(i32::from(coefficients[at])) * int(i32::from(quantiser[at]));
    let (left, right) = (at(0) + at(1), at(0) - at(1));
    let (left_low, right_low) = (at(8) + at(9), at(8) - at(9));
    let round = |value: Int| byte((value + int(4)) >> 3);
    let (top, bottom) = out.samples.split_at_mut(out.stride);
    top[..2].copy_from_slice(&[round(left + left_low), round(right + right_low)]);
    bottom[..2].copy_from_slice(&[round(left - left_low), round(right - right_low)]);
}

/// Fractional bits of the constants, and of the values between the passes.
const CONST_BITS: usize = 13;
const PASS_BITS: usize = 2;

fn four(coefficients: &Coefficients, quantiser: &[u16; 64], out: Out<'_>) {
    let mut block = [int(0); 16];
    for y in 0..4 {
        for x in 0..4 {
            let at = y * 8 + x;
            block[x * 4 + y] = int(i32::from(coefficients[at])) * int(i32::from(quantiser[at]));
        }
    }
    four_lines(&mut block, CONST_BITS - PASS_BITS);
    for y in 1..4 {
        for x in 0..y {
            block.swap(y * 4 + x, x * 4 + y);
        }
    }
    // The gain of two orthonormal passes is 2 for a side of 4; hence one more bit.
    four_lines(&mut block, CONST_BITS + PASS_BITS + 1);
    for (row, line) in out
        .samples
        .chunks_mut(out.stride)
        .zip(block.as_chunks::<4>().0)
    {
        for (out, &value) in row.iter_mut().zip(line) {
            *out = byte(value);
        }
    }
}

/// One pass over four columns; constants are `cos(π/8)/√2`, `sin(π/8)/√2` and one half.
fn four_lines(block: &mut [Int; 16], shift: usize) {
    let half = int(1 << (shift - 1));
    for x in 0..4 {
        let [c0, c1, c2, c3] = [block[x], block[4 + x], block[8 + x], block[12 + x]];
        let (even0, even1) = ((c0 + c2) << (CONST_BITS - 1), (c0 - c2) << (CONST_BITS - 1));
        let odd0 = c1 * int(5352) + c3 * int(2217);
        let odd1 = c1 * int(2217) - c3 * int(5352);
        block[x] = (even0 + odd0 + half) >> shift;
        block[4 + x] = (even1 + odd1 + half) >> shift;
        block[8 + x] = (even1 - odd1 + half) >> shift;
        block[12 + x] = (even0 - odd0 + half) >> shift;
    }
}

fn eight(coefficients: &Coefficients, quantiser: &[u16; 64], out: Out<'_>) {
    let mut block = [int(0); 64];
    for (at, value) in block.iter_mut().enumerate() {
        *value = int(i32::from(coefficients[at])) * int(i32::from(quantiser[at]));
    }
    eight_lines(&mut block, CONST_BITS - PASS_BITS);
    for y in 1..8 {
        for x in 0..y {
            block.swap(y * 8 + x, x * 8 + y);
        }
    }
    eight_lines(&mut block, CONST_BITS + PASS_BITS + 3);
    // Columns now lie in rows; one more exchange while writing.
    for (y, row) in out.samples.chunks_mut(out.stride).take(8).enumerate() {
        for (x, out) in row[..8].iter_mut().enumerate() {
            *out = byte(block[x * 8 + y]);
        }
    }
}

/// One pass over eight columns (Loeffler, Ligtenberg and Moschytz 1989).
fn eight_lines(block: &mut [Int; 64], shift: usize) {
    let half = int(1 << (shift - 1));
    for x in 0..8 {
        let at = |y: usize| block[y * 8 + x];
        let turn = (at(2) + at(6)) * int(4433);
        let (low, high) = (turn - at(6) * int(15_137), turn + at(2) * int(6270));
        let (sum, dif) = ((at(0) + at(4)) << CONST_BITS, (at(0) - at(4)) << CONST_BITS);
        let even = [sum + high, dif + low, dif - low, sum - high];

        let [c1, c3, c5, c7] = [at(1), at(3), at(5), at(7)];
        let both = (c7 + c3 + c5 + c1) * int(9633);
        let outer = (c7 + c1) * int(-7373);
        let inner = (c5 + c3) * int(-20_995);
        let evens = both - (c7 + c3) * int(16_069);
        let odds = both - (c5 + c1) * int(3196);
        let odd = [
            c1 * int(12_299) + outer + odds,
            c3 * int(25_172) + inner + evens,
            c5 * int(16_819) + inner + odds,
            c7 * int(2446) + outer + evens,
        ];
        for y in 0..4 {
            block[y * 8 + x] = (even[y] + odd[y] + half) >> shift;
            block[(7 - y) * 8 + x] = (even[y] - odd[y] + half) >> shift;
        }
    }
}
