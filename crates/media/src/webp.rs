//! WebP, lossy and lossless; of an animation the first frame.
//!
//! The container is walked here, so that no size is believed before it was compared with the
//! canvas. Lossy pictures stay in their own planes until they are reduced.

use std::io::Cursor;

use image_webp::vp8::Vp8Decoder;
use image_webp::{DecodingError, WebPDecoder};

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes, over_white};
use crate::probe::array;
use crate::shrink::Shrink;
use crate::taps::Span;
use crate::{Kind, Limits, Unreadable, exif};

const BROKEN: Unreadable = Unreadable::Broken("WebP: broken chunk or pixels");
/// Bytes per pixel at the peak: luma, chroma and notes on macroblocks.
const LOSSY_DEPTH: usize = 2;
/// The same for lossy with alpha: planes, RGBA, and alpha with its own decoder's pixels.
const LOSSY_ALPHA_DEPTH: usize = 11;
/// The same for lossless: RGBA and RGB side by side.
const LOSSLESS_DEPTH: usize = 7;
/// What an animation adds: a frame and a canvas.
const CANVAS_DEPTH: usize = 8;

/// Decodes the centre square of a WebP file.
pub(crate) fn decode(source: &[u8], kind: Kind, limits: &Limits) -> Result<Decoded, Unreadable> {
    let parts = Parts::read(source, limits)?;
    let (width, height) = (kind.width_px(), kind.height_px());
    let frame = parts.frame.as_ref().ok_or(BROKEN)?;
    if frame.sides.0 > width || frame.sides.1 > height {
        return Err(Unreadable::Broken("WebP: frame larger than the canvas"));
    }
    let covers = frame.sides == (width, height);
    if !covers && parts.frames == 0 {
        return Err(Unreadable::Broken(
            "WebP: picture of another size than the canvas",
        ));
    }
    let decoded = match frame.pixels {
        Pixels::Lossy(data) if covers => {
            buffer_bytes(width, height, LOSSY_DEPTH, limits)?;
            planes(data, width, height)?
        }
        Pixels::Lossy(_) | Pixels::LossyAlpha => {
            whole(source, (width, height), LOSSY_ALPHA_DEPTH, limits)?
        }
        Pixels::Lossless => whole(source, (width, height), LOSSLESS_DEPTH, limits)?,
    };
    let orientation = parts.exif.map(exif::orientation).unwrap_or_default();
    Ok(Decoded {
        profile: parts.profile.map(<[u8]>::to_vec),
        orientation,
        ..decoded
    })
}

/// How the picture, or the first frame, is coded.
#[derive(Debug, Clone, Copy)]
enum Pixels<'a> {
    Lossy(&'a [u8]),
    LossyAlpha,
    Lossless,
}

/// The picture, or the first frame.
#[derive(Debug)]
struct Frame<'a> {
    sides: (u32, u32),
    pixels: Pixels<'a>,
}

/// The chunks of a file that matter here.
#[derive(Debug, Default)]
struct Parts<'a> {
    frame: Option<Frame<'a>>,
    /// Frames of an animation, 0 for a still picture.
    frames: u32,
    profile: Option<&'a [u8]>,
    exif: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    fn read(source: &'a [u8], limits: &Limits) -> Result<Self, Unreadable> {
        let mut parts = Self::default();
        let mut alpha = false;
        for (name, body) in chunks(&source[12..]) {
            match name {
                b"ALPH" => alpha = true,
                b"VP8 " | b"VP8L" if parts.frame.is_none() => {
                    parts.frame = Some(Frame::read(name, body, alpha)?);
                }
                b"ANMF" => {
                    parts.frames += 1;
                    if parts.frames > limits.frames_max {
                        return Err(Unreadable::Frames {
                            max: limits.frames_max,
                        });
                    }
                    if parts.frame.is_none() {
                        parts.frame = Some(Frame::of_animation(body)?);
                    }
                }
                b"ICCP" => parts.profile = parts.profile.or(Some(body)),
                b"EXIF" => parts.exif = parts.exif.or(Some(body)),
                _ => {}
            }
        }
        Ok(parts)
    }
}

impl<'a> Frame<'a> {
    /// Sides and coding of a `VP8 ` or `VP8L` chunk, from the chunk's own header.
    fn read(name: &[u8; 4], body: &'a [u8], alpha: bool) -> Result<Self, Unreadable> {
        if name == b"VP8L" {
            let bits = u32::from_le_bytes(array(body, 1)?);
            let sides = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
            return Ok(Self {
                sides,
                pixels: Pixels::Lossless,
            });
        }
        let side = |at| array(body, at).map(|bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF));
        let pixels = if alpha {
            Pixels::LossyAlpha
        } else {
            Pixels::Lossy(body)
        };
        Ok(Self {
            sides: (side(6)?, side(8)?),
            pixels,
        })
    }

    /// The picture inside an `ANMF` chunk, whose claimed sides must be the picture's own.
    fn of_animation(body: &'a [u8]) -> Result<Self, Unreadable> {
        let side = |at| array(body, at).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]) + 1);
        let sides = (side(6)?, side(9)?);
        let mut alpha = false;
        for (name, body) in chunks(body.get(16..).unwrap_or_default()) {
            match name {
                b"ALPH" => alpha = true,
                b"VP8 " | b"VP8L" => {
                    let frame = Self::read(name, body, alpha)?;
                    let honest = frame.sides == sides;
                    return if honest { Ok(frame) } else { Err(BROKEN) };
                }
                _ => {}
            }
        }
        Err(BROKEN)
    }
}

