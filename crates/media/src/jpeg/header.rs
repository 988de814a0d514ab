//! Marker segments of a JPEG file: frame, scans, tables, and the few application segments read.

use super::huffman::Table;
use crate::probe::array;
use crate::{Limits, Unreadable, exif};

/// Longest ICC profile that is put together; the same bound as for the other formats.
const PROFILE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// One component of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal and vertical sampling, 1 to 4.
    pub(super) across: usize,
    pub(super) down: usize,
    /// Which quantisation table.
    pub(super) quantiser: usize,
}

/// The frame header.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) progressive: bool,
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) components: Vec<Component>,
    /// Largest sampling of all components.
    pub(super) across_max: usize,
    pub(super) down_max: usize,
}

impl Frame {
    /// Groups of blocks per row and per column of an interleaved scan.
    pub(super) fn groups(&self) -> (usize, usize) {
        (
            self.width.div_ceil(8 * self.across_max),
            self.height.div_ceil(8 * self.down_max),
        )
    }

    /// Width and height of a component in samples.
    pub(super) fn samples(&self, component: &Component) -> (usize, usize) {
        (
            (self.width * component.across).div_ceil(self.across_max),
            (self.height * component.down).div_ceil(self.down_max),
        )
    }

    fn read(code: u8, body: &[u8]) -> Result<Self, Unreadable> {
        let progressive = match code {
            0xC0 | 0xC1 => false,
            0xC2 => true,
            0xC3 => return Err(Unreadable::Unsupported("JPEG: lossless")),
            0xC9..=0xCB => return Err(Unreadable::Unsupported("JPEG: arithmetic coding")),
            _ => return Err(Unreadable::Unsupported("JPEG: hierarchical")),
        };
        let [precision, h1, h0, w1, w0, count] = array(body, 0)?;
        if precision != 8 {
            return Err(Unreadable::Unsupported(
                "JPEG: samples of other than 8 bits",
            ));
        }
        if !matches!(count, 1 | 3 | 4) {
            return Err(Unreadable::Unsupported(
                "JPEG: other than 1, 3 or 4 components",
            ));
        }
        let mut components: Vec<Component> = Vec::new();
        for at in 0..usize::from(count) {
            let [id, sampling, quantiser] = array(body, 6 + at * 3)?;
            let (across, down) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            let known = components.iter().any(|other| other.id == id);
            if known || !(1..=4).contains(&across) || !(1..=4).contains(&down) || quantiser > 3 {
                return Err(Unreadable::Broken("JPEG: component"));
            }
            components.push(Component {
                id,
                across,
                down,
                quantiser: usize::from(quantiser),
            });
        }
        let width = usize::from(u16::from_be_bytes([w1, w0]));
        let height = usize::from(u16::from_be_bytes([h1, h0]));
        if width == 0 || height == 0 {
            return Err(Unreadable::Broken("JPEG: a side of zero pixels"));
        }
        let across_max = components.iter().map(|one| one.across).max().unwrap_or(1);
        let down_max = components.iter().map(|one| one.down).max().unwrap_or(1);
        Ok(Self {
            progressive,
            width,
            height,
            components,
            across_max,
            down_max,
        })
    }
}

/// One component's part in a scan.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Index into the frame's components.
    pub(super) component: usize,
    pub(super) dc: usize,
    pub(super) ac: usize,
}

/// A scan header.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) parts: Vec<Part>,
    /// First and last coefficient of the band.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Bit position before and after this scan.
    pub(super) high: u32,
    pub(super) low: u32,
    /// Where the coded data starts.
    pub(super) start: usize,
}

