//! Resampling of rows as they come from a decoder: two passes of Lanczos in integers, holding only
//! the few source rows that the next output row needs.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::taps::{Span, TAPS_STEP, Taps, WEIGHT_BITS};

/// Fractional bits kept between the vertical and the horizontal pass.
const BETWEEN_BITS: u32 = 4;
/// Samples the vertical pass works on at a time.
const LANES: usize = 16;

/// Turns rows of `channels` interleaved samples into square planes of `side` by `side` samples.
#[derive(Debug)]
pub(crate) struct Shrink {
    channels: usize,
    columns: Rc<Taps>,
    rows: Rc<Taps>,
    /// Source rows `next_in - held.len() .. next_in`.
    held: VecDeque<Vec<u8>>,
    next_in: usize,
    next_out: usize,
    /// One vertically blended row, interleaved, with room for the padding of weights behind it.
    blended: Vec<i16>,
    /// One channel of `blended`, padded for the inner loop.
    line: Vec<i16>,
    planes: Vec<Vec<u8>>,
    /// Every sample stays what and where it is: the weights would say so too, only slower.
    same: bool,
}

impl Shrink {
    /// Prepares for rows of `across.len` pixels; [`Shrink::push`] then wants `down.len` rows.
    pub(crate) fn new(across: Span, down: Span, channels: usize, side: usize) -> Self {
        let samples = (across.len * channels).next_multiple_of(LANES);
        let columns = Rc::new(Taps::new(across, side));
        Self {
            channels,
            rows: if across == down {
                Rc::clone(&columns)
            } else {
                Taps::new(down, side).into()
            },
            columns,
            held: VecDeque::new(),
            next_in: 0,
            next_out: 0,
            blended: vec![0; samples + LANES],
            line: vec![0; across.len + TAPS_STEP],
            planes: vec![vec![0; side * side]; channels],
            same: across == Span::whole(side) && down == Span::whole(side),
        }
    }

    /// Takes the next source row; writes every output row that it completes.
    pub(crate) fn push(&mut self, row: &[u8]) {
        if self.done() {
            return;
        }
        if self.same {
            self.copy(row);
            return;
        }
        let keep_from = self.rows.of(self.next_out).0;
        let mut spare = None;
        while self.next_in - self.held.len() < keep_from && !self.held.is_empty() {
            spare = self.held.pop_front();
        }
        if self.next_in >= keep_from {
            let mut slot = spare.unwrap_or_default();
            slot.clear();
            slot.extend_from_slice(row);
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

    fn copy(&mut self, row: &[u8]) {
        let side = self.columns.side();
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            let samples = row.iter().skip(channel).step_by(self.channels);
            let out = &mut plane[self.next_out * side..][..side];
            out.iter_mut()
                .zip(samples)
                .for_each(|(out, sample)| *out = *sample);
        }
        self.next_out += 1;
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
        let side = self.columns.side();
        for (channel, plane) in self.planes.iter_mut().enumerate() {
            let line = if self.channels == 1 {
                &self.blended
            } else {
                let samples = self.blended.iter().skip(channel).step_by(self.channels);
                self.line
                    .iter_mut()
                    .zip(samples)
                    .for_each(|(to, from)| *to = *from);
                &self.line
            };
            across(
                &self.columns,
                line,
                &mut plane[self.next_out * side..][..side],
            );
        }
        self.next_out += 1;
    }
}

/// Planes of `side` by `side` samples from larger ones of `from` by `from`: what [`Shrink`] makes of their rows,
/// without copies of them.
pub(crate) fn reduced(planes: &[Vec<u8>; 3], from: usize, side: usize) -> [Vec<u8>; 3] {
    let taps = Taps::new(Span::whole(from), side);
    let mut blended = vec![0; from.next_multiple_of(LANES) + LANES];
    let mut rows: Vec<&[u8]> = Vec::with_capacity(taps.count());
    planes.each_ref().map(|plane| {
        let mut out = vec![0; side * side];
        for (y, out) in out.chunks_exact_mut(side).enumerate() {
            let (first, weights) = taps.of(y);
            rows.clear();
            rows.extend(plane.chunks_exact(from).skip(first).take(taps.count()));
            blend(&rows, &weights[..rows.len()], &mut blended);
            across(&taps, &blended, out);
        }
        out
    })
}

/// The samples of one row of a plane, from a blended one.
fn across(columns: &Taps, line: &[i16], out: &mut [u8]) {
    for (at, out) in out.iter_mut().enumerate() {
        let (first, weights) = columns.of(at);
        *out = dot(&line[first..], weights);
    }
}

/// Weighted sum of `rows`, sample by sample. Shaped so that the compiler multiplies 16-bit lanes.
fn blend(rows: &[&[u8]], weights: &[i16], out: &mut [i16]) {
    const SHIFT: u32 = WEIGHT_BITS - BETWEEN_BITS;
    // The outermost weights are often zero.
    let used = weights.iter().rposition(|weight| *weight != 0);
    let weighed = rows
        .iter()
        .zip(weights)
        .take(used.map_or(0, |last| last + 1));
    for (at, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let mut sums = [1i32 << (SHIFT - 1); LANES];
        for (row, &weight) in weighed.clone() {
            let from = at * LANES;
            let Some(samples) = row.get(from..).filter(|rest| !rest.is_empty()) else {
                break;
            };
            let add = |sums: &mut [i32; LANES], samples: &[u8; LANES]| {
                for (sum, &sample) in sums.iter_mut().zip(samples) {
                    *sum += i32::from(i16::from(sample)) * i32::from(weight);
                }
            };
            match samples.first_chunk() {
                Some(samples) => add(&mut sums, samples),
                None => {
                    let mut padded = [0; LANES];
                    padded[..samples.len()].copy_from_slice(samples);
                    add(&mut sums, &padded);
                }
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = (sum >> SHIFT) as i16;
        }
    }
}

/// Weighted sum of the samples at the start of `line`, rounded to a byte.
fn dot(line: &[i16], weights: &[i16]) -> u8 {
    const SHIFT: u32 = WEIGHT_BITS + BETWEEN_BITS;
    let mut sum = 1i32 << (SHIFT - 1);
    let weights = weights.as_chunks::<TAPS_STEP>().0;
    for (samples, weights) in line.as_chunks::<TAPS_STEP>().0.iter().zip(weights) {
        for (&sample, &weight) in samples.iter().zip(weights) {
            sum += i32::from(sample) * i32::from(weight);
        }
    }
    (sum >> SHIFT).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn planes_are_reduced_like_their_rows() {
        let mut state = 1_u32;
        for (from, side) in [
            (640, 320),
            (320, 160),
            (160, 40),
            (40, 8),
            (333, 320),
            (7, 1),
        ] {
            let planes = [(); 3].map(|()| {
                let samples = (0..from * from).map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                });
                samples.collect::<Vec<_>>()
            });
            let by_rows = planes.each_ref().map(|plane| {
                let span = Span::whole(from);
                let mut shrink = Shrink::new(span, span, 1, side);
                plane.chunks_exact(from).for_each(|row| shrink.push(row));
                shrink.finish().expect("all rows").remove(0)
            });
            assert!(reduced(&planes, from, side) == by_rows, "{from} to {side}");
        }
    }
}
