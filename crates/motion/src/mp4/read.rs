//! The only picture track of an MP4 file that someone sent: where its frames are, when they are shown, and
//! how. Sound and everything else is passed over. Source: ISO/IEC 14496-12 and 14496-15.

use super::boxes::{Boxes, be_i32, be_u16, be_u32, be_u64, child, find, missing};
use super::{fragments, table};
use crate::Unplayable;

/// Most frames of a clip. Chosen: ten and a half seconds at 120 a second.
pub(crate) const FRAMES_MAX: usize = 1_260;
/// No time is further than this from the beginning. Chosen: sums of times fit any number then.
pub(crate) const TICKS_MAX: u64 = 1 << 48;
/// Most parts that an edit list cuts a track into. Chosen: writers use one or two.
const EDITS_MAX: usize = 16;

/// A frame as the file lists it, in decoding order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    /// Where it is in the file.
    pub(crate) at: usize,
    /// Its bytes.
    pub(crate) length: usize,
    /// When it is decoded, in the track's timescale.
    pub(crate) decoded: i64,
    /// Until the next one is decoded.
    pub(crate) lasts: u32,
    /// From decoding to showing.
    pub(crate) shown_after: i32,
    /// The file says that decoding can begin here.
    pub(crate) sync: bool,
}

impl Sample {
    /// When it is shown, in the track's timescale.
    pub(crate) fn shown(&self) -> i64 {
        self.decoded + i64::from(self.shown_after)
    }
}

/// A part of the track that is shown, or a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// In the movie's timescale; 0: to the end.
    pub(crate) lasts: u64,
    /// Where it begins, in the track's timescale; `None`: a pause.
    pub(crate) from: Option<i64>,
}

/// What the boxes say of the track.
#[derive(Debug)]
pub(crate) struct Track<'a> {
    /// Ticks a second of the movie, never 0.
    pub(crate) movie_timescale: u32,
    /// Ticks a second of the track, never 0.
    pub(crate) timescale: u32,
    /// The parts of the edit list.
    pub(crate) parts: Vec<Part>,
    /// Upper left of the matrices of movie and track, multiplied: where the axes go, in 16.16.
    pub(crate) axes: [i64; 4],
    /// Content of `avcC`.
    pub(crate) avcc: &'a [u8],
    /// `avc1` or `avc3`.
    pub(crate) entry: [u8; 4],
    /// Sides in the sample entry.
    pub(crate) entry_px: (u32, u32),
    /// Shape of a pixel from `pasp`: width and height.
    pub(crate) pixel: Option<(u32, u32)>,
    /// Content of `colr` of kind `nclx`.
    pub(crate) colour: Option<&'a [u8]>,
    /// All frames; at least one.
    pub(crate) samples: Vec<Sample>,
}

impl Track<'_> {
    /// When the last frame ends, in the track's timescale.
    pub(crate) fn end(&self) -> i64 {
        let ends = self
            .samples
            .iter()
            .map(|sample| sample.shown() + i64::from(sample.lasts));
        ends.max().unwrap_or(0)
    }
}

/// Reads the boxes of `source`.
pub(crate) fn track(source: &[u8]) -> Result<Track<'_>, Unplayable> {
    match Boxes::of(source).next() {
        Some(Ok(first)) if first.kind == *b"ftyp" => {}
        _ => return Err(Unplayable::Kind),
    }
    let movie = child(source, b"moov")?;
    let trak = picture_track(movie)?;
    let media = child(trak, b"mdia")?;
    let tables = child(child(media, b"minf")?, b"stbl")?;
    let header = child(trak, b"tkhd")?;
    let movie_header = child(movie, b"mvhd")?;
    let mut track = sample_entry(tables)?;
    track.movie_timescale = timescale(movie_header)?;
    track.timescale = timescale(child(media, b"mdhd")?)?;
    track.axes = axes(movie_header, header)?;
    track.parts = parts(trak)?;
    let (samples, number) = (table::samples(source, tables)?, track_number(header)?);
    track.samples = fragments::samples(source, movie, number, samples)?;
    if track.samples.is_empty() {
        return Err(Unplayable::Broken("no frames"));
    }
    // Frames that share bytes would make much of little.
    let total = track.samples.iter().try_fold(0_usize, |total, sample| {
        total
            .checked_add(sample.length)
            .filter(|&total| total <= source.len())
    });
    total.ok_or(Unplayable::Broken("frames that share bytes"))?;
    Ok(track)
}

fn picture_track(movie: &[u8]) -> Result<&[u8], Unplayable> {
    let mut picture = None;
    for entry in Boxes::of(movie) {
        let entry = entry?;
        if entry.kind != *b"trak" {
            continue;
        }
        let handler = child(child(entry.content, b"mdia")?, b"hdlr")?;
        let is_picture = handler.get(8..12).ok_or_else(|| missing(b"hdlr"))? == b"vide";
        if is_picture && picture.replace(entry.content).is_some() {
            return Err(Unplayable::Unsupported("several picture tracks"));
        }
    }
    picture.ok_or(Unplayable::Unsupported("no picture track"))
}

