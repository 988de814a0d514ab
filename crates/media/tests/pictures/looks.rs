//! Orientation, colour profiles and transparency come out as they are meant to be seen.

use crate::corpus::jpeg::Jpeg;
use crate::corpus::png::{Colour, Png, deflated};
use crate::corpus::{Picture, assert_shows, exif, grey, icc, webp};
use jpeg_encoder::{ColorType, SamplingFactor};

/// Loss by our own coding of the soft test picture alone, with room.
const GOOD_DB: f64 = 40.0;

#[test]
fn alpha_is_flattened_on_white() {
    let picture = Picture::new(200, 200);
    let over =
        |sample: u8, alpha: u32| ((u32::from(sample) * alpha + 255 * (255 - alpha)) / 255) as u8;
    for alpha in [0, 77, 200] {
        let seen = picture.map(|pixel| pixel.map(|sample| over(sample, u32::from(alpha))));
        let file = Png {
            alpha,
            ..Png::new(Colour::Rgba, 8)
        }
        .write(&picture);
        assert_shows(&format!("PNG {alpha}"), &file, &seen, GOOD_DB);
        let file = webp::lossless(&picture, Some(alpha));
        assert_shows(&format!("WebP {alpha}"), &file, &seen, GOOD_DB);
    }
    let transparent = Png::new(Colour::Grey, 8)
        .with(b"tRNS", vec![0, 90])
        .write(&picture);
    let seen = grey(&picture).map(|pixel| if pixel[0] == 90 { [255; 3] } else { pixel });
    assert_shows("PNG colour key", &transparent, &seen, 26.0);
}

#[test]
fn every_orientation_comes_out_upright() {
    let picture = Picture::new(300, 210);
    for orientation in 1..=8 {
        let stored = picture.stored_as(orientation);
        for little in [false, true] {
            let block = exif(orientation, little);
            let file = Jpeg {
                exif: block.clone(),
                ..Jpeg::default()
            }
            .write(&stored);
            assert_shows(&format!("JPEG {orientation}"), &file, &picture, 38.0);
            let file = Png::new(Colour::Rgb, 8)
                .with(b"eXIf", block.clone())
                .write(&stored);
            assert_shows(&format!("PNG {orientation}"), &file, &picture, GOOD_DB);
            let lossless = webp::lossless(&stored, None);
            let pixels = (b"VP8L", webp::body(&lossless, b"VP8L").to_vec());
            let chunks = [pixels, (b"EXIF", block)];
            let file = webp::extended(8, stored.width, stored.height, &chunks);
            assert_shows(&format!("WebP {orientation}"), &file, &picture, GOOD_DB);
        }
    }
}

#[test]
fn embedded_profiles_are_applied() {
    let picture = Picture::new(190, 240);
    let rotated = picture.map(|[r, g, b]| [b, r, g]);
    let profile = icc::rotated_rgb();
    let file = Jpeg {
        profile: profile.clone(),
        quality: 97,
        sampling: SamplingFactor::F_1_1,
        ..Jpeg::default()
    };
    assert_shows("JPEG", &file.write(&picture), &rotated, 34.0);
    let chunk = [b"name\0\0".to_vec(), deflated(&profile)].concat();
    for depth in [8, 16] {
        let file = Png::new(Colour::Rgb, depth)
            .with(b"iCCP", chunk.clone())
            .write(&picture);
        assert_shows("PNG", &file, &rotated, 36.0);
    }
    let lossless = webp::lossless(&picture, None);
    let pixels = (b"VP8L", webp::body(&lossless, b"VP8L").to_vec());
    let file = webp::extended(0x20, 190, 240, &[(b"ICCP", profile), pixels]);
    assert_shows("WebP", &file, &rotated, 36.0);
}

#[test]
fn grey_and_ink_profiles_are_applied() {
    let picture = Picture::new(190, 240);
    let srgb = |grey: u8| {
        let light = f64::from(grey) / 255.0;
        let curved = if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        (curved * 255.0).round() as u8
    };
    let seen = grey(&picture).map(|pixel| pixel.map(srgb));
    let file = Jpeg {
        profile: icc::linear_grey(),
        colour: ColorType::Luma,
        ..Jpeg::default()
    };
    assert_shows("grey", &file.write(&picture), &seen, 36.0);

    // Lightness 100 to 0 with black from none to full; sRGB of the same lightness.
    let samples: Vec<u8> = picture
        .grey()
        .iter()
        .flat_map(|&grey| [200, 10, 90, 255 - grey])
        .collect();
    let file = Jpeg {
        profile: icc::black_only_cmyk(),
        colour: ColorType::Cmyk,
        ..Jpeg::default()
    };
    let file = file.write_samples(&samples, 190, 240);
    let seen = grey(&picture).map(|pixel| {
        pixel.map(|grey| {
            let height = (f64::from(grey) / 2.55 + 16.0) / 116.0;
            let light = if height > 6.0 / 29.0 {
                height.powi(3)
            } else {
                (height - 16.0 / 116.0) / 7.787
            };
            srgb((light * 255.0).round() as u8)
        })
    });
    assert_shows("inks", &file, &seen, 30.0);
}

#[test]
fn a_broken_or_foreign_profile_counts_as_none() {
    let picture = Picture::new(180, 180);
    for profile in [
        b"nonsense".to_vec(),
        icc::linear_grey(),
        icc::black_only_cmyk(),
    ] {
        let file = Jpeg {
            profile,
            ..Jpeg::default()
        }
        .write(&picture);
        assert_shows("foreign", &file, &picture, 38.0);
    }
    let mut cut = icc::rotated_rgb();
    cut.truncate(200);
    let file = Jpeg {
        profile: cut,
        ..Jpeg::default()
    }
    .write(&picture);
    assert_shows("cut off", &file, &picture, 38.0);
}

#[test]
fn a_square_in_memory_is_cut_like_the_same_square_in_a_file() {
    for side in [160, 333, 640, 800] {
        let picture = Picture::new(side, side);
        let file = Png::new(Colour::Rgb, 8).write(&picture);
        let cut = media::stills_of(side as u32, &picture.rgb);
        let same = media::stills(&file, &media::Limits::default());
        assert!(Ok(cut) == same, "side {side}");
    }
}
