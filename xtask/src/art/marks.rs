//! Shapes in one colour, which clients give the colour of the text around them.

use super::{
    lottie::{Part, moving, part, still, swaying},
    outline::{path, rounded},
};

const WHITE: u32 = 0xFFFFFF;

/// A tick in a ring; both are wiped and drawn again.
pub(super) fn check() -> Part {
    // Nothing is seen at frame 62: there the start leaps back without being noticed.
    let start = moving(&[
        (0, [0.0]),
        (30, [0.0]),
        (62, [100.0]),
        (63, [0.0]),
        (150, [0.0]),
    ]);
    let end = moving(&[
        (0, [100.0]),
        (62, [100.0]),
        (63, [0.0]),
        (66, [0.0]),
        (112, [100.0]),
        (150, [100.0]),
    ]);
    let ring = "M256 60 C364.2 60 452 147.8 452 256 C452 364.2 364.2 452 256 452 \
                C147.8 452 60 364.2 60 256 C60 147.8 147.8 60 256 60 Z";
    part()
        .with(
            part()
                .outline(&path(ring))
                .trim(start.clone(), end.clone())
                .stroke(WHITE, 40.0),
        )
        .with(
            part()
                .outline(&path("M164 266 L230 330 L352 196"))
                .trim(start, end)
                .stroke(WHITE, 48.0),
        )
        .about([256.0, 256.0])
        .scaled(moving(&[
            (0, [100.0, 100.0]),
            (104, [100.0, 100.0]),
            (122, [107.0, 107.0]),
            (138, [100.0, 100.0]),
            (150, [100.0, 100.0]),
        ]))
}

/// A flash of lightning that jolts, with two sparks.
pub(super) fn bolt() -> Part {
    let flash = rounded(&[
        ([224.0, 24.0], 26.0),
        ([330.0, 24.0], 30.0),
        ([288.0, 186.0], 16.0),
        ([416.0, 186.0], 34.0),
        ([184.0, 506.0], 64.0),
        ([234.0, 292.0], 16.0),
        ([116.0, 292.0], 34.0),
    ]);
    let spark = |line: &str, about: [f64; 2]| {
        part()
            .outline(&path(line))
            .stroke(WHITE, 22.0)
            .about(about)
            .scaled(moving(&[
                (0, [100.0, 100.0]),
                (10, [0.0, 0.0]),
                (20, [115.0, 115.0]),
                (36, [100.0, 100.0]),
                (90, [100.0, 100.0]),
            ]))
    };
    part()
        .with(
            part()
                .outline(&flash)
                .fill(WHITE)
                .about([256.0, 256.0])
                .scaled(moving(&[
                    (0, [100.0, 100.0]),
                    (10, [88.0, 92.0]),
                    (20, [106.0, 104.0]),
                    (36, [100.0, 100.0]),
                    (90, [100.0, 100.0]),
                ]))
                .turned(moving(&[
                    (0, [0.0]),
                    (10, [-5.0]),
                    (20, [4.0]),
                    (30, [-2.0]),
                    (42, [0.0]),
                    (90, [0.0]),
                ])),
        )
        .with(spark("M112 108 L150 146", [150.0, 146.0]))
        .with(spark("M76 196 L122 206", [122.0, 206.0]))
        .with(spark("M400 404 L362 366", [362.0, 366.0]))
        .with(spark("M436 316 L390 306", [390.0, 306.0]))
}

/// Two quavers under one beam that dance.
pub(super) fn note() -> Part {
    let beam = rounded(&[
        ([168.0, 104.0], 30.0),
        ([432.0, 48.0], 26.0),
        ([432.0, 142.0], 10.0),
        ([168.0, 198.0], 10.0),
    ]);
    let head = |at: [f64; 2]| {
        part()
            .ellipse(at, [136.0, 108.0])
            .fill(WHITE)
            .about(at)
            .turned(still([-20.0]))
    };
    part()
        .with(
            part()
                .outline(&beam)
                .rect([187.0, 262.0], [38.0, 242.0], 12.0)
                .rect([413.0, 223.0], [38.0, 244.0], 12.0)
                .fill(WHITE),
        )
        .with(head([145.0, 398.0]))
        .with(head([371.0, 360.0]))
        .about([256.0, 460.0])
        .turned(swaying(120, 60, [-5.0], [5.0]))
        .scaled(swaying(120, 30, [100.0, 100.0], [102.0, 95.0]))
}

/// A paw whose toes are lifted one after the other.
pub(super) fn paw() -> Part {
    let toe = |at: [f64; 2], size: [f64; 2], lean: f64, begin: u32| {
        part()
            .ellipse(at, size)
            .fill(WHITE)
            .about(at)
            .turned(still([lean]))
            .scaled(moving(&[
                (0, [100.0, 100.0]),
                (begin, [100.0, 100.0]),
                (begin + 16, [116.0, 116.0]),
                (begin + 34, [100.0, 100.0]),
                (120, [100.0, 100.0]),
            ]))
    };
    let pad = "M256 236 C306 236 336 278 362 314 C388 350 404 372 404 404 C404 444 374 466 338 466 \
               C308 466 288 450 256 450 C224 450 204 466 174 466 C138 466 108 444 108 404 \
               C108 372 124 350 150 314 C176 278 206 236 256 236 Z";
    part()
        .with(
            part()
                .outline(&path(pad))
                .fill(WHITE)
                .about([256.0, 466.0])
                .scaled(moving(&[
                    (0, [100.0, 100.0]),
                    (60, [104.0, 96.0]),
                    (120, [100.0, 100.0]),
                ])),
        )
        .with(toe([86.0, 228.0], [86.0, 120.0], -24.0, 6))
        .with(toe([190.0, 120.0], [96.0, 140.0], -8.0, 22))
        .with(toe([322.0, 120.0], [96.0, 140.0], 8.0, 38))
        .with(toe([426.0, 228.0], [86.0, 120.0], 24.0, 54))
}
