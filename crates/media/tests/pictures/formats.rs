//! Every format and coding, made by code or by an encoder of other hands, shows the right picture;
//! results are judged by a decoder of other hands.

use crate::corpus::jpeg::Jpeg;
use crate::corpus::png::{Colour, Png};
use crate::corpus::{Picture, assert_shows, bmp, grey, webp};
use jpeg_encoder::{ColorType, SamplingFactor};
use media::{Kind, probe};

/// Loss by our own coding of the soft test picture alone, with room.
const GOOD_DB: f64 = 40.0;

#[test]
fn jpegs_of_every_sampling_show_the_picture() {
    use SamplingFactor as S;
    let picture = Picture::new(413, 331);
    for sampling in [
        S::F_1_1,
        S::F_2_1,
        S::F_1_2,
        S::F_2_2,
        S::F_4_1,
        S::F_4_2,
        S::F_1_4,
        S::F_2_4,
    ] {
        for progressive in [false, true] {
            let file = Jpeg {
                sampling,
                progressive,
                ..Jpeg::default()
            }
            .write(&picture);
            assert_shows(
                &format!("{sampling:?} {progressive}"),
                &file,
                &picture,
                38.0,
            );
        }
    }
}

#[test]
fn jpegs_of_every_size_class_are_scaled_right() {
    // Below, at and above each step at which less is decoded.
    for (width, height) in [
        (160, 3000),
        (639, 641),
        (1279, 1283),
        (2561, 2559),
        (5201, 5123),
    ] {
        let picture = Picture::new(width, height);
        for progressive in [false, true] {
            let file = Jpeg {
                progressive,
                restart: 5,
                ..Jpeg::default()
            }
            .write(&picture);
            assert_shows(
                &format!("{width} by {height} {progressive}"),
                &file,
                &picture,
                38.0,
            );
        }
    }
}

#[test]
fn grey_and_ink_jpegs_show_the_picture() {
    let picture = Picture::new(340, 420);
    for progressive in [false, true] {
        let file = Jpeg {
            colour: ColorType::Luma,
            progressive,
            ..Jpeg::default()
        }
        .write(&picture);
        assert_shows("grey", &file, &grey(&picture), GOOD_DB);
        for colour in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let file = Jpeg {
                colour,
                progressive,
                ..Jpeg::default()
            }
            .write(&picture);
            assert_shows(&format!("{colour:?} {progressive}"), &file, &picture, 38.0);
        }
    }
}

#[test]
fn pngs_of_every_colour_type_show_the_picture() {
    let picture = Picture::new(333, 250);
    for interlaced in [false, true] {
        for depth in [8, 16] {
            let png = |colour| Png {
                interlaced,
                ..Png::new(colour, depth)
            };
            assert_shows("rgb", &png(Colour::Rgb).write(&picture), &picture, GOOD_DB);
            assert_shows(
                "rgba",
                &png(Colour::Rgba).write(&picture),
                &picture,
                GOOD_DB,
            );
            assert_shows(
                "grey",
                &png(Colour::Grey).write(&picture),
                &grey(&picture),
                GOOD_DB,
            );
            let file = png(Colour::GreyAlpha).write(&picture);
            assert_shows("grey alpha", &file, &grey(&picture), GOOD_DB);
        }
        let palette = Png {
            interlaced,
            ..Png::new(Colour::Palette, 8)
        }
        .write(&picture);
        let seen =
            picture.map(|pixel| pixel.map(|sample| ((u32::from(sample) + 25) / 51 * 51) as u8));
        assert_shows("palette", &palette, &seen, 30.0);
        for depth in [1, 2, 4] {
            let file = Png {
                interlaced,
                ..Png::new(Colour::Grey, depth)
            }
            .write(&picture);
            let top = (1u32 << depth) - 1;
            let seen = grey(&picture)
                .map(|pixel| pixel.map(|grey| (u32::from(grey >> (8 - depth)) * 255 / top) as u8));
            assert_shows(&format!("grey of {depth} bits"), &file, &seen, 26.0);
        }
    }
}

#[test]
fn webps_show_the_picture() {
    let picture = Picture::new(301, 333);
    let file = webp::lossless(&picture, None);
    assert_shows("lossless", &file, &picture, GOOD_DB);
    let lossy = webp::lossy_picture();
    assert_shows("lossy", webp::LOSSY, &lossy, 36.0);
    let mut left = lossy.clone();
    for (at, pixel) in left.rgb.as_chunks_mut::<3>().0.iter_mut().enumerate() {
        if at % lossy.width < lossy.width / 2 {
            *pixel = pixel.map(|sample| ((u32::from(sample) * 128 + 255 * 127) / 255) as u8);
        }
    }
    assert_shows("lossy with alpha", webp::LOSSY_ALPHA, &left, 28.0);
}

