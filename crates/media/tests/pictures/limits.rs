//! What is too large, too small or too costly is refused by its reason, quickly and without memory.

use std::time::{Duration, Instant};

use crate::corpus::jpeg::{Jpeg, segment_at};
use crate::corpus::png::{Colour, Png, crc32, deflated};
use crate::corpus::{Picture, bmp, stills, webp};
use jpeg_encoder::SamplingFactor;
use media::{Kind, Limits, Unreadable, probe};

/// Far above what any refusal takes here, far below what a bomb would take.
const SOON: Duration = Duration::from_secs(10);

fn refused_soon(name: &str, source: &[u8]) -> Unreadable {
    let started = Instant::now();
    let refusal = stills(source).expect_err(name);
    assert!(
        started.elapsed() < SOON,
        "{name} took {:?}",
        started.elapsed()
    );
    refusal
}

/// A PNG header for sides it does not have pixels for.
fn png_claiming(width: u32, height: u32) -> Vec<u8> {
    let mut file = Png::new(Colour::Rgb, 8).write(&Picture::new(1, 1));
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]).to_be_bytes();
    file[29..33].copy_from_slice(&sum);
    file
}

#[test]
fn sides_and_pixels_are_refused_from_the_header() {
    let side = |px| Unreadable::Side {
        px,
        max: media::PICTURE_SIDE_PX_MAX,
    };
    assert_eq!(
        refused_soon("png", &png_claiming(60_000, 60_000)),
        side(60_000)
    );
    let pixels = Unreadable::Pixels {
        pixels: 64_000_000,
        max: media::PICTURE_PIXELS_MAX,
    };
    assert_eq!(refused_soon("png", &png_claiming(8_000, 8_000)), pixels);
    assert_eq!(
        refused_soon("gif", b"GIF89a\xFF\xFF\xFF\xFF\0\0\0"),
        side(65_535)
    );
    let bmp = bmp::file((2_000_000_000, 2_000_000_000), 24, 0, &[], &[]);
    assert_eq!(refused_soon("bmp", &bmp), side(2_000_000_000));
    let webp = webp::extended(0, 16_777_216, 1, &[]);
    assert_eq!(refused_soon("webp", &webp), side(16_777_216));
    let mut jpeg = Jpeg::default().write(&Picture::new(16, 16));
    let at = segment_at(&jpeg, 0xC0);
    jpeg[at + 5..at + 9].copy_from_slice(&[0xFF; 4]);
    assert_eq!(refused_soon("jpeg", &jpeg), side(65_535));
}

#[test]
fn small_long_and_heavy_files_are_refused() {
    let small = Png::new(Colour::Rgb, 8).write(&Picture::new(500, 159));
    assert_eq!(stills(&small), Err(Unreadable::Small { px: 159, min: 160 }));
    let long = Png::new(Colour::Rgb, 8).write(&Picture::new(3_201, 160));
    assert_eq!(stills(&long), Err(Unreadable::Aspect { max: 20 }));
    let whole = Png::new(Colour::Rgb, 8).write(&Picture::new(3_200, 160));
    assert!(stills(&whole).is_ok());
    let heavy = vec![0; media::PICTURE_BYTES_MAX + 1];
    let bytes = media::PICTURE_BYTES_MAX + 1;
    assert_eq!(
        stills(&heavy),
        Err(Unreadable::Bytes {
            bytes,
            max: media::PICTURE_BYTES_MAX
        })
    );
    for file in [
        &b""[..],
        b"%PDF-1.7",
        b"\xFF\xD8",
        b"RIFF\0\0\0\0WAVE",
        b"random bytes",
    ] {
        assert_eq!(stills(file), Err(Unreadable::Kind), "{file:?}");
    }
}

#[test]
fn headers_that_promise_pixels_which_never_come_are_refused() {
    assert!(matches!(
        refused_soon("png", &png_claiming(7_000, 7_000)),
        Unreadable::Broken(_)
    ));
    let bmp = bmp::file((7_000, 7_000), 24, 0, &[], &[0; 64]);
    assert_eq!(refused_soon("bmp", &bmp), Unreadable::Truncated);
    let runs = bmp::file((7_000, 7_000), 8, 1, &[], &[9, 1, 0, 0]);
    assert_eq!(refused_soon("bmp runs", &runs), Unreadable::Truncated);
    for progressive in [false, true] {
        let mut jpeg = Jpeg {
            progressive,
            ..Jpeg::default()
        }
        .write(&Picture::new(160, 160));
        let at = segment_at(&jpeg, if progressive { 0xC2 } else { 0xC0 });
        jpeg[at + 5..at + 9].copy_from_slice(&[0x1B, 0x58, 0x1B, 0x58]);
        assert_eq!(refused_soon("jpeg", &jpeg), Unreadable::Truncated);
    }
    let gif = b"GIF89a\x58\x1B\x58\x1B\0\0\0,\0\0\0\0\x58\x1B\x58\x1B\0\x08\x02\0\x01\0;";
    refused_soon("gif", gif);
}

