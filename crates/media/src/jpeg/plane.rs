//! One component on its way from blocks to the reduced square; only blocks in sight are
//! transformed.

use std::ops::Range;

use super::header::{Component, Frame};
use super::idct::{self, Coefficients, Out};
use crate::shrink::Shrink;
use crate::taps::Span;

/// How many times larger than the result luma stays after the transform, at least; Lanczos does
/// the rest. Chroma may come as small as the result: it is halved again when encoded.
const LUMA_ROOM: usize = 2;
/// Blocks beyond the square that the kernel may look at.
const MARGIN_BLOCKS: usize = 2;

/// A component's blocks in sight, the block rows in work, and the resampler they go to.
#[derive(Debug)]
pub(super) struct Plane {
    /// Samples per block and direction: 8, 4, 2 or 1.
    side: usize,
    columns: Range<usize>,
    rows: Range<usize>,
    /// Block rows in work, `columns` wide.
    strip: Vec<u8>,
    stride: usize,
    /// Samples per row and rows that are real, not padding.
    width: usize,
    height: usize,
    pushed: usize,
    shrink: Shrink,
}

impl Plane {
    /// Prepares for `component` of `frame`, to become `target` by `target` samples.
    pub(super) fn new(frame: &Frame, component: &Component, target: usize) -> Self {
        let square = frame.width.min(frame.height);
        let is_luma = component.across == frame.across_max && component.down == frame.down_max;
        let wanted = if is_luma { target * LUMA_ROOM } else { target };
        let least = (square * component.across / frame.across_max)
            .min(square * component.down / frame.down_max);
        let side = [1, 2, 4]
            .into_iter()
            .find(|side| least * side / 8 >= wanted)
            .unwrap_or(8);
        let (samples_across, samples_down) = frame.samples(component);
        let across = Axis::new(
            frame.width,
            square,
            (component.across, frame.across_max),
            samples_across,
            side,
        );
        let down = Axis::new(
            frame.height,
            square,
            (component.down, frame.down_max),
            samples_down,
            side,
        );
        let stride = across.blocks.len() * side;
        Self {
            side,
            strip: vec![0; stride * side * component.down],
            stride,
            width: across.span.len,
            height: down.span.len,
            pushed: 0,
            shrink: Shrink::new(across.span, down.span, 1, target),
            columns: across.blocks,
            rows: down.blocks,
        }
    }

    /// True if block column `x` and block row `y` can be seen in the result.
    #[inline(always)]
    pub(super) fn sees(&self, x: usize, y: usize) -> bool {
        self.columns.contains(&x) && self.rows.contains(&y)
    }

    /// Transforms the block at column `x`, `line` block rows below the first in work.
    pub(super) fn put(
        &mut self,
        (x, line): (usize, usize),
        coefficients: &Coefficients,
        quantiser: &[u16; 64],
        only_mean: bool,
    ) {
        let at = line * self.side * self.stride + (x - self.columns.start) * self.side;
        let out = Out {
            samples: &mut self.strip[at..],
            stride: self.stride,
        };
        idct::inverse(coefficients, quantiser, self.side, only_mean, out);
    }

    /// Hands the block rows `rows`, which are all in work and complete, to the resampler.
    pub(super) fn flush(&mut self, rows: Range<usize>) {
        let strip = self.strip.chunks_exact(self.stride * self.side);
        for (row, lines) in rows.zip(strip) {
            if !self.rows.contains(&row) {
                continue;
            }
            for line in lines.chunks_exact(self.stride) {
                if self.pushed < self.height {
                    self.shrink.push(&line[..self.width]);
                    self.pushed += 1;
                }
            }
        }
    }

    /// True once further rows cannot change the result.
    pub(super) fn done(&self) -> bool {
        self.shrink.done()
    }

    /// The reduced plane, or `None` if rows are missing.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        self.shrink.finish()?.pop()
    }
}

/// Which blocks along one axis are in sight, and where the square lies in their samples.
struct Axis {
    blocks: Range<usize>,
    span: Span,
}

impl Axis {
    /// `length` pixels of which the middle `square` count; `samples` of this component, which has
    /// `sampling.0` for every `sampling.1` pixels, `side` left of every 8.
    fn new(
        length: usize,
        square: usize,
        sampling: (usize, usize),
        samples: usize,
        side: usize,
    ) -> Self {
        let scale = sampling.0 as f64 / sampling.1 as f64 * side as f64 / 8.0;
        let origin = ((length - square) / 2) as f64 * scale;
        let extent = square as f64 * scale;
        let blocks = samples.div_ceil(8);
        let first = (origin as usize / side).saturating_sub(MARGIN_BLOCKS);
        let last = (((origin + extent) as usize) / side + 1 + MARGIN_BLOCKS).min(blocks);
        let samples = (samples * side).div_ceil(8);
        let len = samples.min(last * side) - first * side;
        let span = Span {
            len,
            origin: origin - (first * side) as f64,
            extent,
        };
        Self {
            blocks: first..last,
            span,
        }
    }
}
