//! From RGB planes to quantised coefficients, in the order in which they are coded. Samples are kept in 16 bits
//! and worked on in rows of eight or more, so that the compiler does several at once.

use super::fdct;
use super::tables::{Quantisers, ZIGZAG};
use crate::square::Square;

/// Side of the area that one group of four luma and two chroma blocks covers.
const GROUP: usize = 16;
/// Side of a block.
const SIDE: usize = 8;

/// Converts, halves the chroma, transforms and quantises. Gives `each` the blocks in coding order: the component
/// that a block belongs to, and its quantised coefficients in zigzag order.
pub(super) fn quantised(
    square: &Square,
    quantisers: &Quantisers,
    mut each: impl FnMut(usize, &[i16; 64]),
) {
    let groups = square.side.div_ceil(GROUP);
    let luma_blocks = square.side.div_ceil(SIDE);
    let luma = Divisors::new(&quantisers.luma);
    let chroma = Divisors::new(&quantisers.chroma);
    let mut strip = Strip::of(groups);
    for at_y in 0..groups {
        strip.load(square, at_y * GROUP);
        for at_x in 0..groups {
            let mut mean = 0;
            for (part, (x, y)) in [(0, 0), (1, 0), (0, 1), (1, 1)].into_iter().enumerate() {
                let outside = at_x * 2 + x >= luma_blocks || at_y * 2 + y >= luma_blocks;
                let coefficients = if outside && part > 0 {
                    // Beyond the edge: repeat the last mean, which codes to a few bits.
                    let mut flat = [0; 64];
                    flat[0] = mean;
                    flat
                } else {
                    luma.quantise(strip.luma(at_x, (x * SIDE, y * SIDE)))
                };
                mean = coefficients[0];
                each(0, &coefficients);
            }
            for component in [1, 2] {
                each(component, &chroma.quantise(strip.chroma(component, at_x)));
            }
        }
    }
}

/// Exact division by the quantisers (which the transform's gain of 8 multiplies) with products of 16 bits, natural
/// order: a dividend below [`DIVIDEND_MAX`] times `reciprocal`, its upper half times `scale`, the upper half again.
struct Divisors {
    /// Half of the divisor.
    half: [u16; 64],
    reciprocal: [u16; 64],
    scale: [u16; 64],
}

/// Dividends stay below: a coefficient is at most 8 times 1,024, half of a divisor at most 1,020.
const DIVIDEND_MAX: u16 = 1 << 14;

impl Divisors {
    fn new(table: &[u16; 64]) -> Self {
        let divisors = table.map(|quantiser| u32::from(quantiser) * 8);
        // The power of two below the divisor: the reciprocal just fits, and its error is too small to be seen.
        let power = |divisor: u32| (divisor - 1).ilog2();
        Self {
            half: divisors.map(|divisor| (divisor / 2) as u16),
            reciprocal: divisors
                .map(|divisor| (1_u32 << (16 + power(divisor))).div_ceil(divisor) as u16),
            scale: divisors.map(|divisor| 1 << (16 - power(divisor))),
        }
    }

    /// `standing` holds the samples of a block column by column.
    fn quantise(&self, standing: [i16; 64]) -> [i16; 64] {
        let mut block = fdct::forward(standing);
        let steps = self.half.iter().zip(&self.reciprocal).zip(&self.scale);
        for (value, ((half, reciprocal), scale)) in block.iter_mut().zip(steps) {
            debug_assert!(value.unsigned_abs() + half < DIVIDEND_MAX);
            let sized = value.unsigned_abs() + half;
            let quotient = upper_half(upper_half(sized, *reciprocal), *scale) as i16;
            *value = if *value < 0 { -quotient } else { quotient };
        }
        ZIGZAG.map(|at| block[usize::from(at)])
    }
}

fn upper_half(one: u16, other: u16) -> u16 {
    ((u32::from(one) * u32::from(other)) >> 16) as u16
}

/// The samples of all groups side by side, minus 128: luma, and the chroma halved. Rows are read from end to end,
/// which memory is fastest at.
struct Strip {
    groups: usize,
    /// Sixteen rows of sixteen samples of each group.
    luma: Vec<[i16; GROUP]>,
    /// Eight rows of eight means of each group.
    chroma: [Vec<[i16; SIDE]>; 2],
}

impl Strip {
    fn of(groups: usize) -> Self {
        let means = || vec![[0; SIDE]; groups * SIDE];
        Self {
            groups,
            luma: vec![[0; GROUP]; groups * GROUP],
            chroma: [means(), means()],
        }
    }

