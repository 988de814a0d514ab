//! Pictures drawn from a sticker: a coloured ground, the sticker in its middle, as stills and as a film.

use tiny_skia::Pixmap;

use crate::film::film;
use crate::opened::Opened;
use crate::{Drawing, Drawn, Film, Undrawable, ground::ground, raster};

/// Side from which the stills are made. Source: size `c`, the largest of a profile picture.
const STILL_SIDE_PX: u32 = 640;
/// Side of a drawn film, size `u`. Chosen: what a still shows in a list needs less, a whole screen of a phone
/// twice as much; drawn figures are as sharp at two thirds of the bytes and half of the time of 640.
pub const FILM_SIDE_PX: u32 = 480;
/// Most frames a second of a film. Chosen: stickers move at 30 or 60; every second frame of the latter.
const FILM_RATE_MAX: u32 = 30;
/// Most frames of a film. Chosen: nine seconds at the full rate; longer stickers move at a lower one.
const FILM_FRAMES_MAX: u32 = 270;

/// Draws a sticker on a coloured ground, in its middle and over two thirds of its side.
///
/// The still is the picture that is shown at `start_s`, the last one if the sticker is over by then. The film
/// is [`FILM_SIDE_PX`] pixels wide and high and lasts as long as the sticker, so that it repeats without a seam; of a
/// sticker that does not move it is one frame. The same drawing gives the same bytes.
///
/// # Errors
/// [`Undrawable::Colours`]: not one to four. [`Undrawable::Time`]: a start below 0 or none. Otherwise what is wrong
/// with the sticker.
///
/// Source: official page on profile pictures made of stickers.
pub fn draw(drawing: &Drawing) -> Result<Drawn, Undrawable> {
    let start_s = drawing.start_s.unwrap_or(0.0);
    if !start_s.is_finite() || start_s < 0.0 {
        return Err(Undrawable::Time);
    }
    if !(1..=4).contains(&drawing.colours.len()) {
        return Err(Undrawable::Colours(drawing.colours.len()));
    }
    let mut opened = Opened::of(&drawing.sticker)?;
    let stills = drawing.stills.then(|| {
        let picture = opened.picture(start_s, sticker_side(STILL_SIDE_PX))?;
        let mut drawn = ground(&drawing.colours, STILL_SIDE_PX)?;
        compose(&mut drawn, STILL_SIDE_PX, &picture, drawing.white);
        drop(picture);
        Ok::<_, Undrawable>(media::stills_of(STILL_SIDE_PX, &drawn))
    });
    let stills = stills.transpose()?;
    let big = drawing.film.then(|| loops(&mut opened, drawing));
    let big = big.transpose()?;
    Ok(Drawn { stills, big })
}

/// Side of the sticker on a ground; even, so that its middle is that of the ground.
/// Source: official page on profile pictures made of stickers, two thirds at most.
const fn sticker_side(ground_px: u32) -> u32 {
    ground_px * 2 / 3 / 2 * 2
}

/// The film of a whole round of the sticker.
fn loops(opened: &mut Opened, drawing: &Drawing) -> Result<Film, Undrawable> {
    let ground = ground(&drawing.colours, FILM_SIDE_PX)?;
    let duration_s = opened.duration_s();
    let (count, rate) = frames(duration_s);
    let mut failed = None;
    let pictures = (0..count).map_while(|number| {
        let at_s = f64::from(number) * duration_s / f64::from(count);
        match opened.picture(at_s, sticker_side(FILM_SIDE_PX)) {
            Ok(picture) => {
                let mut drawn = ground.clone();
                compose(&mut drawn, FILM_SIDE_PX, &picture, drawing.white);
                Some(drawn)
            }
            Err(error) => {
                failed = Some(error);
                None
            }
        }
    });
    let mp4 = film(&mut { pictures }, FILM_SIDE_PX, rate);
    if let Some(error) = failed {
        return Err(error);
    }
    Ok(Film {
        side_px: FILM_SIDE_PX,
        mp4: mp4.map_err(|error| Undrawable::Film(error.to_string()))?,
    })
}

/// How many frames show a sticker once, and how many of them a second.
fn frames(duration_s: f64) -> (u32, u32) {
    if duration_s <= 0.0 {
        return (1, 1);
    }
    let fitting = (f64::from(FILM_FRAMES_MAX) / duration_s).floor();
    let rate = fitting.clamp(1.0, f64::from(FILM_RATE_MAX));
    let count = (duration_s * rate).round().max(1.0);
    (count as u32, rate as u32)
}

/// Lays the picture on the middle of the ground; in `white`, only its opacity counts.
fn compose(ground: &mut [u8], side: u32, picture: &Pixmap, white: bool) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let side = side as usize;
    let (left, top) = ((side - width) / 2, (side - height) / 2);
    let rows = picture.data().as_chunks::<4>().0.chunks_exact(width);
    for (row, y) in rows.zip(top..) {
        let line = &mut ground[(y * side + left) * 3..][..width * 3];
        for (out, [red, green, blue, alpha]) in line.as_chunks_mut::<3>().0.iter_mut().zip(row) {
            // Colours are multiplied by their opacity already.
            let over = if white {
                [*alpha; 3]
            } else {
                [*red, *green, *blue]
            };
            match *alpha {
                0 => {}
                u8::MAX => *out = over,
                alpha => {
                    let left = out.map(|sample| raster::times(sample, 255 - alpha));
                    *out = [0, 1, 2].map(|at| over[at].saturating_add(left[at]));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_has_a_whole_round_in_frames() {
        assert_eq!(frames(0.0), (1, 1));
        assert_eq!(frames(3.0), (90, 30));
        assert_eq!(frames(1.99), (60, 30));
        assert_eq!(frames(0.01), (1, 30));
        assert_eq!(frames(10.0), (270, 27));
    }

    #[test]
    fn stickers_lie_in_the_middle() {
        for ground_px in [STILL_SIDE_PX, FILM_SIDE_PX] {
            let side = sticker_side(ground_px);
            assert!((ground_px - side).is_multiple_of(2) && side * 3 <= ground_px * 2);
        }
    }

    #[test]
    fn half_opaque_colours_do_not_darken_the_ground() {
        let red = [255, 0, 0, 128].repeat(4);
        let picture = raster::from_straight((2, 2), &red).expect("sides");
        let ground = [0, 0, 255].repeat(16);
        let mut drawn = ground.clone();
        compose(&mut drawn, 4, &picture, false);
        assert_eq!(drawn[15..18], [128, 0, 127]);
        let mut white = ground;
        compose(&mut white, 4, &picture, true);
        assert_eq!(white[15..18], [128, 128, 255]);
        assert_eq!(drawn[..3], [0, 0, 255]);
    }
}
