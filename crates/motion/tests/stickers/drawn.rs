//! Drawn pictures beside references that were looked at, and what holds of every one.

use motion::{Drawing, FILM_SIDE_PX, Undrawable, draw};

use crate::{animation, decoded, folder, packed, seeded, still_of};

/// Colours that clients offer for drawn pictures, and some of one and two.
const SKY: &[u32] = &[0x005A_C8FB, 0x0044_5BF0];
const FREE3: &[u32] = &[0x00FE_CC5F, 0x00F3_5B69, 0x008A_5CF6];
const FREE4: &[u32] = &[0x00DB_DDBB, 0x006B_A587, 0x00D5_D88D, 0x0088_B884];
const PLAIN: &[u32] = &[0x0034_C759];
/// Mean difference of all samples to the reference. Chosen: other machines round a little otherwise.
const OFF_MAX: f64 = 1.5;

/// What was looked at: a name, a sticker of the set, colours, white or not, a start in seconds.
const SEEDED: &[(&str, &str, &[u32], bool, f64)] = &[
    ("heart-sky", "heart.tgs", SKY, false, 0.0),
    ("smile-free3", "smile.tgs", FREE3, false, 0.5),
    ("star-free4", "star.tgs", FREE4, false, 1.0),
    ("rocket-sky", "rocket.tgs", SKY, false, 0.7),
    ("coffee-plain", "coffee.tgs", PLAIN, false, 0.3),
    ("cameo-free4", "cameo.tgs", FREE4, false, 0.0),
    ("fox-free3", "fox.tgs", FREE3, false, 99.0),
    ("flower-sky", "flower.tgs", SKY, false, 0.0),
    ("moon-free3", "moon.tgs", FREE3, false, 1.5),
    ("bolt-sky-white", "bolt.tgs", SKY, true, 0.0),
    ("check-free4-white", "check.tgs", FREE4, true, 0.4),
    ("paw-plain-white", "paw.tgs", PLAIN, true, 0.0),
];

/// Animations that use one feature each.
const FEATURES: &[&str] = &[
    "dashes",
    "gradients",
    "keys",
    "masks",
    "mattes",
    "morph",
    "order",
    "parents",
    "precomp",
    "remap",
    "repeat",
    "rings",
    "skew",
    "stars",
    "trim",
];

#[test]
fn pictures_are_those_that_were_looked_at() {
    for (name, sticker, colours, white, start_s) in SEEDED {
        let drawing = Drawing {
            white: *white,
            start_s: Some(*start_s),
            ..still_of(seeded(sticker), colours)
        };
        compare(name, &drawing);
    }
}

#[test]
fn every_feature_of_animations_is_drawn_as_it_was_looked_at() {
    for name in FEATURES {
        let drawing = Drawing {
            start_s: Some(0.4),
            ..still_of(animation(name), &[0x00FF_FFFF])
        };
        compare(name, &drawing);
    }
}

/// Compares size `a` with the reference of this name; `CAMEO_WRITE_REFERENCES=1` writes it anew.
fn compare(name: &str, drawing: &Drawing) {
    let stills = draw(drawing)
        .unwrap_or_else(|error| panic!("{name}: {error}"))
        .stills
        .unwrap();
    let file = folder("references").join(format!("{name}.jpg"));
    let drawn = &stills.sizes[0].jpeg;
    if std::env::var_os("CAMEO_WRITE_REFERENCES").is_some() {
        std::fs::create_dir_all(folder("references")).unwrap();
        std::fs::write(&file, drawn).unwrap();
    }
    let reference = std::fs::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let ((side, drawn), (reference_side, reference)) = (decoded(drawn), decoded(&reference));
    assert_eq!((side, reference_side), (160, 160), "{name}");
    let off: u64 = drawn
        .iter()
        .zip(&reference)
        .map(|(one, other)| u64::from(one.abs_diff(*other)))
        .sum();
    let off = off as f64 / drawn.len() as f64;
    assert!(off <= OFF_MAX, "{name} is off by {off:.2}");
}

#[test]
fn the_corners_of_a_plain_ground_have_its_colour() {
    for colour in [0x0034_C759, 0x00FF_FFFF, 0x0010_2030, 0x00FE_0102] {
        let stills = draw(&still_of(seeded("heart.tgs"), &[colour]))
            .unwrap()
            .stills
            .unwrap();
        let (side, pixels) = decoded(&stills.sizes[2].jpeg);
        assert_eq!(side, 640);
        let [_, red, green, blue] = u32::to_be_bytes(colour);
        for (x, y) in [(0, 0), (639, 0), (0, 639), (639, 639), (60, 320), (320, 60)] {
            let pixel = pixels.as_chunks::<3>().0[y * side + x];
            let off = pixel
                .iter()
                .zip([red, green, blue])
                .map(|(one, other)| one.abs_diff(other));
            assert!(
                off.max() <= Some(2),
                "{pixel:?} at {x}, {y} is not {colour:06x}"
            );
        }
    }
}

#[test]
fn a_sticker_in_white_leaves_only_its_shape() {
    let drawing = Drawing {
        white: true,
        ..still_of(seeded("heart.tgs"), &[0x0000_0000])
    };
    let (_, pixels) = decoded(&draw(&drawing).unwrap().stills.unwrap().sizes[2].jpeg);
    let coloured = pixels.as_chunks::<3>().0.iter().filter(|pixel| {
        let [least, most] = [pixel.iter().min(), pixel.iter().max()];
        most.zip(least)
            .is_some_and(|(most, least)| most - least > 8)
    });
    assert_eq!(coloured.count(), 0, "black, white and between");
    let white = pixels
        .as_chunks::<3>()
        .0
        .iter()
        .filter(|pixel| pixel[0] > 250)
        .count();
    assert!(white > 640 * 640 / 10, "{white} pixels are white");
}

