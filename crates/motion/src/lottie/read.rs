//! From JSON to an animation: layers, compositions, mattes and masks, within limits.

use std::collections::HashMap;

use super::json::Json;
use super::model::{Animation, Content, Layer, Mask, MaskMode, MatteMode, Place, Position};
use super::read_shapes;
use super::value::Track;
use crate::Undrawable;

/// Most layers, those of compositions counted as often as they are shown.
/// Chosen: stickers have up to a few hundred.
const LAYERS_MAX: usize = 2_000;
/// Deepest compositions in compositions. Chosen: drawn files stay below 5.
const COMPOSITION_DEPTH_MAX: usize = 16;
/// Most masks on a layer. Chosen: each costs a pass over all pixels.
const MASKS_MAX: usize = 16;
/// Longest chain of layers that move with one another.
const PARENTS_MAX: usize = 64;

const MISSING: Undrawable = Undrawable::Broken("Lottie: a number is missing");

/// A number without which a file makes no sense.
fn needed(json: &Json<'_>, name: &str) -> Result<f32, Undrawable> {
    json.number_of(name).ok_or(MISSING)
}

impl Animation {
    /// Reads an unpacked file.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Undrawable> {
        let json = Json::read(bytes)?;
        let assets = json.get("assets").map_or(&[][..], Json::list);
        let compositions: Vec<(&str, &Json<'_>)> = assets
            .iter()
            .filter_map(|asset| Some((asset.get("id")?.text()?, asset.get("layers")?)))
            .collect();
        if compositions.len() > LAYERS_MAX {
            return Err(Undrawable::Many {
                what: "compositions",
                max: LAYERS_MAX,
            });
        }
        let mut names = Names::new();
        for (at, (name, _)) in compositions.iter().enumerate() {
            // The first of a name counts.
            names.entry(name).or_insert(at);
        }
        let layers = json
            .get("layers")
            .ok_or(Undrawable::Broken("Lottie: no layers"))?;
        let animation = Self {
            width: needed(&json, "w")?,
            height: needed(&json, "h")?,
            rate: needed(&json, "fr")?,
            begin: json.frame_of("ip").ok_or(MISSING)?,
            end: json.frame_of("op").ok_or(MISSING)?,
            layers: layers_of(layers, &names)?,
            assets: compositions
                .iter()
                .map(|(_, layers)| layers_of(layers, &names))
                .collect::<Result<_, _>>()?,
        };
        animation.count(&animation.layers, 0, &mut LAYERS_MAX.clone())?;
        Ok(animation)
    }

    /// Counts layers as often as they are shown, so that compositions can neither contain themselves
    /// nor multiply without end.
    fn count(&self, layers: &[Layer], depth: usize, left: &mut usize) -> Result<(), Undrawable> {
        if depth > COMPOSITION_DEPTH_MAX {
            return Err(Undrawable::Many {
                what: "compositions in one another",
                max: COMPOSITION_DEPTH_MAX,
            });
        }
        for layer in layers {
            *left = left.checked_sub(1).ok_or(Undrawable::Many {
                what: "layers",
                max: LAYERS_MAX,
            })?;
            if let Content::Composition { asset, .. } = layer.content {
                self.count(&self.assets[asset], depth + 1, left)?;
            }
        }
        Ok(())
    }
}

/// Places of compositions by name.
type Names<'a> = HashMap<&'a str, usize>;

fn layers_of(json: &Json<'_>, names: &Names<'_>) -> Result<Vec<Layer>, Undrawable> {
    let list = json.list();
    if list.len() > LAYERS_MAX {
        return Err(Undrawable::Many {
            what: "layers",
            max: LAYERS_MAX,
        });
    }
    // No number here is NaN, and with 0 added, both zeros have the same bits.
    let key = |index: f32| (index + 0.0).to_bits();
    let mut places = HashMap::new();
    for (at, layer) in list.iter().enumerate() {
        if let Some(index) = layer.number_of("ind") {
            places.entry(key(index)).or_insert(at);
        }
    }
    let place_of = |index: f32| places.get(&key(index)).copied();
    let mut layers = Vec::with_capacity(list.len());
    for (at, json) in list.iter().enumerate() {
        let matte = matte_mode(json)?.and_then(|mode| {
            let named = json.number_of("tp").and_then(place_of);
            named.or(at.checked_sub(1)).map(|source| (mode, source))
        });
        layers.push(Layer {
            content: content(json, names)?,
            parent: json.number_of("parent").and_then(place_of),
            begin: json.frame_of("ip").unwrap_or(f32::MIN),
            end: json.frame_of("op").unwrap_or(f32::MAX),
            is_hidden: json.is_set("hd"),
            is_matte: json.is_set("td"),
            matte,
            masks: masks(json)?,
            place: match json.get("ks") {
                Some(place) => place_of_json(place)?,
                None => place_of_json(&Json::Null)?,
            },
        });
    }
    // Sources of mattes are not shown for themselves, marked as such or not.
    let sources: Vec<usize> = layers
        .iter()
        .filter_map(|layer| Some(layer.matte?.1))
        .collect();
    for source in sources {
        layers[source].is_matte = true;
    }
    if layers.iter().any(|layer| !ends(&layers, layer)) {
        return Err(Undrawable::Broken(
            "Lottie: layers that move with themselves",
        ));
    }
    Ok(layers)
}

