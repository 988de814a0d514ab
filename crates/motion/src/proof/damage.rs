//! Damaged and lying files end in a reason, soon and without much memory.

use std::time::{Duration, Instant};

use super::made::Recipe;
use crate::clip::clip;
use crate::{ClipLimits, Unplayable};

/// Longest time for one file. Chosen: far above what a good one takes here, far below what people wait.
const TIME_MAX: Duration = Duration::from_secs(10);

/// Judges a file as a server does, with everything wanted.
fn judged(name: &str, mp4: &[u8]) -> Result<(), Unplayable> {
    let begun = Instant::now();
    let judged = clip(mp4, &ClipLimits::default(), Some(0.5), true);
    assert!(
        begun.elapsed() < TIME_MAX,
        "{name} takes {:?}",
        begun.elapsed()
    );
    judged.map(|_| ())
}

/// Boxes whose content is boxes, and how much stands before those.
const NESTS: [(&[u8; 4], usize); 13] = [
    (b"moov", 0),
    (b"trak", 0),
    (b"mdia", 0),
    (b"minf", 0),
    (b"stbl", 0),
    (b"edts", 0),
    (b"dinf", 0),
    (b"stsd", 8),
    (b"avc1", 78),
    (b"mvex", 0),
    (b"moof", 0),
    (b"traf", 0),
    (b"udta", 0),
];

/// Where each box begins, and its kind, at every level.
fn boxes(mp4: &[u8]) -> Vec<(usize, [u8; 4])> {
    let mut found = Vec::new();
    let mut todo = vec![(0, mp4.len())];
    while let Some((mut at, end)) = todo.pop() {
        while at + 8 <= end {
            let length =
                u32::from_be_bytes(mp4[at..at + 4].try_into().expect("four bytes")) as usize;
            let kind: [u8; 4] = mp4[at + 4..at + 8].try_into().expect("four bytes");
            if length < 8 {
                break;
            }
            found.push((at, kind));
            if let Some((_, skip)) = NESTS.iter().find(|(nest, _)| **nest == kind) {
                todo.push((at + 8 + skip, at + length));
            }
            at += length;
        }
    }
    found
}

fn bases() -> [Vec<u8>; 2] {
    let short = |mut recipe: Recipe| {
        recipe.count = 12;
        recipe.make()
    };
    [
        short(Recipe::new("plain", "-bf 2 -movflags faststart")),
        short(
            Recipe::new("fragments", "-bf 2")
                .copied("-movflags frag_keyframe+empty_moov+default_base_moof"),
        ),
    ]
}

/// Boxes without which a clip is none.
const NEEDED: [&[u8; 4]; 16] = [
    b"ftyp", b"moov", b"mvhd", b"trak", b"tkhd", b"mdia", b"mdhd", b"hdlr", b"minf", b"stbl",
    b"stsd", b"avc1", b"avcC", b"trex", b"tfhd", b"moof",
];

#[test]
fn a_file_cut_anywhere_is_refused() {
    for mp4 in bases() {
        let found = boxes(&mp4);
        assert!(found.len() > 25, "{} boxes", found.len());
        for (at, kind) in found {
            let name = String::from_utf8_lossy(&kind).into_owned();
            for cut in [at, at + 1, at + 4, at + 7, at + 8, at + 9, at + 12] {
                let whole_before = kind == *b"free" || kind == *b"mfra" || kind == *b"tfra";
                let refused = judged(&name, &mp4[..cut.min(mp4.len())]);
                // What is behind the frames of fragments may be missing.
                assert!(
                    refused.is_err() || whole_before || cut >= mp4.len() || kind == *b"mfro",
                    "{name} cut at {cut}"
                );
            }
        }
    }
}