#[test]
fn a_jpeg_cannot_show_the_limits_another_header_than_the_decoder() {
    // Between the start and the first segment stands something that one reader may pass over by
    // its length and another byte by byte; the frame header inside it is seen by one of them.
    let honest = Jpeg::default().write(&Picture::new(160, 160));
    let at = segment_at(&honest, 0xC0);
    let mut frame = honest[at..at + 19].to_vec();
    frame[5..9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    let hidden = [&[0xFF, 0x00, 0, 2 + 19][..], &frame].concat();
    let file = [&honest[..2], &hidden, &honest[2..]].concat();
    refused_soon("seen byte by byte", &file);
    // The other way round: the small header is what only the quick reader sees.
    let mut large = honest.clone();
    large[at + 5..at + 9].copy_from_slice(&[0xEA, 0x60, 0xEA, 0x60]);
    let small = [
        &[0xFF, 0x00, 0, 6, 0xFF, 0xE5, 0, 21][..],
        &honest[at..at + 19],
    ]
    .concat();
    let file = [&large[..2], &small, &large[2..]].concat();
    assert_eq!(
        probe(&file),
        Ok(Kind::Jpeg {
            width_px: 160,
            height_px: 160
        })
    );
    assert_eq!(
        refused_soon("hidden", &file),
        Unreadable::Broken("JPEG: two frame headers")
    );
}

#[test]
fn webp_pictures_of_other_sides_than_their_canvas_are_refused() {
    let file = webp::lossless(&Picture::new(300, 300), None);
    let body = webp::body(&file, b"VP8L").to_vec();
    let liar = webp::extended(0, 200, 200, &[(b"VP8L", body.clone())]);
    assert!(matches!(
        refused_soon("still", &liar),
        Unreadable::Broken(_)
    ));
    let mut lossy = webp::body(webp::LOSSY, b"VP8 ").to_vec();
    lossy[6..10].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
    let liar = webp::extended(0, 200, 200, &[(b"VP8 ", lossy.clone())]);
    assert!(matches!(
        refused_soon("lossy", &liar),
        Unreadable::Broken(_)
    ));
    for picture in [(b"VP8L", body.as_slice()), (b"VP8 ", lossy.as_slice())] {
        let frame = webp::frame((0, 0), (180, 180), picture);
        let chunks = [(b"ANIM", vec![0; 6]), (b"ANMF", frame)];
        let liar = webp::extended(2, 200, 200, &chunks);
        assert!(matches!(
            refused_soon("frame", &liar),
            Unreadable::Broken(_)
        ));
    }
}

#[test]
fn inflating_chunks_cannot_fill_memory() {
    // 64 MiB of zeros in some 64 KiB, in each chunk that is deflated or read whole.
    let bomb = deflated(&vec![0; 64 << 20]);
    let picture = Picture::new(160, 160);
    let iccp = [b"name\0\0".to_vec(), bomb.clone()].concat();
    let ztxt = [b"Comment\0\0".to_vec(), bomb.clone()].concat();
    let itxt = [b"Comment\0\x01\0\0\0".to_vec(), bomb].concat();
    let file = Png::new(Colour::Rgb, 8)
        .with(b"iCCP", iccp)
        .with(b"zTXt", ztxt)
        .with(b"iTXt", itxt)
        .with(b"eXIf", vec![0x49; 1 << 20]);
    let started = Instant::now();
    crate::corpus::assert_shows(
        "bombs beside the pixels",
        &file.write(&picture),
        &picture,
        40.0,
    );
    assert!(started.elapsed() < SOON);
}

#[test]
fn frames_are_counted_before_any_is_decoded() {
    let frames = Unreadable::Frames {
        max: media::PICTURE_FRAMES_MAX,
    };
    let body = webp::lossless(&Picture::new(160, 160), None);
    let first = webp::frame((0, 0), (160, 160), (b"VP8L", webp::body(&body, b"VP8L")));
    let dot = webp::lossless(&Picture::new(1, 1), None);
    let later = webp::frame((0, 0), (1, 1), (b"VP8L", webp::body(&dot, b"VP8L")));
    let mut chunks = vec![(b"ANIM", vec![0; 6]), (b"ANMF", first)];
    chunks.extend((0..media::PICTURE_FRAMES_MAX).map(|_| (b"ANMF", later.clone())));
    assert_eq!(
        refused_soon("webp", &webp::extended(2, 160, 160, &chunks)),
        frames
    );

    let claimed = [1_001u32.to_be_bytes(), [0; 4]].concat();
    let png = Png::new(Colour::Rgb, 8)
        .with(b"acTL", claimed)
        .write(&Picture::new(160, 160));
    assert_eq!(refused_soon("png", &png), frames);

    let mut gif = Vec::new();
    let mut encoder = gif::Encoder::new(&mut gif, 160, 160, &[0; 6]).unwrap();
    encoder
        .write_frame(&gif::Frame::from_indexed_pixels(
            160,
            160,
            vec![0; 25_600],
            None,
        ))
        .unwrap();
    for _ in 0..media::PICTURE_FRAMES_MAX {
        encoder
            .write_frame(&gif::Frame::from_indexed_pixels(1, 1, vec![0], None))
            .unwrap();
    }
    drop(encoder);
    assert_eq!(refused_soon("gif", &gif), frames);
}

#[test]
fn scans_without_end_are_refused() {
    let sampling = SamplingFactor::F_1_1;
    let picture = Picture::new(160, 160);
    let mut file = Jpeg {
        progressive: true,
        sampling,
        ..Jpeg::default()
    }
    .write(&picture);
    // The last scan's header and data again and again, before the end marker.
    let scan = file
        .windows(2)
        .rposition(|pair| pair == [0xFF, 0xDA])
        .unwrap();
    let again = file[scan..file.len() - 2].to_vec();
    file.truncate(file.len() - 2);
    for _ in 0..2_000 {
        file.extend(&again);
    }
    file.extend([0xFF, 0xD9]);
    // A repeated scan adds nothing, so it breaks the order before it breaks the limit.
    assert!(matches!(
        refused_soon("repeated", &file),
        Unreadable::Broken(_)
    ));

    let limits = Limits {
        scans_max: 3,
        ..Limits::default()
    };
    let file = Jpeg {
        progressive: true,
        ..Jpeg::default()
    }
    .write(&picture);
    assert_eq!(
        media::stills(&file, &limits),
        Err(Unreadable::Scans { max: 3 })
    );
}

#[test]
fn scans_of_nothing_take_little_time() {
    let file = crate::corpus::jpeg::scans_bomb(8_000, 6_000);
    assert!(file.len() < 4 << 20, "{} bytes", file.len());
    let started = Instant::now();
    assert!(stills(&file).is_ok());
    assert!(started.elapsed() < SOON, "{:?}", started.elapsed());
}

#[test]
fn memory_is_refused_before_it_is_taken() {
    let limits = Limits {
        memory_bytes_max: 100_000,
        ..Limits::default()
    };
    let picture = Picture::new(400, 400);
    let memory = Err(Unreadable::Memory { max: 100_000 });
    let progressive = Jpeg {
        progressive: true,
        ..Jpeg::default()
    }
    .write(&picture);
    assert_eq!(media::stills(&progressive, &limits), memory);
    let lossless = webp::lossless(&picture, None);
    assert_eq!(media::stills(&lossless, &limits), memory);
    let interlaced = Png {
        interlaced: true,
        ..Png::new(Colour::Rgb, 8)
    }
    .write(&picture);
    assert_eq!(media::stills(&interlaced, &limits), memory);
    // What is reduced row by row needs next to nothing.
    assert!(media::stills(&Jpeg::default().write(&picture), &limits).is_ok());
    let rows = bmp::rows(&picture, bmp::bytes3);
    assert!(media::stills(&bmp::file((400, 400), 24, 0, &[], &rows), &limits).is_ok());
}

#[test]
fn code_tables_of_lossless_webps_cannot_fill_memory() {
    let file = webp::codes_bomb(200, 200);
    assert!(file.len() < 5 << 20, "{} bytes", file.len());
    let refusal = refused_soon("codes", &file);
    assert!(matches!(refusal, Unreadable::Memory { .. }), "{refusal}");
}
