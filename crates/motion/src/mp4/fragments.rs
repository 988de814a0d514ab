//! Movie fragments: frames that are listed piece by piece, each piece before its frames.

use std::collections::HashMap;

use super::boxes::{Boxes, be_i32, be_u32, be_u64, child, find, missing};
use super::read::{FRAMES_MAX, Sample, TICKS_MAX};
use crate::Unplayable;

/// In the flags of a frame: decoding cannot begin here.
const NOT_SYNC: u32 = 0x1_0000;

/// What holds for a frame unless its run says something else.
#[derive(Debug, Clone, Copy, Default)]
struct Usual {
    lasts: u32,
    length: u32,
    flags: u32,
}

/// `samples` of the tables, and those that the fragments add to track `number`.
pub(crate) fn samples(
    source: &[u8],
    movie: &[u8],
    number: u32,
    mut samples: Vec<Sample>,
) -> Result<Vec<Sample>, Unplayable> {
    let Some(extends) = find(movie, b"mvex")? else {
        return Ok(samples);
    };
    let usual = usual(extends)?;
    if !usual.contains_key(&number) {
        return Ok(samples);
    }
    for entry in Boxes::of(source) {
        let moof = entry?;
        if moof.kind != *b"moof" {
            continue;
        }
        // Where the frames of the next track begin, if it does not say itself.
        let mut follows = moof.at as u64;
        for entry in Boxes::of(moof.content) {
            let entry = entry?;
            if entry.kind == *b"traf" {
                let header = Header::of(entry.content, (moof.at as u64, follows), &usual)?;
                let into = (header.track == number).then_some(&mut samples);
                follows = runs(entry.content, &header, source.len(), into)?;
            }
        }
    }
    Ok(samples)
}

/// What is usual in each track, by its number.
fn usual(extends: &[u8]) -> Result<HashMap<u32, Usual>, Unplayable> {
    let mut usual = HashMap::new();
    for entry in Boxes::of(extends) {
        let entry = entry?;
        if entry.kind != *b"trex" {
            continue;
        }
        let field = |at| be_u32(entry.content, at).ok_or_else(|| missing(b"trex"));
        usual.entry(field(4)?).or_insert(Usual {
            lasts: field(12)?,
            length: field(16)?,
            flags: field(20)?,
        });
    }
    Ok(usual)
}

/// What a fragment says of one track.
#[derive(Debug)]
struct Header {
    track: u32,
    base: u64,
    usual: Usual,
    /// When its first frame is decoded.
    decoded: Option<u64>,
}

impl Header {
    fn of(
        traf: &[u8],
        (moof_at, follows): (u64, u64),
        usual: &HashMap<u32, Usual>,
    ) -> Result<Self, Unplayable> {
        let header = child(traf, b"tfhd")?;
        let broken = || missing(b"tfhd");
        let flags = be_u32(header, 0).ok_or_else(broken)?;
        let track = be_u32(header, 4).ok_or_else(broken)?;
        let mut usual = usual.get(&track).copied().unwrap_or_default();
        let mut at = 8;
        let mut base = if flags & 0x2_0000 != 0 {
            moof_at
        } else {
            follows
        };
        if flags & 1 != 0 {
            base = be_u64(header, at).ok_or_else(broken)?;
            at += 8;
        }
        if flags & 2 != 0 {
            if be_u32(header, at).ok_or_else(broken)? != 1 {
                return Err(Unplayable::Unsupported("several kinds of frames"));
            }
            at += 4;
        }
        let fields = [&mut usual.lasts, &mut usual.length, &mut usual.flags];
        for (bit, field) in [8, 16, 32].into_iter().zip(fields) {
            if flags & bit != 0 {
                *field = be_u32(header, at).ok_or_else(broken)?;
                at += 4;
            }
        }
        let decoded = match find(traf, b"tfdt")? {
            Some(time) if time.first() == Some(&1) => be_u64(time, 4),
            Some(time) => be_u32(time, 4).map(u64::from),
            None => None,
        };
        if decoded.is_some_and(|decoded| decoded > TICKS_MAX) {
            return Err(missing(b"tfdt"));
        }
        Ok(Self {
            track,
            base,
            usual,
            decoded,
        })
    }
}

