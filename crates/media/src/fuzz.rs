//! Entry point for fuzzers and property tests: any bytes, small limits, promises checked.

use crate::{Limits, probe, stills};

/// Runs everything in this crate on `data` within limits that keep one run short.
///
/// # Panics
/// When a promise of [`stills()`] is broken; never by what `data` holds.
pub fn fuzz_picture(data: &[u8]) {
    let limits = Limits {
        bytes_max: 64 * 1024,
        pixels_max: 512 * 512,
        side_px_max: 2_048,
        side_px_min: 1,
        aspect_max: 2_048,
        frames_max: 16,
        scans_max: 16,
        memory_bytes_max: 8 * 1024 * 1024,
    };
    let Ok(stills) = stills(data, &limits) else {
        return;
    };
    assert!(probe(data).is_ok(), "decoded what cannot be probed");
    for pair in stills.sizes.windows(2) {
        assert!(pair[0].side_px <= pair[1].side_px, "sides fall");
        assert!(
            pair[0].jpeg.len() <= pair[1].jpeg.len(),
            "file lengths fall"
        );
    }
    for thumb in [&stills.stripped_photo, &stills.stripped_user] {
        assert!(
            thumb.len() > 3 && thumb[0] == 1 && thumb[1] == thumb[2],
            "stripped layout"
        );
    }
}
