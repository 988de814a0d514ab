//! The four transforms of lossless WebP, undone. Source: WebP lossless specification, 4.

/// One transform of a picture, with the image that steers it.
pub(super) enum Transform {
    /// Pixels are differences to a mix of neighbours, by one of 14 rules per block.
    Predictor {
        block: u32,
        across: usize,
        rules: Vec<u32>,
    },
    /// Red and blue are differences to shares of green and red.
    Colour {
        block: u32,
        across: usize,
        shares: Vec<u32>,
    },
    /// Red and blue are differences to green.
    SubtractGreen,
    /// Green is an index, several of them in one pixel when there are few colours.
    Palette { colours: Vec<u32>, packed_bits: u32 },
}

impl Transform {
    /// Predictor (`kind` 0) or colour transform (1) with `across` blocks per row.
    pub(super) fn blocks(kind: u32, block: u32, across: usize, image: Vec<u32>) -> Self {
        match kind {
            0 => Self::Predictor {
                block,
                across,
                rules: image,
            },
            _ => Self::Colour {
                block,
                across,
                shares: image,
            },
        }
    }

    /// The palette, whose colours are stored as differences to the one before.
    pub(super) fn palette(mut colours: Vec<u32>) -> Self {
        for at in 1..colours.len() {
            colours[at] = added(colours[at], colours[at - 1]);
        }
        let packed_bits = match colours.len() {
            ..=2 => 3,
            3..=4 => 2,
            5..=16 => 1,
            _ => 0,
        };
        Self::Palette {
            colours,
            packed_bits,
        }
    }

    /// The number by which the file names this transform.
    pub(super) fn kind(&self) -> u32 {
        match self {
            Self::Predictor { .. } => 0,
            Self::Colour { .. } => 1,
            Self::SubtractGreen => 2,
            Self::Palette { .. } => 3,
        }
    }

    /// Width in stored pixels of a picture `width` wide.
    pub(super) fn packed_width(&self, width: usize) -> usize {
        match self {
            Self::Palette { packed_bits, .. } => width.div_ceil(1 << packed_bits),
            _ => width,
        }
    }

    /// Undoes the transform; the result is `width` pixels wide.
    pub(super) fn invert(&self, mut pixels: Vec<u32>, width: usize) -> Vec<u32> {
        match self {
            Self::Predictor {
                block,
                across,
                rules,
            } => {
                predict(&mut pixels, width, |x, y| {
                    rules[(y >> block) * across + (x >> block)] >> 8 & 15
                });
            }
            Self::Colour {
                block,
                across,
                shares,
            } => {
                for (y, row) in pixels.chunks_exact_mut(width).enumerate() {
                    for (x, pixel) in row.iter_mut().enumerate() {
                        let share = shares[(y >> block) * across + (x >> block)];
                        *pixel = recoloured(*pixel, share);
                    }
                }
            }
            Self::SubtractGreen => {
                for pixel in &mut pixels {
                    let green = *pixel >> 8 & 0xFF;
                    *pixel = added(*pixel, green << 16 | green);
                }
            }
            Self::Palette {
                colours,
                packed_bits,
            } => {
                return unpacked(&pixels, width, colours, *packed_bits);
            }
        }
        pixels
    }
}

/// Sums of the four channels, each on its own.
fn added(one: u32, two: u32) -> u32 {
    let even = (one & 0x00FF_00FF).wrapping_add(two & 0x00FF_00FF) & 0x00FF_00FF;
    let odd = (one & 0xFF00_FF00).wrapping_add(two & 0xFF00_FF00) & 0xFF00_FF00;
    even | odd
}

fn recoloured(pixel: u32, share: u32) -> u32 {
    let signed = |value: u32| i32::from(value as u8 as i8);
    let part = |share: u32, channel: u32| (signed(share) * signed(channel)) >> 5;
    let green = pixel >> 8;
    let red = (pixel >> 16).wrapping_add_signed(part(share, green)) & 0xFF;
    let blue = pixel.wrapping_add_signed(part(share >> 8, green) + part(share >> 16, red)) & 0xFF;
    pixel & 0xFF00_FF00 | red << 16 | blue
}

fn unpacked(pixels: &[u32], width: usize, colours: &[u32], packed_bits: u32) -> Vec<u32> {
    let per_pixel = 1usize << packed_bits;
    let index_bits = 8 >> packed_bits;
    let mask = (1u32 << index_bits) - 1;
    let stored = width.div_ceil(per_pixel);
    let mut out = Vec::with_capacity(pixels.len() / stored * width);
    for row in pixels.chunks_exact(stored) {
        for x in 0..width {
            let shift = 8 + index_bits * (x % per_pixel) as u32;
            let index = row[x / per_pixel] >> shift & mask;
            // An index beyond the palette is transparent black, says the specification.
            out.push(colours.get(index as usize).copied().unwrap_or(0));
        }
    }
    out
}

/// Adds its prediction to each pixel, rows from the top.
fn predict(pixels: &mut [u32], width: usize, rule: impl Fn(usize, usize) -> u32) {
    const BLACK: u32 = 0xFF00_0000;
    for at in 0..pixels.len() {
        let (x, y) = (at % width, at / width);
        let prediction = match (x, y) {
            (0, 0) => BLACK,
            (_, 0) => pixels[at - 1],
            (0, _) => pixels[at - width],
            _ => {
                let (left, top) = (pixels[at - 1], pixels[at - width]);
                // Right of the last column this is the first pixel of the same row.
                let (top_left, top_right) = (pixels[at - width - 1], pixels[at + 1 - width]);
                predicted(rule(x, y), left, top, (top_left, top_right))
            }
        };
        pixels[at] = added(pixels[at], prediction);
    }
}

fn predicted(rule: u32, left: u32, top: u32, (top_left, top_right): (u32, u32)) -> u32 {
    match rule {
        1 => left,
        2 => top,
        3 => top_right,
        4 => top_left,
        5 => mean(mean(left, top_right), top),
        6 => mean(left, top_left),
        7 => mean(left, top),
        8 => mean(top_left, top),
        9 => mean(top, top_right),
        10 => mean(mean(left, top_left), mean(top, top_right)),
        11 => nearer(left, top, top_left),
        12 => channels(left, top, top_left, |left, top, corner| left + top - corner),
        13 => channels(mean(left, top), top_left, 0, |mean, corner, _| {
            mean + (mean - corner) / 2
        }),
        _ => 0xFF00_0000,
    }
}

/// Means of the channels, halves rounded down.
fn mean(one: u32, two: u32) -> u32 {
    (one & two) + (((one ^ two) & 0xFEFE_FEFE) >> 1)
}

/// Left or top, whichever is nearer to what a plane through the three would give.
fn nearer(left: u32, top: u32, top_left: u32) -> u32 {
    let distance = |from: u32| -> u32 {
        from.to_le_bytes()
            .iter()
            .zip(top_left.to_le_bytes())
            .map(|(a, b)| u32::from(a.abs_diff(b)))
            .sum()
    };
    // The plane is left + top - corner, so it is as far from left as top is from the corner.
    if distance(top) < distance(left) {
        left
    } else {
        top
    }
}

fn channels(a: u32, b: u32, c: u32, mix: impl Fn(i32, i32, i32) -> i32) -> u32 {
    let [a, b, c] = [a, b, c].map(u32::to_le_bytes);
    u32::from_le_bytes(std::array::from_fn(|at| {
        mix(i32::from(a[at]), i32::from(b[at]), i32::from(c[at])).clamp(0, 255) as u8
    }))
}
