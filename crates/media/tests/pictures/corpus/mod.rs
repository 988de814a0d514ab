//! Test pictures made by code, in every format and coding that is read; and a judge of results.
#![expect(clippy::unwrap_used, reason = "test code")]

pub(crate) mod bmp;
pub(crate) mod icc;
pub(crate) mod jpeg;
pub(crate) mod png;
pub(crate) mod webp;

use media::{Limits, Stills, Unreadable};

/// An RGB picture whose corners differ, so that every turn shows, and whose edges are soft, so
/// that each way of scaling gives the same.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

impl Picture {
    pub(crate) fn new(width: usize, height: usize) -> Self {
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            for x in 0..width {
                // Waves with 3 and 2 periods, on slopes, all in integers.
                let (u, v) = (x * 1024 / width, y * 1024 / height);
                let wave = |t: usize| (t % 512).abs_diff(256);
                let red = 30 + u / 8 + wave(u * 3 / 2) / 4;
                let green = 20 + v / 6 + wave(v) / 8;
                let blue = 40 + (2048 - u - v) / 14 + wave(u + v) / 8;
                rgb.extend([red, green, blue].map(|sample| sample.min(255) as u8));
            }
        }
        Self { width, height, rgb }
    }

    /// Noise: every byte pseudo-random, the hardest picture to compress.
    pub(crate) fn noise(width: usize, height: usize, seed: u32) -> Self {
        let mut state = seed;
        let rgb = (0..width * height * 3).map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        Self {
            width,
            height,
            rgb: rgb.collect(),
        }
    }

    pub(crate) fn pixels(&self) -> &[[u8; 3]] {
        self.rgb.as_chunks().0
    }

    pub(crate) fn grey(&self) -> Vec<u8> {
        let mean =
            |&[r, g, b]: &[u8; 3]| ((u32::from(r) * 2 + u32::from(g) * 5 + u32::from(b)) / 8) as u8;
        self.pixels().iter().map(mean).collect()
    }

    pub(crate) fn map(&self, change: impl Fn([u8; 3]) -> [u8; 3]) -> Self {
        let rgb = self
            .pixels()
            .iter()
            .flat_map(|&pixel| change(pixel))
            .collect();
        Self {
            rgb,
            ..self.clone()
        }
    }

    /// The centre square at `side` pixels by plain averaging: slow, obvious, another way.
    pub(crate) fn square(&self, side: usize) -> Vec<u8> {
        let square = self.width.min(self.height);
        let (left, top) = ((self.width - square) / 2, (self.height - square) / 2);
        let edge = |at: usize| at as f64 * square as f64 / side as f64;
        let mut out = Vec::with_capacity(side * side * 3);
        for y in 0..side {
            for x in 0..side {
                let mut sums = [0.0; 3];
                let mut weights = 0.0;
                for from_y in edge(y) as usize..(edge(y + 1).ceil() as usize).min(square) {
                    for from_x in edge(x) as usize..(edge(x + 1).ceil() as usize).min(square) {
                        let cover = |from: usize, at: usize| {
                            (from as f64 + 1.0).min(edge(at + 1)) - (from as f64).max(edge(at))
                        };
                        let weight = cover(from_x, x) * cover(from_y, y);
                        let at = (top + from_y) * self.width + left + from_x;
                        for (sum, sample) in sums.iter_mut().zip(self.pixels()[at]) {
                            *sum += weight * f64::from(sample);
                        }
                        weights += weight;
                    }
                }
                out.extend(sums.map(|sum| (sum / weights).round() as u8));
            }
        }
        out
    }

    /// The picture with rows and columns exchanged, mirrored or flipped: what a camera stores
    /// when it is to be shown with EXIF `orientation`.
    pub(crate) fn stored_as(&self, orientation: u16) -> Self {
        let (width, height) = if orientation >= 5 {
            (self.height, self.width)
        } else {
            (self.width, self.height)
        };
        let mut rgb = Vec::new();
        for y in 0..height {
            for x in 0..width {
                // Where the stored pixel is seen; EXIF tells which edge row 0 and column 0 are.
                let (right, bottom) = (self.width - 1, self.height - 1);
                let (seen_x, seen_y) = match orientation {
                    1 => (x, y),
                    2 => (right - x, y),
                    3 => (right - x, bottom - y),
                    4 => (x, bottom - y),
                    5 => (y, x),
                    6 => (right - y, x),
                    7 => (right - y, bottom - x),
                    _ => (y, bottom - x),
                };
                rgb.extend(self.pixels()[seen_y * self.width + seen_x]);
            }
        }
        Self { width, height, rgb }
    }
}

