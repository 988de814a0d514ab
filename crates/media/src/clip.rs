//! What a moving picture says of itself: kind, sides and length from the boxes of an MP4 file. Nothing of
//! it is decoded.

/// Longest file. Chosen: U26 of the profile picture rules, TDLib's own bound.
pub const CLIP_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Shortest side. Source: TDLib, the same bound.
pub const CLIP_SIDE_PX_MIN: u32 = 160;
/// Longest side. Source: TDLib; the official page says 1080, which apps exceed.
pub const CLIP_SIDE_PX_MAX: u32 = 1_280;
/// Longest duration. Source: TDLib, ten seconds; the half is for encoders that round up to whole frames.
pub const CLIP_DURATION_MS_MAX: u64 = 10_500;

/// A square clip within the limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clip {
    /// Width and height in pixels.
    pub side_px: u32,
    /// Length in milliseconds.
    pub duration_ms: u64,
}

/// Why bytes are not taken as a clip; the domain says VIDEO_FILE_INVALID for all of them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unplayable {
    /// The first box is not the one that an MP4 file begins with.
    #[error("not an MP4 file")]
    Kind,
    /// The file is longer than the limit; nothing was looked at.
    #[error("{bytes} bytes are more than the {CLIP_BYTES_MAX} allowed")]
    Bytes {
        /// Length of the file in bytes.
        bytes: usize,
    },
    /// A box that is needed is missing, cut off or too short.
    #[error("broken file: {0}")]
    Broken(&'static str),
    /// Not one picture track in H.264, which is what clients play.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// The sides differ.
    #[error("{width_px} by {height_px} pixels are no square")]
    NotSquare {
        /// Width in pixels.
        width_px: u32,
        /// Height in pixels.
        height_px: u32,
    },
    /// A side outside the limits.
    #[error("a side of {px} pixels is not within {CLIP_SIDE_PX_MIN} to {CLIP_SIDE_PX_MAX}")]
    Side {
        /// The side in pixels.
        px: u32,
    },
    /// It lasts too long, or no time at all.
    #[error("{duration_ms} ms are none or more than the {CLIP_DURATION_MS_MAX} allowed")]
    Duration {
        /// Length in milliseconds.
        duration_ms: u64,
    },
}

/// Reads what the boxes of `source`, a whole MP4 file, say of its only picture track; sound is ignored.
///
/// # Errors
/// Each variant of [`Unplayable`] says when.
///
/// Source: ISO/IEC 14496-12 (boxes) and 14496-15 (`avc1`); limits: the constants of this module.
pub fn clip(source: &[u8]) -> Result<Clip, Unplayable> {
    if source.len() > CLIP_BYTES_MAX {
        let bytes = source.len();
        return Err(Unplayable::Bytes { bytes });
    }
    match Boxes(source).next() {
        Some(Ok((kind, _))) if kind == *b"ftyp" => {}
        _ => return Err(Unplayable::Kind),
    }
    let movie = child(source, b"moov")?;
    let mut picture = None;
    for entry in Boxes(movie) {
        let (kind, track) = entry?;
        if kind == *b"trak" && is_picture(track)? && picture.replace(track).is_some() {
            return Err(Unplayable::Unsupported("several picture tracks"));
        }
    }
    let track = picture.ok_or(Unplayable::Unsupported("no picture track"))?;
    let (width_px, height_px) = sides(track)?;
    if width_px != height_px {
        return Err(Unplayable::NotSquare {
            width_px,
            height_px,
        });
    }
    if !(CLIP_SIDE_PX_MIN..=CLIP_SIDE_PX_MAX).contains(&width_px) {
        return Err(Unplayable::Side { px: width_px });
    }
    // A track may be cut to less than the movie, a movie to less than its tracks: the longer one counts.
    let duration_ms = duration_ms(child(movie, b"mvhd")?)?
        .max(duration_ms(child(child(track, b"mdia")?, b"mdhd")?)?);
    if !(1..=CLIP_DURATION_MS_MAX).contains(&duration_ms) {
        return Err(Unplayable::Duration { duration_ms });
    }
    Ok(Clip {
        side_px: width_px,
        duration_ms,
    })
}

fn is_picture(track: &[u8]) -> Result<bool, Unplayable> {
    let handler = child(child(track, b"mdia")?, b"hdlr")?;
    Ok(handler.get(8..12).ok_or(Unplayable::Broken("hdlr"))? == b"vide")
}

/// Width and height of the only kind of sample in a picture track.
fn sides(track: &[u8]) -> Result<(u32, u32), Unplayable> {
    let media = child(child(track, b"mdia")?, b"minf")?;
    let kinds = child(child(media, b"stbl")?, b"stsd")?;
    let entries = kinds.get(8..).ok_or(Unplayable::Broken("stsd"))?;
    if be_u32(kinds, 4).ok_or(Unplayable::Broken("stsd"))? != 1 {
        return Err(Unplayable::Unsupported("several kinds of samples"));
    }
    let first = Boxes(entries).next();
    let (kind, sample) = first.ok_or(Unplayable::Broken("stsd"))??;
    if kind != *b"avc1" && kind != *b"avc3" {
        return Err(Unplayable::Unsupported("a codec other than H.264"));
    }
    let side = |at| be_u16(sample, at).ok_or(Unplayable::Broken("avc1"));
    Ok((u32::from(side(24)?), u32::from(side(26)?)))
}

/// The length in a `mvhd` or `mdhd` box, whose first fields are alike.
fn duration_ms(header: &[u8]) -> Result<u64, Unplayable> {
    let (scale, duration) = match header.first() {
        Some(0) => (be_u32(header, 12), be_u32(header, 16).map(u64::from)),
        Some(1) => (be_u32(header, 20), be_u64(header, 24)),
        _ => (None, None),
    };
    let (Some(scale @ 1..), Some(duration)) = (scale, duration) else {
        return Err(Unplayable::Broken("length of the movie"));
    };
    Ok(duration.saturating_mul(1000) / u64::from(scale))
}

fn child<'a>(parent: &'a [u8], kind: &'static [u8; 4]) -> Result<&'a [u8], Unplayable> {
    for entry in Boxes(parent) {
        let (found, content) = entry?;
        if found == *kind {
            return Ok(content);
        }
    }
    let name = std::str::from_utf8(kind).unwrap_or("a box");
    Err(Unplayable::Broken(name))
}

/// The boxes in a row: kind and content of each.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = Result<([u8; 4], &'a [u8]), Unplayable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = split(self.0);
        self.0 = read.map_or(&[], |(.., rest)| rest);
        let read = read.map(|(kind, content, _)| (kind, content));
        Some(read.ok_or(Unplayable::Broken("a box beyond its parent")))
    }
}

/// Kind and content of the first box, and what is behind it.
fn split(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let kind: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
    let (head, length) = match be_u32(bytes, 0)? {
        // To the end of the file.
        0 => (8, bytes.len()),
        1 => (16, usize::try_from(be_u64(bytes, 8)?).ok()?),
        length => (8, usize::try_from(length).ok()?),
    };
    let whole = bytes.get(..length)?;
    Some((kind, whole.get(head..)?, &bytes[length..]))
}

fn be_u16(bytes: &[u8], at: usize) -> Option<u16> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?))
}

fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn be_u64(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_be_bytes(bytes.try_into().ok()?))
}