#[test]
fn lengths_that_lie_are_survived() {
    for mp4 in bases() {
        for (at, kind) in boxes(&mp4) {
            let name = String::from_utf8_lossy(&kind).into_owned();
            for length in [0_u32, 1, 2, 7, 9, 0x7FFF_FFFF, 0xFFFF_FFFF] {
                let mut lying = mp4.clone();
                lying[at..at + 4].copy_from_slice(&length.to_be_bytes());
                let refused = judged(&name, &lying);
                if length != 0 && NEEDED.contains(&&kind) {
                    assert!(refused.is_err(), "{name} of {length} bytes");
                }
            }
            // A length of 64 bits that is huge, in place of the content.
            let mut lying = mp4.clone();
            lying[at..at + 4].copy_from_slice(&1_u32.to_be_bytes());
            let end = (at + 16).min(lying.len());
            lying[at + 8..end].fill(0xFF);
            let refused = judged(&name, &lying);
            assert!(
                refused.is_err() || !NEEDED.contains(&&kind),
                "{name} of 2^64 bytes"
            );
        }
    }
}

/// `mp4` with `bytes` at `at` in the content of the first box of `kind`.
fn with(mp4: &[u8], kind: &[u8; 4], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut lying = mp4.to_vec();
    let begin = mp4.windows(4).position(|part| part == kind).expect("a box") + 4 + at;
    lying[begin..begin + bytes.len()].copy_from_slice(bytes);
    lying
}