#[test]
fn the_first_frame_of_an_animation_lies_on_a_white_canvas() {
    let small = Picture::new(100, 180);
    let pixels = webp::lossless(&small, None);
    let body = webp::body(&pixels, b"VP8L");
    let first = webp::frame((60, 20), (100, 180), (b"VP8L", body));
    let second = webp::frame((0, 0), (100, 180), (b"VP8L", body));
    let chunks = [(b"ANIM", vec![0; 6]), (b"ANMF", first), (b"ANMF", second)];
    let file = webp::extended(0x12, 200, 200, &chunks);
    let mut seen = Picture {
        width: 200,
        height: 200,
        rgb: vec![255; 200 * 200 * 3],
    };
    for y in 0..180 {
        let to = ((y + 20) * 200 + 60) * 3;
        seen.rgb[to..to + 300].copy_from_slice(&small.rgb[y * 300..][..300]);
    }
    assert_shows("WebP", &file, &seen, 28.0);

    let lossy = webp::frame(
        (0, 0),
        (176, 160),
        (b"VP8 ", webp::body(webp::LOSSY, b"VP8 ")),
    );
    let file = webp::extended(2, 176, 160, &[(b"ANIM", vec![0; 6]), (b"ANMF", lossy)]);
    assert_shows("lossy frame", &file, &webp::lossy_picture(), 36.0);

    let mut file = Vec::new();
    let palette: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
    let mut encoder = gif::Encoder::new(&mut file, 200, 200, &palette).unwrap();
    let indices = small.grey();
    let mut frame = gif::Frame::from_indexed_pixels(100, 180, indices, None);
    (frame.left, frame.top) = (60, 20);
    encoder.write_frame(&frame).unwrap();
    encoder
        .write_frame(&gif::Frame::from_indexed_pixels(
            200,
            200,
            vec![9; 40_000],
            None,
        ))
        .unwrap();
    drop(encoder);
    assert_shows("GIF", &file, &grey(&seen), 28.0);
}

#[test]
fn gifs_show_the_picture_and_transparency_is_white() {
    let picture = Picture::new(211, 190);
    let indices = picture.grey();
    for interlaced in [false, true] {
        let mut file = Vec::new();
        let palette: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
        let mut encoder = gif::Encoder::new(&mut file, 211, 190, &[]).unwrap();
        let order = |pass: &[(usize, usize)]| -> Vec<u8> {
            let rows = pass
                .iter()
                .flat_map(|&(first, step)| (first..190).step_by(step));
            rows.flat_map(|y| indices[y * 211..][..211].to_vec())
                .collect()
        };
        let stored = match interlaced {
            false => order(&[(0, 1)]),
            true => order(&[(0, 8), (4, 8), (2, 4), (1, 2)]),
        };
        let mut frame = gif::Frame::from_indexed_pixels(211, 190, stored, Some(60));
        (frame.palette, frame.interlaced) = (Some(palette), interlaced);
        encoder.write_frame(&frame).unwrap();
        drop(encoder);
        let seen = grey(&picture).map(|pixel| if pixel[0] == 60 { [255; 3] } else { pixel });
        assert_shows(&format!("interlaced {interlaced}"), &file, &seen, 26.0);
    }
}

#[test]
fn bitmaps_of_every_layout_show_the_picture() {
    let picture = Picture::new(203, 177);
    let sides = (203, 177);
    let file = bmp::file(sides, 24, 0, &[], &bmp::rows(&picture, bmp::bytes3));
    assert_shows("24 bit", &file, &picture, GOOD_DB);

    let upside: Vec<[u8; 3]> = picture
        .pixels()
        .chunks(203)
        .rev()
        .flatten()
        .copied()
        .collect();
    let upside = Picture {
        rgb: upside.as_flattened().to_vec(),
        ..picture.clone()
    };
    let file = bmp::file((203, -177), 24, 0, &[], &bmp::rows(&upside, bmp::bytes3));
    assert_shows("rows from the top", &file, &picture, GOOD_DB);

    let words = bmp::rows(&picture, |line| {
        line.iter().flat_map(|&[r, g, b]| [b, g, r, 0]).collect()
    });
    assert_shows(
        "32 bit",
        &bmp::file(sides, 32, 0, &[], &words),
        &picture,
        GOOD_DB,
    );
    let words = bmp::rows(&picture, |line| {
        line.iter().flat_map(|&[r, g, b]| [7, b, g, r]).collect()
    });
    assert_shows(
        "32 bit fields",
        &bmp::file(sides, 32, 3, &[], &words),
        &picture,
        GOOD_DB,
    );

    let packed = |r: u8, g: u8, b: u8| {
        (u16::from(r >> 3) << 11 | u16::from(g >> 2) << 5 | u16::from(b >> 3)).to_le_bytes()
    };
    let words = bmp::rows(&picture, |line| {
        line.iter().flat_map(|&[r, g, b]| packed(r, g, b)).collect()
    });
    assert_shows(
        "16 bit fields",
        &bmp::file(sides, 16, 3, &[], &words),
        &picture,
        34.0,
    );

    let palette: Vec<[u8; 3]> = (0..=255).map(|grey| [grey; 3]).collect();
    let seen = grey(&picture);
    let indices = bmp::rows(&seen, |line| line.iter().map(|pixel| pixel[0]).collect());
    assert_shows(
        "8 bit",
        &bmp::file(sides, 8, 0, &palette, &indices),
        &seen,
        GOOD_DB,
    );
}

