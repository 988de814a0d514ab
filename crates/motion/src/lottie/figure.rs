//! Figures: closed or open lines of curves, how they are made, cut and rounded.

use tiny_skia::{PathBuilder, Transform};

use super::json::Json;
use super::value::Value;

/// How far handles lie from the ends of a quarter of a circle, in parts of its radius.
const ARC: f32 = 0.552_284_8;
/// Pieces into which a curve is cut to know its length.
const LENGTH_PIECES: usize = 12;

/// A point with both its handles, which are told from the point.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Vertex {
    pub(super) at: [f32; 2],
    pub(super) into: [f32; 2],
    pub(super) out: [f32; 2],
}

/// A line through points.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Figure {
    pub(super) vertices: Vec<Vertex>,
    pub(super) is_closed: bool,
}

/// A curve: both ends and the handles between.
type Curve = [[f32; 2]; 4];

impl Figure {
    /// Reads a figure of points and handles; `None`: it is none.
    pub(super) fn of(json: &Json<'_>) -> Option<Self> {
        let handle = |json: Option<&Json<'_>>| json.and_then(<[f32; 2]>::read).unwrap_or_default();
        let (into, out) = (json.get("i")?.list(), json.get("o")?.list());
        let points = json.get("v")?.list().iter().enumerate();
        let vertices = points.map(|(at, json)| {
            Some(Vertex {
                at: Value::read(json)?,
                into: handle(into.get(at)),
                out: handle(out.get(at)),
            })
        });
        Some(Self {
            vertices: vertices.collect::<Option<_>>()?,
            is_closed: json.is_set("c"),
        })
    }

    /// Between this figure and another of as many points.
    pub(super) fn towards(&self, other: &Self, part: f32) -> Self {
        if self.vertices.len() != other.vertices.len() {
            return self.clone();
        }
        let parts = [part; 2];
        let pairs = self.vertices.iter().zip(&other.vertices);
        let vertices = pairs.map(|(one, other)| Vertex {
            at: one.at.mix(&other.at, parts),
            into: one.into.mix(&other.into, parts),
            out: one.out.mix(&other.out, parts),
        });
        Self {
            vertices: vertices.collect(),
            is_closed: self.is_closed,
        }
    }