/// Names and bodies of the chunks in `bytes`; a body that is cut off is as long as what is there.
fn chunks(mut bytes: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (name, rest) = bytes.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let body = &rest[..length.min(rest.len())];
        bytes = rest
            .get(length.saturating_add(length % 2)..)
            .unwrap_or_default();
        Some((name, body))
    })
}

/// A lossy picture without alpha: each plane is reduced on its own, then the colours converted.
fn planes(data: &[u8], width: u32, height: u32) -> Result<Decoded, Unreadable> {
    let frame = Vp8Decoder::decode_frame(data).map_err(|error| refusal(&error))?;
    if (u32::from(frame.width), u32::from(frame.height)) != (width, height) {
        return Err(BROKEN);
    }
    let (width, height) = (width as usize, height as usize);
    let stride = width.next_multiple_of(16);
    let side = width.min(height).min(SIDE_PX_MAX);
    let mut cut = Cut::new(width, height, 1, side);
    for row in frame.ybuf.chunks_exact(stride).take(height) {
        cut.push(&row[..width]);
    }
    let luma = cut.finish().ok_or(BROKEN)?;
    let mut planes = luma;
    for plane in [&frame.ubuf, &frame.vbuf] {
        let chroma = chroma(plane, stride / 2, (width, height), side);
        planes.push(chroma.ok_or(BROKEN)?);
    }
    to_rgb(&mut planes);
    Ok(Decoded {
        planes,
        profile: None,
        orientation: exif::Orientation::default(),
    })
}

/// A chroma plane, whose samples lie in the middle of two by two pixels, as a square like luma's.
fn chroma(
    plane: &[u8],
    stride: usize,
    (width, height): (usize, usize),
    side: usize,
) -> Option<Vec<u8>> {
    let square = width.min(height);
    let axis = |length: usize| {
        let first = (length - square) / 2;
        // The samples in sight, and how far into the first of them the square begins.
        let samples = first / 2..(first + square).div_ceil(2);
        let origin = (first % 2) as f64 / 2.0;
        let span = Span {
            len: samples.len(),
            origin,
            extent: square as f64 / 2.0,
        };
        (samples, span)
    };
    let ((columns, across), (rows, down)) = (axis(width), axis(height));
    let mut shrink = Shrink::new(across, down, 1, side);
    for row in plane.chunks_exact(stride).skip(rows.start).take(rows.len()) {
        shrink.push(&row[columns.clone()]);
    }
    shrink.finish()?.pop()
}

/// Source: RFC 6386 and BT.601 with 16 to 235 for luma, in fixed point with 16 fractional bits.
fn to_rgb(planes: &mut [Vec<u8>]) {
    const HALF: i32 = 1 << 15;
    let [luma, blue, red] = planes else { return };
    for ((y, u), v) in luma.iter_mut().zip(blue).zip(red) {
        let light = 76_309 * (i32::from(*y) - 16);
        let (b, r) = (i32::from(*u) - 128, i32::from(*v) - 128);
        let sample = |value: i32| ((light + value + HALF) >> 16).clamp(0, 255) as u8;
        *y = sample(104_597 * r);
        *u = sample(-25_675 * b - 53_279 * r);
        *v = sample(132_201 * b);
    }
}

/// Everything else, by way of all pixels in memory.
fn whole(
    source: &[u8],
    (width, height): (u32, u32),
    depth: usize,
    limits: &Limits,
) -> Result<Decoded, Unreadable> {
    let mut decoder = WebPDecoder::new(Cursor::new(source)).map_err(|error| refusal(&error))?;
    decoder.set_memory_limit(limits.memory_bytes_max);
    let canvas = if decoder.is_animated() {
        CANVAS_DEPTH
    } else {
        0
    };
    buffer_bytes(width, height, depth + canvas, limits)?;
    if decoder.dimensions() != (width, height) {
        return Err(BROKEN);
    }
    let depth = if decoder.has_alpha() { 4 } else { 3 };
    let mut whole = vec![0; buffer_bytes(width, height, depth, limits)?];
    decoder
        .read_image(&mut whole)
        .map_err(|error| refusal(&error))?;
    let mut cut = Cut::new(width as usize, height as usize, 3, SIDE_PX_MAX);
    let mut flat = vec![0; width as usize * 3];
    for row in whole.chunks_exact(width as usize * depth) {
        if depth == 3 {
            cut.push(row);
            continue;
        }
        for (pixel, out) in row.chunks_exact(4).zip(flat.chunks_exact_mut(3)) {
            for (out, &sample) in out.iter_mut().zip(pixel) {
                *out = over_white(sample, pixel[3]);
            }
        }
        cut.push(&flat);
    }
    Decoded::of(cut)
}

fn refusal(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::IoError(_) => Unreadable::Truncated,
        DecodingError::UnsupportedFeature(_) => Unreadable::Unsupported("WebP: unusual coding"),
        _ => BROKEN,
    }
}
