//! Faces.

use super::{
    lottie::{Part, mirrored, moving, part, swaying},
    outline::{Outline, path, rounded},
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
        .about([256.0, 256.0])
        .turned(moving(&[(0, [-3.0]), (90, [3.0]), (180, [-3.0])]))
}

/// The light on the upper left of a round thing of 448 pixels.
const CROWN_LIGHT: &str = "M76 200 C92 120 150 66 224 56 C236 54 240 68 228 74 C168 96 124 138 100 206 \
                           C94 222 73 216 76 200 Z";

/// A cat that winks.
pub(super) fn cat() -> Part {
    let head = "M78 50 C64 42 50 52 50 68 C50 130 56 180 64 216 C50 248 44 282 48 316 \
                C58 408 150 466 256 466 C362 466 454 408 464 316 C468 282 462 248 448 216 \
                C456 180 462 130 462 68 C462 52 448 42 434 50 C394 72 358 100 330 134 \
                C282 122 230 122 182 134 C154 100 118 72 78 50 Z";
    let ear = "M90 100 C84 96 80 100 80 108 C82 136 86 164 92 186 C108 166 128 152 150 142 \
               C132 126 112 112 90 100 Z";
    part()
        .with(part().outline(&path(head)).linear(
            [256.0, 50.0],
            [256.0, 466.0],
            &[0xB9B4E8, 0x9189CF, 0x6D63B4],
        ))
        .with(mirrored(|| part().outline(&path(ear)).fill(0xF7A8C4)))
        .with(
            part()
                .outline(&path("M256 140 L256 190"))
                .outline(&path("M212 146 L218 182"))
                .outline(&path("M300 146 L294 182"))
                .stroke(0x6459A6, 18.0),
        )
        .with(mirrored(|| {
            part()
                .ellipse([112.0, 344.0], [72.0, 44.0])
                .veil(0xF7A8C4, 55.0)
        }))
        .with(cat_features().placed(swaying(150, 150, [-3.0, -4.0], [5.0, 4.0])))
        .about([256.0, 310.0])
        .turned(swaying(150, 150, [-4.0], [4.0]))
}

/// What the cat looks and smells with.
fn cat_features() -> Part {
    let eye = |x: f64| {
        part()
            .with(part().ellipse([x, 262.0], [74.0, 86.0]).fill(0x2E3550))
            .with(
                part()
                    .ellipse([x - 12.0, 242.0], [24.0, 28.0])
                    .fill(0xFFFFFF),
            )
            .with(
                part()
                    .ellipse([x + 12.0, 282.0], [12.0, 14.0])
                    .veil(0xFFFFFF, 70.0),
            )
            .about([x, 270.0])
    };
    let winking = eye(348.0).scaled(moving(&[
        (0, [100.0, 100.0]),
        (56, [100.0, 100.0]),
        (64, [100.0, 0.0]),
        (92, [100.0, 0.0]),
        (102, [100.0, 100.0]),
        (150, [100.0, 100.0]),
    ]));
    let wink = part()
        .outline(&path("M312 276 C326 256 370 256 384 276"))
        .stroke(0x2E3550, 16.0)
        .faded(moving(&[
            (0, [0.0]),
            (60, [0.0]),
            (64, [100.0]),
            (92, [100.0]),
            (96, [0.0]),
            (150, [0.0]),
        ]));
    part()
        .with(snout())
        .with(eye(164.0))
        .with(winking)
        .with(wink)
}

fn snout() -> Part {
    part()
        .with(
            part()
                .ellipse([212.0, 362.0], [124.0, 104.0])
                .fill(0xF7F3FF),
        )
        .with(
            part()
                .ellipse([300.0, 362.0], [124.0, 104.0])
                .fill(0xF7F3FF),
        )
        .with(
            part()
                .outline(&path("M256 352 C256 384 218 392 202 370"))
                .outline(&path("M256 352 C256 384 294 392 310 370"))
                .stroke(0x4A4668, 12.0),
        )
        .with(
            part()
                .outline(&rounded(&[
                    ([222.0, 318.0], 16.0),
                    ([290.0, 318.0], 16.0),
                    ([256.0, 358.0], 16.0),
                ]))
                .fill(0xFF8FA3),
        )
}

