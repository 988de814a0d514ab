//! Reads the parameter sets of H.264: sides, cropping, shape and colours of a frame.
//! Source: ITU-T H.264, 7.3.2.1.1 and annex E.

use crate::Unplayable;
use crate::sps::plain;

/// Bits from the front; `None` behind the end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn of(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bits were read.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn bit(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Some(bit)
    }

    /// So many bits as a number.
    pub(crate) fn bits(&mut self, count: u32) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            value = value << 1 | u32::from(self.bit()?);
        }
        Some(value)
    }

    /// A number in Exp-Golomb code.
    pub(crate) fn ue(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
        }
        if zeros > 31 {
            return None;
        }
        Some((1_u32 << zeros) - 1 + self.bits(zeros)?)
    }

    /// The same with a sign; only whether it is 0, and its use modulo 256, matter here.
    pub(crate) fn se(&mut self) -> Option<i64> {
        let code = i64::from(self.ue()?);
        Some(if code % 2 == 1 {
            code / 2 + 1
        } else {
            -(code / 2)
        })
    }
}

/// What a sequence parameter set says of frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) profile_idc: u8,
    /// Eight bits, 4:2:0, as every client plays it.
    pub(crate) plain_samples: bool,
    /// Fields may be coded.
    pub(crate) interlaced: bool,
    /// Coded width and height in pixels, multiples of 16.
    pub(crate) coded_px: (u32, u32),
    /// What is cut from the left and the top.
    pub(crate) from_px: (u32, u32),
    /// Width and height of what is left.
    pub(crate) cut_px: (u32, u32),
    /// Width and height of a pixel.
    pub(crate) pixel: Option<(u32, u32)>,
    /// From 0 to 255 instead of from 16.
    pub(crate) full_range: Option<bool>,
    /// How colours were mixed; `matrix_coefficients` of annex E.
    pub(crate) matrix: Option<u8>,
}

/// Sets of one clip may differ in what a decoder needs, not in how frames look.
pub(crate) fn look(nal: &[u8]) -> Result<(Look, Vec<u8>), Unplayable> {
    let bytes = plain(nal);
    let mut reader = Reader::of(bytes.get(1..).unwrap_or(&[]));
    let (mut look, cropping_at) = frame(&mut reader).ok_or(Unplayable::Broken("parameter set"))?;
    // What follows need not be there: encoders cut it off.
    if reader.bit() == Some(true) {
        let _ = annex(&mut reader, &mut look);
    }
    Ok((look, uncropped(&bytes, cropping_at)))
}

/// The set with neither cropping nor annex, which the decoder need not see: it cuts on two sides only.
fn uncropped(bytes: &[u8], cropping_at: usize) -> Vec<u8> {
    let at = 8 + cropping_at;
    let mut out = bytes[..=at / 8].to_vec();
    let mut keep = at % 8;
    if let Some(last) = out.last_mut() {
        *last &= !(0xFF_u8 >> keep);
    }
    // Two flags that are 0, then the bit that stops.
    keep += 2;
    if keep >= 8 {
        out.push(0);
        keep -= 8;
    }
    if let Some(last) = out.last_mut() {
        *last |= 0x80 >> keep;
    }
    crate::sps::escaped(&out)
}

/// Everything up to the annex, and at which bit cropping is said.
fn frame(reader: &mut Reader<'_>) -> Option<(Look, usize)> {
    let profile_idc = reader.bits(8)? as u8;
    // Constraints and the level.
    reader.bits(16)?;
    reader.ue()?;
    let mut plain_samples = true;
    if matches!(
        profile_idc,
        100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135
    ) {
        plain_samples = high(reader)?;
    }
    reader.ue()?;
    match reader.ue()? {
        0 => drop(reader.ue()?),
        1 => {
            reader.bit()?;
            reader.se()?;
            reader.se()?;
            for _ in 0..reader.ue().filter(|&count| count <= 255)? {
                reader.se()?;
            }
        }
        _ => {}
    }
    reader.ue()?;
    reader.bit()?;
    let wide = reader.ue()?.checked_add(1)?.checked_mul(16)?;
    let high = reader.ue()?.checked_add(1)?.checked_mul(16)?;
    let frames_only = reader.bit()?;
    let interlaced = !frames_only && reader.bit()?;
    let field = if frames_only { 1 } else { 2 };
    reader.bit()?;
    let high = high.checked_mul(field)?;
    let cropping_at = reader.at;
    let mut crop = [0; 4];
    if reader.bit()? {
        for (side, unit) in crop.iter_mut().zip([2, 2, 2 * field, 2 * field]) {
            *side = reader.ue()?.checked_mul(unit)?;
        }
    }
    let [left, right, top, bottom] = crop;
    let look = Look {
        profile_idc,
        plain_samples,
        interlaced,
        coded_px: (wide, high),
        from_px: (left, top),
        cut_px: (
            wide.checked_sub(left)?
                .checked_sub(right)
                .filter(|&px| px > 0)?,
            high.checked_sub(top)?
                .checked_sub(bottom)
                .filter(|&px| px > 0)?,
        ),
        pixel: None,
        full_range: None,
        matrix: None,
    };
    Some((look, cropping_at))
}

/// What only higher profiles say: whether samples are of the plain kind.
fn high(reader: &mut Reader<'_>) -> Option<bool> {
    let chroma = reader.ue()?;
    if chroma == 3 {
        reader.bit()?;
    }
    let plain = chroma == 1 && reader.ue()? == 0 && reader.ue()? == 0;
    if !plain {
        // It is refused, so nothing that follows matters.
        return Some(false);
    }
    reader.bit()?;
    if reader.bit()? {
        for list in 0..8 {
            if reader.bit()? {
                let (mut last, mut next) = (8, 8);
                for _ in 0..if list < 6 { 16 } else { 64 } {
                    if next != 0 {
                        next = (last + reader.se()?).rem_euclid(256);
                    }
                    last = if next == 0 { last } else { next };
                }
            }
        }
    }
    Some(true)
}

/// Shape of pixels and colours.
fn annex(reader: &mut Reader<'_>, look: &mut Look) -> Option<()> {
    // Source: table E-1.
    const SHAPES: [(u32, u32); 16] = [
        (1, 1),
        (12, 11),
        (10, 11),
        (16, 11),
        (40, 33),
        (24, 11),
        (20, 11),
        (32, 11),
        (80, 33),
        (18, 11),
        (15, 11),
        (64, 33),
        (160, 99),
        (4, 3),
        (3, 2),
        (2, 1),
    ];
    if reader.bit()? {
        let shape = match reader.bits(8)? {
            255 => (reader.bits(16)?, reader.bits(16)?),
            number => number
                .checked_sub(1)
                .and_then(|at| SHAPES.get(at as usize).copied())
                .unwrap_or((0, 0)),
        };
        look.pixel = Some(shape).filter(|&(wide, high)| wide > 0 && high > 0);
    }
    if reader.bit()? {
        reader.bit()?;
    }
    if reader.bit()? {
        reader.bits(3)?;
        look.full_range = Some(reader.bit()?);
        if reader.bit()? {
            reader.bits(16)?;
            look.matrix = Some(reader.bits(8)? as u8).filter(|&matrix| matrix != 2);
        }
    }
    Some(())
}