    /// Converts the pixels from row `top` on; beyond the edges the last ones repeat.
    fn load(&mut self, square: &Square, top: usize) {
        let (side, groups) = (square.side, self.groups);
        for half in 0..SIDE {
            let (luma, means) = (half * 2 * groups, half * groups);
            let y = top + half * 2;
            if y >= side {
                // Below the picture the last row of means repeats, not the mean of the last row.
                let last = luma - groups..luma;
                self.luma.copy_within(last.clone(), luma);
                self.luma.copy_within(last, luma + groups);
                for chroma in &mut self.chroma {
                    chroma.copy_within(means - groups..means, means);
                }
                continue;
            }
            let row = |y: usize| {
                let [reds, greens, blues] = &square.planes;
                let at = y * side..(y + 1) * side;
                [&reds[at.clone()], &greens[at.clone()], &blues[at]]
            };
            let (first, second) = (row(y), row((y + 1).min(side - 1)));
            for at in 0..groups {
                let (upper, lower) = (converted(first, at), converted(second, at));
                self.luma[luma + at] = upper.0;
                self.luma[luma + groups + at] = lower.0;
                for (tone, chroma) in self.chroma.iter_mut().enumerate() {
                    chroma[means + at] = halved(&upper.1[tone], &lower.1[tone]);
                }
            }
        }
    }

    /// One of the four luma blocks of a group, column by column.
    fn luma(&self, group: usize, (left, top): (usize, usize)) -> [i16; 64] {
        standing(|y| &self.luma[(top + y) * self.groups + group][left..][..SIDE])
    }

    /// A chroma block of a group, column by column.
    fn chroma(&self, component: usize, group: usize) -> [i16; 64] {
        standing(|y| &self.chroma[component - 1][y * self.groups + group])
    }
}

/// A block column by column, from its rows.
#[inline]
fn standing<'a>(row: impl Fn(usize) -> &'a [i16]) -> [i16; 64] {
    let mut out = [0; 64];
    for y in 0..SIDE {
        for (x, sample) in row(y).iter().enumerate() {
            out[x * SIDE + y] = *sample;
        }
    }
    out
}

/// Luma minus 128, and both chroma, of the red, green and blue samples of a row that a group holds.
/// Source: JFIF 1.02, with the fixed-point rounding of the common C library.
fn converted([reds, greens, blues]: [&[u8]; 3], group: usize) -> ([i16; GROUP], [[i16; GROUP]; 2]) {
    const HALF: i32 = 1 << 15;
    const OFFSET: i32 = (128 << 16) + HALF - 1;
    let reds = repeated(reds, group);
    let greens = repeated(greens, group);
    let blues = repeated(blues, group);
    let (mut luma, mut blue, mut red) = ([0; GROUP], [0; GROUP], [0; GROUP]);
    for x in 0..GROUP {
        let [r, g, b] = [reds[x], greens[x], blues[x]].map(i32::from);
        luma[x] = ((19_595 * r + 38_470 * g + 7_471 * b + HALF) >> 16) as i16 - 128;
        blue[x] = ((-11_059 * r - 21_709 * g + 32_768 * b + OFFSET) >> 16) as i16;
        red[x] = ((32_768 * r - 27_439 * g - 5_329 * b + OFFSET) >> 16) as i16;
    }
    (luma, [blue, red])
}

/// Means of two by two samples minus 128, from two rows; halves are rounded down and up in turn.
fn halved(upper: &[i16; GROUP], lower: &[i16; GROUP]) -> [i16; SIDE] {
    let mut sums = *upper;
    for (sum, sample) in sums.iter_mut().zip(lower) {
        *sum += sample;
    }
    let mut means = [0; SIDE];
    for (x, mean) in means.iter_mut().enumerate() {
        *mean = ((sums[x * 2] + sums[x * 2 + 1] + 1 + (x % 2) as i16) >> 2) - 128;
    }
    means
}

/// The samples of a row that a group holds; beyond the end the last one repeats.
#[inline]
fn repeated(row: &[u8], group: usize) -> [u8; GROUP] {
    let (whole, rest) = row.as_chunks();
    whole.get(group).copied().unwrap_or_else(|| {
        let last = row.len() - 1;
        std::array::from_fn(|at| rest.get(at).copied().unwrap_or(row[last]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_divide_exactly() {
        for quantiser in 1..=255 {
            let divisors = Divisors::new(&[quantiser; 64]);
            let (reciprocal, scale) = (divisors.reciprocal[0], divisors.scale[0]);
            for dividend in 0..DIVIDEND_MAX {
                let quotient = upper_half(upper_half(dividend, reciprocal), scale);
                assert_eq!(
                    quotient,
                    dividend / (quantiser * 8),
                    "{dividend} by {quantiser}"
                );
            }
        }
    }
}