/// Bytes of a file that lies, and how it is judged.
type Lie = (&'static str, Vec<u8>, Result<(), Unplayable>);

/// Four bytes of the largest number.
const HUGE: [u8; 4] = [0xFF; 4];

/// How many there are.
fn lies_of_counts(plain: &[u8]) -> Vec<Lie> {
    let broken = |what: &'static str| Err(Unplayable::Broken(what));
    vec![
        (
            "no ticks in a movie",
            with(plain, b"mvhd", 12, &[0; 4]),
            broken("ticks a second"),
        ),
        (
            "no ticks in a track",
            with(plain, b"mdhd", 12, &[0; 4]),
            broken("ticks a second"),
        ),
        (
            "many frames",
            with(plain, b"stsz", 8, &HUGE),
            Err(Unplayable::Frames {
                frames: 0xFFFF_FFFF,
                max: 1_260,
            }),
        ),
        (
            "many frames of one size",
            with(plain, b"stsz", 4, &[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF]),
            Err(Unplayable::Frames {
                frames: 0xFFFF_FFFF,
                max: 1_260,
            }),
        ),
        (
            "large frames",
            with(plain, b"stsz", 4, &HUGE),
            broken("a frame beyond the file"),
        ),
        (
            "many runs of frames",
            with(plain, b"stsc", 4, &HUGE),
            broken("stsc"),
        ),
        (
            "chunks from nought on",
            with(plain, b"stsc", 8, &HUGE),
            broken("stsc"),
        ),
        (
            "many chunks",
            with(plain, b"stco", 4, &HUGE),
            broken("stco"),
        ),
    ]
}

/// Where frames are, and when.
fn lies_of_places(plain: &[u8]) -> Vec<Lie> {
    let broken = |what: &'static str| Err(Unplayable::Broken(what));
    vec![
        (
            "a chunk beyond the file",
            with(plain, b"stco", 8, &HUGE),
            broken("a frame beyond the file"),
        ),
        (
            "no frames in chunks",
            with(plain, b"stsc", 12, &[0; 4]),
            broken("frames without a place"),
        ),
        (
            "another kind of frame",
            with(plain, b"stsc", 16, &HUGE),
            Err(Unplayable::Unsupported("several kinds of frames")),
        ),
        ("many times", with(plain, b"stts", 4, &HUGE), broken("stts")),
        (
            "too few times",
            with(plain, b"stts", 8, &[0, 0, 0, 1]),
            broken("stts"),
        ),
        (
            "many delays",
            with(plain, b"ctts", 4, &HUGE),
            broken("ctts"),
        ),
    ]
}

/// What is shown, and what fragments say.
fn other_lies(plain: &[u8], fragments: &[u8]) -> Vec<Lie> {
    let broken = |what: &'static str| Err(Unplayable::Broken(what));
    vec![
        (
            "many edits",
            with(plain, b"elst", 4, &HUGE),
            Err(Unplayable::Unsupported("a long edit list")),
        ),
        (
            "a frozen edit",
            with(plain, b"elst", 16, &[0; 4]),
            Err(Unplayable::Unsupported("slower, faster or frozen parts")),
        ),
        (
            "a frame that is none",
            with(plain, b"stss", 8, &HUGE),
            broken("stss"),
        ),
        (
            "wide in the entry",
            with(plain, b"stsd", 40, &[0x40, 0]),
            Err(Unplayable::Coded {
                width_px: 0x4000,
                height_px: 160,
            }),
        ),
        ("no record", with(plain, b"avcC", 0, &[9]), broken("avcC")),
        (
            "many fragments' frames",
            with(fragments, b"trun", 4, &HUGE),
            Err(Unplayable::Frames {
                frames: 0xFFFF_FFFF,
                max: 1_260,
            }),
        ),
        (
            "a fragment beyond time",
            with(fragments, b"tfdt", 4, &[0xFF; 8]),
            broken("tfdt"),
        ),
        (
            "a run beyond the file",
            with(fragments, b"trun", 8, &[0x7F, 0xFF, 0xFF, 0xFF]),
            broken("a frame beyond the file"),
        ),
    ]
}

#[test]
fn numbers_that_lie_are_refused_with_a_reason() {
    let [plain, fragments] = bases();
    let lies = [
        lies_of_counts(&plain),
        lies_of_places(&plain),
        other_lies(&plain, &fragments),
    ];
    for (name, mp4, reason) in lies.into_iter().flatten() {
        assert_eq!(judged(name, &mp4), reason, "{name}");
    }
}

#[test]
fn huge_frames_in_parameter_sets_are_refused_before_decoding() {
    let ue = |value: u32| {
        format!(
            "{:0>width$b}",
            value + 1,
            width = 2 * (value + 1).ilog2() as usize + 1
        )
    };
    // Baseline, 1024 by 1024 blocks of 16 pixels: 16,384 by 16,384.
    let mut bits =
        format!("{:08b}{:08b}{:08b}", 66, 0, 10) + &ue(0) + &ue(0) + &ue(2) + &ue(1) + "0";
    bits += &(ue(1_023) + &ue(1_023) + "1" + "1" + "0" + "0" + "1");
    let mut set = vec![0x67];
    for byte in bits.as_bytes().chunks(8) {
        let text = format!("{:0<8}", std::str::from_utf8(byte).expect("digits"));
        set.push(u8::from_str_radix(&text, 2).expect("digits"));
    }
    let [plain, _] = bases();
    let length_at = plain
        .windows(4)
        .position(|part| part == b"avcC")
        .expect("a record")
        + 4
        + 6;
    let old = usize::from(u16::from_be_bytes([plain[length_at], plain[length_at + 1]]));
    assert!(set.len() <= old, "room for the set");
    set.resize(old, 0);
    let mut lying = plain.clone();
    lying[length_at + 2..][..old].copy_from_slice(&set);
    let side = Unplayable::Side {
        px: 16_384,
        min: 160,
        max: 1_280,
    };
    assert_eq!(judged("huge", &lying), Err(side));
}

#[test]
fn boxes_inside_boxes_inside_boxes_end() {
    let [plain, _] = bases();
    let ftyp =
        plain[..u32::from_be_bytes(plain[..4].try_into().expect("four bytes")) as usize].to_vec();
    for kind in [b"moov", b"trak", b"moof", b"mdia"] {
        let mut file = ftyp.clone();
        let depth = 200_000;
        for level in 0..depth {
            file.extend((((depth - level) * 8) as u32).to_be_bytes());
            file.extend(kind);
        }
        assert!(judged("nested", &file).is_err());
    }
}

#[test]
fn any_byte_may_be_wrong() {
    for mp4 in bases() {
        let mdat = mp4
            .windows(4)
            .position(|part| part == b"mdat")
            .expect("frames");
        // Every byte of the index, and some of the frames.
        let places = (0..mp4.len()).filter(|&at| at < mdat || at % 97 == 0);
        for at in places.step_by(11) {
            let mut damaged = mp4.clone();
            damaged[at] ^= [0x80, 0x01, 0xFF][at % 3];
            let _ = judged("damaged", &damaged);
            crate::fuzz_clip(&damaged);
        }
    }
}
