//! A clip that someone uploaded: judged, written anew without what clients need not see, and its still taken.

use bytes::Bytes;
use media::Stills;
use rusty_h264_common::YuvFrame;

use crate::decode::decode;
use crate::film::film;
use crate::mp4::read::{Track, track};
use crate::mp4::shown::Shown;
use crate::mp4::write::{Coded, Edit, Picture, file};
use crate::pps::decoded_right;
use crate::show::Screen;
use crate::sps::PROFILE_HIGH;
use crate::sps_read::Look;
use crate::units::{Frame, Sets, frames, sets};
use crate::{ClipLimits, Film, Moving, Unplayable};

/// Side of size `p`. Source: what clients ask for as the small film.
const SMALL_SIDE_PX: u32 = 160;
/// Most frames a second in size `p`. Chosen: it is shown in lists.
const SMALL_FPS_MAX: u32 = 30;
/// Pixels that may be decoded for size `p`. Chosen: 800 by 800 pixels, ten seconds, 30 a second, with room.
const SMALL_PIXELS_MAX: u64 = 250_000_000;
/// How many times a coded side may be larger than the largest one shown. Chosen: 1920 by 1080 can be cut to a square.
const CODED_TIMES_MAX: u32 = 2;
/// Profiles that clients play. Source: ITU-T H.264, annex A: Baseline, Main, High.
const PROFILES: [u8; 3] = [66, 77, PROFILE_HIGH];

/// Makes what clients download of `source`, a whole MP4 file.
///
/// `start_s`: the still is the last frame that came up by then, in seconds; `None` is the beginning, and after the
/// end it is the last frame. Sizes `u` and `p` come without sound and metadata, `u` with the frames as they were
/// sent; `p` is missing if it would take too long to decode every frame, or one cannot be.
///
/// # Errors
/// Each variant of [`Unplayable`] says when. Nothing is decoded before all limits are checked.
///
/// Source: docs/decisions/0160 (what is taken), 0161 (which frame), 0162 (the decoder).
pub fn clip(
    source: &[u8],
    limits: &ClipLimits,
    start_s: Option<f64>,
    stills: bool,
) -> Result<Moving, Unplayable> {
    let (track, clip) = opened(source, limits, start_s)?;
    let (still, small) = clip.pictures(stills)?;
    let side_px = clip.side_px;
    Ok(Moving {
        stills: still.map(|rgb| media::stills_of(side_px, &rgb)),
        big: Film {
            side_px,
            mp4: clip.rewritten(&track),
        },
        small: small.map(|mp4| Film {
            side_px: SMALL_SIDE_PX,
            mp4,
        }),
    })
}

/// The sizes of the still of `source` alone; everything else is as with [`clip`].
///
/// # Errors
/// Those of [`clip`].
pub fn poster(
    source: &[u8],
    limits: &ClipLimits,
    start_s: Option<f64>,
) -> Result<Stills, Unplayable> {
    let (_, clip) = opened(source, limits, start_s)?;
    Ok(media::stills_of(clip.side_px, &clip.still()?))
}

/// Checks everything that can be checked before anything is decoded.
pub(crate) fn opened<'a>(
    source: &'a [u8],
    limits: &ClipLimits,
    start_s: Option<f64>,
) -> Result<(Track<'a>, Clip<'a>), Unplayable> {
    if source.len() > limits.bytes_max {
        return Err(Unplayable::Bytes {
            bytes: source.len(),
            max: limits.bytes_max,
        });
    }
    let track = track(source)?;
    let sets = sets(track.avcc)?;
    let (frames, look) = frames(source, &track, &sets)?;
    let axes = axes(&track)?;
    let pixel = track.pixel.or(look.pixel);
    let side_px = judge(&track, &look, (pixel, limits))?;
    decoded_right(&sets, &frames, &look)?;
    let shown = Shown::of(&track).ok_or(Unplayable::Broken("no frame is shown"))?;
    let duration_ms = shown.duration_ms();
    if !(1..=u64::from(limits.duration_ms_max)).contains(&duration_ms) {
        return Err(Unplayable::Duration {
            duration_ms,
            max: limits.duration_ms_max,
        });
    }
    let start_s = start_s.filter(|start_s| start_s.is_finite()).unwrap_or(0.0);
    let clip = Clip {
        side_px,
        start_s,
        screen: Screen {
            look: coloured(look, &track),
            axes,
        },
        sets,
        frames,
        shown,
        duration_ms,
    };
    Ok((track, clip))
}

