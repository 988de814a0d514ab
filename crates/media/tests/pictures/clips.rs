//! Clips are judged by their boxes: which are taken, and what every other one is refused for.

use media::{CLIP_BYTES_MAX, Clip, Unplayable, clip, fuzz_picture};

fn mp4_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).expect("a short box");
    [&length.to_be_bytes()[..], kind, content].concat()
}

/// A movie or media header of version 0 whose time counts in milliseconds.
fn header(kind: &[u8; 4], duration_ms: u32) -> Vec<u8> {
    let mut content = vec![0; 100];
    content[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    content[16..20].copy_from_slice(&duration_ms.to_be_bytes());
    mp4_box(kind, &content)
}

fn track(handler: &[u8; 4], codec: &[u8; 4], (width, height): (u16, u16), ms: u32) -> Vec<u8> {
    let mut sample = vec![0; 78];
    sample[24..26].copy_from_slice(&width.to_be_bytes());
    sample[26..28].copy_from_slice(&height.to_be_bytes());
    let kinds = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &mp4_box(codec, &sample)].concat();
    let table = mp4_box(b"stbl", &mp4_box(b"stsd", &kinds));
    let handler = [&[0; 8][..], handler, &[0; 13]].concat();
    let media = [
        header(b"mdhd", ms),
        mp4_box(b"hdlr", &handler),
        mp4_box(b"minf", &table),
    ];
    mp4_box(b"trak", &mp4_box(b"mdia", &media.concat()))
}

fn movie(tracks: &[Vec<u8>], ms: u32) -> Vec<u8> {
    let content = [header(b"mvhd", ms), tracks.concat()].concat();
    let mut file = mp4_box(b"ftyp", b"isom\0\0\x02\0isomavc1");
    file.extend(mp4_box(b"moov", &content));
    file.extend(mp4_box(b"mdat", &[7; 64]));
    file
}

fn video(sides: (u16, u16), ms: u32) -> Vec<u8> {
    movie(&[track(b"vide", b"avc1", sides, ms)], ms)
}

#[test]
fn a_square_clip_tells_its_side_and_length() {
    let expected = Clip {
        side_px: 800,
        duration_ms: 3000,
    };
    assert_eq!(clip(&video((800, 800), 3000)), Ok(expected));
    let sound = track(b"soun", b"mp4a", (0, 0), 3000);
    let picture = track(b"vide", b"avc1", (800, 800), 3000);
    assert_eq!(clip(&movie(&[sound, picture], 3000)), Ok(expected));
    assert!(clip(&video((160, 160), 1)).is_ok());
    assert!(clip(&video((1280, 1280), 10_500)).is_ok());
}

#[test]
fn what_clients_do_not_play_is_refused_by_its_reason() {
    let (width_px, height_px) = (800, 600);
    for (file, why) in [
        (b"\xff\xd8\xff\xe0".to_vec(), Unplayable::Kind),
        (Vec::new(), Unplayable::Kind),
        (mp4_box(b"moov", &[]), Unplayable::Kind),
        (
            video((800, 600), 3000),
            Unplayable::NotSquare {
                width_px,
                height_px,
            },
        ),
        (video((159, 159), 3000), Unplayable::Side { px: 159 }),
        (video((1281, 1281), 3000), Unplayable::Side { px: 1281 }),
        (
            video((800, 800), 20_000),
            Unplayable::Duration {
                duration_ms: 20_000,
            },
        ),
        (
            video((800, 800), 0),
            Unplayable::Duration { duration_ms: 0 },
        ),
        // The movie says less than its track.
        (
            movie(&[track(b"vide", b"avc1", (800, 800), 11_000)], 3000),
            Unplayable::Duration {
                duration_ms: 11_000,
            },
        ),
        (
            movie(&[track(b"vide", b"hvc1", (800, 800), 3000)], 3000),
            Unplayable::Unsupported("a codec other than H.264"),
        ),
        (
            movie(&[track(b"soun", b"mp4a", (0, 0), 3000)], 3000),
            Unplayable::Unsupported("no picture track"),
        ),
        (
            movie(&vec![track(b"vide", b"avc1", (800, 800), 3000); 2], 3000),
            Unplayable::Unsupported("several picture tracks"),
        ),
        (mp4_box(b"ftyp", b"isom"), Unplayable::Broken("moov")),
        (
            vec![0; CLIP_BYTES_MAX + 1],
            Unplayable::Bytes {
                bytes: CLIP_BYTES_MAX + 1,
            },
        ),
    ] {
        assert_eq!(clip(&file), Err(why));
    }
}

/// Cut anywhere, and with every byte changed in turn: judged, never a panic.
#[test]
fn damaged_clips_are_judged_without_panic() {
    let whole = video((800, 800), 3000);
    let moov = whole.len() - 72;
    for length in 0..moov {
        assert!(clip(&whole[..length]).is_err(), "{length}");
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            fuzz_picture(&damaged);
        }
    }
}

/// Lengths in 64 bits, and a last box that goes on to the end of the file.
#[test]
fn boxes_say_their_length_in_three_ways() {
    let whole = video((800, 800), 3000);
    let mut open = whole.clone();
    let last = whole.len() - 72;
    open[last..last + 4].fill(0);
    assert!(clip(&open).is_ok());
    let ftyp = 24;
    let long = [&[0, 0, 0, 1][..], b"free", &16_u64.to_be_bytes()].concat();
    let with_long = [&whole[..ftyp], &long, &whole[ftyp..]].concat();
    assert!(clip(&with_long).is_ok());
    for length in [0_u64, 15, u64::MAX] {
        let long = [&[0, 0, 0, 1][..], b"free", &length.to_be_bytes()].concat();
        let broken = [&whole[..ftyp], &long, &whole[ftyp..]].concat();
        assert!(clip(&broken).is_err(), "{length}");
    }
}
