//! Values that change with time: numbers, points, colours and figures between their keys.

use super::figure::{Figure, point_at};
use super::json::Json;
use super::read_shapes::GRADIENT_NUMBERS_MAX;
use crate::Undrawable;

/// Pieces into which a curved way is cut to walk it at an even pace.
const WAY_PIECES: usize = 24;
/// Halvings to find a time on an easing curve; then it is exact to the eye.
const EASE_HALVINGS: u32 = 20;

/// What can change with time.
pub(super) trait Value: Clone {
    /// What it is written as; `None`: not as such a value.
    fn read(json: &Json<'_>) -> Option<Self>;
    /// Between this and another; the parts may differ for the first two numbers.
    fn mix(&self, other: &Self, parts: [f32; 2]) -> Self;
    /// Along a curved way, where there are such.
    fn along(&self, _other: &Self, _bend: &Bend, _part: f32) -> Option<Self> {
        None
    }
}

/// How the way between two points is bent: tangents at its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    out: [f32; 2],
    into: [f32; 2],
}

/// A value over time, in frames.
#[derive(Debug, Clone)]
pub(super) enum Track<T> {
    Still(T),
    Keys(Vec<Key<T>>),
}

/// A value at a time and the way to the next.
#[derive(Debug, Clone)]
pub(super) struct Key<T> {
    time: f32,
    start: T,
    /// Where the way ends, when it is not where the next key starts.
    end: Option<T>,
    holds: bool,
    /// Easing of the first and the second number: both handles of a curve from (0, 0) to (1, 1).
    ease: [[f32; 4]; 2],
    bend: Option<Bend>,
}

impl<T: Value> Track<T> {
    /// Reads a property.
    ///
    /// # Errors
    /// It is not of this kind, or an expression computes it.
    pub(super) fn read(json: &Json<'_>) -> Result<Self, Undrawable> {
        if json.get("x").and_then(Json::text).is_some() {
            return Err(Undrawable::Unsupported("Lottie: expressions"));
        }
        let wrong = Undrawable::Broken("Lottie: a property of the wrong kind");
        let value = json.get("k").unwrap_or(json);
        let moves = value
            .list()
            .first()
            .is_some_and(|key| key.get("t").is_some());
        if !moves {
            return T::read(value).map(Self::Still).ok_or(wrong);
        }
        let mut keys: Vec<Key<T>> = Vec::new();
        for json in value.list() {
            let before = keys.last();
            let start = json
                .get("s")
                .and_then(T::read)
                .or_else(|| before.map(|key| key.end.as_ref().unwrap_or(&key.start).clone()));
            keys.push(Key {
                time: json.frame_of("t").ok_or(wrong.clone())?,
                start: start.ok_or(wrong.clone())?,
                end: json.get("e").and_then(T::read),
                holds: json.is_set("h"),
                ease: ease(json),
                bend: bend(json),
            });
        }
        Ok(Self::Keys(keys))
    }

    /// Reads a property that may be left out.
    pub(super) fn of(json: &Json<'_>, name: &str, default: T) -> Result<Self, Undrawable> {
        match json.get(name) {
            None | Some(Json::Null) => Ok(Self::Still(default)),
            Some(json) => Self::read(json),
        }
    }

    /// The value at a frame.
    pub(super) fn at(&self, frame: f32) -> T {
        let keys = match self {
            Self::Still(value) => return value.clone(),
            Self::Keys(keys) => keys,
        };
        let next = keys.partition_point(|key| key.time <= frame);
        let Some(key) = next.checked_sub(1).and_then(|at| keys.get(at)) else {
            return keys[0].start.clone();
        };
        let Some(to) = keys.get(next) else {
            return key.start.clone();
        };
        if key.holds || to.time <= key.time {
            return key.start.clone();
        }
        let part = (frame - key.time) / (to.time - key.time);
        let end = key.end.as_ref().unwrap_or(&to.start);
        let parts = key.ease.map(|ease| eased(ease, part));
        key.bend
            .and_then(|bend| key.start.along(end, &bend, parts[0]))
            .unwrap_or_else(|| key.start.mix(end, parts))
    }
}

/// Handles of the easing curves behind a key, for the first and the second number.
fn ease(json: &Json<'_>) -> [[f32; 4]; 2] {
    let handle = |name: &str, axis: &str, at: usize, default: f32| {
        let value = json.get(name).and_then(|handle| handle.get(axis));
        let each = value.and_then(|value| value.list().get(at));
        let number = each.or(value).and_then(Json::number);
        number.unwrap_or(default)
    };
    [0, 1].map(|at| {
        [
            handle("o", "x", at, 0.0).clamp(0.0, 1.0),
            handle("o", "y", at, 0.0),
            handle("i", "x", at, 1.0).clamp(0.0, 1.0),
            handle("i", "y", at, 1.0),
        ]
    })
}

fn bend(json: &Json<'_>) -> Option<Bend> {
    let tangent = |name: &str| json.get(name).and_then(<[f32; 2]>::read);
    let (out, into) = (tangent("to")?, tangent("ti")?);
    (out != [0.0; 2] || into != [0.0; 2]).then_some(Bend { out, into })
}

