//! Files made to cost, to crash or to never end: each is refused, or drawn within the limits.

use std::time::{Duration, Instant};

use motion::{STICKER_TGS_BYTES_MAX, STICKER_WEBP_BYTES_MAX, Undrawable, draw, sticker};

use crate::{animation, packed, seeded, still_of};

/// Longer than this is not within limits, even where tests share a slow machine.
const ONE_MAX: Duration = Duration::from_secs(20);

/// Judges and draws; whatever happens must not take long.
fn judged(name: &str, file: &[u8]) -> Result<(), Undrawable> {
    let start = Instant::now();
    let judged = sticker(file).map(|_| ());
    let drawn = draw(&still_of(
        bytes::Bytes::copy_from_slice(file),
        &[0, 0xFF, 0xFFFF],
    ));
    assert!(
        start.elapsed() < ONE_MAX,
        "{name} took {:?}",
        start.elapsed()
    );
    assert_eq!(drawn.map(|_| ()), judged, "{name}: both ways say the same");
    judged
}

fn refused(name: &str, text: &str) {
    let judged = judged(name, &packed(text.as_bytes()));
    assert!(judged.is_err(), "{name} was taken");
}

/// An animation with these layers and compositions.
fn with(layers: &str, assets: &str) -> String {
    format!(r#"{{"fr":60,"ip":0,"op":60,"w":512,"h":512,"layers":[{layers}],"assets":[{assets}]}}"#)
}

fn shapes(items: &str) -> String {
    with(
        &format!(r#"{{"ty":4,"ip":0,"op":60,"ks":{{}},"shapes":[{items}]}}"#),
        "",
    )
}

#[test]
fn bombs_are_refused_by_what_comes_out() {
    let spaces = packed(&vec![b' '; 40 << 20]);
    assert!(spaces.len() < STICKER_TGS_BYTES_MAX);
    assert!(matches!(
        judged("spaces", &spaces),
        Err(Undrawable::Unpacked { .. })
    ));
    let long = vec![0x1F; STICKER_TGS_BYTES_MAX + 1];
    assert!(matches!(
        judged("long", &[&[0x1F, 0x8B], &long[..]].concat()),
        Err(Undrawable::Bytes { .. })
    ));
    let mut webp = b"RIFF\0\0\0\0WEBPVP8 ".to_vec();
    webp.resize(STICKER_WEBP_BYTES_MAX + 1, 0);
    assert!(judged("webp", &webp).is_err());
    assert_eq!(judged("nothing", b""), Err(Undrawable::Kind));
}

#[test]
fn json_of_any_depth_and_width_is_refused() {
    refused("deep lists", &"[".repeat(1 << 20));
    refused("deep objects", &"{\"a\":".repeat(1 << 19));
    refused("many numbers", &with(&"0,".repeat(1 << 20), ""));
    refused(
        "many objects",
        &format!("[{}0]", "{\"a\":0},".repeat(400_000)),
    );
    refused("no JSON", "hello");
    refused("no end", &with("NaN", ""));
    refused("too large a number", &with("{\"ty\":1e999}", ""));
}

#[test]
fn facts_that_no_sticker_has_are_refused() {
    let text =
        String::from_utf8(std::fs::read(crate::folder("animations").join("rings.json")).unwrap());
    let text = text.unwrap();
    assert!(judged("as it is", &packed(text.as_bytes())).is_ok());
    for (from, to) in [
        ("\"fr\":60", "\"fr\":0"),
        ("\"fr\":60", "\"fr\":-60"),
        ("\"fr\":60", "\"fr\":61"),
        ("\"fr\":60", "\"fr\":1e308"),
        ("\"fr\":60", "\"fr\":null"),
        ("\"op\":60", "\"op\":0"),
        ("\"op\":60", "\"op\":-5"),
        ("\"op\":60", "\"op\":1e308"),
        ("\"op\":60", "\"op\":601"),
        ("\"ip\":0", "\"ip\":-1e308"),
        ("\"w\":512", "\"w\":16384"),
        ("\"h\":512", "\"h\":0"),
        ("\"ty\":4", "\"ty\":2"),
        ("\"ty\":4", "\"ty\":5"),
        ("\"k\":100", "\"k\":100,\"x\":\"wiggle(5,5)\""),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        refused(to, &changed);
    }
}

#[test]
fn compositions_that_hold_themselves_or_multiply_are_refused() {
    let show = |name: &str| {
        format!(r#"{{"ty":0,"refId":"{name}","ip":0,"op":60,"w":512,"h":512,"ks":{{}}}}"#)
    };
    let itself = format!(r#"{{"id":"a","layers":[{}]}}"#, show("a"));
    refused("itself", &with(&show("a"), &itself));
    let pair = format!(
        r#"{{"id":"a","layers":[{}]}},{{"id":"b","layers":[{}]}}"#,
        show("b"),
        show("a")
    );
    refused("each other", &with(&show("a"), &pair));
    let doubled: Vec<String> = (0..14)
        .map(|at| {
            let next = show(&format!("c{}", at + 1));
            format!(r#"{{"id":"c{at}","layers":[{next},{next}]}}"#)
        })
        .chain([r#"{"id":"c14","layers":[]}"#.to_owned()])
        .collect();
    refused("doubled", &with(&show("c0"), &doubled.join(",")));
    refused("unknown", &with(&show("nowhere"), ""));
}

#[test]
fn layers_without_number_or_end_are_refused() {
    let layer = r#"{"ty":3,"ip":0,"op":60,"ks":{}}"#;
    refused("many layers", &with(&[layer; 100_000].join(","), ""));
    let own = r#"{"ty":4,"ind":1,"parent":1,"ip":0,"op":60,"ks":{},"shapes":[]}"#;
    refused("its own parent", &with(own, ""));
    let ring = r#"{"ty":4,"ind":1,"parent":2,"ks":{},"shapes":[]},{"ty":4,"ind":2,"parent":1,"ks":{},"shapes":[]}"#;
    refused("each other's parents", &with(ring, ""));
    let matte = r#"{"ty":4,"ind":1,"tt":1,"tp":1,"ip":0,"op":60,"ks":{},"shapes":[]}"#;
    assert!(judged("its own matte", &packed(with(matte, "").as_bytes())).is_ok());
}

#[test]
fn paint_without_end_is_refused() {
    let rect = r#"{"ty":"rc","p":{"k":[256,256]},"s":{"k":[512,512]}}"#;
    let fill = r#"{"ty":"fl","c":{"k":[1,0,0]},"o":{"k":50}}"#;
    let copies = r#"{"ty":"rp","c":{"k":200},"tr":{}}"#;
    let fills = format!("{rect},{}", [fill; 5_000].join(","));
    refused("many fills", &shapes(&fills));
    let nested = format!("{rect},{fill},{copies},{copies},{copies},{copies}");
    refused("copies of copies", &shapes(&nested));
    let groups = (0..40).fold(format!("{rect},{fill}"), |inner, _| {
        format!(r#"{{"ty":"gr","it":[{inner}]}}"#)
    });
    refused("deep groups", &shapes(&groups));
    let mask = r#"{"mode":"a","pt":{"k":{"v":[[0,0],[9,0],[9,9]],"i":[],"o":[]}}}"#;
    let masks = format!(
        r#"{{"ty":4,"ip":0,"op":60,"ks":{{}},"shapes":[],"masksProperties":[{}]}}"#,
        [mask; 500].join(",")
    );
    refused("many masks", &with(&masks, ""));
}

/// An animation whose figures or points are too many.
fn many(name: &str, what: &'static str, text: &str) {
    let judged = judged(name, &packed(text.as_bytes()));
    let counted = matches!(judged, Err(Undrawable::Many { what: of, .. }) if of == what);
    assert!(counted, "{name}: {judged:?}");
}

#[test]
fn modifiers_that_double_each_time_are_counted() {
    let fill = r#"{"ty":"fl","c":{"k":[1,0,0]}}"#;
    let rect = r#"{"ty":"rc","p":{"k":[256,256]},"s":{"k":[0,0]}}"#;
    let round = [r#"{"ty":"rd","r":{"k":10}}"#; 20].join(",");
    let rounded = shapes(&format!("{rect},{round},{fill}"));
    many("rounded again and again", "points in a picture", &rounded);
    let line = r#"{"ty":"sh","ks":{"k":{"v":[[0,0],[0,500]],"i":[],"o":[]}}}"#;
    let trim = [r#"{"ty":"tm","s":{"k":0},"e":{"k":90},"o":{"k":180}}"#; 20].join(",");
    let trimmed = shapes(&format!("{line},{trim},{fill}"));
    many("cut again and again", "figures in a picture", &trimmed);
    // Nothing is left of the lines, and each is looked at again.
    let dots = [r#"{"ty":"el","p":{"k":[0,0]},"s":{"k":[0,0]}}"#; 1_000].join(",");
    let trim = [r#"{"ty":"tm","s":{"k":0},"e":{"k":50}}"#; 1_000].join(",");
    let vanished = shapes(&format!("{dots},{trim},{fill}"));
    many(
        "what has vanished cut again",
        "figures in a picture",
        &vanished,
    );
    // Styles take the line before it is rounded: all of them paint what comes of it.
    let fills = [fill; 200].join(",");
    let round = [r#"{"ty":"rd","r":{"k":10}}"#; 11].join(",");
    let late = shapes(&format!("{rect},{fills},{round}"));
    many("rounded behind its styles", "points in a picture", &late);
}

#[test]
fn points_count_as_often_as_they_are_painted() {
    let points = |count: usize| {
        let each = vec!["[0,0]"; count].join(",");
        format!(r#"{{"v":[{each}],"i":[],"o":[]}}"#)
    };
    let fills = [r#"{"ty":"fl","c":{"k":[1,0,0]}}"#; 40].join(",");
    let line = format!(r#"{{"ty":"sh","ks":{{"k":{}}}}}"#, points(1_000));
    let copied = shapes(&format!(r#"{line},{fills},{{"ty":"rp","c":{{"k":40}}}}"#));
    many("copies of many fills", "points in a picture", &copied);
    let mask = format!(r#"{{"mode":"a","pt":{{"k":{}}}}}"#, points(100_000));
    let masked = format!(r#"{{"ty":4,"ks":{{}},"shapes":[],"masksProperties":[{mask}]}}"#);
    let show = r#"{"ty":0,"refId":"a","ip":0,"op":60,"w":512,"h":512,"ks":{}}"#;
    let asset = format!(r#"{{"id":"a","layers":[{masked}]}}"#);
    let masks = with(&[show; 6].join(","), &asset);
    many("one mask again and again", "points in a picture", &masks);
}

#[test]
fn gradients_have_no_more_numbers_than_stops() {
    let gradient = |opacities: usize| {
        let numbers = (0..opacities).map(|at| format!(",{},1", at as f32 / opacities as f32));
        let numbers: String = numbers.collect();
        let rect = r#"{"ty":"rc","p":{"k":[256,256]},"s":{"k":[512,512]}}"#;
        shapes(&format!(
            r#"{rect},{{"ty":"gf","e":{{"k":[0,512]}},
            "g":{{"p":2,"k":{{"k":[0,1,0,0,1,0,0,1{numbers}]}}}}}}"#
        ))
    };
    let full = packed(gradient(188).as_bytes());
    assert_eq!(judged("a full gradient", &full), Ok(()));
    refused("one number too many", &gradient(189));
    refused("a long gradient", &gradient(50_000));
}

#[test]
fn compositions_are_counted() {
    let assets = |count: usize| vec![r#"{"id":"b","layers":[]}"#; count].join(",");
    let most = packed(with("", &assets(2_000)).as_bytes());
    assert_eq!(judged("compositions", &most), Ok(()));
    many("too many", "compositions", &with("", &assets(2_001)));
}

#[test]
fn numbers_of_any_size_are_drawn_or_refused_in_time() {
    let stroke = |width: &str, dash: &str| {
        let dashes =
            format!(r#""d":[{{"n":"d","v":{{"k":{dash}}}}},{{"n":"g","v":{{"k":{dash}}}}}]"#);
        format!(r#"{{"ty":"st","c":{{"k":[1,0,0]}},"w":{{"k":{width}}},{dashes}}}"#)
    };
    let numbers = ["1e308", "-1e308", "1e-300", "0", "-1", "1e6"];
    for number in numbers {
        for other in numbers {
            let line = format!(
                r#"{{"ty":"sh","ks":{{"k":{{"v":[[{number},{other}],[0,0],[{other},5]],"i":[[{other},1]],"o":[],"c":true}}}}}}"#
            );
            let star = format!(
                r#"{{"ty":"sr","pt":{{"k":{number}}},"or":{{"k":{other}}},"ir":{{"k":{number}}}}}"#
            );
            let trim = format!(
                r#"{{"ty":"tm","s":{{"k":{number}}},"e":{{"k":{other}}},"o":{{"k":{number}}}}}"#
            );
            let group = format!(
                r#"{{"ty":"gr","it":[{line},{star},{trim},{},{{"ty":"tr","s":{{"k":[{number},{other}]}},"sk":{{"k":{other}}}}}]}}"#,
                stroke(number, other)
            );
            // Whatever is said of it, it is said soon and without a panic.
            let _: Result<(), _> = judged(number, &packed(shapes(&group).as_bytes()));
        }
    }
}

#[test]
fn cut_and_changed_files_never_panic() {
    let file = seeded("heart.tgs");
    for length in (0..file.len() - 8).step_by(7) {
        assert!(sticker(&file[..length]).is_err(), "cut at {length}");
    }
    let text = std::fs::read(crate::folder("animations").join("mattes.json")).unwrap();
    let mut seed = 7_u32;
    for _ in 0..300 {
        let mut changed = text.clone();
        for _ in 0..3 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let at = seed as usize % changed.len();
            changed[at] = b"0129.-e[]{},:\"astwk"[(seed >> 16) as usize % 19];
        }
        let _: Result<_, _> = sticker(&packed(&changed));
    }
    assert!(sticker(&animation("mattes")).is_ok());
}
