//! WebP, lossy and lossless; of an animation the first frame.
//!
//! The container is walked here, so that no size is believed before it was compared with the
//! canvas. Lossy pictures stay in their own planes until they are reduced; lossless ones are
//! decoded here.

mod alpha;
mod lossless;
mod prefix;
mod transform;

use image_webp::DecodingError;
use image_webp::vp8::{self, Vp8Decoder};

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes, over_white};
use crate::probe::array;
use crate::shrink::Shrink;
use crate::taps::Span;
use crate::{Kind, Limits, Unreadable, exif};

const BROKEN: Unreadable = Unreadable::Broken("WebP: broken chunk or pixels");
/// Bytes per pixel of a lossy picture at the peak: luma, chroma and notes on blocks.
const LOSSY_DEPTH: usize = 2;
/// The same beside an alpha plane while that is decoded.
const LOSSY_ALPHA_DEPTH: usize = 7;
/// The same for a lossless picture; a palette with packed indices needs half as much again.
const LOSSLESS_DEPTH: usize = 6;

/// Decodes the centre square of a WebP file.
pub(crate) fn decode(source: &[u8], kind: Kind, limits: &Limits) -> Result<Decoded, Unreadable> {
    let parts = Parts::read(source, limits)?;
    let canvas = (kind.width_px(), kind.height_px());
    let frame = parts.frame.as_ref().ok_or(Unreadable::Truncated)?;
    let fits = |(left, width): (u32, u32), canvas| u64::from(left) + u64::from(width) <= canvas;
    let inside = fits((frame.corner.0, frame.sides.0), canvas.0.into())
        && fits((frame.corner.1, frame.sides.1), canvas.1.into());
    if !inside || (frame.sides != canvas && parts.frames == 0) {
        return Err(Unreadable::Broken(
            "WebP: picture of another size than the canvas",
        ));
    }
    let decoded = match frame.pixels {
        Pixels::Lossy(data) if frame.alpha.is_none() && frame.sides == canvas => {
            buffer_bytes(canvas.0, canvas.1, LOSSY_DEPTH, limits)?;
            planes(&lossy(data, frame.sides)?)?
        }
        _ => on_canvas(canvas, frame, limits)?,
    };
    let orientation = parts.exif.map(exif::orientation).unwrap_or_default();
    Ok(Decoded {
        profile: parts.profile.map(<[u8]>::to_vec),
        orientation,
        ..decoded
    })
}

/// All pixels of a picture with its transparency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rgba {
    /// Pixels in a row.
    pub width_px: u32,
    /// Rows.
    pub height_px: u32,
    /// Red, green, blue and opacity of each pixel, row by row; colours are not multiplied by opacity.
    pub pixels: Vec<u8>,
}

/// Decodes all of a WebP file that is a still, with its transparency. Profile and metadata are passed over.
///
/// # Errors
/// As [`crate::stills()`]; an animation is [`Unreadable::Unsupported`].
pub fn webp_rgba(source: &[u8], limits: &Limits) -> Result<Rgba, Unreadable> {
    limits.admit_bytes(source)?;
    let kind = crate::probe(source)?;
    limits.admit_sides(kind)?;
    let Kind::WebP {
        width_px,
        height_px,
    } = kind
    else {
        return Err(Unreadable::Kind);
    };
    let parts = Parts::read(source, limits)?;
    let frame = parts.frame.as_ref().ok_or(Unreadable::Truncated)?;
    if parts.frames > 0 {
        return Err(Unreadable::Unsupported("WebP: an animation"));
    }
    if frame.sides != (width_px, height_px) {
        return Err(BROKEN);
    }
    let bytes = buffer_bytes(width_px, height_px, 4, limits)?;
    let picture = Picture::of(frame, limits)?;
    let mut pixels = Vec::with_capacity(bytes);
    for y in 0..height_px as usize {
        pixels.extend(picture.row(y, width_px as usize).flatten());
    }
    Ok(Rgba {
        width_px,
        height_px,
        pixels,
    })
}

