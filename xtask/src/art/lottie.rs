//! What a drawing is made of, and its Lottie text. `ty` always stands first in an object: widespread
//! players skip what stands before it. Only what animated stickers may use is here: no masks, no
//! mattes, no effects, no strokes with gradients.

use super::outline::Outline;

/// Pictures per second.
pub(super) const FPS: u32 = 60;
/// Width and height of the drawing area; drawings keep 16 away from its edges.
pub(super) const SIDE_PX: u32 = 512;

/// A number or a point that may change over time, as its Lottie text.
#[derive(Clone)]
pub(super) struct Value(String);

/// The same all the time.
pub(super) fn still<const N: usize>(value: [f64; N]) -> Value {
    Value(format!("{{\"a\":0,\"k\":{}}}", numbers(&value)))
}

/// Values at frames, eased in and out between them. The last one equals the first, so that the
/// animation repeats without a seam.
pub(super) fn moving<const N: usize>(keys: &[(u32, [f64; N])]) -> Value {
    eased(keys.iter().map(|(frame, value)| (*frame, numbers(value))))
}

/// An even turn by so many degrees in `frames`, of a shape that looks the same after them.
pub(super) fn spinning(frames: u32, degrees: f64) -> Value {
    let keys = vec![(0, numbers(&[0.0])), (frames, numbers(&[degrees]))];
    keyed(keys, [0.33, 0.33])
}

/// Sways evenly from `from` to `to` and back in each `period` until `frames`.
pub(super) fn swaying<const N: usize>(
    frames: u32,
    period: u32,
    from: [f64; N],
    to: [f64; N],
) -> Value {
    let keys: Vec<_> = (0..=frames / period)
        .flat_map(|n| [(n * period, from), (n * period + period / 2, to)])
        .take_while(|(frame, _)| *frame <= frames)
        .collect();
    moving(&keys)
}

fn eased(keys: impl Iterator<Item = (u32, String)>) -> Value {
    let keys: Vec<_> = keys.collect();
    let ends = keys.first().zip(keys.last());
    assert!(
        ends.is_some_and(|(first, last)| first.1 == last.1),
        "a movement ends where it began"
    );
    keyed(keys, [0.42, 0.0])
}

/// Keys; `handle` says how each is left, and its mirror how the next is reached.
fn keyed(keys: Vec<(u32, String)>, handle: [f64; 2]) -> Value {
    let [x, y] = handle.map(|part| numbers(&[part]));
    let [to_x, to_y] = handle.map(|part| numbers(&[1.0 - part]));
    let ease = format!(",\"o\":{{\"x\":{x},\"y\":{y}}},\"i\":{{\"x\":{to_x},\"y\":{to_y}}}");
    let count = keys.len();
    let texts: Vec<String> = keys
        .into_iter()
        .zip(1..)
        .map(|((frame, value), n)| {
            let ease = if n == count { "" } else { ease.as_str() };
            format!("{{\"t\":{frame},\"s\":{value}{ease}}}")
        })
        .collect();
    Value(format!("{{\"a\":1,\"k\":[{}]}}", texts.join(",")))
}

/// Shapes that are painted the same way and move together, with parts on top of each other.
pub(super) struct Part {
    shapes: Vec<String>,
    paints: Vec<String>,
    parts: Vec<Part>,
    anchor: [f64; 2],
    position: Option<Value>,
    scale: Value,
    rotation: Value,
    opacity: Value,
}

/// Nothing yet.
pub(super) fn part() -> Part {
    Part {
        shapes: Vec::new(),
        paints: Vec::new(),
        parts: Vec::new(),
        anchor: [0.0, 0.0],
        position: None,
        scale: still([100.0, 100.0]),
        rotation: still([0.0]),
        opacity: still([100.0]),
    }
}

/// A part on the left, and the same on the right.
pub(super) fn mirrored(draw: impl Fn() -> Part) -> Part {
    let other = draw().about([256.0, 256.0]).scaled(still([-100.0, 100.0]));
    part().with(draw()).with(other)
}

