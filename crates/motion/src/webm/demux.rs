//! The one track of pictures in a WebM file. Source: RFC 9559, and the WebM guidelines for opacity.

use super::STICKER_WEBM_FRAMES_MAX;
use super::ebml::{Element, elements, float, number, unsigned};
use crate::Undrawable;

/// Names of elements. Source: RFC 9559.
mod name {
    pub(super) const EBML: u32 = 0x1A45_DFA3;
    pub(super) const DOC_TYPE: u32 = 0x4282;
    pub(super) const SEGMENT: u32 = 0x1853_8067;
    pub(super) const INFO: u32 = 0x1549_A966;
    pub(super) const TIMESTAMP_SCALE: u32 = 0x002A_D7B1;
    pub(super) const DURATION: u32 = 0x4489;
    pub(super) const TRACKS: u32 = 0x1654_AE6B;
    pub(super) const TRACK_ENTRY: u32 = 0xAE;
    pub(super) const TRACK_NUMBER: u32 = 0xD7;
    pub(super) const CODEC_ID: u32 = 0x86;
    pub(super) const VIDEO: u32 = 0xE0;
    pub(super) const PIXEL_WIDTH: u32 = 0xB0;
    pub(super) const PIXEL_HEIGHT: u32 = 0xBA;
    pub(super) const CLUSTER: u32 = 0x1F43_B675;
    pub(super) const TIMESTAMP: u32 = 0xE7;
    pub(super) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(super) const BLOCK_GROUP: u32 = 0xA0;
    pub(super) const BLOCK: u32 = 0xA1;
    pub(super) const BLOCK_ADDITIONS: u32 = 0x75A1;
    pub(super) const BLOCK_MORE: u32 = 0xA6;
    pub(super) const BLOCK_ADD_ID: u32 = 0xEE;
    pub(super) const BLOCK_ADDITIONAL: u32 = 0xA5;
}

/// Nanoseconds of a tick, unless the file says otherwise. Source: RFC 9559.
const TICK_NS: u64 = 1_000_000;
/// Longest tick. Chosen: a second; then times of a sticker fit many times over.
const TICK_NS_MAX: u64 = 1_000_000_000;
/// In the flags of a block: several frames in one.
const LACED: u8 = 6;
/// Of what is added to a block: its opacity. Source: WebM guidelines.
const OPACITY: u64 = 1;

/// The track of pictures.
#[derive(Debug)]
pub(super) struct Track {
    /// Width and height in pixels.
    pub(super) sides: (u32, u32),
    pub(super) duration_ns: u64,
    /// In the order in which they are shown; at least one.
    pub(super) frames: Vec<Frame>,
}

/// One coded picture.
#[derive(Debug)]
pub(super) struct Frame {
    /// From the first picture on.
    pub(super) at_ns: u64,
    pub(super) colour: Vec<u8>,
    pub(super) opacity: Option<Vec<u8>>,
}

/// Number and sides of a track.
type Entry = (u64, (u32, u32));

/// What is known of the file while it is read.
#[derive(Debug, Default)]
struct Reading {
    tick_ns: Option<u64>,
    duration_ticks: f64,
    track: Option<Entry>,
    cluster_ticks: u64,
    /// Ticks, and the packets.
    frames: Vec<(u64, Vec<u8>, Option<Vec<u8>>)>,
}

impl Track {
    /// Reads a whole file; tracks that do not show VP9 are passed over.
    pub(super) fn read(source: &[u8]) -> Result<Self, Undrawable> {
        let mut reading = Reading::default();
        let enters = |name| matches!(name, name::SEGMENT | name::CLUSTER);
        for (at, element) in elements(source, enters).enumerate() {
            let Element { name, body } = element?;
            match name {
                name::EBML if at == 0 => head(body)?,
                _ if at == 0 => return Err(Undrawable::Kind),
                name::INFO => reading.info(body)?,
                name::TRACKS => reading.tracks(body)?,
                name::CLUSTER => reading.cluster_ticks = 0,
                name::TIMESTAMP => reading.cluster_ticks = unsigned(body),
                name::SIMPLE_BLOCK => reading.block(body, None)?,
                name::BLOCK_GROUP => reading.group(body)?,
                _ => {}
            }
        }
        reading.finish()
    }
}

fn head(body: &[u8]) -> Result<(), Undrawable> {
    for element in elements(body, |_| false) {
        let element = element?;
        if element.name == name::DOC_TYPE && !matches!(element.body, b"webm" | b"matroska") {
            return Err(Undrawable::Unsupported("EBML, but not WebM"));
        }
    }
    Ok(())
}

impl Reading {
    fn info(&mut self, body: &[u8]) -> Result<(), Undrawable> {
        for element in elements(body, |_| false) {
            let Element { name, body } = element?;
            match name {
                name::TIMESTAMP_SCALE => self.tick_ns = Some(unsigned(body)),
                name::DURATION => self.duration_ticks = float(body).unwrap_or(0.0),
                _ => {}
            }
        }
        Ok(())
    }

