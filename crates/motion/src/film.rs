//! Encodes drawn frames as a square MP4: H.264 High without frames out of order, BT.709 in studio range.

use bytes::Bytes;
use rusty_h264_common::YuvFrame;
use rusty_h264_common::nal::split_annex_b;
use rusty_h264_encoder::{Encoder, EncoderConfig, Preset};

use crate::mp4::write::{BT709, Coded, Picture, UPRIGHT, colr, file};
use crate::sps;

/// Longest film. Chosen: what is taken from people is not longer either.
pub(crate) const FILM_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Frames of a film in memory, at one and a half bytes a pixel. Chosen: five seconds of 640 pixels at 30 a second.
pub(crate) const FILM_FRAMES_BYTES_MAX: usize = 96 * 1024 * 1024;
/// Longest side of a film.
pub(crate) const FILM_SIDE_PX_MAX: u32 = 1_280;
/// Most frames a second.
pub(crate) const FILM_FPS_MAX: u32 = 120;
/// Quantisers, tried from the best quality downwards until a film is short enough.
const QUANTISERS: [u8; 4] = [20, 27, 36, 51];
/// Ticks of a frame, so that players find a usual timescale.
const FRAME_TICKS: u32 = 512;
/// Frames between two at which decoding can begin. Chosen: a jump in a clip decodes ten seconds at most.
const GROUP_FRAMES_MAX: u32 = 250;

/// Why there is no film.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unfilmable {
    /// Odd sides have no half, which colour is kept at.
    #[error("a side of {0} pixels is odd, or not within 16 to {FILM_SIDE_PX_MAX}")]
    Side(u32),
    /// Too few or too many a second.
    #[error("{0} frames a second are none, or more than {FILM_FPS_MAX}")]
    Rate(u32),
    /// There must be one.
    #[error("no frames")]
    Empty,
    /// Not three bytes for each pixel of the side.
    #[error("frame {0} is not a square of the side that was promised")]
    Frame(usize),
    /// Too many frames for their side.
    #[error("frames of more than {FILM_FRAMES_BYTES_MAX} bytes")]
    Long,
    /// Even the lowest quality is too long.
    #[error("{0} bytes at the lowest quality are more than the {FILM_BYTES_MAX} allowed")]
    Bytes(usize),
    /// The encoder refuses, or writes what it should not.
    #[error("encoder: {0}")]
    Encoder(String),
}

/// Encodes `frames`, each `side_px` by `side_px` pixels in sRGB, rows from the top, three bytes a pixel, shown at
/// `fps` a second. The same frames give the same bytes.
///
/// # Errors
/// Each variant of [`Unfilmable`] says when.
pub fn film(
    frames: &mut dyn Iterator<Item = Vec<u8>>,
    side_px: u32,
    fps: u32,
) -> Result<Bytes, Unfilmable> {
    if !(16..=FILM_SIDE_PX_MAX).contains(&side_px) || !side_px.is_multiple_of(2) {
        return Err(Unfilmable::Side(side_px));
    }
    if !(1..=FILM_FPS_MAX).contains(&fps) {
        return Err(Unfilmable::Rate(fps));
    }
    let side = side_px as usize;
    let mut planes = Vec::new();
    for (number, rgb) in frames.enumerate() {
        if rgb.len() != side * side * 3 {
            return Err(Unfilmable::Frame(number));
        }
        if (number + 1) * side * side * 3 / 2 > FILM_FRAMES_BYTES_MAX {
            return Err(Unfilmable::Long);
        }
        planes.push(to_yuv(side, &rgb));
    }
    if planes.is_empty() {
        return Err(Unfilmable::Empty);
    }
    let mut shortest = usize::MAX;
    for quantiser in QUANTISERS {
        let units = encode(&planes, (side, fps), quantiser)?;
        let whole = mux(&units, side_px, fps)?;
        if whole.len() <= FILM_BYTES_MAX {
            return Ok(whole);
        }
        shortest = shortest.min(whole.len());
    }
    Err(Unfilmable::Bytes(shortest))
}

