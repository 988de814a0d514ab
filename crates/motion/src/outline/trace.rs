//! From a grid of cells to the rings around those inside, and rings with fewer points.

/// A closed line along the edges of cells; its last point is joined to its first.
pub(super) type Ring = Vec<(i32, i32)>;

/// The four ways along the edges of cells: right, down, left, up.
const WAYS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

/// The rings around all connected cells that are inside, which they keep on their right; holes run the
/// other way round. Only corners are kept.
pub(super) fn rings(inside: &[bool], width: usize) -> Vec<Ring> {
    let height = inside.len() / width;
    let is_inside = |x: i32, y: i32| {
        let within = (0..width as i32).contains(&x) && (0..height as i32).contains(&y);
        within && inside[y as usize * width + x as usize]
    };
    // Every ring runs right along the top edge of one of its cells at least.
    let mut seen = vec![false; inside.len()];
    let mut rings = Vec::new();
    for y in 0..height as i32 {
        for x in 0..width as i32 {
            let at = y as usize * width + x as usize;
            if seen[at] || !is_inside(x, y) || is_inside(x, y - 1) {
                continue;
            }
            rings.push(ring((x, y), &is_inside, |x, y| {
                seen[y as usize * width + x as usize] = true
            }));
        }
    }
    rings
}

/// Follows one ring from the top left corner of a cell with a top edge; `note` is told each such cell.
fn ring(
    start: (i32, i32),
    is_inside: &impl Fn(i32, i32) -> bool,
    mut note: impl FnMut(i32, i32),
) -> Ring {
    let mut ring = vec![start];
    let ((mut x, mut y), mut way) = (start, 0);
    loop {
        if way == 0 {
            note(x, y);
        }
        x += WAYS[way].0;
        y += WAYS[way].1;
        // The two cells before the new corner, to the left and to the right of the way.
        let (left, right) = match way {
            0 => ((x, y - 1), (x, y)),
            1 => ((x, y), (x - 1, y)),
            2 => ((x - 1, y), (x - 1, y - 1)),
            _ => ((x - 1, y - 1), (x, y - 1)),
        };
        let turned = if !is_inside(right.0, right.1) {
            (way + 1) % 4
        } else if is_inside(left.0, left.1) {
            (way + 3) % 4
        } else {
            way
        };
        if (x, y) == start && turned == 0 {
            return ring;
        }
        if turned != way {
            ring.push((x, y));
            way = turned;
        }
    }
}

/// Cells within a ring; negative for a hole.
pub(super) fn area(ring: &[(i32, i32)]) -> f64 {
    let next = ring.iter().skip(1).chain(ring.first());
    let twice: i64 = ring
        .iter()
        .zip(next)
        .map(|(one, other)| {
            i64::from(one.0) * i64::from(other.1) - i64::from(other.0) * i64::from(one.1)
        })
        .sum();
    twice as f64 / 2.0
}

/// The ring without points that are nearer than `far` to the line without them (Douglas and Peucker).
pub(super) fn simplified(ring: &[(i32, i32)], far: f64) -> Ring {
    let distant = |(x, y): (i32, i32)| (x - ring[0].0).pow(2) + (y - ring[0].1).pow(2);
    let Some(half) = (0..ring.len()).max_by_key(|at| distant(ring[*at])) else {
        return Ring::new();
    };
    let mut kept = vec![false; ring.len()];
    kept[0] = true;
    kept[half] = true;
    let mut spans = vec![(0, half), (half, ring.len())];
    while let Some((from, to)) = spans.pop() {
        let (one, other) = (ring[from], ring[to % ring.len()]);
        let between = from + 1..to;
        let off = between.map(|at| (at, distance(ring[at], one, other)));
        let Some((at, most)) = off.max_by(|one, other| one.1.total_cmp(&other.1)) else {
            continue;
        };
        if most > far {
            kept[at] = true;
            spans.extend([(from, at), (at, to)]);
        }
    }
    let points = ring.iter().zip(kept);
    points
        .filter(|(_, kept)| *kept)
        .map(|(point, _)| *point)
        .collect()
}

/// How far a point is from the line between two others.
fn distance(point: (i32, i32), one: (i32, i32), other: (i32, i32)) -> f64 {
    let (along_x, along_y) = (f64::from(other.0 - one.0), f64::from(other.1 - one.1));
    let (to_x, to_y) = (f64::from(point.0 - one.0), f64::from(point.1 - one.1));
    let length = along_x * along_x + along_y * along_y;
    if length == 0.0 {
        return (to_x * to_x + to_y * to_y).sqrt();
    }
    let part = ((to_x * along_x + to_y * along_y) / length).clamp(0.0, 1.0);
    let (off_x, off_y) = (to_x - along_x * part, to_y - along_y * part);
    (off_x * off_x + off_y * off_y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(rows: &[&str]) -> Vec<bool> {
        rows.iter()
            .flat_map(|row| row.bytes().map(|cell| cell == b'#'))
            .collect()
    }

    #[test]
    fn rings_run_around_figures_and_back_around_holes() {
        let grid = cells(&["#####.", "#...#.", "#.#.##", "#...#.", "#####."]);
        let mut areas: Vec<f64> = rings(&grid, 6).iter().map(|ring| area(ring)).collect();
        areas.sort_by(f64::total_cmp);
        assert_eq!(areas, [-9.0, 1.0, 26.0]);
    }

    #[test]
    fn cells_that_meet_in_a_corner_are_two_figures() {
        let found = rings(&cells(&["#.", ".#"]), 2);
        assert_eq!(found.len(), 2);
        assert!(
            found
                .iter()
                .all(|ring| ring.len() == 4 && area(ring) == 1.0)
        );
    }

    #[test]
    fn a_straight_edge_keeps_its_ends_alone() {
        let ring = [(0, 0), (5, 0), (10, 0), (10, 10), (5, 10), (0, 10), (0, 5)];
        assert_eq!(simplified(&ring, 0.5), [(0, 0), (10, 0), (10, 10), (0, 10)]);
    }
}
