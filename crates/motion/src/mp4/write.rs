//! Writes an MP4 file with one picture track and nothing else: its index before its frames, no sound, no
//! metadata, no date. Source: ISO/IEC 14496-12 (boxes), 14496-15 (`avcC`).

use bytes::Bytes;

/// The unity matrix of a movie or track.
pub(crate) const UPRIGHT: [u32; 9] = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
/// Dots per inch in a sample entry, as 16.16; nobody reads it.
const DOTS_PER_INCH: u32 = 72 << 16;
/// Colour with 24 bits, the only depth that pictures without transparency have.
const DEPTH_BITS: u16 = 24;
/// `und`, five bits a letter.
const NO_LANGUAGE: u16 = 0x55C4;
/// Content of `colr` of kind `nclx`: BT.709 three times, studio range.
pub(crate) const BT709: [u8; 11] = *b"nclx\0\x01\0\x01\0\x01\0";

/// One frame as it lies in the file, in decoding order.
#[derive(Debug, Clone)]
pub(crate) struct Coded<'a> {
    /// NAL units, each behind its length in the bytes that `avcC` tells.
    pub(crate) bytes: &'a [u8],
    /// Until the next frame is decoded, in the track's timescale.
    pub(crate) lasts: u32,
    /// From decoding to showing it.
    pub(crate) shown_after: i32,
    /// Decoding can begin here.
    pub(crate) sync: bool,
}

/// A part of the track that is shown, or a pause before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// In the movie's timescale.
    pub(crate) lasts: u64,
    /// Where it begins in the track's timescale; -1: nothing is shown.
    pub(crate) from: i64,
}

/// Everything about the only track.
#[derive(Debug)]
pub(crate) struct Picture<'a> {
    /// Of the coded frames, as their parameter sets say.
    pub(crate) width_px: u16,
    /// See `width_px`.
    pub(crate) height_px: u16,
    /// Width and height as shown.
    pub(crate) side_px: u16,
    /// Ticks a second of the frames' times.
    pub(crate) timescale: u32,
    /// Ticks a second of the movie's times.
    pub(crate) movie_timescale: u32,
    /// How long the whole movie is shown, in the movie's timescale.
    pub(crate) lasts: u64,
    /// The parameter sets: the content of `avcC`.
    pub(crate) avcc: &'a [u8],
    /// Sample entry: parameter sets apart (`avc1`) or among the frames too (`avc3`).
    pub(crate) entry: [u8; 4],
    /// Boxes behind `avcC`: shape of a pixel, colour.
    pub(crate) looks: Vec<u8>,
    /// How the frame is turned.
    pub(crate) matrix: [u32; 9],
    /// Which parts are shown; none: all of it.
    pub(crate) edits: Vec<Edit>,
    /// The frames in decoding order.
    pub(crate) frames: Vec<Coded<'a>>,
}

/// A `pasp` box: width and height of a pixel.
pub(crate) fn pasp((wide, high): (u32, u32)) -> Vec<u8> {
    let mut out = Vec::new();
    boxed(&mut out, b"pasp", |out| put_all(out, &[wide, high]));
    out
}

/// A `colr` box with this content of kind `nclx`, of which the first bytes count.
pub(crate) fn colr(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let content = &content[..content.len().min(BT709.len())];
    boxed(&mut out, b"colr", |out| out.extend_from_slice(content));
    out
}

/// The whole file.
pub(crate) fn file(picture: &Picture<'_>) -> Bytes {
    let samples: usize = picture.frames.iter().map(|frame| frame.bytes.len()).sum();
    let mut out = Vec::with_capacity(samples + 1_024 + picture.frames.len() * 20);
    boxed(&mut out, b"ftyp", |out| {
        out.extend(b"isom\0\0\x02\0isomiso2avc1mp41");
    });
    let mut chunk_at = 0;
    boxed(&mut out, b"moov", |out| {
        movie_header(out, picture);
        boxed(out, b"trak", |out| chunk_at = track(out, picture));
    });
    let first = out.len() + 8;
    out[chunk_at..chunk_at + 4].copy_from_slice(&(first as u32).to_be_bytes());
    boxed(&mut out, b"mdat", |out| {
        for frame in &picture.frames {
            out.extend_from_slice(frame.bytes);
        }
    });
    out.into()
}