/// One access unit with start codes for each frame.
fn encode(
    frames: &[YuvFrame],
    (side, fps): (usize, u32),
    qp: u8,
) -> Result<Vec<Vec<u8>>, Unfilmable> {
    let refused = |why: rusty_h264_encoder::EncodeError| Unfilmable::Encoder(why.to_string());
    let mut settings = EncoderConfig::new(side, side);
    settings.qp = qp;
    settings.preset = Preset::Balanced;
    settings.framerate = fps as f32;
    settings.gop_size = GROUP_FRAMES_MAX;
    // What looks ahead gives several frames at once, and gains little on drawings.
    settings.mbtree = false;
    settings.lookahead = 0;
    settings.scenecut = 0;
    let mut encoder = Encoder::new(settings).map_err(refused)?;
    let units = frames
        .iter()
        .map(|frame| encoder.try_encode(frame).map_err(refused));
    units.collect()
}

/// Puts access units in a file, their parameter sets apart.
fn mux(units: &[Vec<u8>], side_px: u32, fps: u32) -> Result<Bytes, Unfilmable> {
    let broken = |what: &str| Unfilmable::Encoder(what.to_owned());
    let mut sets = [None, None];
    let mut samples = Vec::with_capacity(units.len());
    for unit in units {
        let mut sample = Vec::with_capacity(unit.len());
        let mut sync = false;
        for nal in split_annex_b(unit) {
            let kind = nal.first().ok_or_else(|| broken("an empty unit"))? & 31;
            match kind {
                7 => sets[0] = Some(nal),
                8 => sets[1] = Some(nal),
                _ => {
                    sync |= kind == 5;
                    sample.extend((nal.len() as u32).to_be_bytes());
                    sample.extend_from_slice(nal);
                }
            }
        }
        if sample.is_empty() {
            return Err(broken("a frame without a slice"));
        }
        samples.push((sample, sync));
    }
    let [Some(sps), Some(pps)] = sets else {
        return Err(broken("no parameter sets"));
    };
    let short = || broken("a short parameter set");
    let sps = sps::with_looks(sps).ok_or_else(short)?;
    let profile = sps.get(1..4).ok_or_else(short)?;
    let is_high = profile[0] == sps::PROFILE_HIGH;
    let frames = samples.iter().map(|(bytes, sync)| Coded {
        bytes,
        lasts: FRAME_TICKS,
        shown_after: 0,
        sync: *sync,
    });
    Ok(file(&Picture {
        width_px: side_px as u16,
        height_px: side_px as u16,
        side_px: side_px as u16,
        timescale: fps * FRAME_TICKS,
        movie_timescale: 1_000,
        lasts: (samples.len() as u64 * 1_000).div_ceil(u64::from(fps)),
        avcc: &sps::avcc(profile, is_high, &[&sps], &[pps]),
        entry: *b"avc1",
        looks: colr(&BT709),
        matrix: UPRIGHT,
        edits: Vec::new(),
        frames: frames.collect(),
    }))
}

