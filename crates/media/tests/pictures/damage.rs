//! Random, cut and mutated bytes never panic, never hang, and never break a promise.

use crate::corpus::jpeg::Jpeg;
use crate::corpus::png::{Colour, Png};
use crate::corpus::{Picture, bmp, exif, icc, webp};
use jpeg_encoder::{ColorType, SamplingFactor};
use media::fuzz_picture;
use proptest::prelude::*;

/// One small file of each format and coding.
#[expect(clippy::unwrap_used, reason = "test code")]
fn files() -> Vec<Vec<u8>> {
    let picture = Picture::new(40, 33);
    let jpeg = Jpeg {
        exif: exif(6, true),
        restart: 3,
        ..Jpeg::default()
    };
    let lossless = webp::lossless(&picture, Some(99));
    let body = webp::body(&lossless, b"VP8L");
    let frame = webp::frame((0, 0), (40, 33), (b"VP8L", body));
    let mut gif = Vec::new();
    let mut encoder = gif::Encoder::new(&mut gif, 40, 33, &[7; 768]).unwrap();
    let mut first = gif::Frame::from_indexed_pixels(40, 33, picture.grey(), Some(3));
    first.interlaced = true;
    encoder.write_frame(&first).unwrap();
    drop(encoder);
    let profile = icc::rotated_rgb();
    let iccp = [b"n\0\0".to_vec(), crate::corpus::png::deflated(&profile)].concat();
    vec![
        jpeg.write(&picture),
        Jpeg {
            progressive: true,
            profile: profile.clone(),
            ..jpeg.clone()
        }
        .write(&picture),
        Jpeg {
            progressive: true,
            sampling: SamplingFactor::F_1_1,
            ..Jpeg::default()
        }
        .write(&picture),
        Jpeg {
            colour: ColorType::CmykAsYcck,
            profile: icc::black_only_cmyk(),
            ..jpeg
        }
        .write(&picture),
        Png::new(Colour::Rgba, 8)
            .with(b"iCCP", iccp)
            .with(b"eXIf", exif(3, false))
            .write(&picture),
        Png {
            interlaced: true,
            ..Png::new(Colour::Palette, 8)
        }
        .write(&picture),
        Png::new(Colour::Grey, 16).write(&picture),
        lossless.clone(),
        webp::extended(0x12, 40, 33, &[(b"ANIM", vec![0; 6]), (b"ANMF", frame)]),
        webp::LOSSY.to_vec(),
        webp::LOSSY_ALPHA.to_vec(),
        gif,
        bmp::file((40, 33), 24, 0, &[], &bmp::rows(&picture, bmp::bytes3)),
        bmp::file(
            (40, 33),
            8,
            1,
            &[[9, 8, 7]; 20],
            &[0, 3, 1, 2, 3, 0, 9, 5, 0, 2, 1, 1, 40, 9, 0, 1],
        ),
        bmp::file(
            (40, 33),
            4,
            2,
            &[[9, 8, 7]; 16],
            &[0, 5, 1, 2, 3, 0, 9, 5, 0, 0, 255, 9, 0, 1],
        ),
    ]
}

#[test]
fn every_cut_of_every_file_is_survived() {
    for file in files() {
        let step = (file.len() / 400).max(1);
        for length in (0..file.len()).step_by(step) {
            fuzz_picture(&file[..length]);
        }
    }
}

#[test]
fn every_single_byte_may_be_anything() {
    for file in files() {
        // All bytes of the headers, some of the pixels.
        let header = file.len().min(120);
        let later = (header..file.len()).step_by((file.len() / 50).max(1));
        for at in (0..header).chain(later) {
            let mut damaged = file.clone();
            for value in [0xFF, file[at] ^ 0x80, file[at] ^ 1] {
                damaged[at] = value;
                fuzz_picture(&damaged);
            }
        }
    }
}

/// Changes: a place, what is put there, and how many bytes go away for it.
fn damage() -> impl Strategy<Value = Vec<(prop::sample::Index, Vec<u8>, usize)>> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..6),
        prop::collection::vec(prop_oneof![Just(0x00), Just(0xFF), Just(0x7F)], 0..6),
    ];
    prop::collection::vec((any::<prop::sample::Index>(), bytes, 0usize..6), 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_are_survived(
        start in prop::sample::select(vec![
            &b""[..], b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 ",
            b"RIFF\0\0\0\0WEBPVP8L", b"GIF89a", b"BM",
        ]),
        tail in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        fuzz_picture(&[start, &tail].concat());
    }

    #[test]
    fn damaged_files_are_survived(
        file in prop::sample::select(files()),
        damage in damage(),
    ) {
        let mut file = file;
        for (place, bytes, gone) in damage {
            let at = place.index(file.len() + 1);
            let end = (at + gone).min(file.len());
            file.splice(at..end, bytes);
        }
        fuzz_picture(&file);
    }
}
