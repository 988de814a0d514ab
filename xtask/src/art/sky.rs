//! What is seen in the sky.

use super::{
    lottie::{Part, moving, part, spinning, still, swaying},
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
    let body = star_of([256.0, 272.0], 5, [256.0, 138.0], [74.0, 26.0]);
    let face = star_of([256.0, 268.0], 5, [212.0, 114.0], [62.0, 22.0]);
    part()
        .with(
            part()
                .with(part().outline(&body).linear(
                    [256.0, 30.0],
                    [256.0, 480.0],
                    &[0xFFC63D, 0xFFA51F, 0xF57C0F],
                ))
                .with(part().outline(&face).linear(
                    [256.0, 70.0],
                    [256.0, 440.0],
                    &[0xFFF09A, 0xFFD046, 0xFFA826],
                ))
                .with(
                    part()
                        .outline(&path("M232 150 C222 176 206 188 172 194"))
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
                .radial(centre, [256.0, 20.0], &[0xFF8A14, 0xFF9A1F, 0xFFC93C])
                .about(centre)
                .turned(spinning(180, 108.0)),
        )
        .with(
            part()
                .with(part().ellipse(centre, [290.0, 290.0]).fill(0xFFF0B0))
                .with(part().ellipse(centre, [262.0, 262.0]).linear(
                    [256.0, 126.0],
                    [256.0, 386.0],
                    &[0xFFE56B, 0xFFB321],
                ))
                .with(
                    part()
                        .outline(&path("M156 234 C162 198 186 170 220 160"))
                        .stroke(0xFFF8DC, 20.0),
                )
                .about(centre)
                .scaled(swaying(180, 90, [100.0, 100.0], [95.0, 95.0])),
        )
}

/// The moon behind clouds that drift.
pub(super) fn moon() -> Part {
    let crescent = "M286 34 C300 30 308 42 298 52 C254 90 230 134 230 188 C230 274 294 332 378 332 \
                    C404 332 428 326 450 316 C462 312 470 320 464 332 C432 408 360 452 278 452 \
                    C158 452 62 360 62 244 C62 140 158 56 286 34 Z";
    let shade = "M62 244 C62 360 158 452 278 452 C360 452 432 408 464 332 C466 328 466 325 465 322 \
                 C424 382 360 412 292 408 C176 402 94 330 64 224 C63 231 62 237 62 244 Z";
    let puffs = "M110 60 C76 60 50 36 50 4 C50 -26 72 -48 102 -50 C116 -94 152 -120 194 -120 \
                 C240 -120 278 -90 288 -48 C324 -48 350 -26 350 6 C350 38 324 60 290 60 Z";
    let cloud = |at: [f64; 2], size: f64, drift: f64| {
        part()
            .outline(&path(puffs))
            .linear(
                [200.0, -120.0],
                [200.0, 60.0],
                &[0xFFFFFF, 0xDCE8FA, 0xA9C1E8],
            )
            .about([200.0, 0.0])
            .scaled(still([size, size]))
            .placed(swaying(180, 180, at, [at[0] + drift, at[1]]))
    };
    let spark = |at: [f64; 2], size: f64, low: u32| {
        part()
            .outline(&star_of(
                at,
                4,
                [size, size * 0.32],
                [size * 0.12, size * 0.12],
            ))
            .fill(0xFFE9A0)
            .about(at)
            .scaled(moving(&[
                (0, [100.0, 100.0]),
                (low, [40.0, 40.0]),
                (180, [100.0, 100.0]),
            ]))
    };
    part()
        .with(part().outline(&path(crescent)).linear(
            [140.0, 60.0],
            [380.0, 468.0],
            &[0xFFF3B8, 0xFFDB6E, 0xFFB73D],
        ))
        .with(part().outline(&path(shade)).veil(0xE88A1C, 35.0))
        .with(
            part()
                .ellipse([150.0, 226.0], [44.0, 44.0])
                .veil(0xE8A93C, 45.0),
        )
        .with(
            part()
                .ellipse([204.0, 312.0], [28.0, 28.0])
                .veil(0xE8A93C, 45.0),
        )
        .with(
            part()
                .ellipse([142.0, 306.0], [20.0, 20.0])
                .veil(0xE8A93C, 45.0),
        )
        .with(spark([390.0, 130.0], 56.0, 60))
        .with(spark([334.0, 228.0], 34.0, 110))
        .with(cloud([340.0, 404.0], 100.0, -30.0))
        .with(cloud([132.0, 440.0], 62.0, 28.0))
}
