//! A decoded frame as the square that is shown: cut, turned, scaled, in sRGB.

use rusty_h264_common::YuvFrame;

use crate::sps_read::Look;

/// Fractional bits of weights.
const WEIGHT_BITS: u32 = 14;

/// How frames become squares.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) look: Look,
    /// Where the axes of a frame go, each -1, 0 or 1.
    pub(crate) axes: [i8; 4],
}

impl Screen {
    /// `frame`, uncropped as it was decoded, as `side` by `side` pixels, three bytes each. `None`: it is
    /// smaller than its parameter sets say.
    pub(crate) fn square(&self, frame: &YuvFrame, side: usize) -> Option<Vec<u8>> {
        let (wide, high) = (frame.width, frame.height);
        let (left, top) = (self.look.from_px.0 as usize, self.look.from_px.1 as usize);
        let (cut_wide, cut_high) = (self.look.cut_px.0 as usize, self.look.cut_px.1 as usize);
        let fits = left + cut_wide <= wide && top + cut_high <= high;
        let colour = (wide.div_ceil(2), high.div_ceil(2));
        let colours = frame.u.len() >= colour.0 * colour.1 && frame.v.len() >= colour.0 * colour.1;
        if !fits || !colours || frame.y.len() < wide * high {
            return None;
        }
        let axis = |from: usize, length: usize, whole: usize| Axis {
            from: from as f64,
            length: length as f64,
            whole,
        };
        let luma = [axis(left, cut_wide, wide), axis(top, cut_high, high)];
        // Colour stands at the left pixel of two, between two rows.
        let half = |axis: Axis, whole: usize, shift: f64| Axis {
            from: axis.from / 2.0 + shift,
            length: axis.length / 2.0,
            whole,
        };
        let chroma = [half(luma[0], colour.0, 0.25), half(luma[1], colour.1, 0.0)];
        let planes = [
            scaled(&frame.y, luma, side),
            scaled(&frame.u, chroma, side),
            scaled(&frame.v, chroma, side),
        ];
        Some(self.turned(&self.rgb(&planes), side))
    }

    fn rgb(&self, planes: &[Vec<u8>; 3]) -> Vec<u8> {
        let full = self.look.full_range == Some(true);
        // Source: table E-5. Chosen: what says nothing is BT.601, as most encoders that say nothing mean it.
        let (red, blue) = match self.look.matrix {
            Some(1) => (0.2126, 0.0722),
            Some(4) => (0.30, 0.11),
            Some(7) => (0.212, 0.087),
            Some(9 | 10) => (0.2627, 0.0593),
            _ => (0.299, 0.114),
        };
        let green = 1.0 - red - blue;
        let (luma, chroma, floor) = if full {
            (1.0, 1.0, 0)
        } else {
            (255.0 / 219.0, 255.0 / 224.0, 16)
        };
        let fixed = |value: f64| (value * 65_536.0).round() as i32;
        let luma = fixed(luma);
        let red_of_v = fixed(chroma * 2.0 * (1.0 - red));
        let blue_of_u = fixed(chroma * 2.0 * (1.0 - blue));
        let green_of_u = fixed(-chroma * 2.0 * (1.0 - blue) * blue / green);
        let green_of_v = fixed(-chroma * 2.0 * (1.0 - red) * red / green);
        let [y, u, v] = planes;
        let mut out = Vec::with_capacity(y.len() * 3);
        for ((&y, &u), &v) in y.iter().zip(u).zip(v) {
            let y = (i32::from(y) - floor) * luma + 0x8000;
            let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
            let pixel = [
                y + v * red_of_v,
                y + u * green_of_u + v * green_of_v,
                y + u * blue_of_u,
            ];
            out.extend(pixel.map(|value| (value >> 16).clamp(0, 255) as u8));
        }
        out
    }

