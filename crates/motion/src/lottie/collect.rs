//! From a tree of shapes at one frame to a flat list of what is painted, the topmost first.

use tiny_skia::{Path, PathBuilder, Transform};

use super::figure::{Figure, Vertex};
use super::model::{Item, Repeat, Shape, ShapeKind, Star, Style};
use super::work::Work;
use crate::Undrawable;

/// Most copies that one repetition makes. Chosen: all that can be told apart.
const COPIES_MAX: f32 = 200.0;
/// Most points of a star.
const STAR_POINTS_MAX: f32 = 200.0;

/// A style and the path that it is applied to.
#[derive(Debug)]
pub(super) struct Paint<'a> {
    pub(super) style: &'a Style,
    /// In the style's own coordinates.
    pub(super) path: Path,
    /// From the style's coordinates to those of the layer.
    pub(super) transform: Transform,
    /// Of the groups around it, 0 to 1.
    pub(super) opacity: f32,
}

/// Everything that the shapes of a layer paint at a frame, the topmost first.
pub(super) fn paints<'a>(
    items: &'a [Item],
    frame: f32,
    work: &mut Work,
) -> Result<Vec<Paint<'a>>, Undrawable> {
    let mut collected = Collected {
        frame,
        lines: Vec::new(),
        uses: Vec::new(),
        work,
    };
    collected.group(items)?;
    let Collected {
        lines, uses, work, ..
    } = collected;
    let mut paints = Vec::with_capacity(uses.len());
    for each in uses {
        // Only now do modifiers and copies show how many there are.
        let count = each.lines.iter().map(|(line, _)| points(&lines[*line]));
        work.figures(0, count.sum())?;
        let mut path = PathBuilder::new();
        for (line, transform) in &each.lines {
            for figure in &lines[*line].figures {
                figure.push_to(&mut path, *transform);
            }
        }
        paints.extend(path.finish().map(|path| Paint {
            style: each.style,
            path,
            transform: each.transform,
            opacity: each.opacity,
        }));
    }
    Ok(paints)
}

/// Figures that modifiers change together.
#[derive(Debug, Clone)]
struct Line {
    /// In the coordinates of the group that it stands in.
    figures: Vec<Figure>,
    /// From those to the coordinates of the group that is being read.
    transform: Transform,
}

/// A style with the lines that it is applied to.
#[derive(Debug, Clone)]
struct Use<'a> {
    style: &'a Style,
    /// Lines, and how each comes into the style's coordinates.
    lines: Vec<(usize, Transform)>,
    transform: Transform,
    opacity: f32,
}

#[derive(Debug)]
struct Collected<'a, 'w> {
    frame: f32,
    lines: Vec<Line>,
    uses: Vec<Use<'a>>,
    work: &'w mut Work,
}

impl<'a> Collected<'a, '_> {
    /// Reads one list: styles take the lines before them in it, those of inner groups included, and
    /// modifiers change these lines for every style.
    fn group(&mut self, items: &'a [Item]) -> Result<(), Undrawable> {
        let (first_line, first_use) = (self.lines.len(), self.uses.len());
        for item in items {
            match item {
                Item::Group(items, place) => {
                    let (line, used) = (self.lines.len(), self.uses.len());
                    self.group(items)?;
                    let transform = place.at(self.frame);
                    let opacity = place.opacity(self.frame);
                    self.enclose(line, used, transform, opacity);
                }
                Item::Shape(shape) => self.shape(shape)?,
                Item::Style(style) => self.style(style, first_line)?,
                Item::Trim {
                    start,
                    end,
                    offset,
                    is_joint,
                } => {
                    self.modifier(first_line)?;
                    let [start, end] = [start, end].map(|part| part.at(self.frame) / 100.0);
                    let offset = offset.at(self.frame) / 360.0;
                    trim(
                        &mut self.lines[first_line..],
                        (start, end, offset),
                        *is_joint,
                    );
                }
                Item::Round(radius) => {
                    self.modifier(first_line)?;
                    let radius = radius.at(self.frame);
                    for line in &mut self.lines[first_line..] {
                        for figure in &mut line.figures {
                            *figure = figure.rounded(radius);
                        }
                    }
                }
                Item::Repeat(repeat) => self.repeat(repeat, first_line, first_use)?,
            }
        }
        Ok(())
    }

    /// Moves what a group holds into the coordinates around it.
    fn enclose(&mut self, line: usize, used: usize, transform: Transform, opacity: f32) {
        for line in &mut self.lines[line..] {
            line.transform = transform.pre_concat(line.transform);
        }
        for each in &mut self.uses[used..] {
            each.transform = transform.pre_concat(each.transform);
            each.opacity *= opacity;
        }
    }

    fn shape(&mut self, shape: &Shape) -> Result<(), Undrawable> {
        let figure = figure(shape, self.frame);
        self.work.figures(1, figure.vertices.len())?;
        self.lines.push(Line {
            figures: vec![figure],
            transform: Transform::identity(),
        });
        Ok(())
    }

    /// Takes what a modifier makes of the lines before it: figures and points may double, each time, and a line
    /// that is left without figures is looked at all the same.
    fn modifier(&mut self, first_line: usize) -> Result<(), Undrawable> {
        let lines = &self.lines[first_line..];
        let figures = lines.iter().map(|line| line.figures.len()).sum::<usize>();
        let points = lines.iter().map(points).sum::<usize>();
        self.work.figures(lines.len() + figures * 2, points * 2)
    }

    fn style(&mut self, style: &'a Style, first_line: usize) -> Result<(), Undrawable> {
        let lines = (first_line..).zip(&self.lines[first_line..]);
        let lines: Vec<_> = lines.map(|(at, line)| (at, line.transform)).collect();
        self.work.figures(lines.len() + 1, 0)?;
        self.uses.push(Use {
            style,
            lines,
            transform: Transform::identity(),
            opacity: 1.0,
        });
        Ok(())
    }

    fn repeat(&mut self, repeat: &Repeat, line: usize, used: usize) -> Result<(), Undrawable> {
        let copies = repeat.copies.at(self.frame).clamp(0.0, COPIES_MAX).ceil() as usize;
        let offset = repeat.offset.at(self.frame);
        let [start, end] = [&repeat.start_opacity, &repeat.end_opacity]
            .map(|opacity| (opacity.at(self.frame) / 100.0).clamp(0.0, 1.0));
        let lines = self.lines.split_off(line);
        let uses = self.uses.split_off(used);
        let each = uses.iter().map(|each| each.lines.len() + 1).sum::<usize>();
        let in_lines = lines.iter().map(points).sum::<usize>();
        self.work
            .figures(copies * (each + lines.len()), copies * in_lines)?;
        for copy in 0..copies {
            let copy = if repeat.is_below {
                copy
            } else {
                copies - 1 - copy
            };
            let transform = repeat.place.repeated(self.frame, copy as f32 + offset);
            let part = copy as f32 / (copies as f32 - 1.0).max(1.0);
            let (moved, first) = (self.uses.len(), self.lines.len());
            self.lines.extend(lines.iter().cloned());
            self.uses.extend(uses.iter().cloned());
            for each in &mut self.uses[moved..] {
                for (at, _) in &mut each.lines {
                    *at = *at - line + first;
                }
            }
            self.enclose(first, moved, transform, start + (end - start) * part);
        }
        Ok(())
    }
}