/// Checks what is said of frames; returns the side in pixels as they are shown.
fn judge(
    track: &Track<'_>,
    look: &Look,
    (pixel, limits): (Option<(u32, u32)>, &ClipLimits),
) -> Result<u32, Unplayable> {
    if !PROFILES.contains(&look.profile_idc) {
        let profile_idc = look.profile_idc;
        return Err(Unplayable::Profile { profile_idc });
    }
    if !look.plain_samples {
        return Err(Unplayable::Unsupported(
            "samples other than 4:2:0 with eight bits",
        ));
    }
    if look.interlaced {
        return Err(Unplayable::Unsupported("interlaced frames"));
    }
    let (wide, high) = look.cut_px;
    let (pixel_wide, pixel_high) = pixel.unwrap_or((1, 1));
    let shown = u64::from(wide) * u64::from(pixel_wide) / u64::from(pixel_high);
    let shown_wide = u32::try_from(shown).unwrap_or(u32::MAX);
    // Shapes of pixels are fractions of small numbers, so a side may miss the other by one.
    if shown_wide.abs_diff(high) > u32::from(pixel_wide != pixel_high) {
        return Err(Unplayable::NotSquare {
            width_px: shown_wide,
            height_px: high,
        });
    }
    for px in [high, wide] {
        if !(limits.side_px_min..=limits.side_px_max).contains(&px) {
            return Err(Unplayable::Side {
                px,
                min: limits.side_px_min,
                max: limits.side_px_max,
            });
        }
    }
    let coded_max = limits.side_px_max.saturating_mul(CODED_TIMES_MAX);
    let entry = track.entry_px;
    for (width_px, height_px) in [look.coded_px, entry] {
        if width_px > coded_max || height_px > coded_max {
            return Err(Unplayable::Coded {
                width_px,
                height_px,
            });
        }
    }
    Ok(high)
}

/// The turn of the frames in steps of a quarter, or mirrored.
fn axes(track: &Track<'_>) -> Result<[i8; 4], Unplayable> {
    let axes = track.axes.map(|part| match part {
        0x1_0000 => 1,
        -0x1_0000 => -1,
        0 => 0,
        _ => 2,
    });
    let [a, b, c, d] = axes;
    let straight = b == 0 && c == 0 && a * d != 0;
    let crossed = a == 0 && d == 0 && b * c != 0;
    if axes.contains(&2) || !(straight || crossed) {
        return Err(Unplayable::Unsupported(
            "frames turned by less than a quarter",
        ));
    }
    Ok(axes)
}

/// What the frames do not say of their colours, the file may.
fn coloured(mut look: Look, track: &Track<'_>) -> Look {
    if let Some(colour) = track.colour {
        let matrix = colour.get(9).copied().filter(|&matrix| matrix != 2);
        look.matrix = look.matrix.or(matrix);
        look.full_range = look
            .full_range
            .or(colour.get(10).map(|flags| flags & 0x80 != 0));
    }
    look
}

/// A clip that passed every check.
pub(crate) struct Clip<'a> {
    side_px: u32,
    start_s: f64,
    screen: Screen,
    sets: Sets<'a>,
    frames: Vec<Frame<'a>>,
    shown: Shown,
    duration_ms: u64,
}

