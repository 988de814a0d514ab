//! Stills and video stickers from outside: their facts, and what is drawn of them.

use bytes::Bytes;
use image_webp::{ColorType, WebPEncoder};
use motion::{Drawing, FILM_SIDE_PX, StickerKind, Undrawable, draw, sticker};

use crate::{decoded, folder, still_of};

fn fixture(name: &str) -> Bytes {
    Bytes::from(std::fs::read(folder("fixtures").join(name)).unwrap())
}

/// A WebP file of these sides: a red box in the middle half, nothing around it.
fn webp(width: u32, height: u32) -> Bytes {
    let mut rgba = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let inside = (width / 4..width * 3 / 4).contains(&x)
                && (height / 4..height * 3 / 4).contains(&y);
            rgba.extend(if inside { [230, 20, 30, 255] } else { [0; 4] });
        }
    }
    let mut file = Vec::new();
    let encoder = WebPEncoder::new(&mut file);
    encoder
        .encode(&rgba, width, height, ColorType::Rgba8)
        .unwrap();
    Bytes::from(file)
}

#[test]
fn a_still_keeps_its_aspect_in_the_middle() {
    let file = webp(512, 256);
    let facts = sticker(&file).unwrap();
    assert_eq!((facts.kind, facts.duration_ms), (StickerKind::WebP, 0));
    assert_eq!((facts.width_px, facts.height_px), (512, 256));
    assert_eq!((facts.thumb_width_px, facts.thumb_height_px), (128, 64));
    assert!(facts.outline.is_some());
    let stills = draw(&still_of(file, &[0x0000_00FF]))
        .unwrap()
        .stills
        .unwrap();
    let (side, pixels) = decoded(&stills.sizes[2].jpeg);
    let is_red = |x: usize, y: usize| {
        let [red, _, blue] = pixels.as_chunks::<3>().0[y * side + x];
        red > 200 && blue < 80
    };
    // Two thirds of 640 are 426 by 213; the box is half of that.
    for (x, y, red) in [
        (320, 320, true),
        (320 - 100, 320, true),
        (320 + 100, 320, true),
        (320 - 114, 320, false),
        (320 + 114, 320, false),
        (320, 320 - 46, true),
        (320, 320 + 46, true),
        (320, 320 - 60, false),
        (320, 320 + 60, false),
    ] {
        assert_eq!(is_red(x, y), red, "at {x}, {y}");
    }
}

#[test]
fn edges_of_a_sticker_have_no_dark_fringe() {
    let stills = draw(&still_of(webp(100, 100), &[0x00E6_141E]))
        .unwrap()
        .stills
        .unwrap();
    let (_, pixels) = decoded(&stills.sizes[2].jpeg);
    // Red on the same red, enlarged: what is transparent is black in the file and must not shine through.
    for [red, green, blue] in pixels.as_chunks::<3>().0 {
        assert!(red.abs_diff(230) < 6 && green.abs_diff(20) < 6 && blue.abs_diff(30) < 6);
    }
}

#[test]
fn a_video_sticker_has_its_facts_and_its_film() {
    let file = fixture("alpha.webm");
    let facts = sticker(&file).unwrap();
    assert_eq!(
        (facts.kind, facts.width_px, facts.height_px),
        (StickerKind::WebM, 100, 100)
    );
    assert!(
        (320..=340).contains(&facts.duration_ms),
        "{}",
        facts.duration_ms
    );
    assert_eq!((facts.thumb_width_px, facts.thumb_height_px), (100, 100));
    assert!(facts.outline.is_some(), "a circle");
    let drawing = Drawing {
        film: true,
        start_s: Some(0.3),
        ..still_of(file, &[0x00FF_FFFF, 0x0000_0000])
    };
    let drawn = draw(&drawing).unwrap();
    let limits = motion::ClipLimits::default();
    let clip = motion::clip(&drawn.big.unwrap().mp4, &limits, None, false).unwrap();
    assert_eq!(clip.big.side_px, FILM_SIDE_PX);
    let (_, pixels) = decoded(&drawn.stills.unwrap().sizes[2].jpeg);
    // The circle hides the middle; the ground is seen in the corners of the sticker.
    let [first, last] = [0, 640 * 640 - 1].map(|at| pixels.as_chunks::<3>().0[at]);
    assert!(first[0] > 250 && last[0] < 5);
}

#[test]
fn stills_that_are_too_large_are_refused() {
    let refused = sticker(&webp(513, 20));
    assert!(
        matches!(refused, Err(Undrawable::Picture(_))),
        "{refused:?}"
    );
    assert_eq!(sticker(b"GIF89a...."), Err(Undrawable::Kind));
}

#[test]
fn an_empty_picture_has_no_outline() {
    let mut file = Vec::new();
    let rgba = [0; 64 * 64 * 4];
    WebPEncoder::new(&mut file)
        .encode(&rgba, 64, 64, ColorType::Rgba8)
        .unwrap();
    assert_eq!(sticker(&file).unwrap().outline, None);
}