    /// A rectangle with round corners, clockwise from its right side on.
    pub(super) fn rectangle(centre: [f32; 2], size: [f32; 2], radius: f32) -> Self {
        let [half_x, half_y] = size.map(|length| (length / 2.0).abs());
        let radius = radius.clamp(0.0, half_x.min(half_y));
        let handle = radius * ARC;
        let corners = [(1.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (-1.0, -1.0)];
        let mut vertices = Vec::with_capacity(8);
        for (at, (right, down)) in corners.into_iter().enumerate() {
            let corner = [centre[0] + right * half_x, centre[1] + down * half_y];
            if radius == 0.0 {
                let at = corner;
                vertices.push(Vertex {
                    at,
                    ..Vertex::default()
                });
                continue;
            }
            // The way along the side before the corner and along the one behind it.
            let (before, behind) = [
                ([1.0, 0.0], [0.0, 1.0]),
                ([0.0, 1.0], [-1.0, 0.0]),
                ([-1.0, 0.0], [0.0, -1.0]),
                ([0.0, -1.0], [1.0, 0.0]),
            ][at];
            vertices.push(Vertex {
                at: [
                    corner[0] - before[0] * radius,
                    corner[1] - before[1] * radius,
                ],
                into: [0.0; 2],
                out: before.map(|way| way * handle),
            });
            vertices.push(Vertex {
                at: [
                    corner[0] + behind[0] * radius,
                    corner[1] + behind[1] * radius,
                ],
                into: behind.map(|way| -way * handle),
                out: [0.0; 2],
            });
        }
        // The line begins where the right side does.
        vertices.rotate_left(usize::from(radius > 0.0));
        Self {
            vertices,
            is_closed: true,
        }
    }

    /// An ellipse, clockwise from its top.
    pub(super) fn ellipse(centre: [f32; 2], size: [f32; 2]) -> Self {
        let half = size.map(|length| length / 2.0);
        let ways = [([0.0, -1.0], [1.0, 0.0]), ([1.0, 0.0], [0.0, 1.0])];
        let ways = ways
            .into_iter()
            .chain([([0.0, 1.0], [-1.0, 0.0]), ([-1.0, 0.0], [0.0, -1.0])]);
        let vertices = ways.map(|(to, way): ([f32; 2], [f32; 2])| Vertex {
            at: [0, 1].map(|axis| centre[axis] + to[axis] * half[axis]),
            into: [0, 1].map(|axis| -way[axis] * half[axis] * ARC),
            out: [0, 1].map(|axis| way[axis] * half[axis] * ARC),
        });
        Self {
            vertices: vertices.collect(),
            is_closed: true,
        }
    }

    /// The other way round.
    pub(super) fn reversed(mut self) -> Self {
        self.vertices.reverse();
        for vertex in &mut self.vertices {
            std::mem::swap(&mut vertex.into, &mut vertex.out);
        }
        self
    }

    /// With its sharp corners rounded.
    pub(super) fn rounded(&self, radius: f32) -> Self {
        let count = self.vertices.len();
        let mut vertices = Vec::with_capacity(count * 2);
        for (at, vertex) in self.vertices.iter().enumerate() {
            let is_end = !self.is_closed && (at == 0 || at + 1 == count);
            let is_sharp = vertex.into == [0.0; 2] && vertex.out == [0.0; 2];
            if radius <= 0.0 || count < 3 || is_end || !is_sharp {
                vertices.push(*vertex);
                continue;
            }
            let towards = |other: [f32; 2]| {
                let way = [0, 1].map(|axis: usize| other[axis] - vertex.at[axis]);
                let length = (way[0] * way[0] + way[1] * way[1]).sqrt();
                let part = if length > 0.0 {
                    radius.min(length / 2.0) / length
                } else {
                    0.0
                };
                way.map(|way| way * part)
            };
            let before = towards(self.vertices[(at + count - 1) % count].at);
            let behind = towards(self.vertices[(at + 1) % count].at);
            vertices.push(Vertex {
                at: [0, 1].map(|axis| vertex.at[axis] + before[axis]),
                into: [0.0; 2],
                out: before.map(|way| -way * ARC),
            });
            vertices.push(Vertex {
                at: [0, 1].map(|axis| vertex.at[axis] + behind[axis]),
                into: behind.map(|way| -way * ARC),
                out: [0.0; 2],
            });
        }
        Self {
            vertices,
            is_closed: self.is_closed,
        }
    }

    fn curves(&self) -> Vec<Curve> {
        let count = self.vertices.len();
        let curves = if self.is_closed {
            count
        } else {
            count.saturating_sub(1)
        };
        let curve = |at: usize| {
            let (one, other) = (&self.vertices[at], &self.vertices[(at + 1) % count]);
            let sum = |one: [f32; 2], other: [f32; 2]| [one[0] + other[0], one[1] + other[1]];
            [
                one.at,
                sum(one.at, one.out),
                sum(other.at, other.into),
                other.at,
            ]
        };
        (0..curves).map(curve).collect()
    }

    /// How long its line is.
    pub(super) fn length(&self) -> f32 {
        self.curves().iter().map(length).sum()
    }

    /// What lies between two parts of its length, both in 0 to 1. From after to before means across the
    /// place where it begins.
    pub(super) fn cut(&self, from: f32, to: f32) -> Vec<Self> {
        if from <= to {
            return self.piece(from, to).into_iter().collect();
        }
        match (self.piece(from, 1.0), self.piece(0.0, to)) {
            (Some(mut one), Some(other)) if self.is_closed => {
                let joint = other.vertices[0].out;
                if let Some(last) = one.vertices.last_mut() {
                    last.out = joint;
                }
                one.vertices.extend_from_slice(&other.vertices[1..]);
                vec![one]
            }
            (one, other) => one.into_iter().chain(other).collect(),
        }
    }

    fn piece(&self, from: f32, to: f32) -> Option<Self> {
        let curves = self.curves();
        let lengths: Vec<f32> = curves.iter().map(length).collect();
        let whole: f32 = lengths.iter().sum();
        let (from, to) = (from * whole, to * whole);
        let mut vertices: Vec<Vertex> = Vec::new();
        let mut before = 0.0;
        for (curve, length) in curves.iter().zip(&lengths) {
            let (begin, end) = (from.max(before) - before, to.min(before + length) - before);
            before += length;
            if end <= begin || *length <= 0.0 {
                continue;
            }
            let [a, b, c, d] = part_of(curve, time_at(curve, begin), time_at(curve, end));
            let away = |to: [f32; 2], from: [f32; 2]| [to[0] - from[0], to[1] - from[1]];
            match vertices.last_mut() {
                Some(last) => last.out = away(b, a),
                None => vertices.push(Vertex {
                    at: a,
                    into: [0.0; 2],
                    out: away(b, a),
                }),
            }
            vertices.push(Vertex {
                at: d,
                into: away(c, d),
                out: [0.0; 2],
            });
        }
        (!vertices.is_empty()).then_some(Self {
            vertices,
            is_closed: false,
        })
    }

    /// Adds the figure to a path, moved by `transform`.
    pub(super) fn push_to(&self, path: &mut PathBuilder, transform: Transform) {
        let moved = |point: [f32; 2]| {
            let mut point = tiny_skia::Point::from_xy(point[0], point[1]);
            transform.map_point(&mut point);
            point
        };
        let Some(first) = self.vertices.first() else {
            return;
        };
        let start = moved(first.at);
        path.move_to(start.x, start.y);
        for curve in self.curves() {
            let is_straight = curve[1] == curve[0] && curve[2] == curve[3];
            let [_, b, c, d] = curve.map(moved);
            if is_straight {
                path.line_to(d.x, d.y);
            } else {
                path.cubic_to(b.x, b.y, c.x, c.y, d.x, d.y);
            }
        }
        if self.is_closed {
            path.close();
        }
    }
}

/// The point of a curve at a parameter.
pub(super) fn point_at([a, b, c, d]: &Curve, t: f32) -> [f32; 2] {
    let rest = 1.0 - t;
    [0, 1].map(|axis| {
        rest * rest * rest * a[axis]
            + 3.0 * rest * t * (rest * b[axis] + t * c[axis])
            + t * t * t * d[axis]
    })
}

/// Lengths of the pieces of a curve.
fn pieces(curve: &Curve) -> [f32; LENGTH_PIECES] {
    let mut from = curve[0];
    let mut at = 0;
    [(); LENGTH_PIECES].map(|()| {
        at += 1;
        let to = point_at(curve, at as f32 / LENGTH_PIECES as f32);
        let [x, y] = [to[0] - from[0], to[1] - from[1]];
        from = to;
        (x * x + y * y).sqrt()
    })
}

fn length(curve: &Curve) -> f32 {
    pieces(curve).iter().sum()
}

/// The parameter of the point that is so far along the curve.
fn time_at(curve: &Curve, mut far: f32) -> f32 {
    for (at, piece) in pieces(curve).into_iter().enumerate() {
        if far <= piece {
            let within = if piece > 0.0 { far / piece } else { 0.0 };
            return (at as f32 + within) / LENGTH_PIECES as f32;
        }
        far -= piece;
    }
    1.0
}

/// The curve between two parameters (de Casteljau).
fn part_of(curve: &Curve, from: f32, to: f32) -> Curve {
    let split = |[a, b, c, d]: Curve, t: f32| {
        let t = [t; 2];
        let (ab, bc, cd) = (a.mix(&b, t), b.mix(&c, t), c.mix(&d, t));
        let (abc, bcd) = (ab.mix(&bc, t), bc.mix(&cd, t));
        let middle = abc.mix(&bcd, t);
        ([a, ab, abc, middle], [middle, bcd, cd, d])
    };
    let (head, _) = split(*curve, to);
    let within = if to > 0.0 { from / to } else { 0.0 };
    split(head, within).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_circle_has_its_share_of_the_length() {
        let circle = Figure::ellipse([0.0, 0.0], [200.0, 200.0]);
        let whole = circle.length();
        assert!((whole - 628.3).abs() < 3.0, "{whole}");
        for (from, to) in [(0.1, 0.6), (0.9, 0.3)] {
            let [piece] = &circle.cut(from, to)[..] else {
                panic!("one piece");
            };
            let share = (to - from + 1.0) % 1.0;
            assert!(
                (piece.length() / whole - share).abs() < 0.01,
                "{from} to {to}"
            );
        }
    }

    #[test]
    fn a_rounded_square_lost_its_corners() {
        let square = Figure::rectangle([0.0, 0.0], [100.0, 100.0], 0.0);
        assert_eq!((square.vertices.len(), square.length()), (4, 400.0));
        let by_shape = Figure::rectangle([0.0, 0.0], [100.0, 100.0], 20.0);
        let by_modifier = square.rounded(20.0);
        let expected = 400.0 - 8.0 * 20.0 + std::f32::consts::TAU * 20.0;
        for round in [by_shape, by_modifier] {
            assert_eq!(round.vertices.len(), 8);
            assert!(
                (round.length() - expected).abs() < 1.0,
                "{}",
                round.length()
            );
        }
    }
}
