//! Lanczos weights in fixed point, computed without the C library so that every machine gets the
//! same bits (docs/decisions/0031).

/// Fractional bits of a weight; the weights of one output sample sum to exactly `1 << WEIGHT_BITS`.
pub(crate) const WEIGHT_BITS: u32 = 14;
/// Weights per output sample are padded with zeros to a multiple of this, for the inner loop.
pub(crate) const TAPS_STEP: usize = 8;
/// Lobes of the kernel on each side.
const LOBES: f64 = 3.0;

/// A stretch of source samples along one axis, in units of samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Span {
    /// Samples there are; weights never reach outside.
    pub(crate) len: usize,
    /// Left edge of what becomes the picture.
    pub(crate) origin: f64,
    /// Width of what becomes the picture.
    pub(crate) extent: f64,
}

impl Span {
    /// All of `len` samples.
    pub(crate) fn whole(len: usize) -> Self {
        Self {
            len,
            origin: 0.0,
            extent: len as f64,
        }
    }
}

/// For each output sample: the first source sample it reads and the weights from there on.
#[derive(Debug)]
pub(crate) struct Taps {
    first: Vec<usize>,
    weights: Vec<i16>,
    count: usize,
    padded: usize,
}

impl Taps {
    /// Weights to turn `span` into `side` samples.
    pub(crate) fn new(span: Span, side: usize) -> Self {
        let ratio = span.extent / side as f64;
        let stretch = ratio.max(1.0);
        let reach = LOBES * stretch;
        let count = ((2.0 * reach) as usize + 2).min(span.len);
        let padded = count.next_multiple_of(TAPS_STEP);
        let mut first = Vec::with_capacity(side);
        let mut weights = vec![0; side * padded];
        let mut exact = vec![0.0; count];
        let mut computed: Option<(f64, usize)> = None;
        for at in 0..side {
            let centre = span.origin + (at as f64 + 0.5) * ratio;
            let start = ((centre - reach).max(0.0) as usize).min(span.len - count);
            first.push(start);
            let (before, rest) = weights.split_at_mut(at * padded);
            let out = &mut rest[..padded];
            // At a whole ratio, all outputs but those at the edges lie alike among their samples.
            let offset = centre - start as f64;
            if let Some((_, same)) = computed.filter(|(known, _)| *known == offset) {
                out.copy_from_slice(&before[same * padded..][..padded]);
                continue;
            }
            computed = Some((offset, at));
            for (tap, weight) in exact.iter_mut().enumerate() {
                *weight = lanczos(((start + tap) as f64 + 0.5 - centre) / stretch);
            }
            quantise(&exact, out);
        }
        Self {
            first,
            weights,
            count,
            padded,
        }
    }

    /// First source sample and weights (padded with zeros) of output sample `at`.
    pub(crate) fn of(&self, at: usize) -> (usize, &[i16]) {
        (
            self.first[at],
            &self.weights[at * self.padded..][..self.padded],
        )
    }

    /// Source samples each output sample reads, without padding.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Output samples.
    pub(crate) fn side(&self) -> usize {
        self.first.len()
    }
}

/// Rounds weights to fixed point; what rounding lost goes to the largest, so a flat picture stays.
fn quantise(exact: &[f64], out: &mut [i16]) {
    let one = f64::from(1 << WEIGHT_BITS);
    let sum: f64 = exact.iter().sum();
    let mut left = 1 << WEIGHT_BITS;
    let mut largest = 0;
    for (at, weight) in exact.iter().enumerate() {
        let scaled = weight / sum * one;
        let rounded = if scaled < 0.0 {
            scaled - 0.5
        } else {
            scaled + 0.5
        } as i32;
        out[at] = rounded as i16;
        left -= rounded;
        if rounded > i32::from(out[largest]) {
            largest = at;
        }
    }
    out[largest] += left as i16;
}

fn lanczos(x: f64) -> f64 {
    if x.abs() >= LOBES {
        0.0
    } else {
        sinc(x) * sinc(x / LOBES)
    }
}

/// `sin(πx)/πx` for `|x| <= 3`. Only additions, multiplications and one division: IEEE 754 fixes
/// each result, while the `sin` of a C library may differ between processors.
fn sinc(x: f64) -> f64 {
    // sin(πx) = ±sin(π·r), r the distance to the nearest whole number, at most 0.5.
    let whole = (x.abs() + 0.5) as i32;
    let rest = x.abs() - f64::from(whole);
    let angle = std::f64::consts::PI * rest;
    let square = angle * angle;
    // Taylor series of sin(a)/a; the next term is below 1e-12 for |a| <= π/2.
    let mut series = 1.0;
    for k in [15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        series = 1.0 - series * square / (k * (k - 1.0));
    }
    if whole == 0 {
        return series;
    }
    let sine = if whole % 2 == 0 { series } else { -series } * angle;
    sine / (std::f64::consts::PI * x.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_the_lanczos_kernel() {
        for x in [
            -2.9, -1.5, -1.0, -0.3, 0.0, 0.1, 0.5, 0.9, 1.0, 1.7, 2.5, 2.999,
        ] {
            let pi_x = std::f64::consts::PI * x;
            let expected = if x == 0.0 { 1.0 } else { pi_x.sin() / pi_x };
            assert!((sinc(x) - expected).abs() < 1e-9, "sinc({x}) = {}", sinc(x));
        }
    }

    #[test]
    fn weights_of_every_output_sample_sum_to_one() {
        for (len, side) in [
            (1280, 640),
            (3000, 640),
            (160, 160),
            (641, 640),
            (50, 160),
            (7, 1),
        ] {
            let taps = Taps::new(Span::whole(len), side);
            for at in 0..side {
                let (first, weights) = taps.of(at);
                let sum: i32 = weights.iter().map(|&weight| i32::from(weight)).sum();
                assert_eq!(sum, 1 << WEIGHT_BITS, "{len} to {side}, sample {at}");
                assert!(first + taps.count() <= len, "{len} to {side}, sample {at}");
            }
        }
    }

    #[test]
    fn same_size_copies_each_sample() {
        let taps = Taps::new(Span::whole(160), 160);
        for at in 0..160 {
            let (first, weights) = taps.of(at);
            assert_eq!(weights[at - first], 1 << WEIGHT_BITS);
        }
    }
}
