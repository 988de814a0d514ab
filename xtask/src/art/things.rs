//! Things one can hold.

use super::{
    lottie::{Part, moving, part, swaying},
    outline::path,
};

/// The project's emblem: a portrait in profile on an oval plate, swinging like a pendant.
pub(super) fn cameo() -> Part {
    let beads = (0..36).fold(part(), |beads, n| {
        let angle = f64::from(n) / 36.0 * std::f64::consts::TAU;
        let at = [256.0 + 179.0 * angle.sin(), 256.0 - 213.0 * angle.cos()];
        beads.ellipse(at, [20.0, 20.0])
    });
    let plate = part().ellipse([256.0, 256.0], [318.0, 386.0]).radial(
        [226.0, 190.0],
        [226.0, 500.0],
        &[0x5E9BD8, 0x2F62A8, 0x1E3F78],
    );
    part()
        .with(part().ellipse([256.0, 256.0], [408.0, 476.0]).linear(
            [120.0, 40.0],
            [392.0, 472.0],
            &[0xFFE9A8, 0xE8AE3C, 0xB8741A],
        ))
        .with(
            part()
                .ellipse([256.0, 256.0], [336.0, 404.0])
                .fill(0x8C5410),
        )
        .with(beads.linear(
            [120.0, 40.0],
            [392.0, 472.0],
            &[0xFFFBEB, 0xFFE3A0, 0xE9B650],
        ))
        .with(plate)
        .with(portrait())
        .about([256.0, 20.0])
        .turned(swaying(180, 180, [-3.0], [3.0]))
}

fn portrait() -> Part {
    let bust = "M206 160 C196 176 190 190 190 204 C190 212 186 220 178 232 C172 242 166 250 166 255 \
                C166 260 174 261 179 262 C181 268 176 272 176 277 C176 281 181 283 182 286 \
                C180 290 178 294 181 299 C186 308 180 318 186 326 C194 336 214 334 228 328 \
                C236 344 234 362 222 374 C200 384 178 390 164 404 C186 432 220 446 256 446 \
                C300 446 338 424 362 390 C346 366 322 352 308 328 L300 200 Z";
    part()
        .with(
            part()
                .outline(&path(bust))
                .linear([180.0, 150.0], [330.0, 440.0], &[0xFFFDF6, 0xF6E7D0, 0xE0C4A4]),
        )
        .with(
            part()
                .outline(&path(
                    "M192 196 C184 150 206 104 254 98 C296 94 322 112 332 138 C356 142 372 164 366 190 \
                     C362 212 346 224 330 222 C332 252 326 286 308 318 C296 300 284 282 262 270 \
                     C250 240 256 214 240 198 C226 188 208 192 192 196 Z",
                ))
                .linear([200.0, 100.0], [340.0, 320.0], &[0xFFFDF6, 0xF1DEC2, 0xD2AE86]),
        )
        .placed(moving(&[(0, [0.0, 0.0]), (180, [0.0, 0.0])]))
}

/// A heart that beats twice and rests.
pub(super) fn heart() -> Part {
    let whole = "M256 452 C240 452 226 440 212 428 C128 358 44 286 44 188 C44 114 98 64 162 64 \
                 C202 64 236 84 256 116 C276 84 310 64 350 64 C414 64 468 114 468 188 \
                 C468 286 384 358 300 428 C286 440 272 452 256 452 Z";
    let shade = "M452 158 C476 282 384 358 300 428 C286 440 272 452 256 452 C240 452 226 440 212 428 \
                 C204 421 196 415 188 408 C330 404 436 300 452 158 Z";
    part()
        .with(part().outline(&path(whole)).linear(
            [256.0, 64.0],
            [256.0, 452.0],
            &[0xFF6B81, 0xF5314F, 0xD81545],
        ))
        .with(part().outline(&path(shade)).veil(0x8E0B3C, 28.0))
        .with(
            part()
                .outline(&path("M90 186 C92 146 118 116 154 112"))
                .stroke(0xFFC2CB, 24.0),
        )
        .about([256.0, 270.0])
        .scaled(moving(&[
            (0, [94.0, 94.0]),
            (14, [104.0, 104.0]),
            (28, [96.0, 96.0]),
            (42, [106.0, 106.0]),
            (66, [94.0, 94.0]),
            (90, [94.0, 94.0]),
        ]))
}

/// A cup of coffee that steams.
pub(super) fn coffee() -> Part {
    let left = |x: f64| {
        path(&format!(
            "M{x} 168 C{} 140 {} 116 {x} 92 C{} 72 {} 56 {x} 36",
            x - 28.0,
            x - 28.0,
            x + 22.0,
            x + 22.0
        ))
    };
    let right = |x: f64| {
        path(&format!(
            "M{x} 168 C{} 140 {} 116 {x} 92 C{} 72 {} 56 {x} 36",
            x + 28.0,
            x + 28.0,
            x - 22.0,
            x - 22.0
        ))
    };
    let steam = |x: f64, period: u32| {
        let (left, right) = (left(x), right(x));
        part()
            .morph(&[(0, &left), (period, &right), (120, &left)])
            .stroke(0xC9D6E4, 20.0)
            .faded(swaying(120, 120, [90.0], [40.0]))
    };
    let bowl = "M84 214 L388 214 C396 214 402 220 402 228 C402 340 372 404 318 428 \
                L154 428 C100 404 70 340 70 228 C70 220 76 214 84 214 Z";
    let shade = "M330 214 L388 214 C396 214 402 220 402 228 C402 340 372 404 318 428 \
                 L250 428 C308 396 336 330 330 214 Z";
    part()
        .with(steam(166.0, 50))
        .with(steam(236.0, 66))
        .with(steam(306.0, 58))
        .with(part().rect([236.0, 452.0], [400.0, 48.0], 24.0).linear(
            [236.0, 428.0],
            [236.0, 476.0],
            &[0xFFFFFF, 0xC7D3E3],
        ))
        .with(
            part()
                .ellipse([404.0, 292.0], [112.0, 116.0])
                .stroke(0xD5DEEA, 36.0),
        )
        .with(part().outline(&path(bowl)).linear(
            [70.0, 214.0],
            [402.0, 214.0],
            &[0xFFFFFF, 0xF2F5FA, 0xDCE4EF],
        ))
        .with(part().outline(&path(shade)).veil(0x8FA3BF, 25.0))
        .with(part().ellipse([236.0, 228.0], [300.0, 44.0]).fill(0x6B3F22))
        .with(part().ellipse([236.0, 234.0], [260.0, 28.0]).fill(0x8A5630))
}