#[test]
fn the_still_is_the_picture_at_the_start_and_the_last_beyond_the_end() {
    let at = |start_s| {
        let drawing = Drawing {
            start_s: Some(start_s),
            ..still_of(animation("keys"), &[0x00FF_FFFF])
        };
        draw(&drawing).unwrap().stills.unwrap().sizes[0]
            .jpeg
            .clone()
    };
    // It lasts a second at 60 frames a second, and moves with each of them.
    assert_eq!(at(0.0), at(0.016));
    assert_ne!(at(0.0), at(0.017));
    assert_eq!(at(59.0 / 60.0), at(1.0));
    assert_eq!(at(1.0), at(1e300));
    assert_ne!(at(58.0 / 60.0), at(1.0));
}

/// Whether a solid of this colour, as `layer` says, is in the middle of the picture at a time.
fn is_red(layer: &str, start_s: f64) -> bool {
    let json = format!(
        r##"{{"w":512,"h":512,"fr":30,"ip":0,"op":60.0000024438501,
        "assets":[{{"id":"inside","layers":[{{"ty":1,"sw":512,"sh":512,"sc":"#ff0000","ip":0,"op":60,"ks":{{}}}}]}}],
        "layers":[{layer}]}}"##
    );
    let drawing = Drawing {
        start_s: Some(start_s),
        ..still_of(packed(json.as_bytes()), &[0x00FF_FFFF])
    };
    let (side, pixels) = decoded(&draw(&drawing).unwrap().stills.unwrap().sizes[2].jpeg);
    let [red, green, _] = pixels.as_chunks::<3>().0[(side + 1) * side / 2];
    assert!(red > 250, "red or white");
    green < 5
}

/// Exporters at 29.97 frames a second write 30.0000012 for 30.
#[test]
fn layers_begin_and_end_at_the_frames_that_are_meant() {
    let solid = r##"{"ty":1,"sw":512,"sh":512,"sc":"#ff0000","ip":30.0000012219251,"op":39.9999998,"ks":{}}"##;
    let inside = r#"{"ty":0,"refId":"inside","w":512,"h":512,"ip":30,"op":40,"st":30.0000012219251,"ks":{}}"#;
    for layer in [solid, inside] {
        let shown = [29, 30, 39, 40].map(|frame| is_red(layer, f64::from(frame) / 30.0));
        assert_eq!(shown, [false, true, true, false], "{layer}");
    }
    let late = r##"{"ty":1,"sw":512,"sh":512,"sc":"#ff0000","ip":30.25,"op":60,"ks":{}}"##;
    assert_eq!(
        [30, 31].map(|frame| is_red(late, f64::from(frame) / 30.0)),
        [false, true]
    );
}

/// As in Telegram's own player.
#[test]
fn a_solid_without_a_readable_colour_is_white() {
    let whole = |colour: &str| {
        let json = format!(
            r#"{{"w":512,"h":512,"fr":30,"ip":0,"op":30,"layers":[
            {{"ty":1,"sw":512,"sh":512{colour},"ip":0,"op":60,"ks":{{}}}}]}}"#
        );
        let drawn = draw(&still_of(packed(json.as_bytes()), &[0]));
        let (side, pixels) = decoded(&drawn.unwrap().stills.unwrap().sizes[2].jpeg);
        pixels.as_chunks::<3>().0[(side + 1) * side / 2]
    };
    for none in [
        "",
        r#","sc":"""#,
        r#","sc":"red""#,
        r##","sc":"#ff00ff0000""##,
    ] {
        assert!(whole(none).iter().all(|part| *part > 250), "{none}");
    }
    let [red, green, blue] = whole(r##","sc":"#ff0000""##);
    assert!(red > 250 && green < 5 && blue < 5);
}

#[test]
fn times_and_colours_that_make_no_sense_are_refused() {
    for start_s in [-0.1, f64::NAN, f64::INFINITY] {
        let drawing = Drawing {
            start_s: Some(start_s),
            ..still_of(seeded("heart.tgs"), SKY)
        };
        assert_eq!(draw(&drawing), Err(Undrawable::Time));
    }
    for count in [0, 5] {
        let drawing = still_of(seeded("heart.tgs"), &vec![0; count]);
        assert_eq!(draw(&drawing), Err(Undrawable::Colours(count)));
    }
}

#[test]
fn a_film_has_the_frames_of_one_round_and_the_same_bytes_every_time() {
    let drawing = Drawing {
        stills: false,
        film: true,
        ..still_of(animation("keys"), SKY)
    };
    let drawn = draw(&drawing).unwrap();
    assert_eq!(drawn.stills, None);
    let film = drawn.big.clone().unwrap();
    assert_eq!(film.side_px, FILM_SIDE_PX);
    let limits = motion::ClipLimits {
        duration_ms_max: 1_000,
        ..motion::ClipLimits::default()
    };
    let clip = motion::clip(&film.mp4, &limits, None, false).unwrap();
    assert_eq!(clip.big.side_px, FILM_SIDE_PX);
    assert_eq!(draw(&drawing).unwrap(), drawn);
}