/// Where on its way a value is when `part` of the time has gone.
fn eased([x1, y1, x2, y2]: [f32; 4], part: f32) -> f32 {
    if x1 == y1 && x2 == y2 {
        return part;
    }
    let curve = |one: f32, other: f32, t: f32| {
        let rest = 1.0 - t;
        3.0 * rest * rest * t * one + 3.0 * rest * t * t * other + t * t * t
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..EASE_HALVINGS {
        let middle = (low + high) / 2.0;
        if curve(x1, x2, middle) < part {
            low = middle;
        } else {
            high = middle;
        }
    }
    curve(y1, y2, (low + high) / 2.0)
}

fn between(one: f32, other: f32, part: f32) -> f32 {
    one + (other - one) * part
}

impl Value for f32 {
    fn read(json: &Json<'_>) -> Option<Self> {
        json.number()
    }

    fn mix(&self, other: &Self, [part, _]: [f32; 2]) -> Self {
        between(*self, *other, part)
    }
}

impl Value for [f32; 2] {
    fn read(json: &Json<'_>) -> Option<Self> {
        let [x, y, ..] = json.list() else {
            return None;
        };
        Some([x.number()?, y.number()?])
    }

    fn mix(&self, other: &Self, [across, down]: [f32; 2]) -> Self {
        [
            between(self[0], other[0], across),
            between(self[1], other[1], down),
        ]
    }

    fn along(&self, other: &Self, bend: &Bend, part: f32) -> Option<Self> {
        let sum = |one: &Self, other: Self| [one[0] + other[0], one[1] + other[1]];
        let way = [*self, sum(self, bend.out), sum(other, bend.into), *other];
        let points: Vec<[f32; 2]> = (0..=WAY_PIECES)
            .map(|at| point_at(&way, at as f32 / WAY_PIECES as f32))
            .collect();
        let pieces = points.windows(2).map(|pair| {
            let [x, y] = [0, 1].map(|axis| pair[1][axis] - pair[0][axis]);
            (x * x + y * y).sqrt()
        });
        let lengths: Vec<f32> = pieces.collect();
        let mut left = lengths.iter().sum::<f32>() * part;
        for (at, length) in lengths.iter().enumerate() {
            // The last piece also takes what overshoots.
            if left <= *length || at + 1 == WAY_PIECES {
                let within = if *length > 0.0 { left / length } else { 0.0 };
                return Some(points[at].mix(&points[at + 1], [within; 2]));
            }
            left -= length;
        }
        None
    }
}

/// A colour, red first, in parts of one.
impl Value for [f32; 3] {
    fn read(json: &Json<'_>) -> Option<Self> {
        let [red, green, blue, ..] = json.list() else {
            return None;
        };
        Some([red.number()?, green.number()?, blue.number()?])
    }

    fn mix(&self, other: &Self, [part, _]: [f32; 2]) -> Self {
        [0, 1, 2].map(|at| between(self[at], other[at], part))
    }
}

/// The numbers of a gradient.
impl Value for Vec<f32> {
    fn read(json: &Json<'_>) -> Option<Self> {
        match json {
            Json::List(list) if list.len() <= GRADIENT_NUMBERS_MAX => {
                list.iter().map(Json::number).collect()
            }
            _ => None,
        }
    }

    fn mix(&self, other: &Self, [part, _]: [f32; 2]) -> Self {
        let pairs = self.iter().zip(other);
        pairs
            .map(|(one, other)| between(*one, *other, part))
            .collect()
    }
}

impl Value for Figure {
    fn read(json: &Json<'_>) -> Option<Self> {
        match json {
            Json::List(list) => Self::of(list.first()?),
            json => Self::of(json),
        }
    }

    fn mix(&self, other: &Self, [part, _]: [f32; 2]) -> Self {
        self.towards(other, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track<T: Value>(text: &str) -> Track<T> {
        let json = Json::read(text.as_bytes()).expect("JSON");
        Track::read(&json).expect("a track")
    }

    #[test]
    fn numbers_move_between_keys_and_rest_outside() {
        let line =
            r#"{"a":1,"k":[{"t":10,"s":[0],"e":[50]},{"t":20,"s":[100],"h":1},{"t":30,"s":[7]}]}"#;
        let line: Track<f32> = track(line);
        for (frame, value) in [
            (0.0, 0.0),
            (15.0, 25.0),
            (20.0, 100.0),
            (29.0, 100.0),
            (99.0, 7.0),
        ] {
            assert_eq!(line.at(frame), value, "at {frame}");
        }
    }

    #[test]
    fn an_easing_curve_starts_slowly_and_arrives() {
        let slow = r#"{"k":[{"t":0,"s":[0],"o":{"x":[0.9],"y":[0]},"i":{"x":[0.9],"y":[0.1]}},{"t":10,"s":[1]}]}"#;
        let slow: Track<f32> = track(slow);
        assert!(slow.at(5.0) < 0.2 && slow.at(9.99) > 0.9);
    }

    #[test]
    fn a_bent_way_is_walked_at_an_even_pace() {
        let way =
            r#"{"k":[{"t":0,"s":[0,0],"to":[0,55.2],"ti":[-55.2,0]},{"t":10,"s":[100,100]}]}"#;
        let way: Track<[f32; 2]> = track(way);
        let [x, y] = way.at(5.0);
        // A quarter of a circle around (100, 0): half way is at 45 degrees.
        assert!((x - 29.3).abs() < 1.0 && (y - 70.7).abs() < 1.0, "{x} {y}");
    }

    #[test]
    fn expressions_are_refused() {
        let json = Json::read(br#"{"k":5,"x":"var $bm_rt;"}"#).expect("JSON");
        assert!(matches!(
            Track::<f32>::read(&json),
            Err(Undrawable::Unsupported(_))
        ));
    }
}
