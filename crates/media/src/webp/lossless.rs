//! Lossless WebP pictures, decoded here because a decoder of others can be made to fill memory
//! with code tables (docs/decisions/0033).

use super::prefix::{BROKEN, Bits, Code};
use super::transform::Transform;
use crate::{Limits, Unreadable};

/// Most memory for prefix codes. Chosen: encoders use up to some thousand sets of five codes, a
/// file may claim 65,536.
const CODES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Symbols of the five codes of a set, before the colour cache. Source: WebP lossless
/// specification, 6.2.
const ALPHABETS: [usize; 5] = [256 + 24, 256, 256, 256, 40];
/// Symbols of the first code: literals, then lengths, then the colour cache.
const LITERALS: usize = 256;
const LENGTHS: usize = 24;

/// Decodes the body of a `VP8L` chunk, header included: ARGB pixels, rows from the top.
pub(super) fn picture(
    body: &[u8],
    (width, height): (usize, usize),
    limits: &Limits,
) -> Result<Vec<u32>, Unreadable> {
    let [0x2F, _, _, _, high, data @ ..] = body else {
        return Err(BROKEN);
    };
    if high >> 5 != 0 {
        return Err(Unreadable::Unsupported("WebP: version of lossless data"));
    }
    let opaque = high & 0x10 == 0;
    let mut pixels = pixels(data, (width, height), limits)?;
    if opaque {
        pixels.iter_mut().for_each(|pixel| *pixel |= 0xFF00_0000);
    }
    Ok(pixels)
}

/// Decodes what follows the header, which an alpha plane does not have.
pub(super) fn pixels(
    data: &[u8],
    (width, height): (usize, usize),
    limits: &Limits,
) -> Result<Vec<u32>, Unreadable> {
    let mut bits = Bits::new(data);
    let mut transforms: Vec<Transform> = Vec::new();
    let mut stored_width = width;
    while bits.read(1) == 1 {
        let kind = bits.read(2);
        if transforms.iter().any(|transform| transform.kind() == kind) {
            return Err(BROKEN);
        }
        let transform = match kind {
            0 | 1 => {
                let block = bits.read(3) + 2;
                let sides = (blocks(stored_width, block), blocks(height, block));
                let image = image(&mut bits, sides, false, limits)?;
                Transform::blocks(kind, block, sides.0, image)
            }
            2 => Transform::SubtractGreen,
            _ => {
                let colours = bits.read(8) as usize + 1;
                let palette = image(&mut bits, (colours, 1), false, limits)?;
                let transform = Transform::palette(palette);
                stored_width = transform.packed_width(stored_width);
                transform
            }
        };
        transforms.push(transform);
    }
    let mut pixels = image(&mut bits, (stored_width, height), true, limits)?;
    for transform in transforms.iter().rev() {
        let width = if matches!(transform, Transform::Palette { .. }) {
            width
        } else {
            stored_width
        };
        pixels = transform.invert(pixels, width);
        if let Transform::Palette { .. } = transform {
            stored_width = width;
        }
    }
    Ok(pixels)
}

/// Blocks of `1 << bits` samples that cover `length`.
fn blocks(length: usize, bits: u32) -> usize {
    length.div_ceil(1 << bits)
}

/// Pixels last seen, by a hash of their value.
struct Cache {
    colours: Vec<u32>,
    shift: u32,
}

impl Cache {
    fn read(bits: &mut Bits<'_>) -> Result<Option<Self>, Unreadable> {
        if bits.read(1) == 0 {
            return Ok(None);
        }
        match bits.read(4) {
            size @ 1..=11 => Ok(Some(Self {
                colours: vec![0; 1 << size],
                shift: 32 - size,
            })),
            _ => Err(BROKEN),
        }
    }

    fn put(&mut self, pixel: u32) {
        let at = pixel.wrapping_mul(0x1E35_A7BD) >> self.shift;
        self.colours[at as usize] = pixel;
    }
}

/// The sets of codes of an image, and which block uses which.
struct Sets {
    sets: Vec<[Code; 5]>,
    /// Set number per block; empty when there is one set only.
    choice: Vec<u32>,
    block: u32,
    across: usize,
}

impl Sets {
    fn read(
        bits: &mut Bits<'_>,
        (width, height): (usize, usize),
        cache: usize,
        whole: bool,
        limits: &Limits,
    ) -> Result<Self, Unreadable> {
        let (mut choice, mut block, mut across) = (Vec::new(), 0, 0);
        if whole && bits.read(1) == 1 {
            block = bits.read(3) + 2;
            across = blocks(width, block);
            choice = image(bits, (across, blocks(height, block)), false, limits)?;
            choice
                .iter_mut()
                .for_each(|pixel| *pixel = *pixel >> 8 & 0xFFFF);
        }
        let count = choice.iter().max().map_or(1, |&set| set as usize + 1);
        let mut sets = Vec::new();
        let mut bytes = 0;
        for _ in 0..count {
            let mut alphabets = ALPHABETS;
            alphabets[0] += cache;
            let mut set = Vec::with_capacity(5);
            for alphabet in alphabets {
                let code = Code::read(bits, alphabet)?;
                bytes += code.bytes();
                set.push(code);
            }
            if bytes > CODES_BYTES_MAX {
                return Err(Unreadable::Memory {
                    max: CODES_BYTES_MAX,
                });
            }
            sets.push(<[Code; 5]>::try_from(set).map_err(|_| BROKEN)?);
        }
        Ok(Self {
            sets,
            choice,
            block,
            across,
        })
    }

