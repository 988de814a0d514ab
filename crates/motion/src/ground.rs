//! The coloured ground behind a sticker: plain, from top to bottom, or flowing between anchors.

use crate::Undrawable;

/// Where the colours of a free gradient sit, as parts of its sides from the top left corner.
/// Source: Telegram's apps, backgrounds of chats without rotation.
const ANCHORS: [(f64, f64); 4] = [(0.80, 0.90), (0.35, 0.75), (0.20, 0.10), (0.65, 0.25)];
/// How far a colour reaches, in parts of a side. Source: as [`ANCHORS`].
const REACH: f64 = 0.9;
/// How much the picture is turned with distance from its centre: the angle is `SWIRL` times the
/// square of (`SWIRL_REACH` times the distance). Source: as [`ANCHORS`].
const SWIRL: f64 = 6.4;
/// Source: as [`ANCHORS`].
const SWIRL_REACH: f64 = 0.35;
/// Points along a side where a free gradient is computed; between them it is linear.
/// Source: the apps compute as many and enlarge the result.
const GRID: usize = 64;

/// A ground of `side_px` pixels, red, green and blue of each.
///
/// # Errors
/// [`Undrawable::Colours`]: not one to four.
pub(crate) fn ground(colours: &[u32], side_px: u32) -> Result<Vec<u8>, Undrawable> {
    let side = side_px as usize;
    match *colours {
        [plain] => Ok(rgb(plain).map(|sample| sample as u8).repeat(side * side)),
        [top, bottom] => Ok(upright(rgb(top), rgb(bottom), side)),
        [_, _, _] | [_, _, _, _] => Ok(free(colours, side)),
        _ => Err(Undrawable::Colours(colours.len())),
    }
}

fn rgb(colour: u32) -> [f64; 3] {
    let [_, red, green, blue] = colour.to_be_bytes();
    [red, green, blue].map(f64::from)
}

/// From `top` to `bottom`: the first row has one colour, the last the other.
fn upright(top: [f64; 3], bottom: [f64; 3], side: usize) -> Vec<u8> {
    let last = side.saturating_sub(1).max(1) as f64;
    let rows = (0..side).flat_map(|y| {
        let part = y as f64 / last;
        let row = mix(top, bottom, part).map(|sample| (sample + 0.5) as u8);
        row.repeat(side)
    });
    rows.collect()
}

fn mix(one: [f64; 3], other: [f64; 3], part: f64) -> [f64; 3] {
    let mixed = |at: usize| one[at] + (other[at] - one[at]) * part;
    [mixed(0), mixed(1), mixed(2)]
}

/// Every colour weighs by the fourth power of how near its anchor is, after the plane was swirled.
fn free(colours: &[u32], side: usize) -> Vec<u8> {
    let anchors: Vec<_> = colours
        .iter()
        .map(|colour| rgb(*colour))
        .zip(ANCHORS)
        .collect();
    let point = |at: usize| at as f64 / (GRID - 1) as f64;
    let grid: Vec<[f64; 3]> = (0..GRID * GRID)
        .map(|at| flowing(&anchors, point(at % GRID), point(at / GRID)))
        .collect();
    enlarged(&grid, side)
}

/// Fractional bits of samples between the points of the grid.
const PART_BITS: u32 = 16;

/// The picture between the points of the grid: every row of points is drawn once in the width of the picture, and
/// the rows of pixels between two of them differ by the same step each.
fn enlarged(grid: &[[f64; 3]], side: usize) -> Vec<u8> {
    let places: Vec<(usize, f64)> = (0..side).map(|at| place(at, side)).collect();
    let wide = |row: usize| -> Vec<f64> {
        let points = &grid[row * GRID..][..GRID];
        let colours = places
            .iter()
            .map(|(column, across)| mix(points[*column], points[column + 1], *across));
        colours.flatten().collect()
    };
    let one = f64::from(1 << PART_BITS);
    let step = (GRID - 1) as f64 / side as f64;
    let mut pixels = vec![0; side * side * 3];
    let mut lines = pixels.chunks_exact_mut(side * 3);
    let (mut samples, mut steps) = (vec![0_i32; side * 3], vec![0_i32; side * 3]);
    let mut known = (0, wide(0));
    for rows in places.chunk_by(|one, other| one.0 == other.0) {
        let (row, down) = rows[0];
        let upper = if known.0 == row { known.1 } else { wide(row) };
        known = (row + 1, wide(row + 1));
        for (at, (upper, lower)) in upper.iter().zip(&known.1).enumerate() {
            let first = upper + (lower - upper) * down + 0.5;
            samples[at] = (first * one) as i32;
            steps[at] = ((lower - upper) * step * one) as i32;
        }
        for line in lines.by_ref().take(rows.len()) {
            for ((out, sample), step) in line.iter_mut().zip(&mut samples).zip(&steps) {
                *out = (*sample >> PART_BITS) as u8;
                *sample += step;
            }
        }
    }
    pixels
}

/// The point of the grid before the middle of a pixel, and how far it is on to the next.
fn place(at: usize, side: usize) -> (usize, f64) {
    let along = (at as f64 + 0.5) / side as f64 * (GRID - 1) as f64;
    let before = (along as usize).min(GRID - 2);
    (before, along - before as f64)
}