    fn tracks(&mut self, body: &[u8]) -> Result<(), Undrawable> {
        for element in elements(body, |_| false) {
            let element = element?;
            if element.name == name::TRACK_ENTRY && self.track.is_none() {
                self.track = entry(element.body)?;
            }
        }
        Ok(())
    }

    fn group(&mut self, body: &[u8]) -> Result<(), Undrawable> {
        let (mut block, mut opacity) = (None, None);
        for element in elements(body, |_| false) {
            let Element { name, body } = element?;
            match name {
                name::BLOCK => block = Some(body),
                name::BLOCK_ADDITIONS => opacity = added(body)?,
                _ => {}
            }
        }
        block.map_or(Ok(()), |block| self.block(block, opacity))
    }

    fn block(&mut self, body: &[u8], opacity: Option<&[u8]>) -> Result<(), Undrawable> {
        let (track, rest) = number(body, 8, false)?;
        let Some((known, _)) = self.track else {
            return Err(Undrawable::Unsupported(
                "WebM: no track of VP9 before its pictures",
            ));
        };
        if track != Some(known) {
            return Ok(());
        }
        let ([high, low, flags], packet) = rest.split_first_chunk().ok_or(Undrawable::Truncated)?;
        if flags & LACED != 0 {
            return Err(Undrawable::Unsupported("WebM: several frames in a block"));
        }
        if self.frames.len() == STICKER_WEBM_FRAMES_MAX {
            return Err(Undrawable::Many {
                what: "pictures",
                max: STICKER_WEBM_FRAMES_MAX,
            });
        }
        let later = i64::from(i16::from_be_bytes([*high, *low]));
        let ticks = self.cluster_ticks.saturating_add_signed(later);
        self.frames
            .push((ticks, packet.to_vec(), opacity.map(<[u8]>::to_vec)));
        Ok(())
    }

    fn finish(self) -> Result<Track, Undrawable> {
        let (_, sides) = self
            .track
            .ok_or(Undrawable::Unsupported("WebM: no track of VP9"))?;
        let tick_ns = self.tick_ns.unwrap_or(TICK_NS);
        if !(1..=TICK_NS_MAX).contains(&tick_ns) {
            return Err(Undrawable::Broken("WebM: an impossible tick"));
        }
        let first = self.frames.first().map_or(0, |(ticks, ..)| *ticks);
        let mut frames: Vec<Frame> = Vec::with_capacity(self.frames.len());
        for (ticks, colour, opacity) in self.frames {
            let at_ns = ticks
                .checked_sub(first)
                .and_then(|ticks| ticks.checked_mul(tick_ns));
            let at_ns = at_ns.ok_or(Undrawable::Broken("WebM: times that run back"))?;
            if frames.last().is_some_and(|before| before.at_ns > at_ns) {
                return Err(Undrawable::Broken("WebM: times that run back"));
            }
            frames.push(Frame {
                at_ns,
                colour,
                opacity,
            });
        }
        let last = frames.last().ok_or(Undrawable::Truncated)?.at_ns;
        // The last picture is shown as long as the others were, if nothing is said of the whole.
        let gap = last / (frames.len() as u64 - 1).max(1);
        let said = (self.duration_ticks.max(0.0) * tick_ns as f64) as u64;
        let duration_ns = if said > last {
            said
        } else {
            last.saturating_add(gap.max(tick_ns))
        };
        Ok(Track {
            sides,
            duration_ns,
            frames,
        })
    }
}

/// Number and sides of a track of VP9; `None`: it is another.
fn entry(body: &[u8]) -> Result<Option<Entry>, Undrawable> {
    let (mut track, mut is_vp9, mut sides) = (None, false, (0, 0));
    for element in elements(body, |name| name == name::VIDEO) {
        let Element { name, body } = element?;
        let side = || u32::try_from(unsigned(body)).unwrap_or(u32::MAX);
        match name {
            name::TRACK_NUMBER => track = Some(unsigned(body)),
            name::CODEC_ID => is_vp9 = body == b"V_VP9",
            name::PIXEL_WIDTH => sides.0 = side(),
            name::PIXEL_HEIGHT => sides.1 = side(),
            _ => {}
        }
    }
    Ok(track.filter(|_| is_vp9).map(|track| (track, sides)))
}

/// The opacity among what is added to a block.
fn added(body: &[u8]) -> Result<Option<&[u8]>, Undrawable> {
    let mut opacity = None;
    for element in elements(body, |_| false) {
        let element = element?;
        if element.name != name::BLOCK_MORE {
            continue;
        }
        let (mut id, mut packet) = (OPACITY, None);
        for element in elements(element.body, |_| false) {
            let Element { name, body } = element?;
            match name {
                name::BLOCK_ADD_ID => id = unsigned(body),
                name::BLOCK_ADDITIONAL => packet = Some(body),
                _ => {}
            }
        }
        if id == OPACITY {
            opacity = packet;
        }
    }
    Ok(opacity)
}