#[test]
fn run_length_bitmaps_show_the_picture() {
    let (width, height) = (180, 170);
    let picture = Picture::new(width, height).map(|[r, _, _]| [r & 0xF0; 3]);
    let palette: Vec<[u8; 3]> = (0..16u8).map(|step| [step << 4; 3]).collect();
    for nibbles in [false, true] {
        let mut data = Vec::new();
        for (y, line) in picture.pixels().chunks(width).rev().enumerate() {
            for run in line.chunk_by(|a, b| a == b) {
                let step = run[0][0] >> 4;
                if run.len() == 4 && y % 2 == 0 {
                    // Written out instead of as a run.
                    let literal = if nibbles {
                        vec![step * 17; 2]
                    } else {
                        vec![step; 4]
                    };
                    data.extend([0, 4]);
                    data.extend(literal);
                } else {
                    data.extend([run.len() as u8, if nibbles { step * 17 } else { step }]);
                }
            }
            data.extend([0, 0]);
        }
        data.extend([0, 1]);
        let (bits, compression) = if nibbles { (4, 2) } else { (8, 1) };
        let sides = (width as i32, height as i32);
        let file = bmp::file(sides, bits, compression, &palette, &data);
        assert_shows(&format!("{bits} bits"), &file, &picture, 33.0);
    }
}

#[test]
fn probe_reads_kind_and_sides() {
    let picture = Picture::new(170, 190);
    let (width_px, height_px) = (170, 190);
    let jpeg = Jpeg::default().write(&picture);
    assert_eq!(
        probe(&jpeg),
        Ok(Kind::Jpeg {
            width_px,
            height_px
        })
    );
    let png = Png::new(Colour::Rgb, 8).write(&picture);
    assert_eq!(
        probe(&png[..24]),
        Ok(Kind::Png {
            width_px,
            height_px
        })
    );
    let lossless = webp::lossless(&picture, None);
    assert_eq!(
        probe(&lossless[..30]),
        Ok(Kind::WebP {
            width_px,
            height_px
        })
    );
    let extended = webp::extended(0, 170, 190, &[]);
    assert_eq!(
        probe(&extended),
        Ok(Kind::WebP {
            width_px,
            height_px
        })
    );
    assert_eq!(
        probe(webp::LOSSY),
        Ok(Kind::WebP {
            width_px: 176,
            height_px: 160
        })
    );
    let bmp = bmp::file((170, -190), 24, 0, &[], &[]);
    assert_eq!(
        probe(&bmp),
        Ok(Kind::Bmp {
            width_px,
            height_px
        })
    );
    assert_eq!(
        probe(b"GIF89a\xAA\0\xBE\0"),
        Ok(Kind::Gif {
            width_px,
            height_px
        })
    );
}

#[test]
fn detail_too_fine_to_show_becomes_even() {
    // A checkerboard of single pixels, at a size that every way of reducing has to handle.
    let checks = |side: usize| {
        let mut picture = Picture::noise(side, side, 1);
        for (at, pixel) in picture.rgb.as_chunks_mut::<3>().0.iter_mut().enumerate() {
            *pixel = [if (at % side + at / side).is_multiple_of(2) {
                255
            } else {
                0
            }; 3];
        }
        picture
    };
    for side in [1_290, 1_920, 2_700] {
        let picture = checks(side);
        let quality = 100;
        let jpeg = Jpeg {
            colour: ColorType::Luma,
            quality,
            ..Jpeg::default()
        }
        .write(&picture);
        for file in [Png::new(Colour::Grey, 8).write(&picture), jpeg] {
            for still in crate::corpus::stills(&file).unwrap().sizes {
                let (_, seen) = crate::corpus::pixels(&still.jpeg);
                let (least, most) = (seen.iter().min().unwrap(), seen.iter().max().unwrap());
                assert!(
                    most - least <= 8,
                    "{side} {}: {least} to {most}",
                    still.letter
                );
            }
        }
    }
}