    fn turned(&self, rgb: &[u8], side: usize) -> Vec<u8> {
        if self.axes == [1, 0, 0, 1] {
            return rgb.to_vec();
        }
        let mut out = vec![0; rgb.len()];
        let [a, b, c, d] = self.axes.map(isize::from);
        let last = side as isize - 1;
        // Around the centre, at twice the size so that it falls on a pixel.
        let place = |along: isize| ((along + last) / 2) as usize;
        for y in 0..side {
            for x in 0..side {
                let (from_x, from_y) = (2 * x as isize - last, 2 * y as isize - last);
                let to = (
                    place(a * from_x + c * from_y),
                    place(b * from_x + d * from_y),
                );
                out[(to.1 * side + to.0) * 3..][..3]
                    .copy_from_slice(&rgb[(y * side + x) * 3..][..3]);
            }
        }
        out
    }
}

/// A stretch of a plane along one of its sides.
#[derive(Debug, Clone, Copy)]
struct Axis {
    from: f64,
    length: f64,
    /// Samples of the plane along this side.
    whole: usize,
}

impl Axis {
    /// For each of `side` results: the first sample and the weights from there on; together 1.
    fn taps(self, side: usize) -> Vec<(usize, Vec<i32>)> {
        let step = self.length / side as f64;
        let reach = step.max(1.0);
        let mut all = Vec::with_capacity(side);
        for number in 0..side {
            let centre = self.from + (number as f64 + 0.5) * step - 0.5;
            let first = (centre - 2.0 * reach).ceil() as i64;
            let last = (centre + 2.0 * reach).floor() as i64;
            let inside = |at: i64| at.clamp(0, self.whole as i64 - 1) as usize;
            let start = inside(first);
            let mut weights = vec![0.0; inside(last) - start + 1];
            for at in first..=last {
                // What would lie outside is the sample at the edge.
                weights[inside(at) - start] += cubic((at as f64 - centre) / reach);
            }
            let sum: f64 = weights.iter().sum();
            let one = f64::from(1 << WEIGHT_BITS);
            let mut fixed: Vec<i32> = weights
                .iter()
                .map(|weight| (weight / sum * one).round() as i32)
                .collect();
            let missing = (1 << WEIGHT_BITS) - fixed.iter().sum::<i32>();
            if let Some(largest) = fixed.iter_mut().max() {
                *largest += missing;
            }
            all.push((start, fixed));
        }
        all
    }
}

/// The cubic of Catmull and Rom, nought beyond two steps.
fn cubic(at: f64) -> f64 {
    let at = at.abs();
    if at < 1.0 {
        (1.5 * at - 2.5) * at * at + 1.0
    } else if at < 2.0 {
        ((-0.5 * at + 2.5) * at - 4.0) * at + 2.0
    } else {
        0.0
    }
}

/// A stretch of `plane` as `side` by `side` samples.
fn scaled(plane: &[u8], [across, down]: [Axis; 2], side: usize) -> Vec<u8> {
    const HALF: i32 = 1 << (WEIGHT_BITS - 1);
    let same = |axis: Axis| axis.length == side as f64 && axis.from.fract() == 0.0;
    if same(across) && same(down) {
        let rows = plane
            .chunks_exact(across.whole)
            .skip(down.from as usize)
            .take(side);
        return rows
            .flat_map(|row| &row[across.from as usize..][..side])
            .copied()
            .collect();
    }
    let (columns, rows) = (across.taps(side), down.taps(side));
    let mut out = Vec::with_capacity(side * side);
    let mut sums = vec![0_i32; across.whole];
    let mut line = vec![0_u8; across.whole];
    for (first, weights) in &rows {
        sums.fill(HALF);
        for (row, weight) in plane.chunks_exact(across.whole).skip(*first).zip(weights) {
            for (sum, &sample) in sums.iter_mut().zip(row) {
                *sum += i32::from(sample) * weight;
            }
        }
        for (to, sum) in line.iter_mut().zip(&sums) {
            *to = (sum >> WEIGHT_BITS).clamp(0, 255) as u8;
        }
        out.extend(columns.iter().map(|(first, weights)| {
            let pairs = line[*first..].iter().zip(weights);
            let sum = pairs.fold(HALF, |sum, (&sample, weight)| {
                sum + i32::from(sample) * weight
            });
            (sum >> WEIGHT_BITS).clamp(0, 255) as u8
        }));
    }
    out
}