/// Whether the chain of parents ends within its limit.
fn ends(layers: &[Layer], layer: &Layer) -> bool {
    let mut parent = layer.parent;
    for _ in 0..PARENTS_MAX {
        match parent {
            Some(at) => parent = layers[at].parent,
            None => return true,
        }
    }
    false
}

fn content(json: &Json<'_>, names: &Names<'_>) -> Result<Content, Undrawable> {
    let sides = |across, down| {
        let side = |name| json.number_of(name).unwrap_or(0.0);
        [side(across), side(down)]
    };
    match json.number_of("ty").map(|kind| kind as i32) {
        Some(0) => {
            let name = json.get("refId").and_then(Json::text).unwrap_or_default();
            let asset = names.get(name).copied();
            let remap = json.get("tm").filter(|remap| **remap != Json::Null);
            let stretch = json.number_of("sr").unwrap_or(1.0);
            Ok(Content::Composition {
                asset: asset.ok_or(Undrawable::Broken("Lottie: an unknown composition"))?,
                sides: sides("w", "h"),
                start: json.frame_of("st").unwrap_or(0.0),
                stretch: if stretch > 0.0 { stretch } else { 1.0 },
                remap: remap.map(Track::read).transpose()?,
            })
        }
        Some(1) => Ok(Content::Solid {
            colour: json
                .get("sc")
                .and_then(Json::text)
                .and_then(hex)
                .unwrap_or([u8::MAX; 3]),
            sides: sides("sw", "sh"),
        }),
        Some(3) => Ok(Content::Nothing),
        Some(4) => {
            let shapes = json.get("shapes").map_or(&[][..], Json::list);
            Ok(Content::Shapes(read_shapes::items(shapes, 0)?))
        }
        Some(2) => Err(Undrawable::Unsupported("Lottie: pictures")),
        Some(5) => Err(Undrawable::Unsupported("Lottie: texts")),
        _ => Err(Undrawable::Unsupported("Lottie: a layer of another kind")),
    }
}

/// A colour such as `#00c0ff`. What is none is white, as in Telegram's own player.
fn hex(text: &str) -> Option<[u8; 3]> {
    let [0, red, green, blue] = u32::from_str_radix(text.strip_prefix('#')?, 16)
        .ok()?
        .to_be_bytes()
    else {
        return None;
    };
    Some([red, green, blue])
}

fn matte_mode(json: &Json<'_>) -> Result<Option<MatteMode>, Undrawable> {
    match json.number_of("tt").unwrap_or(0.0) as i32 {
        0 => Ok(None),
        1 => Ok(Some(MatteMode::Alpha)),
        2 => Ok(Some(MatteMode::AlphaInverted)),
        3 => Ok(Some(MatteMode::Luma)),
        4 => Ok(Some(MatteMode::LumaInverted)),
        _ => Err(Undrawable::Unsupported("Lottie: a matte of another kind")),
    }
}

fn masks(json: &Json<'_>) -> Result<Vec<Mask>, Undrawable> {
    let list = json.get("masksProperties").map_or(&[][..], Json::list);
    if list.len() > MASKS_MAX {
        return Err(Undrawable::Many {
            what: "masks on a layer",
            max: MASKS_MAX,
        });
    }
    let mut masks = Vec::with_capacity(list.len());
    for json in list {
        let mode = match json.get("mode").and_then(Json::text).unwrap_or("a") {
            "a" => MaskMode::Add,
            "s" => MaskMode::Subtract,
            "i" => MaskMode::Intersect,
            "l" => MaskMode::Lighten,
            "d" => MaskMode::Darken,
            "f" => MaskMode::Difference,
            "n" => continue,
            _ => return Err(Undrawable::Unsupported("Lottie: a mask of another kind")),
        };
        let figure = json
            .get("pt")
            .ok_or(Undrawable::Broken("Lottie: a mask without a figure"))?;
        masks.push(Mask {
            mode,
            is_inverted: json.is_set("inv"),
            figure: Track::read(figure)?,
            opacity: Track::of(json, "o", 100.0)?,
        });
    }
    Ok(masks)
}

/// Reads a transform; what it lacks changes nothing.
pub(super) fn place_of_json(json: &Json<'_>) -> Result<Place, Undrawable> {
    let rotation = if json.get("rz").is_some() { "rz" } else { "r" };
    Ok(Place {
        anchor: Track::of(json, "a", [0.0; 2])?,
        position: position(json.get("p"))?,
        scale: Track::of(json, "s", [100.0; 2])?,
        rotation: Track::of(json, rotation, 0.0)?,
        skew: Track::of(json, "sk", 0.0)?,
        skew_axis: Track::of(json, "sa", 0.0)?,
        opacity: Track::of(json, "o", 100.0)?,
    })
}

/// Reads a point, whole or in two numbers.
pub(super) fn position(json: Option<&Json<'_>>) -> Result<Position, Undrawable> {
    match json {
        Some(json) if json.is_set("s") => Ok(Position::Split(
            Track::of(json, "x", 0.0)?,
            Track::of(json, "y", 0.0)?,
        )),
        Some(json) => Ok(Position::Whole(Track::read(json)?)),
        None => Ok(Position::Whole(Track::Still([0.0; 2]))),
    }
}