fn track_number(header: &[u8]) -> Result<u32, Unplayable> {
    let at = if header.first() == Some(&1) { 20 } else { 12 };
    be_u32(header, at).ok_or_else(|| missing(b"tkhd"))
}

/// Ticks a second from `mvhd` or `mdhd`, whose first fields are alike.
fn timescale(header: &[u8]) -> Result<u32, Unplayable> {
    let at = if header.first() == Some(&1) { 20 } else { 12 };
    match be_u32(header, at) {
        Some(scale @ 1..) => Ok(scale),
        _ => Err(Unplayable::Broken("ticks a second")),
    }
}

/// The product of the two matrices, as far as it turns and mirrors.
fn axes(movie_header: &[u8], header: &[u8]) -> Result<[i64; 4], Unplayable> {
    let long = |bytes: &[u8]| usize::from(bytes.first() == Some(&1)) * 12;
    let read = |bytes: &[u8], at: usize| {
        let number = |index: usize| be_i32(bytes, at + index * 4).map(i64::from);
        Some([number(0)?, number(1)?, number(3)?, number(4)?])
    };
    let outer = read(movie_header, 36 + long(movie_header)).ok_or_else(|| missing(b"mvhd"))?;
    let inner = read(header, 40 + long(header)).ok_or_else(|| missing(b"tkhd"))?;
    let sum = |row: usize, column: usize| {
        let product = |one: i64, other: i64| (one * other) >> 16;
        product(inner[row * 2], outer[column]) + product(inner[row * 2 + 1], outer[2 + column])
    };
    Ok([sum(0, 0), sum(0, 1), sum(1, 0), sum(1, 1)])
}

fn parts(trak: &[u8]) -> Result<Vec<Part>, Unplayable> {
    let Some(list) = find(trak, b"edts")? else {
        return Ok(Vec::new());
    };
    let Some(list) = find(list, b"elst")? else {
        return Ok(Vec::new());
    };
    let broken = || missing(b"elst");
    let long = list.first() == Some(&1);
    let count = be_u32(list, 4).ok_or_else(broken)? as usize;
    if count > EDITS_MAX {
        return Err(Unplayable::Unsupported("a long edit list"));
    }
    let mut parts = Vec::with_capacity(count);
    for number in 0..count {
        let at = 8 + number * if long { 20 } else { 12 };
        let (lasts, from, rate_at) = if long {
            (
                be_u64(list, at),
                be_u64(list, at + 8).map(|from| from as i64),
                at + 16,
            )
        } else {
            let from = be_i32(list, at + 4).map(i64::from);
            (be_u32(list, at).map(u64::from), from, at + 8)
        };
        let (lasts, from) = (lasts.ok_or_else(broken)?, from.ok_or_else(broken)?);
        if be_u32(list, rate_at).ok_or_else(broken)? != 0x1_0000 {
            return Err(Unplayable::Unsupported("slower, faster or frozen parts"));
        }
        if lasts > TICKS_MAX || from > TICKS_MAX as i64 {
            return Err(broken());
        }
        parts.push(Part {
            lasts,
            from: (from >= 0).then_some(from),
        });
    }
    Ok(parts)
}

/// The only kind of frame in the track; everything but `samples` and times is filled in.
fn sample_entry(tables: &[u8]) -> Result<Track<'_>, Unplayable> {
    let kinds = child(tables, b"stsd")?;
    let broken = || missing(b"stsd");
    if be_u32(kinds, 4).ok_or_else(broken)? != 1 {
        return Err(Unplayable::Unsupported("several kinds of frames"));
    }
    let first = Boxes::of(kinds.get(8..).ok_or_else(broken)?).next();
    let first = first.ok_or_else(broken)??;
    if first.kind != *b"avc1" && first.kind != *b"avc3" {
        return Err(Unplayable::Unsupported("a codec other than H.264"));
    }
    let side = |at| {
        be_u16(first.content, at)
            .map(u32::from)
            .ok_or_else(|| missing(b"avc1"))
    };
    let inside = first.content.get(78..).ok_or_else(|| missing(b"avc1"))?;
    let pasp = find(inside, b"pasp")?;
    let pixel = pasp.and_then(|pasp| Some((be_u32(pasp, 0)?, be_u32(pasp, 4)?)));
    let colour = find(inside, b"colr")?.filter(|colour| colour.starts_with(b"nclx"));
    Ok(Track {
        movie_timescale: 1,
        timescale: 1,
        parts: Vec::new(),
        axes: [0; 4],
        avcc: child(inside, b"avcC")?,
        entry: first.kind,
        entry_px: (side(24)?, side(26)?),
        pixel: pixel.filter(|&(width, height)| width > 0 && height > 0),
        colour,
        samples: Vec::new(),
    })
}
