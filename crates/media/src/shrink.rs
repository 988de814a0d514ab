//! Resampling of rows as they come from a decoder: two passes of Lanczos in integers, holding only
//! the few source rows that the next output row needs.

use std::collections::VecDeque;

use crate::taps::{Span, TAPS_STEP, Taps, WEIGHT_BITS};

/// Fractional bits kept between the vertical and the horizontal pass.
const BETWEEN_BITS: u32 = 4;
/// Samples the vertical pass works on at a time.
const LANES: usize = 16;

/// Turns rows of `channels` interleaved samples into square planes of `side` by `side` samples.
#[derive(Debug)]
pub(crate) struct Shrink {
    channels: usize,
    columns: Taps,
    rows: Taps,
    /// Source rows `next_in - held.len() .. next_in`, each padded to a multiple of `LANES`.
    held: VecDeque<Vec<u8>>,
    next_in: usize,
    next_out: usize,
    /// One vertically blended row, interleaved.
    blended: Vec<i16>,
    /// One channel of `blended`, padded for the inner loop.
    line: Vec<i16>,
    planes: Vec<Vec<u8>>,
}

impl Shrink {
    /// Prepares for rows of `across.len` pixels; [`Shrink::push`] then wants `down.len` rows.
    pub(crate) fn new(across: Span, down: Span, channels: usize, side: usize) -> Self {
        let samples = (across.len * channels).next_multiple_of(LANES);
        Self {
            channels,
            columns: Taps::new(across, side),
            rows: Taps::new(down, side),
            held: VecDeque::new(),
            next_in: 0,
            next_out: 0,
            blended: vec![0; samples],
            line: vec![0; across.len + TAPS_STEP],
            planes: (0..channels)
                .map(|_| Vec::with_capacity(side * side))
                .collect(),
        }
    }

    /// Takes the next source row; writes every output row that it completes.
    pub(crate) fn push(&mut self, row: &[u8]) {
        if self.done() {
            return;
        }
        let keep_from = self.rows.of(self.next_out).0;
        let mut spare = None;
        while self.next_in - self.held.len() < keep_from && !self.held.is_empty() {
            spare = self.held.pop_front();
        }
        if self.next_in >= keep_from {
            let mut slot = spare.unwrap_or_else(|| vec![0; self.blended.len()]);
            slot[..row.len()].copy_from_slice(row);
            self.held.push_back(slot);
        }
        self.next_in += 1;
        while !self.done() && self.rows.of(self.next_out).0 + self.rows.count() <= self.next_in {
            self.write_row();
        }
    }

    /// True once every output row is written; further rows change nothing.
    pub(crate) fn done(&self) -> bool {
        self.next_out == self.rows.side()
    }

    /// The planes, one per channel, or `None` if rows are missing.
    pub(crate) fn finish(self) -> Option<Vec<Vec<u8>>> {
        self.done().then_some(self.planes)
    }

    fn write_row(&mut self) {
        let (first, weights) = self.rows.of(self.next_out);
        let skip = first - (self.next_in - self.held.len());
        let rows: Vec<&[u8]> = self
            .held
            .iter()
            .skip(skip)
            .take(self.rows.count())
            .map(Vec::as_slice)
            .collect();
        blend(&rows, &weights[..rows.len()], &mut self.blended);
        let pixels = self.line.len() - TAPS_STEP;
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            let samples = self.blended.iter().skip(channel).step_by(self.channels);
            for (to, from) in self.line[..pixels].iter_mut().zip(samples) {
                *to = *from;
            }
            for at in 0..self.columns.side() {
                let (first, weights) = self.columns.of(at);
                plane.push(dot(&self.line, first, weights));
            }
        }
        self.next_out += 1;
    }
}

/// Weighted sum of `rows`, sample by sample.
fn blend(rows: &[&[u8]], weights: &[i16], out: &mut [i16]) {
    const SHIFT: u32 = WEIGHT_BITS - BETWEEN_BITS;
    for (at, out) in out.chunks_exact_mut(LANES).enumerate() {
        let mut sums = [1i32 << (SHIFT - 1); LANES];
        for (row, &weight) in rows.iter().zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(&row[at * LANES..][..LANES]) {
                *sum += i32::from(i16::from(sample)) * i32::from(weight);
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = (sum >> SHIFT) as i16;
        }
    }
}

/// Weighted sum of the samples from `first` on, rounded to a byte. The last weights are padding
/// and may meet the padding of `line`, or, at its very end, nothing.
fn dot(line: &[i16], first: usize, weights: &[i16]) -> u8 {
    const SHIFT: u32 = WEIGHT_BITS + BETWEEN_BITS;
    let tail = &line[first..];
    let tail = &tail[..weights.len().min(tail.len())];
    let mut sum = 1i32 << (SHIFT - 1);
    for (&sample, &weight) in tail.iter().zip(weights) {
        sum += i32::from(sample) * i32::from(weight);
    }
    (sum >> SHIFT).clamp(0, 255) as u8
}