fn points(line: &Line) -> usize {
    line.figures
        .iter()
        .map(|figure| figure.vertices.len())
        .sum()
}

/// Cuts lines to what lies between two parts of their length, each for itself or all in a row.
fn trim(lines: &mut [Line], (start, end, offset): (f32, f32, f32), is_joint: bool) {
    let (start, end) = (
        start.min(end).clamp(0.0, 1.0),
        start.max(end).clamp(0.0, 1.0),
    );
    if end - start >= 1.0 {
        return;
    }
    let figures = lines.iter_mut().flat_map(|line| &mut line.figures);
    if end <= start {
        figures.for_each(|figure| figure.vertices.clear());
        return;
    }
    let from = (start + offset).rem_euclid(1.0);
    let to = from + (end - start);
    if !is_joint {
        let to = if to > 1.0 { to - 1.0 } else { to };
        for line in lines {
            line.figures = line
                .figures
                .iter()
                .flat_map(|figure| figure.cut(from, to))
                .collect();
        }
        return;
    }
    let whole: f32 = figures.map(|figure| figure.length()).sum();
    let mut before = 0.0;
    for line in lines {
        let mut pieces = Vec::new();
        for figure in &line.figures {
            let length = figure.length();
            // The stretch once more a whole length earlier is what runs over the end.
            for round in [0.0, 1.0] {
                let [from, to] = [from, to].map(|part| {
                    (((part - round) * whole - before) / length.max(f32::MIN_POSITIVE))
                        .clamp(0.0, 1.0)
                });
                if to > from {
                    pieces.extend(figure.cut(from, to));
                }
            }
            before += length;
        }
        line.figures = pieces;
    }
}

/// The figure of a shape at a frame.
fn figure(shape: &Shape, frame: f32) -> Figure {
    let figure = match &shape.kind {
        ShapeKind::Line(figure) => figure.at(frame),
        ShapeKind::Rectangle {
            centre,
            size,
            radius,
        } => Figure::rectangle(centre.at(frame), size.at(frame), radius.at(frame)),
        ShapeKind::Ellipse { centre, size } => Figure::ellipse(centre.at(frame), size.at(frame)),
        ShapeKind::Star(shape) => star(shape, frame),
    };
    if shape.is_reversed {
        figure.reversed()
    } else {
        figure
    }
}

/// A star or a polygon, clockwise from its top.
fn star(star: &Star, frame: f32) -> Figure {
    let corners = star.points.at(frame).clamp(0.0, STAR_POINTS_MAX).floor() as usize;
    let centre = star.centre.at(frame);
    let outer = (star.outer.at(frame), star.outer_roundness.at(frame) / 100.0);
    let inner = (star.inner.at(frame), star.inner_roundness.at(frame) / 100.0);
    let turned = star.rotation.at(frame).to_radians() - std::f32::consts::FRAC_PI_2;
    let count = if star.is_polygon {
        corners
    } else {
        corners * 2
    };
    let vertices = (0..count).map(|at| {
        let (radius, roundness) = if at % 2 == 1 && !star.is_polygon {
            inner
        } else {
            outer
        };
        let angle = turned + std::f32::consts::TAU * at as f32 / count as f32;
        let (sine, cosine) = angle.sin_cos();
        // Handles follow the circle; at full roundness they reach a quarter of the way to the next.
        let parts = if star.is_polygon { 4.0 } else { 2.0 };
        let handle = std::f32::consts::TAU * radius / (count as f32 * parts) * roundness;
        Vertex {
            at: [centre[0] + cosine * radius, centre[1] + sine * radius],
            into: [sine * handle, -cosine * handle],
            out: [-sine * handle, cosine * handle],
        }
    });
    Figure {
        vertices: vertices.collect(),
        is_closed: true,
    }
}
