//! PNG: rows are reduced as they are inflated. Only an interlaced file is held whole, in 8 bits.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder, DecodingError, Reader, Transformations};

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes, over_white};
use crate::probe::array;
use crate::{Kind, Limits, Unreadable, exif};

/// Longest ICC profile after inflating; camera and display profiles have 0.5 to 600 KiB.
const PROFILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Decodes the centre square of a PNG; of an animated one the default picture.
pub(crate) fn decode(source: &[u8], kind: Kind, limits: &Limits) -> Result<Decoded, Unreadable> {
    let extra = Extra::read(source, limits)?;
    let mut decoder = Decoder::new_with_limits(
        Cursor::new(source),
        png::Limits {
            bytes: limits.memory_bytes_max,
        },
    );
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    let mut reader = decoder
        .read_info()
        .map_err(|error| refusal(&error, limits))?;
    let (width, height) = reader.info().size();
    if (width, height) != (kind.width_px(), kind.height_px()) {
        return Err(Unreadable::Broken("PNG: two headers"));
    }
    let (colour, depth) = reader.output_color_type();
    let row = RowForm::of(colour, depth)?;
    let cut = Cut::new(width as usize, height as usize, row.channels, SIDE_PX_MAX);
    let cut = if reader.info().interlaced {
        interlaced(&mut reader, row, cut, limits)?
    } else {
        rows(&mut reader, row, cut, limits)?
    };
    let decoded = Decoded::of(cut)?;
    Ok(Decoded {
        profile: extra.profile,
        orientation: extra.orientation,
        ..decoded
    })
}

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

fn rows(
    reader: &mut PngReader<'_>,
    form: RowForm,
    mut cut: Cut,
    limits: &Limits,
) -> Result<Cut, Unreadable> {
    let mut flat = vec![0; reader.info().width as usize * form.channels];
    while !cut.done() {
        let row = reader.next_row().map_err(|error| refusal(&error, limits))?;
        let row = row.ok_or(Unreadable::Truncated)?;
        form.flatten(row.data(), &mut flat);
        cut.push(&flat);
    }
    Ok(cut)
}

/// Puts the rows of the seven passes into place, then cuts.
fn interlaced(
    reader: &mut PngReader<'_>,
    form: RowForm,
    mut cut: Cut,
    limits: &Limits,
) -> Result<Cut, Unreadable> {
    let (width, height) = reader.info().size();
    let mut whole = vec![0; buffer_bytes(width, height, form.channels, limits)?];
    let line = width as usize * form.channels;
    let mut flat = vec![0; line];
    while let Some(row) = reader
        .next_interlaced_row()
        .map_err(|error| refusal(&error, limits))?
    {
        let png::InterlaceInfo::Adam7(place) = *row.interlace() else {
            return Err(Unreadable::Broken("PNG: a row outside the passes"));
        };
        let flat = form.flatten(row.data(), &mut flat);
        let depth = form.channels as u8 * 8;
        png::expand_interlaced_row(&mut whole, line, flat, &place, depth);
    }
    for row in whole.chunks_exact(line) {
        cut.push(row);
    }
    Ok(cut)
}

/// How a decoded row is laid out, and the channels left once alpha is flattened.
#[derive(Debug, Clone, Copy)]
struct RowForm {
    channels: usize,
    alpha: bool,
    wide: bool,
}

impl RowForm {
    fn of(colour: ColorType, depth: BitDepth) -> Result<Self, Unreadable> {
        let (channels, alpha) = match colour {
            ColorType::Grayscale => (1, false),
            ColorType::GrayscaleAlpha => (1, true),
            ColorType::Rgb => (3, false),
            ColorType::Rgba => (3, true),
            ColorType::Indexed => return Err(Unreadable::Broken("PNG: palette missing")),
        };
        Ok(Self {
            channels,
            alpha,
            wide: depth == BitDepth::Sixteen,
        })
    }

    /// Writes `row` as 8-bit samples without alpha; returns the part of `flat` that was written.
    fn flatten<'a>(self, row: &[u8], flat: &'a mut [u8]) -> &'a [u8] {
        let bytes = if self.wide { 2 } else { 1 };
        let parts = self.channels + usize::from(self.alpha);
        let sample = |pixel: &[u8], at: usize| {
            if self.wide {
                let value = u32::from(pixel[at * 2]) << 8 | u32::from(pixel[at * 2 + 1]);
                ((value * 255 + 32_767) / 65_535) as u8
            } else {
                pixel[at]
            }
        };
        let pixels = row.chunks_exact(parts * bytes);
        let written = pixels.len() * self.channels;
        if !self.alpha && !self.wide {
            flat[..written].copy_from_slice(&row[..written]);
            return &flat[..written];
        }
        for (pixel, out) in pixels.zip(flat.chunks_exact_mut(self.channels)) {
            let alpha = if self.alpha {
                sample(pixel, self.channels)
            } else {
                255
            };
            for (at, out) in out.iter_mut().enumerate() {
                *out = over_white(sample(pixel, at), alpha);
            }
        }
        &flat[..written]
    }
}

/// What the chunks beside the pixels say.
struct Extra {
    profile: Option<Vec<u8>>,
    orientation: exif::Orientation,
}

impl Extra {
    /// Walks the chunks once: profile, orientation, and the number of frames.
    fn read(source: &[u8], limits: &Limits) -> Result<Self, Unreadable> {
        let mut extra = Self {
            profile: None,
            orientation: exif::Orientation::default(),
        };
        let mut at = 8;
        while let Ok(length) = array(source, at).map(u32::from_be_bytes) {
            let Some(name) = source.get(at + 4..at + 8) else {
                break;
            };
            let body = at + 8;
            let end = body + length as usize;
            let chunk = source.get(body..end).unwrap_or_default();
            match name {
                b"iCCP" => extra.profile = profile(chunk),
                b"eXIf" => extra.orientation = exif::orientation(chunk),
                b"acTL" => {
                    let frames = array(chunk, 0).map_or(0, u32::from_be_bytes);
                    if frames > limits.frames_max {
                        return Err(Unreadable::Frames {
                            max: limits.frames_max,
                        });
                    }
                }
                _ => {}
            }
            at = end + 4;
        }
        Ok(extra)
    }
}

/// The inflated profile; `None` for one that is broken or too long, which then counts as sRGB.
fn profile(chunk: &[u8]) -> Option<Vec<u8>> {
    let name = chunk.iter().take(80).position(|&byte| byte == 0)?;
    let deflated = chunk.get(name + 2..)?;
    miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(deflated, PROFILE_BYTES_MAX).ok()
}

fn refusal(error: &DecodingError, limits: &Limits) -> Unreadable {
    match error {
        DecodingError::IoError(_) => Unreadable::Truncated,
        DecodingError::LimitsExceeded => Unreadable::Memory {
            max: limits.memory_bytes_max,
        },
        DecodingError::Format(_) => Unreadable::Broken("PNG: broken chunk or pixels"),
        DecodingError::Parameter(_) => Unreadable::Broken("PNG: rows do not fit"),
    }
}