impl Part {
    /// An ellipse by its centre, width and height.
    pub(super) fn ellipse(mut self, centre: [f64; 2], size: [f64; 2]) -> Self {
        let (p, s) = (still(centre).0, still(size).0);
        let text = format!("{{\"ty\":\"el\",\"d\":1,\"p\":{p},\"s\":{s}}}");
        self.shapes.push(text);
        self
    }

    /// A rectangle by its centre, width, height and the radius of its corners.
    pub(super) fn rect(mut self, centre: [f64; 2], size: [f64; 2], radius: f64) -> Self {
        let (p, s, r) = (still(centre).0, still(size).0, still([radius]).0);
        let text = format!("{{\"ty\":\"rc\",\"d\":1,\"p\":{p},\"s\":{s},\"r\":{r}}}");
        self.shapes.push(text);
        self
    }

    /// A drawn outline.
    pub(super) fn outline(mut self, outline: &Outline) -> Self {
        let text = format!(
            "{{\"ty\":\"sh\",\"ks\":{{\"a\":0,\"k\":{}}}}}",
            shape(outline)
        );
        self.shapes.push(text);
        self
    }

    /// An outline that becomes others at frames, and itself again at the end.
    pub(super) fn morph(mut self, keys: &[(u32, &Outline)]) -> Self {
        let keys = keys
            .iter()
            .map(|(frame, outline)| (*frame, format!("[{}]", shape(outline))));
        let text = format!("{{\"ty\":\"sh\",\"ks\":{}}}", eased(keys).0);
        self.shapes.push(text);
        self
    }

    /// Fills with one colour, 0xRRGGBB.
    pub(super) fn fill(self, colour: u32) -> Self {
        self.veil(colour, 100.0)
    }

    /// Fills with one colour of so many per cent opacity: shade and light.
    pub(super) fn veil(mut self, colour: u32, percent: f64) -> Self {
        let (c, o) = (still(tone(colour)).0, still([percent]).0);
        let text = format!("{{\"ty\":\"fl\",\"c\":{c},\"o\":{o},\"r\":1}}");
        self.paints.push(text);
        self
    }

    /// Fills with a gradient along a line.
    pub(super) fn linear(self, from: [f64; 2], to: [f64; 2], colours: &[u32]) -> Self {
        self.gradient(1, from, to, colours)
    }

    /// Fills with a gradient from `centre` outwards to `edge`.
    pub(super) fn radial(self, centre: [f64; 2], edge: [f64; 2], colours: &[u32]) -> Self {
        self.gradient(2, centre, edge, colours)
    }

    fn gradient(mut self, kind: u8, from: [f64; 2], to: [f64; 2], colours: &[u32]) -> Self {
        let steps = (colours.len() - 1) as f64;
        let stops: Vec<f64> = colours
            .iter()
            .enumerate()
            .flat_map(|(n, colour)| {
                let [red, green, blue] = tone(*colour);
                [n as f64 / steps, red, green, blue]
            })
            .collect();
        let text = format!(
            "{{\"ty\":\"gf\",\"o\":{},\"r\":1,\"g\":{{\"p\":{},\"k\":{{\"a\":0,\"k\":{}}}}},\
             \"s\":{},\"e\":{},\"t\":{kind}}}",
            still([100.0]).0,
            colours.len(),
            numbers(&stops),
            still(from).0,
            still(to).0
        );
        self.paints.push(text);
        self
    }

    /// Draws the outline with a round pen.
    pub(super) fn stroke(mut self, colour: u32, width: f64) -> Self {
        let (c, o, w) = (still(tone(colour)).0, still([100.0]).0, still([width]).0);
        let text =
            format!("{{\"ty\":\"st\",\"c\":{c},\"o\":{o},\"w\":{w},\"lc\":2,\"lj\":2,\"ml\":4}}");
        self.paints.push(text);
        self
    }

