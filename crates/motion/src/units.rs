//! Frames of a clip as units of H.264: what a decoder is fed and what clients are sent.
//! Source: ITU-T H.264, 7.3.1 and annex D; ISO/IEC 14496-15, 5.3.

use crate::Unplayable;
use crate::mp4::read::{Sample, Track};
use crate::sps_read::{Look, look};

/// Kinds of units.
const SLICE: u8 = 1;
const PARTITIONS: std::ops::RangeInclusive<u8> = 2..=4;
const IDR: u8 = 5;
const REMARKS: u8 = 6;
const SPS: u8 = 7;
const PPS: u8 = 8;
/// Remarks that only people read: registered by others, and free text such as an encoder's settings.
const USER_REMARKS: [u32; 2] = [4, 5];

/// The parameter sets that stand apart from the frames.
#[derive(Debug)]
pub(crate) struct Sets<'a> {
    pub(crate) sps: Vec<&'a [u8]>,
    pub(crate) pps: Vec<&'a [u8]>,
    /// Bytes of the length before each unit.
    length_bytes: usize,
}

/// Reads the content of `avcC`.
pub(crate) fn sets(avcc: &[u8]) -> Result<Sets<'_>, Unplayable> {
    let broken = || Unplayable::Broken("avcC");
    if avcc.first() != Some(&1) {
        return Err(broken());
    }
    let length_bytes = usize::from(avcc.get(4).ok_or_else(broken)? & 3) + 1;
    let mut rest = avcc.get(5..).ok_or_else(broken)?;
    let mut list = |mask: u8| -> Option<Vec<&[u8]>> {
        let (count, behind) = rest.split_first()?;
        rest = behind;
        let mut units = Vec::new();
        for _ in 0..count & mask {
            let (length, behind) = rest.split_at_checked(2)?;
            let (unit, behind) =
                behind.split_at_checked(usize::from(u16::from_be_bytes([length[0], length[1]])))?;
            rest = behind;
            units.push(unit);
        }
        Some(units)
    };
    let (sps, pps) = (list(31).ok_or_else(broken)?, list(255).ok_or_else(broken)?);
    Ok(Sets {
        sps,
        pps,
        length_bytes,
    })
}

/// One frame.
#[derive(Debug, Default)]
pub(crate) struct Frame<'a> {
    /// In the order of the file, empty ones left out.
    pub(crate) units: Vec<&'a [u8]>,
    /// Decoding can begin here without anything before.
    pub(crate) fresh: bool,
    /// Other frames are decoded with its help.
    pub(crate) needed: bool,
}

/// The frames of `track`, and the look that all their parameter sets agree on.
pub(crate) fn frames<'a>(
    source: &'a [u8],
    track: &Track<'_>,
    sets: &Sets<'a>,
) -> Result<(Vec<Frame<'a>>, Look), Unplayable> {
    let mut agreed = None;
    let mut agree = |set: &[u8]| {
        let (look, _) = look(set)?;
        if agreed.replace(look).is_some_and(|before| before != look) {
            return Err(Unplayable::Unsupported("a look that changes"));
        }
        Ok(())
    };
    sets.sps.iter().try_for_each(|set| agree(set))?;
    let mut frames = Vec::with_capacity(track.samples.len());
    for sample in &track.samples {
        let frame = frame(source, sample, sets.length_bytes)?;
        let inside = frame.units.iter().filter(|unit| kind(unit) == SPS);
        inside.into_iter().try_for_each(|set| agree(set))?;
        frames.push(frame);
    }
    let look = agreed.ok_or(Unplayable::Broken("no parameter sets"))?;
    Ok((frames, look))
}

fn frame<'a>(
    source: &'a [u8],
    sample: &Sample,
    length_bytes: usize,
) -> Result<Frame<'a>, Unplayable> {
    let broken = Unplayable::Broken("a unit beyond its frame");
    let whole = source
        .get(sample.at..)
        .and_then(|rest| rest.get(..sample.length));
    let mut rest = whole.ok_or(Unplayable::Broken("a frame beyond the file"))?;
    let mut frame = Frame::default();
    while !rest.is_empty() {
        let Some((length, behind)) = rest.split_at_checked(length_bytes) else {
            return Err(broken);
        };
        let length = length
            .iter()
            .fold(0, |sum, &byte| sum << 8 | usize::from(byte));
        let Some((unit, behind)) = behind.split_at_checked(length) else {
            return Err(broken);
        };
        rest = behind;
        let Some(&head) = unit.first() else {
            continue;
        };
        match head & 31 {
            IDR => (frame.fresh, frame.needed) = (true, true),
            SLICE => frame.needed |= head >> 5 & 3 != 0,
            kind if PARTITIONS.contains(&kind) => {
                return Err(Unplayable::Unsupported("slices in partitions"));
            }
            _ => {}
        }
        frame.units.push(unit);
    }
    Ok(frame)
}

