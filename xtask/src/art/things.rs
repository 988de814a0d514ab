//! Things one can hold.

use super::{
    lottie::{Part, mirrored, moving, part, still, swaying},
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
        .about([256.0, 160.0])
        .turned(swaying(180, 180, [-3.0], [3.0]))
}

fn portrait() -> Part {
    let bust = "M206 160 C196 176 190 190 190 204 C190 212 186 220 178 232 C172 242 166 250 166 255 \
                C166 260 174 261 179 262 C181 268 176 272 176 277 C176 281 181 283 182 286 \
                C180 290 178 294 181 299 C186 308 180 318 186 326 C194 336 214 334 228 328 \
                C236 344 234 362 222 374 C200 384 178 390 164 404 C186 430 220 442 256 442 \
                C298 442 334 422 356 392 C342 368 322 352 308 328 L300 200 Z";
    let hair = "M192 198 C180 152 204 104 254 98 C296 94 322 112 332 138 C358 140 376 164 368 192 \
                C362 214 346 224 330 222 C334 254 326 288 306 316 C292 300 280 286 262 274 \
                C252 244 258 216 240 200 C226 190 208 194 192 198 Z";
    part()
        .with(part().outline(&path(bust)).linear(
            [180.0, 150.0],
            [330.0, 440.0],
            &[0xFFFDF6, 0xF6E7D0, 0xDDBF9C],
        ))
        .with(part().outline(&path(hair)).linear(
            [200.0, 100.0],
            [350.0, 320.0],
            &[0xFFF6E4, 0xEBD0AA, 0xC79C6C],
        ))
        .with(
            part()
                .outline(&path("M214 176 C214 146 236 124 270 122"))
                .outline(&path("M246 176 C258 158 280 148 308 152"))
                .outline(&path("M270 206 C276 188 292 178 314 180"))
                .outline(&path("M284 244 C288 228 296 216 310 210"))
                .outline(&path("M346 160 C356 170 356 186 346 196"))
                .stroke(0xB98A58, 7.0),
        )
        .with(part().ellipse([262.0, 292.0], [17.0, 17.0]).fill(0xE8AE3C))
        .with(part().ellipse([259.0, 289.0], [7.0, 7.0]).fill(0xFFF3D0))
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
            .stroke(0xAFC1D6, 20.0)
            .faded(swaying(120, 120, [100.0], [55.0]))
    };
    let bowl = "M70 224 L402 224 C402 340 372 404 318 428 \
                L154 428 C100 404 70 340 70 224 Z";
    let shade = "M330 224 L402 224 C402 340 372 404 318 428 \
                 L250 428 C308 396 336 330 330 224 Z";
    part()
        .with(steam(166.0, 50))
        .with(steam(236.0, 66))
        .with(steam(306.0, 58))
        .with(part().rect([236.0, 448.0], [404.0, 44.0], 22.0).linear(
            [236.0, 426.0],
            [236.0, 470.0],
            &[0xFFD9A8, 0xE59A52],
        ))
        .with(
            part()
                .ellipse([398.0, 288.0], [116.0, 112.0])
                .stroke(0x1E8C93, 36.0),
        )
        .with(part().outline(&path(bowl)).linear(
            [236.0, 206.0],
            [236.0, 434.0],
            &[0x5FDAD0, 0x2BB3B3, 0x1B8D98],
        ))
        .with(part().outline(&path(shade)).veil(0x064B5C, 20.0))
        .with(part().ellipse([236.0, 224.0], [332.0, 60.0]).fill(0xA8F0E6))
        .with(part().ellipse([236.0, 226.0], [300.0, 44.0]).fill(0x5A331B))
        .with(part().ellipse([236.0, 232.0], [252.0, 26.0]).fill(0x8A5630))
        .with(
            part()
                .outline(&path("M104 290 C110 322 120 350 138 374"))
                .stroke(0xBDF5EE, 18.0),
        )
}

/// A rocket on its way.
pub(super) fn rocket() -> Part {
    let body = "M256 10 C344 84 366 196 348 330 C346 344 338 352 326 352 L186 352 \
                C174 352 166 344 164 330 C146 196 168 84 256 10 Z";
    let nose = "M256 10 C300 48 328 94 342 146 C288 166 224 166 170 146 C184 94 212 48 256 10 Z";
    let dark = "M256 10 C344 84 366 196 348 330 C346 344 338 352 326 352 L278 352 \
                C308 240 304 110 256 10 Z";
    let fin = "M162 238 C112 268 84 322 88 388 C88 402 100 408 112 400 L178 352 Z";
    let ship = part()
        .with(burning(46.0, 506.0, 38.0).linear(
            [256.0, 366.0],
            [256.0, 500.0],
            &[0xFFC13B, 0xFF6A1F],
        ))
        .with(burning(24.0, 452.0, 22.0).fill(0xFFF3B8))
        .with(mirrored(|| {
            part()
                .outline(&path(fin))
                .linear([90.0, 240.0], [178.0, 400.0], &[0xF5455C, 0xB81D48])
        }))
        .with(
            part()
                .rect([256.0, 362.0], [112.0, 32.0], 12.0)
                .fill(0x55617A),
        )
        .with(part().outline(&path(body)).linear(
            [160.0, 200.0],
            [352.0, 200.0],
            &[0xFFFFFF, 0xEFF3FA, 0xD3DDEC],
        ))
        .with(part().outline(&path(nose)).linear(
            [170.0, 100.0],
            [342.0, 100.0],
            &[0xFF6277, 0xE52B50],
        ))
        .with(part().outline(&path(dark)).veil(0x3C4F78, 20.0))
        .with(
            part()
                .ellipse([256.0, 232.0], [92.0, 92.0])
                .linear([220.0, 190.0], [290.0, 280.0], &[0xA6E4FF, 0x3A93E0])
                .stroke(0x55617A, 18.0),
        )
        .with(
            part()
                .outline(&path("M226 232 C226 214 238 202 256 202"))
                .stroke(0xFFFFFF, 10.0),
        )
        .placed(swaying(80, 40, [0.0, 0.0], [0.0, -9.0]));
    part()
        .with(ship)
        .about([256.0, 250.0])
        .placed(still([262.0, 250.0]))
        .turned(still([45.0]))
        .scaled(still([108.0, 108.0]))
}

/// A flame of half a `width` on both sides, down to `tip` and back by `less`, again and again.
fn burning(width: f64, tip: f64, less: f64) -> Part {
    let flame = |width: f64, tip: f64| {
        path(&format!(
            "M{} 366 C{} 416 {} 440 256 {tip} C{} 440 {} 416 {} 366 Z",
            256.0 - width,
            256.0 - width * 1.3,
            256.0 - width * 0.5,
            256.0 + width * 0.5,
            256.0 + width * 1.3,
            256.0 + width,
        ))
    };
    let (long, short) = (flame(width, tip), flame(width * 0.9, tip - less));
    let keys: Vec<_> = (0..=8)
        .map(|n| (n * 10, if n % 2 == 0 { &long } else { &short }))
        .collect();
    part().morph(&keys)
}
