//! Video stickers: VP9 in WebM, with a second stream of pictures beside each that holds its opacity.

mod demux;
mod ebml;
mod vp9;

use tiny_skia::Pixmap;

use self::demux::Track;
use self::vp9::{Decoder, Plane};
use crate::opened::{STICKER_DURATION_MS_MAX, STICKER_SIDE_PX_MAX};
use crate::{Undrawable, raster};

/// Longest video sticker. Source: Telegram's page on video stickers.
const STICKER_WEBM_BYTES_MAX: usize = 256 * 1024;
/// Most pictures in a video sticker. Chosen: ten seconds at the 60 a second of the fastest animations.
const STICKER_WEBM_FRAMES_MAX: usize = 600;

/// A video sticker, decoded as far as it was asked for.
#[derive(Debug)]
pub(crate) struct Video {
    track: Track,
    at: Option<Reached>,
}

/// Where decoding is.
#[derive(Debug)]
struct Reached {
    colour: Decoder,
    opacity: Decoder,
    /// Number of the frame that `shown` is.
    number: usize,
    shown: Pixmap,
}

impl Video {
    /// Reads a file, judges it and decodes its first picture.
    pub(crate) fn of(source: &[u8]) -> Result<Self, Undrawable> {
        if source.len() > STICKER_WEBM_BYTES_MAX {
            return Err(Undrawable::Bytes {
                bytes: source.len(),
                max: STICKER_WEBM_BYTES_MAX,
            });
        }
        let track = Track::read(source)?;
        let (width_px, height_px) = track.sides;
        let within = 1..=STICKER_SIDE_PX_MAX;
        if !within.contains(&width_px) || !within.contains(&height_px) {
            return Err(Undrawable::Sides {
                width_px,
                height_px,
            });
        }
        let ms = track.duration_ns / 1_000_000;
        if !(1..=u64::from(STICKER_DURATION_MS_MAX)).contains(&ms) {
            return Err(Undrawable::Duration {
                ms,
                max: STICKER_DURATION_MS_MAX,
            });
        }
        let mut video = Self { track, at: None };
        video.decoded(0)?;
        Ok(video)
    }

    /// Width and height in pixels.
    pub(crate) fn sides(&self) -> (u32, u32) {
        self.track.sides
    }

    /// How long it lasts.
    pub(crate) fn duration_s(&self) -> f64 {
        self.track.duration_ns as f64 / 1e9
    }

    /// The picture that is shown at a time, the last one from the end on.
    pub(crate) fn picture(&mut self, at_s: f64) -> Result<&Pixmap, Undrawable> {
        // A time that was made of a frame's own must give that frame again.
        let at_ns = (at_s * 1e9 + 1_000.0).min(u64::MAX as f64) as u64;
        let next = self
            .track
            .frames
            .partition_point(|frame| frame.at_ns <= at_ns);
        self.decoded(next.saturating_sub(1))
    }

    fn decoded(&mut self, number: usize) -> Result<&Pixmap, Undrawable> {
        let mut at = match self.at.take() {
            Some(at) if at.number <= number => at,
            _ => {
                let mut colour = Decoder::of(self.track.sides);
                let mut opacity = Decoder::of(self.track.sides);
                let shown = self.next(&mut colour, &mut opacity, 0)?;
                Reached {
                    colour,
                    opacity,
                    number: 0,
                    shown: shown.ok_or(Undrawable::Broken("WebM: no first picture"))?,
                }
            }
        };
        while at.number < number {
            at.number += 1;
            if let Some(shown) = self.next(&mut at.colour, &mut at.opacity, at.number)? {
                at.shown = shown;
            }
        }
        Ok(&self.at.insert(at).shown)
    }

    /// Decodes one frame; `None`: nothing new is shown.
    fn next(
        &self,
        colour: &mut Decoder,
        opacity: &mut Decoder,
        number: usize,
    ) -> Result<Option<Pixmap>, Undrawable> {
        let frame = &self.track.frames[number];
        let picture = colour.decode(&frame.colour)?;
        let alpha = match &frame.opacity {
            Some(packet) => opacity.decode(packet)?,
            None => None,
        };
        picture
            .map(|picture| pixmap(self.track.sides, &picture, alpha.as_ref()))
            .transpose()
    }
}

/// A picture from its planes; what has no opacity is opaque.
fn pixmap(
    (width, height): (u32, u32),
    picture: &vp9::Picture,
    opacity: Option<&vp9::Picture>,
) -> Result<Pixmap, Undrawable> {
    let sides = (width as usize, height as usize);
    let mut rgba = Vec::with_capacity(sides.0 * sides.1 * 4);
    for y in 0..sides.1 {
        for x in 0..sides.0 {
            let luma = picture.luma.at(x, y);
            let [blue, red] = [&picture.blue, &picture.red].map(|plane| between(plane, x, y));
            rgba.extend(vp9::rgb(picture.matrix, [luma, blue, red]));
            rgba.push(opacity.map_or(255, |opacity| opacity.luma.at(x, y)));
        }
    }
    raster::from_straight((width, height), &rgba)
}

