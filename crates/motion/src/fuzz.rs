//! Entry points for fuzzers: any bytes as a sticker, judged and drawn, or as a clip; promises checked.

use crate::opened::{Opened, STICKER_DURATION_MS_MAX, STICKER_SIDE_PX_MAX};
use crate::{OUTLINE_BYTES_MAX, STICKER_THUMB_PX, sticker};

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

/// Judges `data` as a clip and writes it anew, without decoding a frame.
///
/// # Panics
/// When what is written is no clip, or larger than what was sent and an index; never by what `data` holds.
pub fn fuzz_clip(data: &[u8]) {
    let limits = crate::ClipLimits {
        bytes_max: 64 * 1024,
        side_px_min: 1,
        ..crate::ClipLimits::default()
    };
    let Ok((side_px, mp4)) = crate::clip::written_anew(data, &limits) else {
        return;
    };
    // Lengths of units may grow to four bytes, and each frame has its rows in the index.
    let most = data.len() * 5 + crate::mp4::read::FRAMES_MAX * 24 + 4_096;
    assert!(mp4.len() <= most, "{} bytes of {}", mp4.len(), data.len());
    let limits = crate::ClipLimits {
        bytes_max: most,
        duration_ms_max: limits.duration_ms_max * 2,
        ..limits
    };
    let again = crate::clip::written_anew(&mp4, &limits);
    assert!(again.is_ok_and(|(side, _)| side == side_px), "no clip");
}