    /// Draws of the outline only what lies between two moving percentages.
    pub(super) fn trim(mut self, start: Value, end: Value) -> Self {
        let (s, e, o) = (start.0, end.0, still([0.0]).0);
        let text = format!("{{\"ty\":\"tm\",\"s\":{s},\"e\":{e},\"o\":{o},\"m\":1}}");
        self.shapes.push(text);
        self
    }

    /// Puts a part on top of those before it.
    pub(super) fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// The point about which it turns and grows.
    pub(super) fn about(mut self, point: [f64; 2]) -> Self {
        self.anchor = point;
        self
    }

    /// Where that point is.
    pub(super) fn placed(mut self, position: Value) -> Self {
        self.position = Some(position);
        self
    }

    /// Per cent of its width and height.
    pub(super) fn scaled(mut self, scale: Value) -> Self {
        self.scale = scale;
        self
    }

    /// Degrees, clockwise.
    pub(super) fn turned(mut self, rotation: Value) -> Self {
        self.rotation = rotation;
        self
    }

    /// Per cent of its opacity. For parts whose shapes do not overlap: players differ on the others.
    pub(super) fn faded(mut self, opacity: Value) -> Self {
        self.opacity = opacity;
        self
    }

    fn text(&self) -> String {
        // Lottie lists what is on top first.
        let parts = self.parts.iter().rev().map(Self::text);
        let shapes = self.shapes.iter().cloned();
        let paints = self.paints.iter().rev().cloned();
        let position = self.position.clone().unwrap_or_else(|| still(self.anchor));
        let transform = format!(
            "{{\"ty\":\"tr\",\"a\":{},\"p\":{},\"s\":{},\"r\":{},\"o\":{}}}",
            still(self.anchor).0,
            position.0,
            self.scale.0,
            self.rotation.0,
            self.opacity.0
        );
        let items: Vec<String> = parts
            .chain(shapes)
            .chain(paints)
            .chain([transform])
            .collect();
        format!("{{\"ty\":\"gr\",\"it\":[{}]}}", items.join(","))
    }
}

/// The whole file before packing: one layer of shapes, `frames` long.
pub(super) fn animation(name: &str, frames: u32, drawing: &Part) -> String {
    let (zero, full) = (still([0.0]).0, still([100.0]).0);
    format!(
        "{{\"tgs\":1,\"v\":\"5.5.2\",\"fr\":{FPS},\"ip\":0,\"op\":{frames},\"w\":{SIDE_PX},\
         \"h\":{SIDE_PX},\"nm\":\"{name}\",\"ddd\":0,\"assets\":[],\"layers\":[{{\"ty\":4,\
         \"ddd\":0,\"ind\":1,\"sr\":1,\"ks\":{{\"o\":{full},\"r\":{zero},\"p\":{origin},\
         \"a\":{origin},\"s\":{whole}}},\"ao\":0,\"shapes\":[{shapes}],\"ip\":0,\"op\":{frames},\
         \"st\":0,\"bm\":0}}]}}",
        origin = still([0.0, 0.0]).0,
        whole = still([100.0, 100.0]).0,
        shapes = drawing.text()
    )
}

fn shape(outline: &Outline) -> String {
    let list = |points: &[[f64; 2]]| {
        let points: Vec<String> = points.iter().map(|point| numbers(point)).collect();
        points.join(",")
    };
    format!(
        "{{\"i\":[{}],\"o\":[{}],\"v\":[{}],\"c\":{}}}",
        list(&outline.arrive),
        list(&outline.leave),
        list(&outline.points),
        outline.closed
    )
}

/// 0xRRGGBB as three shares of one.
fn tone(colour: u32) -> [f64; 3] {
    [16, 8, 0].map(|shift| f64::from((colour >> shift) & 0xFF) / 255.0)
}

/// A bare number, or a list of several; three decimals are finer than a pixel of any client.
fn numbers(values: &[f64]) -> String {
    let texts: Vec<String> = values
        .iter()
        .map(|value| {
            let rounded = (value * 1000.0).round() / 1000.0;
            format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
        })
        .collect();
    match texts.as_slice() {
        [single] => single.clone(),
        list => format!("[{}]", list.join(",")),
    }
}