impl Clip<'_> {
    /// The still if it is wanted, and size `p` if there is one.
    fn pictures(&self, stills: bool) -> Result<(Option<Vec<u8>>, Option<Bytes>), Unplayable> {
        let target = self.shown.at(self.start_s);
        let mut still = None;
        let mut small = None;
        if self.pixels() <= SMALL_PIXELS_MAX {
            small = self.small(stills.then_some((target, &mut still)));
        }
        if stills && still.is_none() {
            still = Some(self.still()?);
        }
        Ok((still, small))
    }

    /// The frame at the start as RGB, with as few others decoded as there must be.
    pub(crate) fn still(&self) -> Result<Vec<u8>, Unplayable> {
        let target = self.shown.at(self.start_s);
        let mut still = None;
        let mut take = |_: usize, frame: &YuvFrame| {
            still = Some(self.square(target, frame, self.side_px)?);
            Ok(())
        };
        decode(&self.sets, &self.frames, &[target], &mut take)?;
        still.ok_or(Unplayable::Broken("the frame at the start does not come"))
    }

    /// Pixels of all frames together.
    fn pixels(&self) -> u64 {
        let (wide, high) = self.screen.look.coded_px;
        u64::from(wide) * u64::from(high) * self.frames.len() as u64
    }

    fn square(&self, number: usize, frame: &YuvFrame, side_px: u32) -> Result<Vec<u8>, Unplayable> {
        let square = self.screen.square(frame, side_px as usize);
        square.ok_or_else(|| Unplayable::Undecodable {
            frame: number,
            why: "it is smaller than its parameter sets say".to_owned(),
        })
    }

    /// Decodes everything for size `p`, and on the way the still.
    fn small(&self, mut still: Option<(usize, &mut Option<Vec<u8>>)>) -> Option<Bytes> {
        let seconds = self.duration_ms as f64 / 1_000.0;
        let fps = (self.shown.count() as f64 / seconds).round() as u32;
        let fps = fps.clamp(1, SMALL_FPS_MAX);
        let count = (seconds * f64::from(fps)).round().max(1.0) as u32;
        let order: Vec<usize> = (0..count)
            .map(|number| self.shown.at(f64::from(number) / f64::from(fps)))
            .collect();
        let mut wanted = order.clone();
        wanted.extend(still.as_ref().map(|(target, _)| *target));
        wanted.sort_unstable();
        wanted.dedup();
        let mut squares = vec![None; self.frames.len()];
        let mut take = |number: usize, frame: &YuvFrame| {
            squares[number] = Some(self.square(number, frame, SMALL_SIDE_PX)?);
            if let Some((_, still)) = still.as_mut().filter(|(target, _)| *target == number) {
                **still = Some(self.square(number, frame, self.side_px)?);
            }
            Ok(())
        };
        decode(&self.sets, &self.frames, &wanted, &mut take).ok()?;
        let mut drawn = order.iter().filter_map(|&number| squares[number].clone());
        film(&mut drawn, SMALL_SIDE_PX, fps).ok()
    }

    /// Size `u`: the same frames in a plain file.
    fn rewritten(&self, track: &Track<'_>) -> Bytes {
        let look = &self.screen.look;
        let cleaned: Vec<Vec<u8>> = self.frames.iter().map(Frame::clean).collect();
        let samples = track.samples.iter().zip(&self.frames).zip(&cleaned);
        let coded = samples.map(|((sample, frame), bytes)| Coded {
            bytes,
            lasts: sample.lasts,
            shown_after: sample.shown_after,
            sync: sample.sync || frame.fresh,
        });
        let mut looks = Vec::new();
        if let Some(pixel) = track.pixel {
            looks.extend(crate::mp4::write::pasp(pixel));
        }
        if let Some(colour) = track.colour {
            looks.extend(crate::mp4::write::colr(colour));
        }
        let fixed = |axis: i8| (i32::from(axis) << 16) as u32;
        let [a, b, c, d] = self.screen.axes.map(fixed);
        // The turn is around the corner; clients move the frame back by themselves.
        let matrix = [a, b, 0, c, d, 0, 0, 0, 0x4000_0000];
        file(&Picture {
            width_px: look.cut_px.0 as u16,
            height_px: look.cut_px.1 as u16,
            side_px: self.side_px as u16,
            timescale: track.timescale,
            movie_timescale: track.movie_timescale,
            lasts: (self.duration_ms * u64::from(track.movie_timescale)).div_ceil(1_000),
            avcc: &self
                .sets
                .record(track.avcc, look.profile_idc == PROFILE_HIGH),
            entry: track.entry,
            looks,
            matrix,
            edits: edits(track),
            frames: coded.collect(),
        })
    }
}

/// The edit list where the first frame is decoded at 0.
fn edits(track: &Track<'_>) -> Vec<Edit> {
    let begins = track.samples.first().map_or(0, |sample| sample.decoded);
    let parts = track.parts.iter().map(|part| {
        let mut lasts = part.lasts;
        if let (0, Some(from)) = (lasts, part.from) {
            // To the end, which only files in fragments may say so.
            let ticks = (track.end() - from).max(0) as u128 * u128::from(track.movie_timescale);
            lasts = ticks.div_ceil(u128::from(track.timescale)) as u64;
        }
        Edit {
            lasts,
            from: part.from.map_or(-1, |from| (from - begins).max(0)),
        }
    });
    parts.collect()
}

/// The side of a clip and its size `u`, for fuzzers.
pub(crate) fn written_anew(source: &[u8], limits: &ClipLimits) -> Result<(u32, Bytes), Unplayable> {
    let (track, clip) = opened(source, limits, None)?;
    Ok((clip.side_px, clip.rewritten(&track)))
}