/// Adds the frames of all runs of a track in a fragment, `None` of other tracks; returns where their bytes end.
fn runs(
    traf: &[u8],
    header: &Header,
    length: usize,
    mut into: Option<&mut Vec<Sample>>,
) -> Result<u64, Unplayable> {
    let mut at = header.base;
    if let (Some(into), Some(decoded)) = (&mut into, header.decoded) {
        begin(into, decoded)?;
    }
    for entry in Boxes::of(traf) {
        let entry = entry?;
        if entry.kind == *b"trun" {
            let run = Run::of(entry.content, header, at)?;
            at = match &mut into {
                Some(into) => frames(&run, header, length, into)?,
                None => end_of_run(&run, header, length)?,
            };
        }
    }
    Ok(at)
}

/// A run of frames in a fragment.
#[derive(Debug)]
struct Run<'a> {
    flags: u32,
    count: u32,
    /// Where its first frame begins.
    at: u64,
    /// Flags of its first frame, if those are apart.
    first_flags: Option<u32>,
    /// What is listed of its frames, one behind the other.
    listed: &'a [u8],
}

impl<'a> Run<'a> {
    /// Reads the content of `trun`; frames begin at `follows` unless it says where.
    fn of(content: &'a [u8], header: &Header, follows: u64) -> Result<Self, Unplayable> {
        let broken = || missing(b"trun");
        let flags = be_u32(content, 0).ok_or_else(broken)?;
        let count = be_u32(content, 4).ok_or_else(broken)?;
        let mut fields = 8;
        let mut at = follows;
        if flags & 1 != 0 {
            let offset = be_i32(content, fields).ok_or_else(broken)?;
            let from = header.base.checked_add_signed(offset.into());
            at = from.ok_or_else(broken)?;
            fields += 4;
        }
        let mut first_flags = None;
        if flags & 4 != 0 {
            first_flags = Some(be_u32(content, fields).ok_or_else(broken)?);
            fields += 4;
        }
        Ok(Self {
            flags,
            count,
            at,
            first_flags,
            listed: content.get(fields..).ok_or_else(broken)?,
        })
    }
}

/// Where the bytes of a run end that is passed over; it may be of any number of frames.
fn end_of_run(run: &Run<'_>, header: &Header, length: usize) -> Result<u64, Unplayable> {
    let broken = || missing(b"trun");
    let each = (run.flags & 0xF00).count_ones() as usize * 4;
    let whole = each.checked_mul(run.count as usize).ok_or_else(broken)?;
    let listed = run.listed.get(..whole).ok_or_else(broken)?;
    let bytes = if run.flags & 0x200 == 0 {
        u64::from(run.count) * u64::from(header.usual.length)
    } else {
        let before = if run.flags & 0x100 != 0 { 4 } else { 0 };
        let sizes = listed.chunks_exact(each).map(|frame| be_u32(frame, before));
        sizes.flatten().map(u64::from).sum()
    };
    let end = run.at.checked_add(bytes).ok_or_else(broken)?;
    if end > length as u64 {
        return Err(Unplayable::Broken("a frame beyond the file"));
    }
    Ok(end)
}

/// Makes the last frame so far last until `decoded`, when a fragment begins.
fn begin(into: &mut [Sample], decoded: u64) -> Result<(), Unplayable> {
    let decoded = i64::try_from(decoded).map_err(|_| missing(b"tfdt"))?;
    if let Some(last) = into.last_mut() {
        let lasts = u32::try_from(decoded - last.decoded);
        last.lasts = lasts.map_err(|_| missing(b"tfdt"))?;
    }
    Ok(())
}

