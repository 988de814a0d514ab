//! Outlines of shapes: written as the path text of SVG, or built from corners that are rounded off.

use std::f64::consts::TAU;

/// A line of cubic curves: at each point the handles by which the curve arrives and leaves,
/// relative to it.
#[derive(Clone, Default)]
pub(super) struct Outline {
    pub(super) points: Vec<[f64; 2]>,
    pub(super) arrive: Vec<[f64; 2]>,
    pub(super) leave: Vec<[f64; 2]>,
    pub(super) closed: bool,
}

/// Reads absolute `M`, `L`, `C`, `S` and `Z` of an SVG path; one path, numbers apart by spaces or commas.
///
/// Panics on any other text: paths are written by those who draw.
pub(super) fn path(text: &str) -> Outline {
    let mut outline = Outline::default();
    let mut command = ' ';
    let mut waiting: Vec<f64> = Vec::new();
    for word in text.split([' ', ',', '\n']).filter(|word| !word.is_empty()) {
        let (letter, number) = match word.chars().next() {
            Some(letter) if letter.is_ascii_alphabetic() => (Some(letter), &word[1..]),
            _ => (None, word),
        };
        if let Some(letter) = letter {
            command = letter;
        }
        if command == 'Z' {
            outline.close();
        }
        if !number.is_empty() {
            waiting.push(number.parse().expect("a number in a path"));
        }
        match (command, waiting.as_slice()) {
            ('M' | 'L', &[x, y]) => outline.to([x, y]),
            ('C', &[ax, ay, bx, by, x, y]) => outline.curve([ax, ay], [bx, by], [x, y]),
            ('S', &[bx, by, x, y]) => {
                let (point, arrive) = outline.end();
                let mirrored = [point[0] - arrive[0], point[1] - arrive[1]];
                outline.curve(mirrored, [bx, by], [x, y]);
            }
            ('M' | 'L' | 'C' | 'S' | 'Z', _) => continue,
            _ => panic!("no such command in a path: {command}"),
        }
        waiting.clear();
    }
    assert!(waiting.is_empty(), "numbers are left over in a path");
    outline
}

/// A closed shape through corners, each rounded with its radius.
pub(super) fn rounded(corners: &[([f64; 2], f64)]) -> Outline {
    let mut outline = Outline::default();
    for (n, (corner, radius)) in corners.iter().enumerate() {
        let before = corners[(n + corners.len() - 1) % corners.len()].0;
        let after = corners[(n + 1) % corners.len()].0;
        let start = toward(*corner, before, *radius);
        let end = toward(*corner, after, *radius);
        outline.to(start);
        // Handles of 0.55 of the way to the corner come close to an arc.
        outline.curve(
            between(start, *corner, 0.55),
            between(end, *corner, 0.55),
            end,
        );
    }
    outline.closed = true;
    outline
}

/// A star of `tips` around `centre`, one tip upwards; radii from the centre, then of the roundings.
pub(super) fn star(
    centre: [f64; 2],
    tips: u32,
    [far, near]: [f64; 2],
    [tip, notch]: [f64; 2],
) -> Outline {
    let corners: Vec<_> = (0..tips * 2)
        .map(|n| {
            let angle = f64::from(n) / f64::from(tips * 2) * TAU;
            let (radius, round) = if n % 2 == 0 {
                (far, tip)
            } else {
                (near, notch)
            };
            let point = [
                centre[0] + radius * angle.sin(),
                centre[1] - radius * angle.cos(),
            ];
            (point, round)
        })
        .collect();
    rounded(&corners)
}

impl Outline {
    fn to(&mut self, point: [f64; 2]) {
        self.points.push(point);
        self.arrive.push([0.0, 0.0]);
        self.leave.push([0.0, 0.0]);
    }

    fn curve(&mut self, a: [f64; 2], b: [f64; 2], point: [f64; 2]) {
        let (from, _) = self.end();
        if let Some(leave) = self.leave.last_mut() {
            *leave = [a[0] - from[0], a[1] - from[1]];
        }
        self.to(point);
        if let Some(arrive) = self.arrive.last_mut() {
            *arrive = [b[0] - point[0], b[1] - point[1]];
        }
    }

    /// The last point and the handle by which the curve arrives there.
    fn end(&self) -> ([f64; 2], [f64; 2]) {
        let point = self.points.last().expect("a path begins with M");
        let arrive = self.arrive.last().expect("a handle for each point");
        (*point, *arrive)
    }

    /// Closes it; a last point that lies on the first becomes one with it.
    fn close(&mut self) {
        self.closed = true;
        if self.points.len() > 1 && self.points.first() == self.points.last() {
            self.points.pop();
            self.leave.pop();
            if let (Some(handle), Some(first)) = (self.arrive.pop(), self.arrive.first_mut()) {
                *first = handle;
            }
        }
    }
}

fn toward(from: [f64; 2], to: [f64; 2], length: f64) -> [f64; 2] {
    let whole = (to[0] - from[0]).hypot(to[1] - from[1]);
    between(from, to, (length / whole).min(0.5))
}

fn between(from: [f64; 2], to: [f64; 2], share: f64) -> [f64; 2] {
    [
        from[0] + (to[0] - from[0]) * share,
        from[1] + (to[1] - from[1]) * share,
    ]
}
