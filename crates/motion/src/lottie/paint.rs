//! Fills and strokes paths with colours and gradients.

use tiny_skia::{
    Color, FillRule, GradientStop, LinearGradient, Path, Pixmap, Point, RadialGradient, Shader,
    SpreadMode, StrokeDash, Transform,
};

use super::collect::Paint;
use super::model::{Colour, Gradient, Pen, Stroke};
use super::work::Work;
use crate::Undrawable;

/// Most dashes along one path. Chosen: finer ones look grey and cost without bound.
const DASHES_MAX: f32 = 2_000.0;

/// Paints one style, as transparent as `opacity` says.
pub(super) fn paint(
    each: &Paint<'_>,
    frame: f32,
    (transform, opacity): (Transform, f32),
    canvas: &mut Pixmap,
    work: &mut Work,
) -> Result<(), Undrawable> {
    let style = each.style;
    let opacity = opacity * each.opacity * (style.opacity.at(frame) / 100.0).clamp(0.0, 1.0);
    let transform = transform.pre_concat(each.transform);
    if opacity <= 0.0 || !transform.is_valid() || !transform.is_finite() {
        return Ok(());
    }
    let Some(shader) = shader(&style.colour, frame, opacity) else {
        return Ok(());
    };
    let paint = tiny_skia::Paint {
        shader,
        anti_alias: true,
        ..tiny_skia::Paint::default()
    };
    match &style.pen {
        Pen::Fill { is_even_odd } => {
            if !work.path(&each.path, transform, 0.0, canvas)? {
                return Ok(());
            }
            let rule = if *is_even_odd {
                FillRule::EvenOdd
            } else {
                FillRule::Winding
            };
            canvas.fill_path(&each.path, &paint, rule, transform, None);
        }
        Pen::Stroke(stroke) => {
            let Some(pen) = pen(stroke, &each.path, frame) else {
                return Ok(());
            };
            let wide = pen.width * pen.miter_limit;
            if !work.path(&each.path, transform, wide, canvas)? {
                return Ok(());
            }
            canvas.stroke_path(&each.path, &paint, &pen, transform, None);
        }
    }
    Ok(())
}

fn pen(stroke: &Stroke, path: &Path, frame: f32) -> Option<tiny_skia::Stroke> {
    let width = stroke.width.at(frame);
    if width <= 0.0 {
        return None;
    }
    let mut dashes: Vec<f32> = stroke
        .dashes
        .iter()
        .map(|dash| dash.at(frame).max(0.0))
        .collect();
    if dashes.len() % 2 == 1 {
        dashes.extend_from_within(..);
    }
    let period: f32 = dashes.iter().sum();
    // No line is longer than the way around its points; handles may add as much again.
    let bounds = path.bounds();
    let far = (bounds.width() + bounds.height()) * path.len() as f32;
    let is_bounded = period > 0.0 && far / period * (dashes.len() as f32) < DASHES_MAX;
    let dash = is_bounded
        .then(|| StrokeDash::new(dashes, stroke.dash_offset.at(frame)))
        .flatten();
    Some(tiny_skia::Stroke {
        width,
        miter_limit: stroke.miter,
        line_cap: stroke.cap,
        line_join: stroke.join,
        dash,
    })
}

/// What a style colours with; `None`: nothing to be seen.
fn shader(colour: &Colour, frame: f32, opacity: f32) -> Option<Shader<'static>> {
    match colour {
        Colour::Plain(colour) => {
            let [red, green, blue] = colour.at(frame).map(|part| part.clamp(0.0, 1.0));
            Color::from_rgba(red, green, blue, opacity).map(Shader::SolidColor)
        }
        Colour::Gradient(gradient) => gradient_shader(gradient, frame, opacity),
    }
}