impl Scan {
    fn read(body: &[u8], start: usize, frame: &Frame) -> Result<Self, Unreadable> {
        const WRONG: Unreadable = Unreadable::Broken("JPEG: scan header");
        let [count] = array(body, 0)?;
        let count = usize::from(count);
        let mut parts: Vec<Part> = Vec::new();
        for at in 0..count {
            let [id, tables] = array(body, 1 + at * 2)?;
            let component = frame
                .components
                .iter()
                .position(|one| one.id == id)
                .ok_or(WRONG)?;
            let (dc, ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if parts.iter().any(|part| part.component >= component) || dc > 3 || ac > 3 {
                return Err(WRONG);
            }
            parts.push(Part { component, dc, ac });
        }
        let [first, last, bits] = array(body, 1 + count * 2)?;
        let (high, low) = (u32::from(bits >> 4), u32::from(bits & 15));
        let scan = Self {
            parts,
            first: first.into(),
            last: last.into(),
            high,
            low,
            start,
        };
        let whole = scan.first == 0 && scan.last == 63 && high == 0 && low == 0;
        let band = scan.last <= 63
            && (if scan.first == 0 {
                scan.last == 0
            } else {
                scan.last >= scan.first && count == 1
            })
            && low <= 13
            && (high == 0 || high == low + 1);
        let blocks: usize = scan
            .parts
            .iter()
            .map(|part| frame.components[part.component].blocks())
            .sum();
        if count == 0
            || (count > 1 && blocks > 10)
            || !(if frame.progressive { band } else { whole })
        {
            return Err(WRONG);
        }
        Ok(scan)
    }
}

impl Component {
    /// Blocks per group of an interleaved scan.
    pub(super) fn blocks(&self) -> usize {
        self.across * self.down
    }
}

/// How the components are to be read as colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    Grey,
    Rgb,
    YCbCr,
    /// Four inks; `inverted` says that 255 is no ink.
    Cmyk {
        inverted: bool,
    },
    /// Luma, chroma and black; stands for inverted inks.
    Ycck,
}

/// What is known after the segments read so far.
#[derive(Debug, Default)]
pub(super) struct Header {
    pub(super) frame: Option<Frame>,
    /// Natural order; `None` until defined.
    pub(super) quantisers: [Option<[u16; 64]>; 4],
    pub(super) dc: [Option<Table>; 4],
    pub(super) ac: [Option<Table>; 4],
    /// Groups between restart markers, 0 for none.
    pub(super) restart: usize,
    pub(super) orientation: exif::Orientation,
    jfif: bool,
    /// Transform byte of Adobe's segment.
    adobe: Option<u8>,
    /// Numbered pieces of the ICC profile.
    profile: Vec<(u8, Vec<u8>)>,
    profile_bytes: usize,
}

/// What ended a run of segments.
pub(super) enum Next {
    Scan(Scan),
    /// The end marker, or the end of the file: some writers leave the marker out.
    End,
}

impl Header {
    /// Reads segments from `at` on, up to and including the next scan header.
    pub(super) fn advance(
        &mut self,
        source: &[u8],
        mut at: usize,
        limits: &Limits,
    ) -> Result<Next, Unreadable> {
        loop {
            // Stray bytes between segments are passed over, as every decoder does.
            let Some(skip) = source
                .get(at..)
                .and_then(|rest| rest.iter().position(|&b| b == 0xFF))
            else {
                return Ok(Next::End);
            };
            at += skip;
            let Some(&code) = source.get(at + 1) else {
                return Ok(Next::End);
            };
            if code == 0xFF {
                at += 1;
                continue;
            }
            at += 2;
            if matches!(code, 0x00 | 0x01 | 0xD0..=0xD8) {
                continue;
            }
            if code == 0xD9 {
                return Ok(Next::End);
            }
            let length = usize::from(u16::from_be_bytes(array(source, at)?));
            let body = source.get(at + 2..at + length).ok_or(if length < 2 {
                Unreadable::Broken("JPEG: segment length")
            } else {
                Unreadable::Truncated
            })?;
            at += length;
            if code == 0xDA {
                let frame = self.frame.as_ref();
                let frame = frame.ok_or(Unreadable::Broken("JPEG: scan before frame"))?;
                return Scan::read(body, at, frame).map(Next::Scan);
            }
            self.segment(code, body, limits)?;
        }
    }

