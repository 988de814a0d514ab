//! From RGB planes to quantised coefficients, in the order in which they are coded.

use super::fdct;
use super::tables::{Quantisers, ZIGZAG};
use crate::square::Square;

/// One block of quantised coefficients in zigzag order, and the component it belongs to.
pub(super) struct Block {
    pub(super) component: usize,
    pub(super) coefficients: [i16; 64],
}

/// Side of the area that one group of four luma and two chroma blocks covers.
const GROUP: usize = 16;

/// Converts, halves the chroma, transforms and quantises; blocks in coding order.
pub(super) fn quantised(square: &Square, quantisers: &Quantisers) -> Vec<Block> {
    let groups = square.side.div_ceil(GROUP);
    let luma_blocks = square.side.div_ceil(8);
    let luma = Divisors::new(&quantisers.luma);
    let chroma = Divisors::new(&quantisers.chroma);
    let mut out: Vec<Block> = Vec::with_capacity(groups * groups * 6);
    let mut group = Group::new(square);
    for at_y in 0..groups {
        for at_x in 0..groups {
            group.load(square, at_x * GROUP, at_y * GROUP);
            for (part, (x, y)) in [(0, 0), (1, 0), (0, 1), (1, 1)].into_iter().enumerate() {
                let outside = at_x * 2 + x >= luma_blocks || at_y * 2 + y >= luma_blocks;
                let coefficients = if outside && part > 0 {
                    // Beyond the edge: repeat the last mean, which codes to a few bits.
                    let mut flat = [0; 64];
                    flat[0] = out.last().map_or(0, |block| block.coefficients[0]);
                    flat
                } else {
                    luma.quantise(group.luma(x * 8, y * 8))
                };
                out.push(Block {
                    component: 0,
                    coefficients,
                });
            }
            for component in [1, 2] {
                let coefficients = chroma.quantise(group.chroma(component, at_y * GROUP));
                out.push(Block {
                    component,
                    coefficients,
                });
            }
        }
    }
    out
}

/// Reciprocals for exact division by the quantisers (which the transform's gain of 8 multiplies).
struct Divisors {
    /// Half of the divisor, zigzag order.
    half: [u32; 64],
    /// `ceil(2^32 / divisor)`: exact for every dividend below 2^16.
    reciprocal: [u64; 64],
}

impl Divisors {
    fn new(table: &[u16; 64]) -> Self {
        let divisors = ZIGZAG.map(|at| u64::from(table[usize::from(at)]) * 8);
        Self {
            half: divisors.map(|divisor| divisor as u32 / 2),
            reciprocal: divisors.map(|divisor| (1u64 << 32).div_ceil(divisor)),
        }
    }

    fn quantise(&self, mut block: [i32; 64]) -> [i16; 64] {
        fdct::forward(&mut block);
        let mut out = [0; 64];
        for (at, out) in out.iter_mut().enumerate() {
            let value = block[usize::from(ZIGZAG[at])];
            let sized = u64::from(value.unsigned_abs() + self.half[at]);
            let quotient = ((sized * self.reciprocal[at]) >> 32) as i16;
            *out = if value < 0 { -quotient } else { quotient };
        }
        out
    }
}

/// The samples of one group: 16 by 16 luma, and chroma before halving.
struct Group {
    planes: [[i32; GROUP * GROUP]; 3],
    side: usize,
}

impl Group {
    fn new(square: &Square) -> Self {
        Self {
            planes: [[0; GROUP * GROUP]; 3],
            side: square.side,
        }
    }

    /// Converts the pixels from `left`, `top` on; beyond the edge the last ones repeat.
    /// Source: JFIF 1.02, with the fixed-point rounding of the common C library.
    fn load(&mut self, square: &Square, left: usize, top: usize) {
        const HALF: i32 = 1 << 15;
        const OFFSET: i32 = (128 << 16) + HALF - 1;
        let side = self.side;
        for y in 0..GROUP {
            let row = (top + y).min(side - 1) * side;
            let [reds, greens, blues] = square
                .planes
                .each_ref()
                .map(|plane| repeated(&plane[row..][..side], left));
            let [luma, blue, red] = self
                .planes
                .each_mut()
                .map(|plane| &mut plane.as_chunks_mut::<GROUP>().0[y]);
            for x in 0..GROUP {
                let [r, g, b] = [reds[x], greens[x], blues[x]].map(i32::from);
                luma[x] = (19_595 * r + 38_470 * g + 7_471 * b + HALF) >> 16;
                blue[x] = (-11_059 * r - 21_709 * g + 32_768 * b + OFFSET) >> 16;
                red[x] = (32_768 * r - 27_439 * g - 5_329 * b + OFFSET) >> 16;
            }
        }
    }

    fn luma(&self, left: usize, top: usize) -> [i32; 64] {
        std::array::from_fn(|at| self.planes[0][(top + at / 8) * GROUP + left + at % 8] - 128)
    }

    /// Means of two by two samples; halves are rounded down and up in turn. Below the picture the
    /// last row of means repeats (to the right of it, the last samples did).
    fn chroma(&self, component: usize, top: usize) -> [i32; 64] {
        let plane = &self.planes[component];
        let rows = (self.side - top).div_ceil(2);
        std::array::from_fn(|at| {
            let from = (at / 8).min(rows - 1) * 2 * GROUP + at % 8 * 2;
            let sum = plane[from] + plane[from + 1] + plane[from + GROUP] + plane[from + GROUP + 1];
            ((sum + 1 + (at % 2) as i32) >> 2) - 128
        })
    }
}

/// The samples of a row from `left` on; beyond the end the last one repeats.
fn repeated(row: &[u8], left: usize) -> [u8; GROUP] {
    let tail = &row[left.min(row.len() - 1)..];
    match tail.first_chunk() {
        Some(whole) => *whole,
        None => std::array::from_fn(|at| tail[at.min(tail.len() - 1)]),
    }
}
