//! Windows and OS/2 bitmaps: plain rows, bit fields and run lengths.

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes, over_white};
use crate::probe::array;
use crate::{Limits, Unreadable};

/// Decodes the centre square of a bitmap.
pub(crate) fn decode(source: &[u8], limits: &Limits) -> Result<Decoded, Unreadable> {
    let header = Header::read(source)?;
    let cut = match header.pixels {
        Pixels::Runs4 => runs(source, &header, limits, true)?,
        Pixels::Runs8 => runs(source, &header, limits, false)?,
        _ => rows(source, &header)?,
    };
    Decoded::of(cut)
}

/// How pixels are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pixels {
    /// Palette indices of 1, 2, 4 or 8 bits.
    Indexed(usize),
    /// Blue, green, red bytes.
    Bytes3,
    /// 16 or 32 bit words cut by masks: red, green, blue, alpha.
    Fields {
        bytes: usize,
        masks: [Field; 4],
    },
    Runs4,
    Runs8,
}

/// One bit field of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    shift: u32,
    max: u32,
}

impl Field {
    fn new(mask: u32) -> Self {
        let shift = mask.trailing_zeros() % 32;
        Self {
            shift,
            max: mask >> shift,
        }
    }

    /// The field's value scaled to a byte; `absent` for an empty mask.
    fn of(self, word: u32, absent: u8) -> u8 {
        if self.max == 0 {
            return absent;
        }
        let value = u64::from(word >> self.shift & self.max);
        let max = u64::from(self.max);
        ((value * 255 + max / 2) / max) as u8
    }
}

/// Everything in front of the pixels.
#[derive(Debug)]
struct Header {
    width: usize,
    height: usize,
    top_down: bool,
    pixels: Pixels,
    palette: Vec<[u8; 3]>,
    /// Where the pixels start in the file.
    start: usize,
}

impl Header {
    fn read(source: &[u8]) -> Result<Self, Unreadable> {
        let le32 = |at| array(source, at).map(u32::from_le_bytes);
        let le16 = |at| array(source, at).map(u16::from_le_bytes);
        let start = le32(10)? as usize;
        let size = le32(14)? as usize;
        let old = size == 12;
        let (width, height, top_down) = if old {
            (u32::from(le16(18)?), u32::from(le16(20)?), false)
        } else {
            let height = array(source, 22).map(i32::from_le_bytes)?;
            (le32(18)?, height.unsigned_abs(), height < 0)
        };
        let bits = usize::from(le16(if old { 24 } else { 28 })?);
        let compression = if old || size < 20 { 0 } else { le32(30)? };
        let pixels = match (bits, compression) {
            (1 | 2 | 4 | 8, 0) => Pixels::Indexed(bits),
            (4, 2) if !top_down => Pixels::Runs4,
            (8, 1) if !top_down => Pixels::Runs8,
            (24, 0) => Pixels::Bytes3,
            (16, 0) => fields(2, [0x7C00, 0x03E0, 0x001F, 0]),
            (32, 0) => fields(4, [0x00FF_0000, 0xFF00, 0xFF, 0]),
            (16 | 32, 3 | 6) => {
                let alpha = if size >= 56 || compression == 6 {
                    le32(66)?
                } else {
                    0
                };
                fields(bits / 8, [le32(54)?, le32(58)?, le32(62)?, alpha])
            }
            _ => return Err(Unreadable::Unsupported("BMP: compression")),
        };
        let mut palette = Vec::new();
        if bits <= 8 {
            let claimed = if old || size < 36 {
                0
            } else {
                le32(46)? as usize
            };
            let entries = if claimed == 0 {
                1 << bits
            } else {
                claimed.min(256)
            };
            let entry_bytes = if old { 3 } else { 4 };
            let table = source.get(14 + size..).ok_or(Unreadable::Truncated)?;
            let entries = table.chunks_exact(entry_bytes).take(entries);
            palette.extend(entries.map(|bgr| [bgr[2], bgr[1], bgr[0]]));
        }
        palette.resize(256, [0; 3]);
        Ok(Self {
            width: width as usize,
            height: height as usize,
            top_down,
            pixels,
            palette,
            start,
        })
    }

    /// Bytes of one stored row.
    fn stride(&self) -> usize {
        let bits = match self.pixels {
            Pixels::Indexed(bits) => bits,
            Pixels::Bytes3 => 24,
            Pixels::Fields { bytes, .. } => bytes * 8,
            Pixels::Runs4 | Pixels::Runs8 => 8,
        };
        (self.width * bits).div_ceil(32) * 4
    }
}