fn flowing(anchors: &[([f64; 3], (f64, f64))], x: f64, y: f64) -> [f64; 3] {
    let (from_x, from_y) = (x - 0.5, y - 0.5);
    let reach = SWIRL_REACH * SWIRL_REACH * (from_x * from_x + from_y * from_y);
    let (sine, cosine) = sine_cosine(SWIRL * reach);
    let turned_x = (0.5 + from_x * cosine - from_y * sine).clamp(0.0, 1.0);
    let turned_y = (0.5 + from_x * sine + from_y * cosine).clamp(0.0, 1.0);
    let (mut sum, mut whole) = ([0.0; 3], 0.0);
    for (colour, (anchor_x, anchor_y)) in anchors {
        let (across, down) = (turned_x - anchor_x, turned_y - anchor_y);
        let near = (REACH - (across * across + down * down).sqrt()).max(0.0);
        let weight = near * near * near * near;
        whole += weight;
        for (sum, sample) in sum.iter_mut().zip(colour) {
            *sum += weight * sample;
        }
    }
    // Three anchors lie so that every point of the square is within reach of one.
    if whole > 0.0 {
        sum.map(|sum| sum / whole)
    } else {
        anchors.first().map_or([0.0; 3], |(colour, _)| *colour)
    }
}

/// Sine and cosine of an angle below one half, from their series: the same on every machine.
fn sine_cosine(angle: f64) -> (f64, f64) {
    let square = angle * angle;
    let sine = angle * (1.0 - square / 6.0 * (1.0 - square / 20.0 * (1.0 - square / 42.0)));
    let cosine = 1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0));
    (sine, cosine)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: usize = 320;

    fn pixel(ground: &[u8], x: usize, y: usize) -> [u8; 3] {
        ground.as_chunks::<3>().0[y * SIDE + x]
    }

    #[test]
    fn one_colour_is_plain_and_two_run_from_top_to_bottom() {
        let plain = ground(&[0x00C0_FFEE], SIDE as u32).expect("a colour");
        assert!(
            plain
                .as_chunks::<3>()
                .0
                .iter()
                .all(|pixel| *pixel == [0xC0, 0xFF, 0xEE])
        );
        let two = ground(&[0x00FF_0000, 0x0000_00FF], SIDE as u32).expect("colours");
        for x in [0, SIDE / 2, SIDE - 1] {
            assert_eq!(pixel(&two, x, 0), [255, 0, 0]);
            assert_eq!(pixel(&two, x, SIDE - 1), [0, 0, 255]);
            let [red, _, blue] = pixel(&two, x, SIDE / 2);
            assert!(red.abs_diff(blue) <= 2, "half way");
        }
    }

    #[test]
    fn a_free_gradient_is_nearly_pure_at_its_anchors() {
        let colours = [0x00FF_0000, 0x0000_FF00, 0x0000_00FF, 0x00FF_FFFF];
        for count in [3, 4] {
            let free = ground(&colours[..count], SIDE as u32).expect("colours");
            for (colour, (x, y)) in colours[..count].iter().zip(ANCHORS) {
                let (x, y) = ((x * SIDE as f64) as usize, (y * SIDE as f64) as usize);
                let [_, red, green, blue] = colour.to_be_bytes();
                let near = pixel(&free, x, y).into_iter().zip([red, green, blue]);
                let off = near.map(|(one, other)| one.abs_diff(other)).max();
                assert!(off < Some(96), "{colour:06x} of {count} is off by {off:?}");
            }
        }
    }

    #[test]
    fn a_free_gradient_is_what_its_grid_says() {
        let sample = |at: usize| ((at * at * 7 + at * 31) % 256) as f64;
        let rough: Vec<_> = (0..GRID * GRID)
            .map(|at| [sample(at), 255.0 - sample(at), sample(at / GRID).round()])
            .collect();
        for side in [640, 480, 100, 64, 40, 1] {
            let drawn = enlarged(&rough, side);
            for (at, pixel) in drawn.as_chunks::<3>().0.iter().enumerate() {
                let ((column, across), (row, down)) =
                    (place(at % side, side), place(at / side, side));
                let [upper, lower] = [row, row + 1].map(|row| {
                    let points = &rough[row * GRID + column..][..2];
                    mix(points[0], points[1], across)
                });
                let exact = mix(upper, lower, down);
                let off = exact.into_iter().zip(pixel);
                let off = off.map(|(exact, drawn)| (exact - f64::from(*drawn)).abs());
                // Half a level is rounding; the rest are the bits that steps lose.
                assert!(off.fold(0.0, f64::max) < 0.51, "{side}: pixel {at}");
            }
            assert_eq!(drawn.len(), side * side * 3);
        }
    }

    #[test]
    fn no_colour_and_five_are_refused() {
        assert_eq!(ground(&[], 8), Err(Undrawable::Colours(0)));
        assert_eq!(ground(&[0; 5], 8), Err(Undrawable::Colours(5)));
    }

    #[test]
    fn the_series_are_those_of_sine_and_cosine() {
        for step in 0..50 {
            let angle = f64::from(step) / 100.0;
            let (sine, cosine) = sine_cosine(angle);
            assert!((sine - angle.sin()).abs() < 1e-7 && (cosine - angle.cos()).abs() < 1e-6);
        }
    }
}
