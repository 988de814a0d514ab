//! Entry point for fuzzers: any bytes as a sticker, judged and drawn, promises checked.

use crate::opened::Opened;
use crate::{
    OUTLINE_BYTES_MAX, STICKER_DURATION_MS_MAX, STICKER_SIDE_PX_MAX, STICKER_THUMB_PX, sticker,
};

/// Side of what is drawn of each, so that one run stays short.
const SIDE_PX: u32 = 48;

/// Judges `data` as a sticker and draws its last picture.
///
/// The first byte says whether `data` is a file, or the unpacked text of an animation: fuzzers cannot pack.
///
/// # Panics
/// When a promise of [`sticker()`] is broken; never by what `data` holds.
pub fn fuzz_sticker(data: &[u8]) {
    let [kind, file @ ..] = data else {
        return;
    };
    if *kind == b'{' {
        crate::lottie::fuzz(data, SIDE_PX);
        return;
    }
    let Ok(facts) = sticker(file) else {
        return;
    };
    assert!(facts.duration_ms <= STICKER_DURATION_MS_MAX, "too long");
    let sides = [facts.width_px, facts.height_px];
    assert!(
        sides
            .iter()
            .all(|side| (1..=STICKER_SIDE_PX_MAX).contains(side)),
        "sides"
    );
    let thumb = [facts.thumb_width_px, facts.thumb_height_px];
    assert!(
        thumb
            .iter()
            .all(|side| (1..=STICKER_THUMB_PX).contains(side)),
        "thumb"
    );
    let outline = facts.outline.map_or(0, |outline| outline.len());
    assert!(outline <= OUTLINE_BYTES_MAX, "outline");
    if let Ok(mut opened) = Opened::of(file) {
        let _: Result<_, _> = opened.picture(f64::MAX, SIDE_PX);
    }
}