/// The grey version of a picture, as grey files show it.
pub(crate) fn grey(picture: &Picture) -> Picture {
    let rgb = picture.grey().iter().flat_map(|&grey| [grey; 3]).collect();
    Picture {
        rgb,
        ..picture.clone()
    }
}

/// A TIFF block that says nothing but `orientation`, in either byte order.
pub(crate) fn exif(orientation: u16, little: bool) -> Vec<u8> {
    let two = |value: u16| {
        if little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let four = |value: u32| {
        if little {
            value.to_le_bytes()
        } else {
            value.to_be_bytes()
        }
    };
    let mut block = if little {
        b"II*\0".to_vec()
    } else {
        b"MM\0*".to_vec()
    };
    block.extend(four(8));
    block.extend(two(2));
    // Another entry first (image width), then the one that counts.
    for (tag, value) in [(0x0100, 7), (0x0112, orientation)] {
        block.extend(two(tag));
        block.extend(two(3));
        block.extend(four(1));
        block.extend(two(value));
        block.extend([0, 0]);
    }
    block.extend(four(0));
    block
}

pub(crate) fn stills(source: &[u8]) -> Result<Stills, Unreadable> {
    media::stills(source, &Limits::default())
}

/// Decodes a JPEG by a decoder of other hands: side and RGB samples.
pub(crate) fn pixels(jpeg: &[u8]) -> (usize, Vec<u8>) {
    use zune_jpeg::zune_core::colorspace::ColorSpace;
    use zune_jpeg::zune_core::options::DecoderOptions;
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB);
    let cursor = std::io::Cursor::new(jpeg);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(cursor, options);
    let pixels = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    assert_eq!(width, height);
    (width, pixels)
}

/// Peak signal-to-noise ratio in dB; equal pictures give 99.
pub(crate) fn psnr(one: &[u8], two: &[u8]) -> f64 {
    assert_eq!(one.len(), two.len());
    let square = |(&a, &b): (&u8, &u8)| f64::from(a.abs_diff(b)).powi(2);
    let mean = one.iter().zip(two).map(square).sum::<f64>() / one.len() as f64;
    if mean == 0.0 {
        99.0
    } else {
        10.0 * (255.0f64.powi(2) / mean).log10()
    }
}

/// Fails unless every size of `source` shows `picture` at least `db` well.
pub(crate) fn assert_shows(name: &str, source: &[u8], picture: &Picture, db: f64) {
    let stills = stills(source).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    for (still, wanted) in stills.sizes.iter().zip([160, 320, 640]) {
        let (side, seen) = pixels(&still.jpeg);
        assert_eq!(
            side,
            wanted.min(picture.width.min(picture.height)),
            "{name} {}",
            still.letter
        );
        assert_eq!(side, still.side_px as usize, "{name} {}", still.letter);
        let got = psnr(&seen, &picture.square(side));
        assert!(got >= db, "{name} {}: {got:.1} dB", still.letter);
    }
}

/// A stripped thumbnail as a client inflates it: behind the header of a small file. The header
/// here is by an encoder of other hands, so that it does not come from the code under test.
pub(crate) fn inflated(thumb: &[u8]) -> Vec<u8> {
    assert_eq!(thumb[0], 1);
    let header = jpeg::stripped_header(usize::from(thumb[2]), usize::from(thumb[1]));
    [&header, &thumb[3..], &[0xFF, 0xD9]].concat()
}
