//! Outlines, read and filled the way clients do it, beside the pictures that they stand for.

use motion::{OUTLINE_BYTES_MAX, StickerKind, sticker};
use tiny_skia::{FillRule, Mask, PathBuilder, Transform};

use crate::{all_seeded, animation};

/// Side of the box of an outline, and of what it is compared on.
const BOX_PX: u32 = 512;
/// What outline and picture have in common, of what they have together.
const SHARED_MIN: f64 = 0.9;

/// The text that clients make of the bytes. Source: official page on files, vector thumbnails.
fn text(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"AACAAAAHAAALMAAAQASTAVAAAZaacaaaahaaalmaaaqastava.az0123456789-,";
    let mut text = String::from("M");
    for byte in bytes {
        match byte {
            192.. => text.push(char::from(LETTERS[usize::from(byte - 192)])),
            _ => {
                match byte {
                    128.. => text.push(','),
                    64.. => text.push('-'),
                    _ => {}
                }
                text.push_str(&(byte & 63).to_string());
            }
        }
    }
    text.push('z');
    text
}

/// The numbers of a text, signs before them being separators too.
fn numbers(text: &str) -> Vec<f32> {
    let spaced = text.replace('-', ",-");
    let words = spaced.split(',').filter(|word| !word.is_empty());
    words.map(|word| word.parse().unwrap()).collect()
}

/// What the outline covers.
fn filled(outline: &[u8]) -> Mask {
    let text = text(outline);
    let mut path = PathBuilder::new();
    for figure in text.split('z').filter(|figure| !figure.is_empty()) {
        let (start, line) = figure.strip_prefix('M').unwrap().split_once('l').unwrap();
        let [mut x, mut y] = numbers(start)[..] else {
            panic!("a figure begins at {start}");
        };
        path.move_to(x, y);
        for step in numbers(line).chunks(2) {
            x += step[0];
            y += step[1];
            path.line_to(x, y);
        }
        path.close();
    }
    let mut mask = Mask::new(BOX_PX, BOX_PX).unwrap();
    mask.fill_path(
        &path.finish().unwrap(),
        FillRule::Winding,
        true,
        Transform::identity(),
    );
    mask
}

/// What the picture covers, from its thumbnail: that is all that a client could compare it with.
fn covered(thumb: &[u8]) -> Vec<bool> {
    let picture = media::webp_rgba(thumb, &limits()).unwrap();
    let scale = BOX_PX / picture.width_px;
    assert_eq!((picture.width_px, picture.height_px), (128, 128));
    let pixels = picture.pixels.as_chunks::<4>().0;
    let at = |x: u32, y: u32| pixels[(y / scale * picture.width_px + x / scale) as usize][3] >= 128;
    (0..BOX_PX * BOX_PX)
        .map(|place| at(place % BOX_PX, place / BOX_PX))
        .collect()
}

fn limits() -> media::Limits {
    media::Limits {
        side_px_min: 1,
        ..media::Limits::default()
    }
}

#[test]
fn outlines_of_the_seeded_set_cover_what_their_stickers_cover() {
    let features =
        ["rings", "stars", "masks", "mattes"].map(|name| (name.to_owned(), animation(name)));
    for (name, file) in all_seeded().into_iter().chain(features) {
        let facts = sticker(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (facts.kind, facts.width_px, facts.height_px),
            (StickerKind::Tgs, 512, 512)
        );
        let outline = facts
            .outline
            .unwrap_or_else(|| panic!("{name} has no outline"));
        assert!(outline.len() <= OUTLINE_BYTES_MAX, "{name}");
        let (outline, picture) = (filled(&outline), covered(&facts.thumb));
        let pairs = || outline.data().iter().map(|part| *part >= 128).zip(&picture);
        let both = pairs().filter(|(one, other)| *one && **other).count();
        let either = pairs().filter(|(one, other)| *one || **other).count();
        let shared = both as f64 / either as f64;
        assert!(shared >= SHARED_MIN, "{name}: {shared:.3} in common");
    }
}

#[test]
fn facts_are_the_same_every_time() {
    let file = animation("gradients");
    assert_eq!(sticker(&file).unwrap(), sticker(&file).unwrap());
    assert_eq!(sticker(&file).unwrap().duration_ms, 1_000);
}