    fn at(&self, x: usize, y: usize) -> &[Code; 5] {
        let block = (y >> self.block) * self.across + (x >> self.block);
        let set = self.choice.get(block).map_or(0, |&set| set as usize);
        &self.sets[set]
    }
}

/// Reads one entropy-coded image; only the `whole` picture may have several sets of codes.
fn image(
    bits: &mut Bits<'_>,
    (width, height): (usize, usize),
    whole: bool,
    limits: &Limits,
) -> Result<Vec<u32>, Unreadable> {
    let mut cache = Cache::read(bits)?;
    let cached = cache.as_ref().map_or(0, |cache| cache.colours.len());
    let sets = Sets::read(bits, (width, height), cached, whole, limits)?;
    limits.admit_memory(width * height * size_of::<u32>())?;
    let mut pixels: Vec<u32> = vec![0; width * height];
    let (mut at, mut x, mut y) = (0, 0, 0);
    let mut set = sets.at(0, 0);
    let mask = if sets.choice.is_empty() {
        usize::MAX
    } else {
        (1 << sets.block) - 1
    };
    while at < pixels.len() {
        if x & mask == 0 {
            set = sets.at(x, y);
            bits.check()?;
        }
        bits.refill();
        let symbol = set[0].symbol(bits)?;
        if (LITERALS..LITERALS + LENGTHS).contains(&symbol) {
            let length = prefixed(bits, symbol - LITERALS);
            bits.refill();
            let symbol = set[4].symbol(bits)?;
            let distance = distance(prefixed(bits, symbol), width);
            let from = at.checked_sub(distance).ok_or(BROKEN)?;
            let end = at
                .checked_add(length)
                .filter(|&end| end <= pixels.len())
                .ok_or(BROKEN)?;
            bits.check()?;
            copy(&mut pixels, from, at, end);
            if let Some(cache) = &mut cache {
                pixels[at..end].iter().for_each(|&pixel| cache.put(pixel));
            }
            at = end;
            (x, y) = (at % width, at / width);
            if at < pixels.len() {
                set = sets.at(x, y);
            }
            continue;
        }
        let pixel = if symbol < LITERALS {
            let red = set[1].symbol(bits)?;
            bits.refill();
            let blue = set[2].symbol(bits)?;
            let alpha = set[3].symbol(bits)?;
            (alpha << 24 | red << 16 | symbol << 8 | blue) as u32
        } else {
            let cache = cache.as_ref().ok_or(BROKEN)?;
            *cache
                .colours
                .get(symbol - LITERALS - LENGTHS)
                .ok_or(BROKEN)?
        };
        pixels[at] = pixel;
        if let Some(cache) = &mut cache {
            cache.put(pixel);
        }
        at += 1;
        x += 1;
        if x == width {
            (x, y) = (0, y + 1);
        }
    }
    bits.check()?;
    Ok(pixels)
}

/// Copies `from..` to `at..end`; where they overlap, copied pixels are copied again.
fn copy(pixels: &mut [u32], from: usize, mut at: usize, end: usize) {
    while at < end {
        let count = (at - from).min(end - at);
        pixels.copy_within(from..from + count, at);
        at += count;
    }
}

/// Length or distance of a prefix symbol and the bits behind it. Source: specification, 5.2.2.
fn prefixed(bits: &mut Bits<'_>, symbol: usize) -> usize {
    if symbol < 4 {
        return symbol + 1;
    }
    let extra = (symbol as u32 - 2) >> 1;
    let offset = (2 + (symbol & 1)) << extra;
    offset + bits.read(extra) as usize + 1
}

/// How far back in pixels a coded distance reaches: the first 120 name neighbours above and to
/// the left, nearest first. Source: specification, 5.2.2.
fn distance(coded: usize, width: usize) -> usize {
    let Some(&(x, y)) = NEIGHBOURS.get(coded - 1) else {
        return coded - NEIGHBOURS.len();
    };
    let back = usize::from(y) * width;
    back.saturating_add_signed(isize::from(x)).max(1)
}

/// Left and up of each near distance code.
const NEIGHBOURS: [(i8, u8); 120] = neighbours();

/// The table's order: by distance from the pixel, of equals the nearer column first, left before
/// right. It reaches 8 columns to the left, 7 to the right and 7 rows up.
const fn neighbours() -> [(i8, u8); 120] {
    let mut table = [(0, 0); 120];
    let mut at = 0;
    // Squared distances up to 8 * 8 + 7 * 7.
    let mut squared = 1;
    while squared <= 113 {
        let mut x = 0i8;
        while x <= 8 {
            let mut y = 7i8;
            while y >= 0 {
                if x as i32 * x as i32 + y as i32 * y as i32 == squared {
                    if y > 0 || x > 0 {
                        table[at] = (x, y as u8);
                        at += 1;
                    }
                    if x > 0 && x < 8 && y > 0 {
                        table[at] = (-x, y as u8);
                        at += 1;
                    }
                }
                y -= 1;
            }
            x += 1;
        }
        squared += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_distances_are_those_of_the_specification() {
        let near = [
            (0, 1),
            (1, 0),
            (1, 1),
            (-1, 1),
            (0, 2),
            (2, 0),
            (1, 2),
            (-1, 2),
            (2, 1),
        ];
        assert_eq!(NEIGHBOURS[..9], near);
        assert_eq!(
            NEIGHBOURS[34..40],
            [(0, 5), (3, 4), (-3, 4), (4, 3), (-4, 3), (5, 0)]
        );
        assert_eq!(NEIGHBOURS[116..], [(7, 7), (-7, 7), (8, 6), (8, 7)]);
        assert_eq!(distance(1, 100), 100);
        assert_eq!(distance(4, 1), 1);
        assert_eq!(distance(121, 100), 1);
    }
}