fn gradient_shader(gradient: &Gradient, frame: f32, opacity: f32) -> Option<Shader<'static>> {
    let stops = stops(&gradient.stops.at(frame), gradient.count, opacity);
    let [start, end] = [&gradient.start, &gradient.end].map(|point| point.at(frame));
    let point = |[x, y]: [f32; 2]| Point::from_xy(x, y);
    let last = match stops.last() {
        Some((_, colour)) => *colour,
        None => return None,
    };
    let stops = stops
        .into_iter()
        .map(|(at, colour)| GradientStop::new(at, colour))
        .collect();
    let (from, to) = (point(start), point(end));
    let plain = Transform::identity();
    let shader = if gradient.is_radial {
        let [across, down] = [end[0] - start[0], end[1] - start[1]];
        let radius = (across * across + down * down).sqrt();
        // Where it shines lies within the circle.
        let far = radius * (gradient.highlight.at(frame) / 100.0).clamp(-0.99, 0.99);
        let angle = down.atan2(across) + gradient.highlight_angle.at(frame).to_radians();
        let focus = point([start[0] + angle.cos() * far, start[1] + angle.sin() * far]);
        RadialGradient::new(focus, 0.0, from, radius, stops, SpreadMode::Pad, plain)
    } else {
        LinearGradient::new(from, to, stops, SpreadMode::Pad, plain)
    };
    // Both points are one: all lies behind the last stop.
    Some(shader.unwrap_or(Shader::SolidColor(last)))
}

/// Offsets and colours: those of the colours and those of the opacities together, in order.
fn stops(numbers: &[f32], count: usize, opacity: f32) -> Vec<(f32, Color)> {
    let (colours, opacities) = numbers.split_at((count * 4).min(numbers.len()));
    let colours = colours.as_chunks::<4>().0;
    let opacities = opacities.as_chunks::<2>().0;
    let mut offsets: Vec<f32> = colours
        .iter()
        .map(|[offset, ..]| *offset)
        .chain(opacities.iter().map(|[offset, _]| *offset))
        .map(|offset| offset.clamp(0.0, 1.0))
        .collect();
    offsets.sort_by(f32::total_cmp);
    offsets.dedup();
    let stop = |offset: f32| {
        let [red, green, blue] = at(colours, offset, |[at, red, green, blue]| {
            (at, [red, green, blue])
        })?;
        let alpha = at(opacities, offset, |[at, alpha]| (at, [alpha]));
        let [alpha] = alpha.unwrap_or([1.0]);
        let parts = [red, green, blue, alpha].map(|part| part.clamp(0.0, 1.0));
        let colour = Color::from_rgba(parts[0], parts[1], parts[2], parts[3] * opacity)?;
        Some((offset, colour))
    };
    offsets.into_iter().filter_map(stop).collect()
}

/// The value at an offset between those that are given.
fn at<const FROM: usize, const TO: usize>(
    given: &[[f32; FROM]],
    offset: f32,
    parts: impl Fn([f32; FROM]) -> (f32, [f32; TO]),
) -> Option<[f32; TO]> {
    let behind = given.iter().position(|stop| parts(*stop).0 > offset);
    let Some(behind) = behind else {
        return given.last().map(|stop| parts(*stop).1);
    };
    let (to, end) = parts(given[behind]);
    let Some(before) = behind.checked_sub(1) else {
        return Some(end);
    };
    let (from, start) = parts(given[before]);
    let part = ((offset - from) / (to - from)).clamp(0.0, 1.0);
    let mut mixed = start;
    for (mixed, end) in mixed.iter_mut().zip(end) {
        *mixed += (end - *mixed) * part;
    }
    Some(mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_of_colours_and_of_opacities_are_joined() {
        let numbers = [
            0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.5, 0.0, 1.0, 1.0,
        ];
        let joined = stops(&numbers, 2, 0.5);
        let expected = [
            (0.0, 1.0, 0.0, 0.5),
            (0.5, 0.5, 0.5, 0.0),
            (1.0, 0.0, 1.0, 0.5),
        ];
        assert_eq!(joined.len(), expected.len());
        for ((offset, colour), (at, red, blue, alpha)) in joined.into_iter().zip(expected) {
            let got = (offset, colour.red(), colour.blue(), colour.alpha());
            assert_eq!(got, (at, red, blue, alpha));
        }
    }
}
