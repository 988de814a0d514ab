//! What is seen in the sky.

use super::{
    lottie::{Part, moving, part, spinning},
    outline::{path, star as star_of},
};

/// A star that twinkles.
pub(super) fn star() -> Part {
    let spark = |at: [f64; 2], size: f64, begin: u32| {
        part()
            .outline(&star_of(
                at,
                4,
                [size, size * 0.3],
                [size * 0.12, size * 0.12],
            ))
            .fill(0xFFF3B8)
            .about(at)
            .scaled(moving(&[
                (0, [0.0, 0.0]),
                (begin, [0.0, 0.0]),
                (begin + 24, [100.0, 100.0]),
                (begin + 48, [0.0, 0.0]),
                (120, [0.0, 0.0]),
            ]))
    };
    let body = star_of([256.0, 270.0], 5, [226.0, 118.0], [64.0, 26.0]);
    part()
        .with(
            part()
                .with(
                    part()
                        .outline(&body)
                        .linear(
                            [256.0, 50.0],
                            [256.0, 460.0],
                            &[0xFFE97A, 0xFFC42B, 0xFF9413],
                        )
                        .stroke(0xF08A0C, 12.0),
                )
                .with(
                    part()
                        .outline(&path("M226 150 C214 176 200 186 160 194"))
                        .stroke(0xFFF8DC, 20.0),
                )
                .about([256.0, 270.0])
                .turned(moving(&[(0, [-5.0]), (60, [5.0]), (120, [-5.0])]))
                .scaled(moving(&[
                    (0, [100.0, 100.0]),
                    (60, [93.0, 93.0]),
                    (120, [100.0, 100.0]),
                ])),
        )
        .with(spark([424.0, 110.0], 52.0, 4))
        .with(spark([84.0, 128.0], 38.0, 36))
        .with(spark([436.0, 392.0], 40.0, 68))
}

/// The sun, whose rays turn around it.
pub(super) fn sun() -> Part {
    let centre = [256.0, 256.0];
    let rays = |tips: u32, radii: [f64; 2], round: [f64; 2]| {
        part().outline(&star_of(centre, tips, radii, round))
    };
    part()
        .with(
            rays(10, [232.0, 158.0], [22.0, 10.0])
                .linear([256.0, 30.0], [256.0, 482.0], &[0xFFD34A, 0xFF8A1F])
                .about(centre)
                .turned(spinning(180, 1.0)),
        )
        .with(part().ellipse(centre, [286.0, 286.0]).fill(0xFFE9A0))
        .with(part().ellipse(centre, [262.0, 262.0]).linear(
            [256.0, 126.0],
            [256.0, 386.0],
            &[0xFFE56B, 0xFFB321],
        ))
}