/// Adds the frames of a run; returns where their bytes end.
fn frames(
    run: &Run<'_>,
    header: &Header,
    length: usize,
    into: &mut Vec<Sample>,
) -> Result<u64, Unplayable> {
    let broken = || missing(b"trun");
    let count = run.count;
    if count as usize > FRAMES_MAX - into.len().min(FRAMES_MAX) {
        let frames = into.len() as u64 + u64::from(count);
        return Err(Unplayable::Frames {
            frames,
            max: FRAMES_MAX,
        });
    }
    let mut listed = run.listed;
    let mut field = |present: u32| -> Result<Option<u32>, Unplayable> {
        if run.flags & present == 0 {
            return Ok(None);
        }
        let value = be_u32(listed, 0).ok_or_else(broken)?;
        listed = &listed[4..];
        Ok(Some(value))
    };
    let mut at = run.at;
    for number in 0..count {
        let lasts = field(0x100)?.unwrap_or(header.usual.lasts);
        let size = field(0x200)?.unwrap_or(header.usual.length);
        let own = field(0x400)?.or(run.first_flags.filter(|_| number == 0));
        let shown_after = field(0x800)?.unwrap_or(0) as i32;
        let place = usize::try_from(at).map_err(|_| broken())?;
        at = at.checked_add(size.into()).ok_or_else(broken)?;
        if at > length as u64 {
            return Err(Unplayable::Broken("a frame beyond the file"));
        }
        let decoded = into
            .last()
            .map_or(header.decoded.map(|time| time as i64), |last| {
                last.decoded.checked_add(last.lasts.into())
            });
        into.push(Sample {
            at: place,
            length: size as usize,
            decoded: decoded.unwrap_or(0),
            lasts,
            shown_after,
            sync: own.unwrap_or(header.usual.flags) & NOT_SYNC == 0,
        });
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(kind: &[u8; 4], content: &[&[u8]]) -> Vec<u8> {
        let content = content.concat();
        let length = (content.len() + 8) as u32;
        [&length.to_be_bytes(), &kind[..], &content].concat()
    }

    fn numbers(numbers: &[u32]) -> Vec<u8> {
        numbers.iter().flat_map(|each| each.to_be_bytes()).collect()
    }

    /// A file whose only fragment lists sound in track 2 as `run` says, and behind it two frames of 10 bytes.
    fn listed(run: &[u32]) -> Result<Vec<Sample>, Unplayable> {
        let trex = |track, length| boxed(b"trex", &[&numbers(&[0, track, 1, 1, length, 0])]);
        let movie = boxed(b"mvex", &[&trex(1, 10), &trex(2, 4)]);
        let traf = |track: u32, run: &[u32]| {
            let header = boxed(b"tfhd", &[&numbers(&[0, track])]);
            boxed(b"traf", &[&header, &boxed(b"trun", &[&numbers(run)])])
        };
        let moof = boxed(b"moof", &[&traf(2, run), &traf(1, &[0, 2])]);
        let source = [&moof[..], &[0; 100_000]].concat();
        samples(&source, &movie, 1, Vec::new())
    }

    #[test]
    fn frames_lie_behind_sound_of_any_count() {
        let many = FRAMES_MAX as u32 * 4;
        let sizes = [&[0x200, 3][..], &[5, 6, 7]].concat();
        let times_and_sizes = [&[0x304, 2, 0][..], &[9, 5, 9, 6]].concat();
        for (run, bytes) in [
            (vec![0, many], many as usize * 4),
            (sizes, 18),
            (times_and_sizes, 11),
            (vec![1, 1, 20], 24),
        ] {
            let found = listed(&run).unwrap_or_else(|why| panic!("{run:?}: {why}"));
            let places: Vec<_> = found.iter().map(|frame| (frame.at, frame.length)).collect();
            assert_eq!(places, [(bytes, 10), (bytes + 10, 10)], "{run:?}");
        }
    }

    #[test]
    fn sound_that_lies_is_refused() {
        for run in [
            vec![0, u32::MAX],
            vec![0x200, u32::MAX, 5],
            vec![0x200, 2, 5],
            vec![0x200, 1, u32::MAX],
            vec![1, 1],
            vec![1, 1, u32::MAX],
        ] {
            assert!(listed(&run).is_err(), "{run:?}");
        }
    }
}