    fn segment(&mut self, code: u8, body: &[u8], limits: &Limits) -> Result<(), Unreadable> {
        match code {
            0xC4 => self.huffman(body)?,
            0xDB => self.quantisers(body)?,
            0xDD => self.restart = usize::from(u16::from_be_bytes(array(body, 0)?)),
            0xC8 | 0xCC | 0xDC | 0xDE | 0xDF => {
                return Err(Unreadable::Unsupported("JPEG: unusual segment"));
            }
            0xC0..=0xCF => {
                if self.frame.is_some() {
                    return Err(Unreadable::Broken("JPEG: second frame"));
                }
                self.frame = Some(Frame::read(code, body)?);
            }
            0xE0 => self.jfif |= body.starts_with(b"JFIF\0"),
            0xE1 if body.starts_with(b"Exif\0\0") => self.orientation = exif::orientation(body),
            0xE2 => {
                if let Some([number, _count, piece @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.profile_bytes += piece.len();
                    if self.profile_bytes <= PROFILE_BYTES_MAX.min(limits.memory_bytes_max) {
                        self.profile.push((*number, piece.to_vec()));
                    }
                }
            }
            0xEE if body.starts_with(b"Adobe") => self.adobe = body.get(11).copied(),
            _ => {}
        }
        Ok(())
    }

    fn huffman(&mut self, mut body: &[u8]) -> Result<(), Unreadable> {
        while !body.is_empty() {
            let [id] = array(body, 0)?;
            let lengths: [u8; 16] = array(body, 1)?;
            let count: usize = lengths.iter().map(|&count| usize::from(count)).sum();
            let symbols = body.get(17..17 + count).ok_or(Unreadable::Truncated)?;
            let tables = if id >> 4 == 0 {
                &mut self.dc
            } else {
                &mut self.ac
            };
            let slot = tables.get_mut(usize::from(id & 15));
            let slot = slot
                .filter(|_| id >> 4 < 2)
                .ok_or(Unreadable::Broken("JPEG: table id"))?;
            *slot = Some(Table::new(&lengths, symbols)?);
            body = &body[17 + count..];
        }
        Ok(())
    }

    fn quantisers(&mut self, mut body: &[u8]) -> Result<(), Unreadable> {
        while !body.is_empty() {
            let [id] = array(body, 0)?;
            let bytes = if id >> 4 == 0 { 1 } else { 2 };
            let values = body.get(1..1 + 64 * bytes).ok_or(Unreadable::Truncated)?;
            let slot = self.quantisers.get_mut(usize::from(id & 15));
            let slot = slot
                .filter(|_| id >> 4 < 2)
                .ok_or(Unreadable::Broken("JPEG: table id"))?;
            let mut table = [0; 64];
            for (value, &at) in values.chunks_exact(bytes).zip(&crate::encode::ZIGZAG) {
                let value = value
                    .iter()
                    .fold(0, |value, &byte| value << 8 | u16::from(byte));
                table[usize::from(at)] = value;
            }
            *slot = Some(table);
            body = &body[1 + 64 * bytes..];
        }
        Ok(())
    }

    /// How the components are to be read. Source: the rules of the common C library: JFIF, then
    /// Adobe's segment, then component ids that spell RGB.
    pub(super) fn channels(&self, frame: &Frame) -> Channels {
        let ids: Vec<u8> = frame.components.iter().map(|one| one.id).collect();
        match (ids.len(), self.adobe) {
            (1, _) => Channels::Grey,
            (3, _) if self.jfif => Channels::YCbCr,
            (3, Some(0)) => Channels::Rgb,
            (3, None) if ids == *b"RGB" => Channels::Rgb,
            (3, _) => Channels::YCbCr,
            (_, Some(2)) => Channels::Ycck,
            (_, adobe) => Channels::Cmyk {
                inverted: adobe.is_some(),
            },
        }
    }

    /// The ICC profile, if all its pieces are there in order.
    pub(super) fn profile(&mut self) -> Option<Vec<u8>> {
        let mut pieces = std::mem::take(&mut self.profile);
        pieces.sort_by_key(|(number, _)| *number);
        let ordered = pieces
            .iter()
            .zip(1..=255u8)
            .all(|((number, _), wanted)| *number == wanted);
        (ordered && !pieces.is_empty() && pieces.len() <= 255)
            .then(|| pieces.into_iter().flat_map(|(_, piece)| piece).collect())
    }
}
