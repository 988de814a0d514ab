//! Pictures with transparency: made from straight colours, brought to another size, turned back.
//! All colours here are multiplied by their opacity, so that edges never darken.

use tiny_skia::{FilterQuality, Pixmap, PixmapPaint, Transform};

use crate::Undrawable;

/// An empty picture.
pub(crate) fn empty(width_px: u32, height_px: u32) -> Result<Pixmap, Undrawable> {
    Pixmap::new(width_px, height_px).ok_or(Undrawable::Sides {
        width_px,
        height_px,
    })
}

/// A picture from colours that are not multiplied by their opacity.
pub(crate) fn from_straight(
    (width_px, height_px): (u32, u32),
    rgba: &[u8],
) -> Result<Pixmap, Undrawable> {
    let mut pixmap = empty(width_px, height_px)?;
    let pixels = pixmap.data_mut().as_chunks_mut::<4>().0;
    if pixels.len() != rgba.len() / 4 {
        return Err(Undrawable::Truncated);
    }
    for (out, [red, green, blue, alpha]) in pixels.iter_mut().zip(rgba.as_chunks::<4>().0) {
        let [red, green, blue] = [red, green, blue].map(|sample| times(*sample, *alpha));
        *out = [red, green, blue, *alpha];
    }
    Ok(pixmap)
}

/// The colours of a picture, no longer multiplied by their opacity.
pub(crate) fn to_straight(pixmap: &Pixmap) -> Vec<u8> {
    let mut rgba = pixmap.data().to_vec();
    for [red, green, blue, alpha] in rgba.as_chunks_mut::<4>().0 {
        let whole = u32::from(*alpha).max(1);
        for sample in [red, green, blue] {
            *sample = ((u32::from(*sample) * 255 + whole / 2) / whole).min(255) as u8;
        }
    }
    rgba
}

/// A product of two parts of 255, rounded.
pub(crate) fn times(one: u8, other: u8) -> u8 {
    let product = u32::from(one) * u32::from(other) + 128;
    ((product + (product >> 8)) >> 8) as u8
}

/// Width and height of a picture of these sides inside a square: the longer one fills it.
pub(crate) fn fitted((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let long = u64::from(width.max(height).max(1));
    let scaled = |length: u32| {
        let scaled = (u64::from(length) * u64::from(side) + long / 2) / long;
        scaled.max(1) as u32
    };
    (scaled(width), scaled(height))
}

/// The picture in other sides: means of areas where it shrinks, straight lines where it grows: a curve
/// would overshoot, and a bright seam run along its edges.
pub(crate) fn resized(source: &Pixmap, (width, height): (u32, u32)) -> Result<Pixmap, Undrawable> {
    if (source.width(), source.height()) == (width, height) {
        return Ok(source.clone());
    }
    if width > source.width() || height > source.height() {
        let mut larger = empty(width, height)?;
        let paint = PixmapPaint {
            quality: FilterQuality::Bilinear,
            ..PixmapPaint::default()
        };
        let across = width as f32 / source.width() as f32;
        let scale = Transform::from_scale(across, height as f32 / source.height() as f32);
        larger.draw_pixmap(0, 0, source.as_ref(), &paint, scale, None);
        return Ok(larger);
    }
    let across = shares(source.width(), width);
    let down = shares(source.height(), height);
    let columns = source.width() as usize;
    let mut narrow = vec![[0_u32; 4]; width as usize * source.height() as usize];
    let rows = source.data().as_chunks::<4>().0.chunks_exact(columns);
    for (row, out) in rows.zip(narrow.chunks_exact_mut(width as usize)) {
        for (share, out) in across.iter().zip(out) {
            *out = share.sum(|at| row[at].map(u32::from));
        }
    }
    let mut smaller = empty(width, height)?;
    let rows = smaller.data_mut().as_chunks_mut::<4>().0;
    for (share, out) in down.iter().zip(rows.chunks_exact_mut(width as usize)) {
        for (x, out) in out.iter_mut().enumerate() {
            let sum = share.sum(|at| narrow[at * width as usize + x]);
            *out = sum.map(|sample| sample.min(255) as u8);
            let alpha = out[3];
            // Rounding must not make a colour brighter than its opacity allows.
            *out = out.map(|sample| sample.min(alpha));
        }
    }
    Ok(smaller)
}

/// Which samples make one, and how much of each in parts of 65,536.
#[derive(Debug)]
struct Share {
    first: usize,
    parts: Vec<u32>,
}

impl Share {
    fn sum(&self, sample: impl Fn(usize) -> [u32; 4]) -> [u32; 4] {
        let mut sum = [0_u64; 4];
        for (at, part) in (self.first..).zip(&self.parts) {
            for (sum, sample) in sum.iter_mut().zip(sample(at)) {
                *sum += u64::from(sample) * u64::from(*part);
            }
        }
        sum.map(|sum| ((sum + (1 << 15)) >> 16) as u32)
    }
}

/// How `from` samples are divided among `to` fewer ones.
fn shares(from: u32, to: u32) -> Vec<Share> {
    let (from, to) = (u64::from(from), u64::from(to));
    let share = |at: u64| {
        let (begin, end) = (at * from, (at + 1) * from);
        let (first, last) = (begin / to, end.div_ceil(to).min(from));
        let mut parts = Vec::with_capacity((last - first) as usize);
        let mut left = 1_u64 << 16;
        for sample in first..last {
            let overlap = end.min((sample + 1) * to) - begin.max(sample * to);
            let part = if sample + 1 == last {
                left
            } else {
                (overlap << 16) / from
            };
            left -= part;
            parts.push(part as u32);
        }
        let first = first as usize;
        Share { first, parts }
    };
    (0..to).map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_picture_stays_plain_in_every_size() {
        let rgba = [200, 100, 50, 128].repeat(37 * 21);
        let plain = from_straight((37, 21), &rgba).expect("sides");
        let colour = plain.data()[..4].to_vec();
        for sides in [(37, 21), (9, 5), (36, 20), (1, 1)] {
            let smaller = resized(&plain, sides).expect("sides");
            assert_eq!((smaller.width(), smaller.height()), sides);
            for pixel in smaller.data().as_chunks::<4>().0 {
                assert!(
                    pixel
                        .iter()
                        .zip(&colour)
                        .all(|(one, other)| one.abs_diff(*other) <= 1)
                );
            }
        }
    }

    #[test]
    fn sides_fill_a_square_with_the_longer_one() {
        assert_eq!(fitted((512, 256), 128), (128, 64));
        assert_eq!(fitted((100, 100), 427), (427, 427));
        assert_eq!(fitted((1, 512), 128), (1, 128));
    }

    #[test]
    fn colours_come_back_from_their_opacity() {
        let rgba = [[255, 0, 128, 255], [10, 20, 30, 0], [250, 5, 99, 200]].concat();
        let back = to_straight(&from_straight((3, 1), &rgba).expect("sides"));
        assert_eq!(back[..4], rgba[..4]);
        assert_eq!(back[4..8], [0; 4]);
        let close = back[8..].iter().zip(&rgba[8..]);
        assert!(
            close
                .into_iter()
                .all(|(one, other)| one.abs_diff(*other) <= 1)
        );
    }
}