fn kind(unit: &[u8]) -> u8 {
    unit.first().map_or(0, |head| head & 31)
}

impl Frame<'_> {
    /// The frame for an MP4 whose lengths take four bytes, without remarks for people.
    pub(crate) fn clean(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for unit in &self.units {
            let unspecified = matches!(kind(unit), 0 | 24..);
            let remarks = kind(unit) == REMARKS && has_user_remarks(unit);
            if !unspecified && !remarks {
                out.extend((unit.len() as u32).to_be_bytes());
                out.extend_from_slice(unit);
            }
        }
        out
    }

    /// Parameter sets among the units, as the decoder needs them, with start codes.
    pub(crate) fn parameters(&self, out: &mut Vec<u8>) -> Result<(), Unplayable> {
        for unit in &self.units {
            match kind(unit) {
                SPS => start(out, &look(unit)?.1),
                PPS => start(out, unit),
                _ => {}
            }
        }
        Ok(())
    }

    /// The pixels of the frame, with start codes.
    pub(crate) fn slices(&self, out: &mut Vec<u8>) {
        self.slice_units().for_each(|unit| start(out, unit));
    }

    /// The units that hold the pixels.
    pub(crate) fn slice_units(&self) -> impl Iterator<Item = &[u8]> {
        let units = self.units.iter().copied();
        units.filter(|unit| matches!(kind(unit), SLICE | IDR))
    }

    /// The picture parameter sets among the units.
    pub(crate) fn picture_sets(&self) -> impl Iterator<Item = &[u8]> {
        let units = self.units.iter().copied();
        units.filter(|unit| kind(unit) == PPS)
    }
}

impl Sets<'_> {
    /// The sets with start codes.
    pub(crate) fn stream(&self, out: &mut Vec<u8>) -> Result<(), Unplayable> {
        for set in &self.sps {
            start(out, &look(set)?.1);
        }
        self.pps.iter().for_each(|set| start(out, set));
        Ok(())
    }

    /// The content of `avcC`, with lengths of four bytes.
    pub(crate) fn record(&self, avcc: &[u8], high: bool) -> Vec<u8> {
        crate::sps::avcc(&avcc[1..4], high, &self.sps, &self.pps)
    }
}

fn start(out: &mut Vec<u8>, unit: &[u8]) {
    out.extend([0, 0, 0, 1]);
    out.extend_from_slice(unit);
}

/// Whether any remark in the unit is one that only people read.
fn has_user_remarks(unit: &[u8]) -> bool {
    let bytes = crate::sps::plain(unit);
    let mut rest = bytes.get(1..).unwrap_or(&[]);
    // The last byte stops.
    while rest.len() > 2 {
        let (Some(kind), Some(length)) = (number(&mut rest), number(&mut rest)) else {
            return true;
        };
        if USER_REMARKS.contains(&kind) {
            return true;
        }
        rest = rest.get(length as usize..).unwrap_or(&[]);
    }
    false
}

/// A number as bytes that are added up to the first below 255.
fn number(rest: &mut &[u8]) -> Option<u32> {
    let mut sum = 0_u32;
    loop {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        sum = sum.checked_add(byte.into())?;
        if byte != 255 {
            return Some(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids of picture parameter sets go to 255, and one byte counts them.
    #[test]
    fn every_parameter_set_is_kept() {
        let mut avcc = vec![1, 66, 0, 30, 0xFF, 0xE1, 0, 1, 0x67, 255];
        (0..255).for_each(|number| avcc.extend([0, 2, 0x68, number]));
        let sets = sets(&avcc).expect("a record");
        assert_eq!((sets.sps.len(), sets.pps.len()), (1, 255));
        assert_eq!(sets.pps[254], [0x68, 254]);
        assert_eq!(sets.record(&avcc, false), avcc);
    }
}