/// BT.709 in studio range, colour at half the sides: values stand at the left pixel of two, between two rows,
/// where decoders expect them unless told otherwise.
fn to_yuv(side: usize, rgb: &[u8]) -> YuvFrame {
    // Source: ITU-R BT.709, its weights times 219/255 or 224/255, times 2^16.
    const LUMA: [i32; 3] = [11_966, 40_254, 4_064];
    const BLUE: [i32; 3] = [-6_596, -22_189, 28_785];
    const RED: [i32; 3] = [28_784, -26_145, -2_639];
    let weigh = |[red, green, blue]: [i32; 3], weights: [i32; 3]| {
        red * weights[0] + green * weights[1] + blue * weights[2]
    };
    let pixels = rgb.as_chunks::<3>().0;
    let half = side / 2;
    let mut y = Vec::with_capacity(side * side);
    let mut u = Vec::with_capacity(half * half);
    let mut v = Vec::with_capacity(half * half);
    let mut sums = vec![[0; 3]; side];
    for rows in pixels.chunks_exact(side * 2) {
        y.extend(rows.iter().map(|[red, green, blue]| {
            let pixel = [i32::from(*red), i32::from(*green), i32::from(*blue)];
            (16 + ((weigh(pixel, LUMA) + 0x8000) >> 16)) as u8
        }));
        let (upper, lower) = rows.split_at(side);
        for (sum, (upper, lower)) in sums.iter_mut().zip(upper.iter().zip(lower)) {
            for ((sum, upper), lower) in sum.iter_mut().zip(upper).zip(lower) {
                *sum = i32::from(*upper) + i32::from(*lower);
            }
        }
        let mut before = sums[0];
        for [at, behind] in sums.as_chunks::<2>().0 {
            let sum = [
                before[0] + 2 * at[0] + behind[0],
                before[1] + 2 * at[1] + behind[1],
                before[2] + 2 * at[2] + behind[2],
            ];
            u.push((128 + ((weigh(sum, BLUE) + 0x4_0000) >> 19)).clamp(0, 255) as u8);
            v.push((128 + ((weigh(sum, RED) + 0x4_0000) >> 19)).clamp(0, 255) as u8);
            before = *behind;
        }
    }
    YuvFrame {
        width: side,
        height: side,
        y,
        u,
        v,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::{judged, psnr_db};

    /// A disc that moves over a slope of colours.
    fn drawing(side: usize, number: usize) -> Vec<u8> {
        let centre = ((side / 4 + number * side / 60) as f64, side as f64 / 2.0);
        let mut rgb = Vec::with_capacity(side * side * 3);
        for y in 0..side {
            for x in 0..side {
                let from = f64::hypot(x as f64 - centre.0, y as f64 - centre.1);
                let inside = (side as f64 / 4.0 - from + 0.5).clamp(0.0, 1.0);
                let slope = y as f64 * 120.0 / side as f64;
                let mix = |disc: f64, ground: f64| (inside * disc + (1.0 - inside) * ground) as u8;
                rgb.extend([
                    mix(250.0, 40.0 + slope),
                    mix(200.0, 90.0),
                    mix(20.0, 220.0 - slope),
                ]);
            }
        }
        rgb
    }

    #[test]
    fn a_film_shows_its_drawings() {
        // Colour has half the sides, which costs a small drawing more.
        for (side, fps, least) in [(160, 30, 33.0), (512, 25, 35.0), (640, 60, 38.0)] {
            let frames: Vec<_> = (0..20).map(|number| drawing(side, number)).collect();
            let mp4 = film(&mut frames.iter().cloned(), side as u32, fps).expect("a film");
            assert_eq!(
                Ok(&mp4),
                film(&mut frames.iter().cloned(), side as u32, fps).as_ref()
            );
            assert!(mp4.len() < 60_000, "{} bytes for {side} pixels", mp4.len());
            let shown = judged(&mp4, side);
            assert_eq!(shown.len(), frames.len());
            for (number, ((time, shown), drawn)) in shown.iter().zip(&frames).enumerate() {
                assert!(
                    (time - number as f64 / f64::from(fps)).abs() < 1e-5,
                    "{time}"
                );
                let db = psnr_db(shown, drawn);
                assert!(db >= least, "{side} pixels, frame {number}: {db:.1} dB");
            }
        }
    }

    #[test]
    fn noise_is_squeezed_into_the_limit() {
        let mut state = 1_u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        let frames: Vec<Vec<u8>> = (0..8)
            .map(|_| (0..640 * 640 * 3).map(|_| noise()).collect())
            .collect();
        let mp4 = film(&mut frames.into_iter(), 640, 24).expect("a film");
        assert!(mp4.len() <= FILM_BYTES_MAX);
        assert_eq!(judged(&mp4, 640).len(), 8);
    }

    #[test]
    fn what_is_no_film_is_told() {
        let film = |frames: Vec<Vec<u8>>, side, fps| film(&mut frames.into_iter(), side, fps);
        assert_eq!(film(vec![], 160, 30), Err(Unfilmable::Empty));
        assert_eq!(film(vec![vec![0; 3]], 161, 30), Err(Unfilmable::Side(161)));
        assert_eq!(film(vec![vec![0; 3]], 160, 0), Err(Unfilmable::Rate(0)));
        assert_eq!(film(vec![vec![0; 3]], 160, 30), Err(Unfilmable::Frame(0)));
        let many = FILM_FRAMES_BYTES_MAX / (1_280 * 1_280 * 3 / 2) + 1;
        assert_eq!(
            film(vec![vec![0; 1_280 * 1_280 * 3]; many], 1_280, 30),
            Err(Unfilmable::Long)
        );
    }
}
