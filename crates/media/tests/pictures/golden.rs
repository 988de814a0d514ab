//! The same bytes in give the same bytes out: on every machine, in every version that does not
//! mean to change them. A failure here on a new machine is a bug; after a change that is meant to
//! alter results, the new numbers are printed and go into the table.

use media::Stills;

use crate::corpus::jpeg::Jpeg;
use crate::corpus::png::{Colour, Png, deflated};
use crate::corpus::{Picture, exif, icc, stills, webp};

/// FNV-1a over everything that `stills` returned.
fn digest(stills: &Stills) -> u64 {
    let sizes = stills.sizes.iter().map(|still| &still.jpeg);
    let all = sizes.chain([&stills.stripped_photo, &stills.stripped_user]);
    all.flatten().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[test]
fn fixed_pictures_give_fixed_bytes() {
    let png = Png::new(Colour::Rgb, 8);
    let soft = png.write(&Picture::new(1_000, 700));
    let noise = png.write(&Picture::noise(300, 300, 1));
    let huge = png.write(&Picture::new(2_900, 2_800));
    let profile = [b"n\0\0".to_vec(), deflated(&icc::rotated_rgb())].concat();
    let coloured = png
        .clone()
        .with(b"iCCP", profile)
        .write(&Picture::new(500, 600));
    let grey = [b"n\0\0".to_vec(), deflated(&icc::linear_grey())].concat();
    let grey = Png::new(Colour::Grey, 16)
        .with(b"iCCP", grey)
        .write(&Picture::new(200, 170));
    let turned = png
        .clone()
        .with(b"eXIf", exif(7, true))
        .write(&Picture::new(200, 170));
    // A JPEG whose bytes depend on nobody's encoder but ours.
    let jpeg = stills(&soft).unwrap().sizes[2].jpeg.clone();
    let inks = inks();
    let cases: [(&str, &[u8], u64); 9] = [
        ("ink profile", &inks, 0x4BA0_92F7_8A4F_31E0),
        ("soft", &soft, 0x5F01_4F80_6A5E_68A4),
        ("noise", &noise, 0xCF4B_9F55_EB24_6139),
        ("huge", &huge, 0xFEAD_90AB_42F8_E473),
        ("rgb profile", &coloured, 0x1134_746A_D027_B725),
        ("grey profile", &grey, 0xBC0A_647A_DE8A_5DFA),
        ("turned", &turned, 0x03E9_AA37_9695_7864),
        ("jpeg", &jpeg, 0xC70F_3F78_BF53_9FF7),
        ("webp", webp::LOSSY, 0x145D_3406_8D40_9DF0),
    ];
    let mut wrong = String::new();
    for (name, source, expected) in cases {
        let digest = digest(&stills(source).unwrap());
        if digest != expected {
            wrong += &format!("{name}: {digest:#018X}\n");
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A JPEG of inks with a profile by table. Pinned to the version of the encoder of other hands.
fn inks() -> Vec<u8> {
    let picture = Picture::new(200, 170);
    let profile = icc::black_only_cmyk();
    let file = Jpeg {
        profile,
        colour: jpeg_encoder::ColorType::Cmyk,
        ..Jpeg::default()
    };
    let samples: Vec<u8> = picture
        .grey()
        .iter()
        .flat_map(|&grey| [grey / 2, 10, grey / 3, 255 - grey])
        .collect();
    file.write_samples(&samples, 200, 170)
}

#[test]
fn the_same_bytes_twice_give_the_same_bytes() {
    let file = Png::new(Colour::Rgba, 8).write(&Picture::noise(400, 380, 5));
    assert_eq!(stills(&file), stills(&file));
}

#[test]
fn results_are_baseline_files_without_metadata() {
    let profile = [b"n\0\0".to_vec(), deflated(&icc::rotated_rgb())].concat();
    let file = Png::new(Colour::Rgb, 8)
        .with(b"iCCP", profile)
        .with(b"eXIf", exif(3, true))
        .with(b"tEXt", b"Comment\0secret place".to_vec())
        .write(&Picture::new(200, 200));
    for still in stills(&file).unwrap().sizes {
        let mut markers = Vec::new();
        let mut at = 2;
        while markers.last() != Some(&0xDA) {
            assert_eq!(still.jpeg[at], 0xFF);
            markers.push(still.jpeg[at + 1]);
            at += 2 + usize::from(u16::from_be_bytes([still.jpeg[at + 2], still.jpeg[at + 3]]));
        }
        // JFIF, tables, one baseline frame, one scan: nothing that could carry anything else.
        assert_eq!(
            markers,
            [0xE0, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDA]
        );
        assert!(still.jpeg.ends_with(&[0xFF, 0xD9]));
    }
}

#[test]
fn smaller_sizes_have_smaller_files_even_in_pictures_made_to_defy_it() {
    // Squares of one colour each, as large as the coder's blocks in `c`: cheap there, dear in `b`.
    let noise = Picture::noise(80, 80, 3);
    let mut mosaic = Picture {
        width: 640,
        height: 640,
        rgb: Vec::new(),
    };
    for at in 0..640 * 640 {
        mosaic
            .rgb
            .extend(noise.pixels()[at / 640 / 8 * 80 + at % 640 / 8]);
    }
    for picture in [mosaic, Picture::noise(640, 640, 4), Picture::new(640, 640)] {
        let stills = stills(&Png::new(Colour::Rgb, 8).write(&picture)).unwrap();
        let lengths = stills.sizes.each_ref().map(|still| still.jpeg.len());
        assert!(lengths.is_sorted_by(|a, b| a < b), "{lengths:?}");
    }
    let small = stills(&Png::new(Colour::Rgb, 8).write(&Picture::new(200, 300))).unwrap();
    let sides = small
        .sizes
        .each_ref()
        .map(|still| (still.letter, still.side_px));
    assert_eq!(sides, [('a', 160), ('b', 200), ('c', 200)]);
    assert_eq!(small.sizes[1].jpeg, small.sizes[2].jpeg);
}

#[test]
fn stripped_thumbnails_inflate_to_the_same_picture() {
    let picture = Picture::new(500, 400);
    let stills = stills(&Png::new(Colour::Rgb, 8).write(&picture)).unwrap();
    for (thumb, side) in [(&stills.stripped_photo, 40), (&stills.stripped_user, 8)] {
        let (seen_side, seen) = crate::corpus::pixels(&crate::corpus::inflated(thumb));
        assert_eq!(seen_side, side);
        let db = crate::corpus::psnr(&seen, &picture.square(side));
        assert!(db > 24.0, "{side}: {db:.1} dB");
        assert!(thumb.len() < 200, "{side}: {} bytes", thumb.len());
    }
}