/// A fox that pricks up an ear and blinks.
pub(super) fn fox() -> Part {
    let cheek = "M44 342 C82 408 168 466 256 470 C262 430 250 392 226 360 \
                 C196 316 116 306 44 342 Z";
    let left = "M94 88 C86 84 82 88 82 96 C84 132 92 162 100 186 C116 164 134 148 154 136 \
                C136 118 116 102 94 88 Z";
    let eye = |x: f64| {
        part()
            .with(part().ellipse([x, 272.0], [54.0, 66.0]).fill(0x3A2420))
            .with(
                part()
                    .ellipse([x - 9.0, 256.0], [18.0, 20.0])
                    .fill(0xFFFFFF),
            )
            .about([x, 272.0])
            .scaled(moving(&[
                (0, [100.0, 100.0]),
                (96, [100.0, 100.0]),
                (103, [106.0, 8.0]),
                (112, [100.0, 100.0]),
                (150, [100.0, 100.0]),
            ]))
    };
    part()
        .with(pricking(fox_head).linear(
            [256.0, 46.0],
            [256.0, 470.0],
            &[0xFFA447, 0xF9782B, 0xE4551C],
        ))
        .with(part().outline(&path(left)).fill(0x5A2E2A))
        .with(pricking(fox_ear).fill(0x5A2E2A))
        .with(mirrored(|| {
            part().outline(&path(cheek)).linear(
                [24.0, 310.0],
                [256.0, 470.0],
                &[0xFFFDFA, 0xFFDFC4],
            )
        }))
        .with(eye(168.0))
        .with(eye(344.0))
        .with(part().ellipse([256.0, 432.0], [76.0, 56.0]).fill(0x3A2420))
        .with(
            part()
                .ellipse([244.0, 420.0], [26.0, 14.0])
                .veil(0xFFFFFF, 45.0),
        )
        .about([256.0, 310.0])
        .turned(swaying(150, 150, [3.0], [-3.0]))
}

/// The fox's head without its cheeks; `tip` moves the tip of its right ear outwards.
fn fox_head(tip: f64) -> Outline {
    path(&format!(
        "M74 46 C62 40 48 50 50 66 C54 128 62 178 74 214 C52 248 32 288 24 326 \
             C22 338 34 346 46 342 C54 340 60 336 66 330 C114 384 180 430 256 440 \
             C332 430 398 384 446 330 C452 336 458 340 466 342 \
             C478 346 490 338 488 326 C480 288 460 248 438 214 C450 178 {a} 128 {b} 66 \
             C{b} 50 {c} 40 {d} 46 C390 70 350 104 322 138 C280 126 232 126 190 138 \
             C162 104 122 70 74 46 Z",
        a = 458.0 + tip * 0.5,
        b = 462.0 + tip,
        c = 450.0 + tip,
        d = 438.0 + tip,
    ))
}

/// The inside of the fox's right ear.
fn fox_ear(tip: f64) -> Outline {
    path(&format!(
        "M{a} 88 C{b} 84 {c} 88 {c} 96 C428 132 420 162 412 186 C396 164 378 148 358 136 \
             C376 118 396 102 {a} 88 Z",
        a = 418.0 + tip * 0.8,
        b = 426.0 + tip * 0.8,
        c = 430.0 + tip * 0.8,
    ))
}

/// Pricks up the ear twice.
fn pricking(shape: fn(f64) -> Outline) -> Part {
    let (still, pricked) = (shape(0.0), shape(16.0));
    part().morph(&[
        (0, &still),
        (30, &still),
        (40, &pricked),
        (50, &still),
        (60, &pricked),
        (72, &still),
        (150, &still),
    ])
}