fn fields(bytes: usize, masks: [u32; 4]) -> Pixels {
    Pixels::Fields {
        bytes,
        masks: masks.map(Field::new),
    }
}

/// Reads plain rows from the top of the picture, wherever that is in the file.
fn rows(source: &[u8], header: &Header) -> Result<Cut, Unreadable> {
    let mut cut = Cut::new(header.width, header.height, 3, SIDE_PX_MAX);
    let stride = header.stride();
    let mut line = vec![0; header.width * 3];
    for y in 0..header.height {
        let stored = if header.top_down {
            y
        } else {
            header.height - 1 - y
        };
        let at = header.start + stored * stride;
        let row = source.get(at..).and_then(|tail| tail.get(..stride));
        convert(header, row.ok_or(Unreadable::Truncated)?, &mut line);
        cut.push(&line);
    }
    Ok(cut)
}

fn convert(header: &Header, row: &[u8], line: &mut [u8]) {
    let out = line.chunks_exact_mut(3);
    match header.pixels {
        Pixels::Indexed(bits) => {
            let per_byte = 8 / bits;
            for (x, out) in out.enumerate() {
                let shift = 8 - bits - x % per_byte * bits;
                let index = row[x / per_byte] >> shift & (0xFF >> (8 - bits));
                out.copy_from_slice(&header.palette[usize::from(index)]);
            }
        }
        Pixels::Fields { bytes, masks } => {
            for (out, word) in out.zip(row.chunks_exact(bytes)) {
                let word = word
                    .iter()
                    .rev()
                    .fold(0, |word, &byte| word << 8 | u32::from(byte));
                let alpha = masks[3].of(word, 255);
                for (out, field) in out.iter_mut().zip(masks) {
                    *out = over_white(field.of(word, 0), alpha);
                }
            }
        }
        _ => {
            for (out, bgr) in out.zip(row.chunks_exact(3)) {
                out.copy_from_slice(&[bgr[2], bgr[1], bgr[0]]);
            }
        }
    }
}

/// Unpacks run lengths into one byte per pixel, then cuts. Pixels that no run reaches stay at
/// index 0; runs beyond a row or the last row are cut off.
fn runs(source: &[u8], header: &Header, limits: &Limits, nibbles: bool) -> Result<Cut, Unreadable> {
    let (width, height) = (header.width, header.height);
    let mut whole = vec![0; buffer_bytes(width as u32, height as u32, 1, limits)?];
    let mut data = source.get(header.start..).ok_or(Unreadable::Truncated)?;
    let (mut x, mut y) = (0, 0);
    while y < height {
        let [count, value] = array(data, 0)?;
        data = &data[2..];
        match (count, value) {
            (0, 0) => (x, y) = (0, y + 1),
            (0, 1) => break,
            (0, 2) => {
                let [right, up] = array(data, 0)?;
                data = &data[2..];
                (x, y) = (x + usize::from(right), y + usize::from(up));
            }
            (0, pixels) => {
                let pixels = usize::from(pixels);
                let bytes = if nibbles { pixels.div_ceil(2) } else { pixels };
                let literal = data.get(..bytes).ok_or(Unreadable::Truncated)?;
                put(&mut whole[y * width..][..width], &mut x, pixels, |at| {
                    index(literal, at, nibbles)
                });
                data = data.get(bytes.next_multiple_of(2)..).unwrap_or_default();
            }
            (pixels, _) => {
                let pair = [value];
                put(
                    &mut whole[y * width..][..width],
                    &mut x,
                    usize::from(pixels),
                    |at| {
                        if nibbles {
                            index(&pair, at % 2, true)
                        } else {
                            value
                        }
                    },
                );
            }
        }
    }
    let mut cut = Cut::new(width, height, 3, SIDE_PX_MAX);
    let mut line = vec![0; width * 3];
    for row in whole.chunks_exact(width).rev() {
        for (out, &index) in line.chunks_exact_mut(3).zip(row) {
            out.copy_from_slice(&header.palette[usize::from(index)]);
        }
        cut.push(&line);
    }
    Ok(cut)
}

fn index(bytes: &[u8], at: usize, nibbles: bool) -> u8 {
    match (nibbles, at % 2) {
        (false, _) => bytes[at],
        (true, 0) => bytes[at / 2] >> 4,
        (true, _) => bytes[at / 2] & 15,
    }
}

/// Writes `pixels` pixels from `x` on; what is beyond the row is dropped.
fn put(row: &mut [u8], x: &mut usize, pixels: usize, index: impl Fn(usize) -> u8) {
    for at in 0..pixels {
        if let Some(out) = row.get_mut(*x + at) {
            *out = index(at);
        }
    }
    *x += pixels;
}
