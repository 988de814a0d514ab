//! What grows.

use super::{
    lottie::{Part, moving, part, still, swaying},
    outline::path,
};

/// A blossom that opens and sways.
pub(super) fn flower() -> Part {
    let centre = [256.0, 256.0];
    let petals = |count: u32, first: f64, reach: f64, width: f64, colours: &[u32]| {
        (0..count).fold(part(), |ring, n| {
            ring.with(
                part()
                    .ellipse([256.0, 256.0 - reach * 0.58], [width, reach * 0.84])
                    .linear([256.0, 256.0 - reach], [256.0, 216.0], colours)
                    .about(centre)
                    .turned(still([first + 360.0 / f64::from(count) * f64::from(n)])),
            )
        })
    };
    let breath = |small: f64, large: f64, end: u32| {
        moving(&[
            (0, [large, large]),
            (end, [small, small]),
            (150, [large, large]),
        ])
    };
    part()
        .with(
            petals(8, 22.5, 236.0, 124.0, &[0xF2609E, 0xC22C7C])
                .about(centre)
                .scaled(breath(90.0, 100.0, 75)),
        )
        .with(
            petals(8, 0.0, 222.0, 118.0, &[0xFFA6CB, 0xF0569A])
                .about(centre)
                .scaled(breath(84.0, 100.0, 84)),
        )
        .with(
            part()
                .ellipse([256.0, 260.0], [142.0, 142.0])
                .veil(0x9C1B60, 40.0),
        )
        .with(part().ellipse(centre, [136.0, 136.0]).linear(
            [256.0, 188.0],
            [256.0, 324.0],
            &[0xFFE56B, 0xFFAE22],
        ))
        .with(
            (0..7)
                .fold(part().ellipse(centre, [18.0, 18.0]), |dots, n| {
                    let angle = f64::from(n) / 7.0 * std::f64::consts::TAU;
                    let at = [256.0 + 38.0 * angle.sin(), 256.0 - 38.0 * angle.cos()];
                    dots.ellipse(at, [18.0, 18.0])
                })
                .fill(0xF08A0C),
        )
        .about(centre)
        .turned(swaying(150, 150, [-11.0], [11.0]))
}

/// A leaf in the wind, with a drop of dew.
pub(super) fn leaf() -> Part {
    let blade = "M256 14 C266 14 276 20 284 28 C354 96 398 170 398 250 C398 338 338 400 256 412 \
                 C174 400 114 338 114 250 C114 170 158 96 228 28 C236 20 246 14 256 14 Z";
    let right = "M256 14 C266 14 276 20 284 28 C354 96 398 170 398 250 C398 338 338 400 256 412 Z";
    let drop = "M318 214 C336 240 346 256 346 274 C346 292 334 304 318 304 C302 304 290 292 290 274 \
                C290 256 300 240 318 214 Z";
    part()
        .with(
            part()
                .outline(&path("M256 380 C256 430 262 462 280 492"))
                .stroke(0x2E8B47, 26.0),
        )
        .with(part().outline(&path(blade)).linear(
            [256.0, 16.0],
            [256.0, 412.0],
            &[0xA8E063, 0x62C24D, 0x2FA04E],
        ))
        .with(part().outline(&path(right)).veil(0x0F6B3A, 22.0))
        .with(
            part()
                .outline(&path("M256 104 L256 400"))
                .outline(&path("M256 216 C226 204 204 186 190 162"))
                .outline(&path("M256 216 C286 204 308 186 322 162"))
                .outline(&path("M256 306 C222 294 194 272 174 244"))
                .outline(&path("M256 306 C290 294 318 272 338 244"))
                .stroke(0xD6F5A8, 12.0),
        )
        .with(
            part()
                .with(part().outline(&path(drop)).linear(
                    [318.0, 214.0],
                    [318.0, 304.0],
                    &[0xE8FAFF, 0x8FD8F5],
                ))
                .with(part().ellipse([308.0, 276.0], [12.0, 20.0]).fill(0xFFFFFF))
                .about([318.0, 260.0])
                .placed(still([194.0, 334.0]))
                .turned(still([-26.0]))
                .scaled(moving(&[
                    (0, [100.0, 100.0]),
                    (36, [106.0, 94.0]),
                    (72, [94.0, 106.0]),
                    (108, [104.0, 96.0]),
                    (144, [100.0, 100.0]),
                ])),
        )
        .about([280.0, 492.0])
        .placed(still([202.0, 480.0]))
        .turned(swaying(144, 144, [18.0], [34.0]))
}