/// Chroma at a pixel from the four samples around it, the nearest with nine parts of sixteen.
fn between(plane: &Plane, x: usize, y: usize) -> u8 {
    let near = |at: usize, count: usize| {
        let far = if at.is_multiple_of(2) {
            (at / 2).saturating_sub(1)
        } else {
            (at / 2 + 1).min(count - 1)
        };
        (at / 2, far)
    };
    let ((x, far_x), (y, far_y)) = (near(x, plane.width), near(y, plane.height));
    let at = |x: usize, y: usize| u32::from(plane.at(x, y));
    let sum = at(x, y) * 9 + at(far_x, y) * 3 + at(x, far_y) * 3 + at(far_x, far_y);
    ((sum + 8) >> 4) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pictures of a fixture and a sheet of them, five in a row, that another decoder made.
    const FIXTURES: [(&[u8], &[u8], u32); 2] = [
        (
            include_bytes!("../tests/fixtures/alpha.webm"),
            include_bytes!("../tests/fixtures/alpha.webp"),
            30,
        ),
        (
            include_bytes!("../tests/fixtures/opaque.webm"),
            include_bytes!("../tests/fixtures/opaque.webp"),
            25,
        ),
    ];
    /// Source: the issue.
    const PSNR_MIN: f64 = 35.0;

    /// The sheet, colours multiplied by their opacity: what is not seen does not count.
    fn sheet(file: &[u8]) -> Pixmap {
        let limits = media::Limits {
            side_px_min: 1,
            ..media::Limits::default()
        };
        let sheet = media::webp_rgba(file, &limits).expect("a sheet");
        let sides = (sheet.width_px, sheet.height_px);
        raster::from_straight(sides, &sheet.pixels).expect("sides")
    }

    #[test]
    fn every_picture_is_that_of_another_decoder() {
        for (file, sheet_file, rate) in FIXTURES {
            let sheet = sheet(sheet_file);
            let mut video = Video::of(file).expect("a sticker");
            let (width, height) = video.sides();
            assert_eq!((width * 5, height * 2), (sheet.width(), sheet.height()));
            // Forwards, then from the last to the first, which begins anew each time.
            for number in (0..10).chain([9, 4, 0]) {
                let at_s = f64::from(number) / f64::from(rate) + 0.01;
                let picture = video.picture(at_s).expect("a picture");
                let (left, top) = (number % 5 * width, number / 5 * height);
                let mut off = 0.0;
                for y in 0..height {
                    for x in 0..width {
                        let [ours, theirs] = [(picture, x, y), (&sheet, left + x, top + y)]
                            .map(|(from, x, y)| from.pixel(x, y).expect("inside"));
                        for (one, other) in [
                            (ours.red(), theirs.red()),
                            (ours.green(), theirs.green()),
                            (ours.blue(), theirs.blue()),
                            (ours.alpha(), theirs.alpha()),
                        ] {
                            off += f64::from(one.abs_diff(other)).powi(2);
                        }
                    }
                }
                let mean = off / f64::from(width * height * 4);
                let psnr = 10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10();
                assert!(psnr >= PSNR_MIN, "picture {number}: {psnr:.1} dB");
            }
        }
    }

    #[test]
    fn the_last_picture_stays_and_the_whole_lasts_as_it_says() {
        let mut video = Video::of(FIXTURES[0].0).expect("a sticker");
        assert!(
            (video.duration_s() - 0.333).abs() < 0.02,
            "{}",
            video.duration_s()
        );
        let last = video.picture(0.305).expect("a picture").clone();
        assert!(video.picture(1e300).expect("a picture").data() == last.data());
        assert!(video.picture(0.0).expect("a picture").data() != last.data());
    }

    #[test]
    fn cut_and_changed_files_are_refused_or_decoded_without_a_panic() {
        let (file, ..) = FIXTURES[0];
        let all = |file: &[u8]| {
            let mut video = Video::of(file)?;
            video.picture(9.0).map(|_| ())
        };
        for length in (0..file.len()).step_by(11) {
            // A file may end between two pictures.
            let _: Result<(), _> = all(&file[..length]);
        }
        let mut seed = 1_u32;
        for _ in 0..300 {
            let mut changed = file.to_vec();
            for _ in 0..2 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let at = (seed >> 8) as usize % changed.len();
                changed[at] ^= 1 << (seed & 7);
            }
            let _: Result<(), _> = all(&changed);
        }
        assert_eq!(all(file), Ok(()));
    }

    #[test]
    fn sides_that_lie_are_refused_before_anything_is_decoded() {
        let (file, ..) = FIXTURES[0];
        let wide = [0xB0, 0x81, 100];
        let at = file
            .windows(3)
            .position(|bytes| bytes == wide)
            .expect("a width");
        for (width, is_wide) in [(101, false), (0, true)] {
            let mut changed = file.to_vec();
            changed[at + 2] = width;
            let refused = Video::of(&changed).map(|_| ());
            assert_eq!(matches!(refused, Err(Undrawable::Sides { .. })), is_wide);
            assert!(refused.is_err(), "{width}");
        }
        let long = vec![0x1A; STICKER_WEBM_BYTES_MAX + 1];
        assert!(matches!(Video::of(&long), Err(Undrawable::Bytes { .. })));
    }
}