/// Writes a box around what `content` writes. Files stay far below the 4 GiB that its length can say.
fn boxed(out: &mut Vec<u8>, kind: &[u8; 4], content: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    out.extend(kind);
    content(out);
    let length = (out.len() - start) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// A box that begins with version and flags.
fn full(
    out: &mut Vec<u8>,
    kind: &[u8; 4],
    version_and_flags: u32,
    content: impl FnOnce(&mut Vec<u8>),
) {
    boxed(out, kind, |out| {
        put(out, version_and_flags);
        content(out);
    });
}

fn put(out: &mut Vec<u8>, value: u32) {
    out.extend(value.to_be_bytes());
}

fn put_all(out: &mut Vec<u8>, values: &[u32]) {
    values.iter().for_each(|&value| put(out, value));
}

fn movie_header(out: &mut Vec<u8>, picture: &Picture<'_>) {
    full(out, b"mvhd", 0, |out| {
        put_all(out, &[0, 0, picture.movie_timescale, short(picture.lasts)]);
        // Speed, volume, reserved.
        put_all(out, &[0x1_0000, 0x100_0000, 0, 0]);
        put_all(out, &UPRIGHT);
        put_all(out, &[0; 6]);
        // The number of the next track.
        put(out, 2);
    });
}

/// A length that fits its field; limits keep clips far below.
fn short(lasts: u64) -> u32 {
    u32::try_from(lasts).unwrap_or(u32::MAX)
}

/// Writes the content of `trak`; returns where the place of the first frame must be put.
fn track(out: &mut Vec<u8>, picture: &Picture<'_>) -> usize {
    let sides = [u32::from(picture.side_px) << 16; 2];
    // Flags: enabled, in the movie.
    full(out, b"tkhd", 3, |out| {
        put_all(out, &[0, 0, 1, 0, short(picture.lasts)]);
        // Reserved, layer, group, volume.
        put_all(out, &[0; 4]);
        put_all(out, &picture.matrix);
        put_all(out, &sides);
    });
    if !picture.edits.is_empty() {
        boxed(out, b"edts", |out| edit_list(out, &picture.edits));
    }
    let mut chunk_at = 0;
    boxed(out, b"mdia", |out| {
        let lasts = picture
            .frames
            .iter()
            .map(|frame| u64::from(frame.lasts))
            .sum();
        full(out, b"mdhd", 0, |out| {
            put_all(out, &[0, 0, picture.timescale, short(lasts)]);
            put(out, u32::from(NO_LANGUAGE) << 16);
        });
        full(out, b"hdlr", 0, |out| {
            out.extend(b"\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0");
        });
        boxed(out, b"minf", |out| {
            full(out, b"vmhd", 1, |out| out.extend([0; 8]));
            boxed(out, b"dinf", |out| {
                full(out, b"dref", 0, |out| {
                    put(out, 1);
                    // The frames are in this file.
                    full(out, b"url ", 1, |_| ());
                });
            });
            boxed(out, b"stbl", |out| chunk_at = sample_table(out, picture));
        });
    });
    chunk_at
}

fn edit_list(out: &mut Vec<u8>, edits: &[Edit]) {
    full(out, b"elst", 1 << 24, |out| {
        put(out, edits.len() as u32);
        for edit in edits {
            out.extend(edit.lasts.to_be_bytes());
            out.extend(edit.from.to_be_bytes());
            // Plain speed.
            put(out, 0x1_0000);
        }
    });
}

fn sample_table(out: &mut Vec<u8>, picture: &Picture<'_>) -> usize {
    let frames = &picture.frames;
    full(out, b"stsd", 0, |out| {
        put(out, 1);
        sample_entry(out, picture);
    });
    runs(out, b"stts", 0, frames.iter().map(|frame| frame.lasts));
    if frames.iter().any(|frame| frame.shown_after != 0) {
        // Version 1: frames may be shown before they are decoded.
        let signed = frames.iter().any(|frame| frame.shown_after < 0);
        let version = u32::from(signed) << 24;
        let after = frames.iter().map(|frame| frame.shown_after as u32);
        runs(out, b"ctts", version, after);
    }
    if frames.iter().any(|frame| !frame.sync) {
        full(out, b"stss", 0, |out| {
            let numbered = frames.iter().zip(1..);
            let sync: Vec<u32> = numbered
                .filter(|(frame, _)| frame.sync)
                .map(|(_, number)| number)
                .collect();
            put(out, sync.len() as u32);
            put_all(out, &sync);
        });
    }
    // All frames in one chunk.
    full(out, b"stsc", 0, |out| {
        put_all(out, &[1, 1, frames.len() as u32, 1])
    });
    full(out, b"stsz", 0, |out| {
        put_all(out, &[0, frames.len() as u32]);
        frames
            .iter()
            .for_each(|frame| put(out, frame.bytes.len() as u32));
    });
    full(out, b"stco", 0, |out| put_all(out, &[1, 0]));
    out.len() - 4
}

fn sample_entry(out: &mut Vec<u8>, picture: &Picture<'_>) {
    boxed(out, &picture.entry, |out| {
        // Reserved, and the number of the data reference.
        out.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        out.extend([0; 16]);
        out.extend(picture.width_px.to_be_bytes());
        out.extend(picture.height_px.to_be_bytes());
        put_all(out, &[DOTS_PER_INCH, DOTS_PER_INCH, 0]);
        // Frames in a sample.
        out.extend(1_u16.to_be_bytes());
        // The name of an encoder, empty.
        out.extend([0; 32]);
        out.extend(DEPTH_BITS.to_be_bytes());
        out.extend((-1_i16).to_be_bytes());
        boxed(out, b"avcC", |out| out.extend_from_slice(picture.avcc));
        out.extend_from_slice(&picture.looks);
    });
}

/// A table of how often each value comes in a row.
fn runs(out: &mut Vec<u8>, kind: &[u8; 4], version: u32, values: impl Iterator<Item = u32>) {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((count, same)) if *same == value => *count += 1,
            _ => runs.push((1, value)),
        }
    }
    full(out, kind, version, |out| {
        put(out, runs.len() as u32);
        for (count, value) in runs {
            put_all(out, &[count, value]);
        }
    });
}
