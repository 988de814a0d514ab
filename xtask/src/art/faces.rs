//! Faces.

use super::{
    lottie::{Part, moving, part, still, swaying},
    outline::path,
};

/// A round face that nods and blinks twice.
pub(super) fn smile() -> Part {
    let eye = |x: f64| {
        part()
            .with(part().ellipse([x, 222.0], [46.0, 70.0]).fill(0x5B3413))
            .with(
                part()
                    .ellipse([x - 8.0, 206.0], [16.0, 20.0])
                    .fill(0xFFFFFF),
            )
            .about([x, 222.0])
            .scaled(moving(&[
                (0, [100.0, 100.0]),
                (60, [100.0, 100.0]),
                (67, [108.0, 8.0]),
                (75, [100.0, 100.0]),
                (82, [100.0, 100.0]),
                (88, [108.0, 8.0]),
                (96, [100.0, 100.0]),
                (180, [100.0, 100.0]),
            ]))
    };
    let mouth = "M152 300 C152 290 162 286 172 289 C226 304 286 304 340 289 C350 286 360 290 360 300 \
                 C358 358 312 398 256 398 C200 398 154 358 152 300 Z";
    let tongue = "M190 370 C206 344 232 336 256 346 C280 336 306 344 322 370 C304 388 281 398 256 398 \
                  C231 398 208 388 190 370 Z";
    let features = part()
        .with(
            part()
                .ellipse([122.0, 290.0], [70.0, 48.0])
                .veil(0xFF6B4A, 45.0),
        )
        .with(
            part()
                .ellipse([390.0, 290.0], [70.0, 48.0])
                .veil(0xFF6B4A, 45.0),
        )
        .with(eye(184.0))
        .with(eye(328.0))
        .with(part().outline(&path(mouth)).fill(0x5B3413))
        .with(part().outline(&path(tongue)).fill(0xFF6F61))
        .placed(swaying(180, 180, [0.0, 0.0], [0.0, 10.0]));
    part()
        .with(part().ellipse([256.0, 256.0], [448.0, 448.0]).linear(
            [256.0, 32.0],
            [256.0, 480.0],
            &[0xFFE266, 0xFFC52E, 0xFF9A1F],
        ))
        .with(part().outline(&path(CROWN_LIGHT)).veil(0xFFFFFF, 38.0))
        .with(features)
        .about([256.0, 480.0])
        .turned(moving(&[(0, [-3.0]), (90, [3.0]), (180, [-3.0])]))
        .scaled(still([100.0, 100.0]))
}

/// The light on the upper left of a round thing of 448 pixels.
const CROWN_LIGHT: &str = "M76 200 C92 120 150 66 224 56 C236 54 240 68 228 74 C168 96 124 138 100 206 \
                           C94 222 73 216 76 200 Z";
