//! From JSON to shapes, styles and what changes them.

use tiny_skia::{LineCap, LineJoin};

use super::json::Json;
use super::model::{Colour, Gradient, Item, Pen, Repeat, Shape, ShapeKind, Star, Stroke, Style};
use super::read::{place_of_json, position};
use super::value::Track;
use crate::Undrawable;

/// Deepest groups in groups. Chosen: drawn files stay below 10.
const GROUP_DEPTH_MAX: usize = 32;
/// Most lengths of dashes in a stroke. Source: the programs that write such files allow three pairs.
const DASHES_MAX: usize = 16;
/// Most stops of a gradient.
const STOPS_MAX: usize = 64;
/// Most numbers of a gradient: four for each stop of colour, two for each of opacity.
pub(super) const GRADIENT_NUMBERS_MAX: usize = STOPS_MAX * 6;

/// Reads a list of shapes. What Telegram's own player passes over is passed over: effects, merged paths
/// and modifiers that bend.
pub(super) fn items(list: &[Json<'_>], depth: usize) -> Result<Vec<Item>, Undrawable> {
    if depth > GROUP_DEPTH_MAX {
        return Err(Undrawable::Many {
            what: "groups in one another",
            max: GROUP_DEPTH_MAX,
        });
    }
    let mut items = Vec::with_capacity(list.len());
    for json in list.iter().filter(|json| !json.is_set("hd")) {
        let kind = json.get("ty").and_then(Json::text).unwrap_or_default();
        items.push(match kind {
            "gr" => group(json, depth)?,
            "sh" | "rc" | "el" | "sr" => shape(json, kind)?,
            "fl" | "st" | "gf" | "gs" => style(json, kind)?,
            "tm" => Item::Trim {
                start: Track::of(json, "s", 0.0)?,
                end: Track::of(json, "e", 100.0)?,
                offset: Track::of(json, "o", 0.0)?,
                is_joint: json.number_of("m") == Some(2.0),
            },
            "rd" => Item::Round(Track::of(json, "r", 0.0)?),
            "rp" => repeat(json)?,
            _ => continue,
        });
    }
    Ok(items)
}

fn group(json: &Json<'_>, depth: usize) -> Result<Item, Undrawable> {
    let list = json.get("it").map_or(&[][..], Json::list);
    let place = list
        .iter()
        .find(|json| json.get("ty").and_then(Json::text) == Some("tr"));
    let place = place_of_json(place.unwrap_or(&Json::Null))?;
    Ok(Item::Group(items(list, depth + 1)?, Box::new(place)))
}

fn shape(json: &Json<'_>, kind: &str) -> Result<Item, Undrawable> {
    let kind = match kind {
        "sh" => {
            let figure = json
                .get("ks")
                .ok_or(Undrawable::Broken("Lottie: a path without points"))?;
            ShapeKind::Line(Track::read(figure)?)
        }
        "rc" => ShapeKind::Rectangle {
            centre: position(json.get("p"))?,
            size: Track::of(json, "s", [0.0; 2])?,
            radius: Track::of(json, "r", 0.0)?,
        },
        "el" => ShapeKind::Ellipse {
            centre: position(json.get("p"))?,
            size: Track::of(json, "s", [0.0; 2])?,
        },
        _ => ShapeKind::Star(Box::new(Star {
            is_polygon: json.number_of("sy") == Some(2.0),
            centre: position(json.get("p"))?,
            points: Track::of(json, "pt", 5.0)?,
            rotation: Track::of(json, "r", 0.0)?,
            outer: Track::of(json, "or", 0.0)?,
            outer_roundness: Track::of(json, "os", 0.0)?,
            inner: Track::of(json, "ir", 0.0)?,
            inner_roundness: Track::of(json, "is", 0.0)?,
        })),
    };
    let is_reversed = json.number_of("d") == Some(3.0);
    Ok(Item::Shape(Shape { kind, is_reversed }))
}

fn style(json: &Json<'_>, kind: &str) -> Result<Item, Undrawable> {
    let colour = if matches!(kind, "gf" | "gs") {
        Colour::Gradient(Box::new(gradient(json)?))
    } else {
        Colour::Plain(Track::of(json, "c", [0.0; 3])?)
    };
    let pen = if matches!(kind, "fl" | "gf") {
        let is_even_odd = json.number_of("r") == Some(2.0);
        Pen::Fill { is_even_odd }
    } else {
        Pen::Stroke(Box::new(stroke(json)?))
    };
    Ok(Item::Style(Style {
        colour,
        opacity: Track::of(json, "o", 100.0)?,
        pen,
    }))
}

fn gradient(json: &Json<'_>) -> Result<Gradient, Undrawable> {
    let broken = Undrawable::Broken("Lottie: a gradient without stops");
    let stops = json.get("g").ok_or(broken.clone())?;
    let count = stops.number_of("p").unwrap_or(0.0) as usize;
    if count > STOPS_MAX {
        return Err(Undrawable::Many {
            what: "stops of a gradient",
            max: STOPS_MAX,
        });
    }
    Ok(Gradient {
        is_radial: json.number_of("t") == Some(2.0),
        stops: Track::read(stops.get("k").ok_or(broken)?)?,
        count,
        start: Track::of(json, "s", [0.0; 2])?,
        end: Track::of(json, "e", [0.0; 2])?,
        highlight: Track::of(json, "h", 0.0)?,
        highlight_angle: Track::of(json, "a", 0.0)?,
    })
}

fn stroke(json: &Json<'_>) -> Result<Stroke, Undrawable> {
    let mut dashes = Vec::new();
    let mut dash_offset = Track::Still(0.0);
    let list = json.get("d").map_or(&[][..], Json::list);
    for dash in list.iter().take(DASHES_MAX) {
        let length = Track::of(dash, "v", 0.0)?;
        match dash.get("n").and_then(Json::text) {
            Some("o") => dash_offset = length,
            _ => dashes.push(length),
        }
    }
    Ok(Stroke {
        width: Track::of(json, "w", 1.0)?,
        cap: match json.number_of("lc").unwrap_or(1.0) as i32 {
            2 => LineCap::Round,
            3 => LineCap::Square,
            _ => LineCap::Butt,
        },
        join: match json.number_of("lj").unwrap_or(1.0) as i32 {
            2 => LineJoin::Round,
            3 => LineJoin::Bevel,
            _ => LineJoin::Miter,
        },
        miter: json.number_of("ml").unwrap_or(4.0).clamp(1.0, 100.0),
        dashes,
        dash_offset,
    })
}

fn repeat(json: &Json<'_>) -> Result<Item, Undrawable> {
    let place = json.get("tr").unwrap_or(&Json::Null);
    Ok(Item::Repeat(Box::new(Repeat {
        copies: Track::of(json, "c", 1.0)?,
        offset: Track::of(json, "o", 0.0)?,
        is_below: json.number_of("m") != Some(2.0),
        place: place_of_json(place)?,
        start_opacity: Track::of(place, "so", 100.0)?,
        end_opacity: Track::of(place, "eo", 100.0)?,
    })))
}
