//! The sample table: sizes, places and times of frames that are listed at once.

use super::boxes::{be_u32, child, find, missing, rows};
use super::read::{FRAMES_MAX, Sample};
use crate::Unplayable;

/// The frames that the tables in `stbl` list; none in a file that consists of fragments.
pub(crate) fn samples(source: &[u8], stbl: &[u8]) -> Result<Vec<Sample>, Unplayable> {
    let mut samples = sizes(stbl)?;
    if samples.is_empty() {
        return Ok(samples);
    }
    places(&mut samples, source, stbl)?;
    times(&mut samples, stbl)?;
    if let Some(table) = find(stbl, b"stss")? {
        samples.iter_mut().for_each(|sample| sample.sync = false);
        for [number] in rows(table, 4).ok_or_else(|| missing(b"stss"))? {
            let sample = (number as usize)
                .checked_sub(1)
                .and_then(|at| samples.get_mut(at));
            sample.ok_or_else(|| missing(b"stss"))?.sync = true;
        }
    }
    Ok(samples)
}

fn sizes(stbl: &[u8]) -> Result<Vec<Sample>, Unplayable> {
    let broken = || missing(b"stsz");
    let (table, field_bits) = match find(stbl, b"stsz")? {
        Some(table) => (table, 32),
        None => {
            let table = child(stbl, b"stz2").map_err(|_| broken())?;
            (table, be_u32(table, 4).ok_or_else(broken)? & 0xFF)
        }
    };
    let same = if field_bits == 32 {
        be_u32(table, 4).ok_or_else(broken)?
    } else {
        0
    };
    let count = be_u32(table, 8).ok_or_else(broken)?;
    if count as usize > FRAMES_MAX {
        return Err(Unplayable::Frames {
            frames: count.into(),
            max: FRAMES_MAX,
        });
    }
    let list = table.get(12..).ok_or_else(broken)?;
    let size = |number: usize| match field_bits {
        _ if same != 0 => Some(same),
        32 => be_u32(list, number * 4),
        16 => super::boxes::be_u16(list, number * 2).map(u32::from),
        8 => list.get(number).copied().map(u32::from),
        4 => list
            .get(number / 2)
            .map(|&pair| u32::from(pair >> (4 - 4 * (number % 2)) & 15)),
        _ => None,
    };
    let sample = |number| {
        Ok(Sample {
            at: 0,
            length: size(number).ok_or_else(broken)? as usize,
            decoded: 0,
            lasts: 0,
            shown_after: 0,
            sync: true,
        })
    };
    (0..count as usize).map(sample).collect()
}

/// Fills in where the frames are: they lie in chunks, one behind the other.
fn places(samples: &mut [Sample], source: &[u8], stbl: &[u8]) -> Result<(), Unplayable> {
    let chunks: Vec<u64> = match find(stbl, b"stco")? {
        Some(table) => {
            let places = rows(table, 4).ok_or_else(|| missing(b"stco"))?;
            places.map(|[at]| at.into()).collect()
        }
        None => {
            let places = rows(child(stbl, b"co64")?, 4).ok_or_else(|| missing(b"co64"))?;
            places
                .map(|[high, low]| u64::from(high) << 32 | u64::from(low))
                .collect()
        }
    };
    let broken = || missing(b"stsc");
    let mut runs = rows(child(stbl, b"stsc")?, 4)
        .ok_or_else(broken)?
        .peekable();
    let mut in_chunk = None;
    let mut rest = samples.iter_mut();
    for (number, &at) in (1..).zip(&chunks) {
        while let Some([_, count, kind]) = runs.next_if(|row: &[u32; 3]| row[0] <= number) {
            if kind != 1 {
                return Err(Unplayable::Unsupported("several kinds of frames"));
            }
            in_chunk = Some(count);
        }
        let mut at = usize::try_from(at).map_err(|_| missing(b"stco"))?;
        for sample in rest.by_ref().take(in_chunk.ok_or_else(broken)? as usize) {
            sample.at = at;
            at = at
                .checked_add(sample.length)
                .ok_or_else(|| missing(b"stco"))?;
            if at > source.len() {
                return Err(Unplayable::Broken("a frame beyond the file"));
            }
        }
        if rest.len() == 0 {
            return Ok(());
        }
    }
    Err(Unplayable::Broken("frames without a place"))
}

/// Fills in when the frames are decoded and shown.
fn times(samples: &mut [Sample], stbl: &[u8]) -> Result<(), Unplayable> {
    let lasts = rows(child(stbl, b"stts")?, 4).ok_or_else(|| missing(b"stts"))?;
    let mut lasts = lasts.flat_map(|[count, value]| repeated(count, value));
    let mut decoded = 0;
    for sample in samples.iter_mut() {
        sample.decoded = decoded;
        sample.lasts = lasts.next().ok_or_else(|| missing(b"stts"))?;
        decoded += i64::from(sample.lasts);
    }
    if let Some(table) = find(stbl, b"ctts")? {
        let after = rows(table, 4).ok_or_else(|| missing(b"ctts"))?;
        let after = after.flat_map(|[count, value]| repeated(count, value));
        for (sample, after) in samples.iter_mut().zip(after) {
            // Version 0 says that it has no sign; writers put one there all the same.
            sample.shown_after = after as i32;
        }
    }
    Ok(())
}

/// A run of a table, no longer than frames can be.
fn repeated(count: u32, value: u32) -> impl Iterator<Item = u32> {
    std::iter::repeat_n(value, (count as usize).min(FRAMES_MAX))
}