/// How the picture, or the first frame, is coded.
#[derive(Debug, Clone, Copy)]
enum Pixels<'a> {
    Lossy(&'a [u8]),
    Lossless(&'a [u8]),
}

/// The picture, or the first frame.
#[derive(Debug)]
struct Frame<'a> {
    /// Left and top on the canvas.
    corner: (u32, u32),
    sides: (u32, u32),
    alpha: Option<&'a [u8]>,
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
        let mut alpha = None;
        for (name, body) in chunks(&source[12..]) {
            match name {
                b"ALPH" => alpha = Some(body),
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
    fn read(name: &[u8; 4], body: &'a [u8], alpha: Option<&'a [u8]>) -> Result<Self, Unreadable> {
        if name == b"VP8L" {
            let bits = u32::from_le_bytes(array(body, 1)?);
            let sides = ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
            let pixels = Pixels::Lossless(body);
            return Ok(Self {
                corner: (0, 0),
                sides,
                alpha: None,
                pixels,
            });
        }
        let side = |at| array(body, at).map(|bytes| u32::from(u16::from_le_bytes(bytes) & 0x3FFF));
        let sides = (side(6)?, side(8)?);
        Ok(Self {
            corner: (0, 0),
            sides,
            alpha,
            pixels: Pixels::Lossy(body),
        })
    }

    /// The picture inside an `ANMF` chunk, whose claimed sides must be the picture's own.
    fn of_animation(body: &'a [u8]) -> Result<Self, Unreadable> {
        let value = |at| array(body, at).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
        let corner = (value(0)? * 2, value(3)? * 2);
        let sides = (value(6)? + 1, value(9)? + 1);
        let mut alpha = None;
        for (name, body) in chunks(body.get(16..).unwrap_or_default()) {
            match name {
                b"ALPH" => alpha = Some(body),
                b"VP8 " | b"VP8L" => {
                    let frame = Self::read(name, body, alpha)?;
                    let honest = frame.sides == sides;
                    return if honest {
                        Ok(Self { corner, ..frame })
                    } else {
                        Err(BROKEN)
                    };
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

/// Decodes a `VP8 ` chunk whose header claims `sides`.
fn lossy(data: &[u8], sides: (u32, u32)) -> Result<vp8::Frame, Unreadable> {
    let frame = Vp8Decoder::decode_frame(data).map_err(|error| refusal(&error))?;
    let honest = (u32::from(frame.width), u32::from(frame.height)) == sides;
    if honest { Ok(frame) } else { Err(BROKEN) }
}

/// A lossy picture without alpha: each plane is reduced on its own, then the colours converted.
fn planes(frame: &vp8::Frame) -> Result<Decoded, Unreadable> {
    let (width, height) = (usize::from(frame.width), usize::from(frame.height));
    let stride = width.next_multiple_of(16);
    let side = width.min(height).min(SIDE_PX_MAX);
    let mut cut = Cut::new(width, height, 1, side);
    for row in frame.ybuf.chunks_exact(stride).take(height) {
        cut.push(&row[..width]);
    }
    let mut planes = cut.finish().ok_or(BROKEN)?;
    for plane in [&frame.ubuf, &frame.vbuf] {
        let chroma = chroma(plane, stride / 2, (width, height), side);
        planes.push(chroma.ok_or(BROKEN)?);
    }
    let [luma, blue, red] = planes.as_mut_slice() else {
        return Err(BROKEN);
    };
    for ((y, u), v) in luma.iter_mut().zip(blue).zip(red) {
        [*y, *u, *v] = to_rgb([*y, *u, *v]);
    }
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
fn to_rgb([y, u, v]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let light = 76_309 * (i32::from(y) - 16);
    let (b, r) = (i32::from(u) - 128, i32::from(v) - 128);
    let sample = |value: i32| ((light + value + HALF) >> 16).clamp(0, 255) as u8;
    [
        sample(104_597 * r),
        sample(-25_675 * b - 53_279 * r),
        sample(132_201 * b),
    ]
}

/// A frame that has alpha or does not cover the canvas: pixel by pixel on white.
fn on_canvas(
    (width, height): (u32, u32),
    frame: &Frame<'_>,
    limits: &Limits,
) -> Result<Decoded, Unreadable> {
    let (across, down) = frame.sides;
    let sides = (across as usize, down as usize);
    let picture = Picture::of(frame, limits)?;
    let mut cut = Cut::new(width as usize, height as usize, 3, SIDE_PX_MAX);
    let (left, top) = (frame.corner.0 as usize, frame.corner.1 as usize);
    let mut line = vec![255; width as usize * 3];
    for y in 0..height as usize {
        line.fill(255);
        if (top..top + sides.1).contains(&y) {
            picture.write_row(y - top, &mut line[left * 3..][..sides.0 * 3]);
        }
        cut.push(&line);
    }
    Decoded::of(cut)
}

/// A decoded frame with all its pixels.
enum Picture {
    Lossless(Vec<u32>),
    Lossy(vp8::Frame, Option<Vec<u8>>),
}

impl Picture {
    /// Decodes a frame with its alpha.
    fn of(frame: &Frame<'_>, limits: &Limits) -> Result<Self, Unreadable> {
        let (across, down) = frame.sides;
        let sides = (across as usize, down as usize);
        match frame.pixels {
            Pixels::Lossless(body) => {
                buffer_bytes(across, down, LOSSLESS_DEPTH, limits)?;
                Ok(Self::Lossless(lossless::picture(body, sides, limits)?))
            }
            Pixels::Lossy(data) => {
                let depth = if frame.alpha.is_some() {
                    LOSSY_ALPHA_DEPTH
                } else {
                    LOSSY_DEPTH
                };
                buffer_bytes(across, down, depth, limits)?;
                let alpha = frame
                    .alpha
                    .map(|body| alpha::plane(body, sides, limits))
                    .transpose()?;
                Ok(Self::Lossy(lossy(data, frame.sides)?, alpha))
            }
        }
    }

    /// Writes row `y`, as wide as `out`, over white.
    fn write_row(&self, y: usize, out: &mut [u8]) {
        let width = out.len() / 3;
        let out = out.as_chunks_mut::<3>().0.iter_mut();
        for (out, [red, green, blue, alpha]) in out.zip(self.row(y, width)) {
            *out = [red, green, blue].map(|sample| over_white(sample, alpha));
        }
    }

    /// Red, green, blue and opacity along row `y`.
    fn row(&self, y: usize, width: usize) -> impl Iterator<Item = [u8; 4]> {
        (0..width).map(move |x| match self {
            Self::Lossless(pixels) => {
                let [blue, green, red, alpha] = pixels[y * width + x].to_le_bytes();
                [red, green, blue, alpha]
            }
            Self::Lossy(frame, alpha) => {
                let luma = frame.ybuf[y * width.next_multiple_of(16) + x];
                let last = (
                    width.div_ceil(2) - 1,
                    usize::from(frame.height).div_ceil(2) - 1,
                );
                let stride = width.next_multiple_of(16) / 2;
                let [u, v] =
                    [&frame.ubuf, &frame.vbuf].map(|plane| between(plane, stride, (x, y), last));
                let [red, green, blue] = to_rgb([luma, u, v]);
                let alpha = alpha.as_ref().map_or(255, |plane| plane[y * width + x]);
                [red, green, blue, alpha]
            }
        })
    }
}

/// Chroma at a pixel from the four samples around it, the nearest with nine parts of sixteen.
fn between(plane: &[u8], stride: usize, (x, y): (usize, usize), last: (usize, usize)) -> u8 {
    let near = |at: usize, last: usize| {
        let far = if at.is_multiple_of(2) {
            (at / 2).saturating_sub(1)
        } else {
            (at / 2 + 1).min(last)
        };
        (at / 2, far)
    };
    let ((x, far_x), (y, far_y)) = (near(x, last.0), near(y, last.1));
    let at = |x: usize, y: usize| u32::from(plane[y * stride + x]);
    let sum = at(x, y) * 9 + at(far_x, y) * 3 + at(x, far_y) * 3 + at(far_x, far_y);
    ((sum + 8) >> 4) as u8
}

fn refusal(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::IoError(_) => Unreadable::Truncated,
        DecodingError::UnsupportedFeature(_) => Unreadable::Unsupported("WebP: unusual coding"),
        _ => BROKEN,
    }
}
