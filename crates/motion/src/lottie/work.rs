//! How much one picture may cost: files of a few bytes can ask for very much.

use tiny_skia::{Path, Pixmap, Rect, Transform};

use crate::Undrawable;

/// Most pixels that are painted for one picture, in times of its own pixels.
/// Chosen: drawn stickers need fewer than 40; at 427 pixels this is less than a second.
const COVERS_MAX: u64 = 600;
/// Most figures for one picture, counted as often as styles use them and modifiers make them.
/// Chosen: the stickers that come with the program stay below 150.
const FIGURES_MAX: usize = 50_000;
/// Most points of figures for one picture. Chosen: the stickers that come with the program stay below 500.
const POINTS_MAX: usize = 500_000;
/// What a whole layer apart costs, in times of the picture's pixels: cleared, cut and laid on.
const LAYER_COVERS: u64 = 4;

/// How far from the picture figures may reach, in pixels. Chosen: the painter counts in parts of a pixel and
/// fails where they no longer fit; figures that reach there are left out.
const FAR_PX: f32 = 8_192.0;

/// Where a path is painted, in pixels; `None`: it reaches too far.
pub(super) fn near(path: &Path, transform: Transform, wide: f32) -> Option<Rect> {
    let wide = path.bounds().outset(wide, wide)?;
    let bounds = wide.transform(transform)?;
    let sides = [bounds.left(), bounds.top(), bounds.right(), bounds.bottom()];
    sides
        .iter()
        .all(|side| side.abs() <= FAR_PX)
        .then_some(bounds)
}

/// What is left for one picture.
#[derive(Debug)]
pub(super) struct Work {
    pixels: u64,
    figures: usize,
    points: usize,
    whole: u64,
}

impl Work {
    pub(super) fn of(canvas: &Pixmap) -> Self {
        let whole = u64::from(canvas.width()) * u64::from(canvas.height());
        Self {
            pixels: whole * COVERS_MAX,
            figures: FIGURES_MAX,
            points: POINTS_MAX,
            whole,
        }
    }

    /// Takes a layer of its own.
    pub(super) fn layer(&mut self) -> Result<(), Undrawable> {
        self.take(self.whole * LAYER_COVERS)
    }

    /// Takes figures with so many points together.
    pub(super) fn figures(&mut self, figures: usize, points: usize) -> Result<(), Undrawable> {
        let many = |what, max| Undrawable::Many { what, max };
        let left = self.figures.checked_sub(figures);
        self.figures = left.ok_or(many("figures in a picture", FIGURES_MAX))?;
        let left = self.points.checked_sub(points);
        self.points = left.ok_or(many("points in a picture", POINTS_MAX))?;
        Ok(())
    }

    /// Takes a path that is painted as far from its points as `wide`; false: it must not be painted.
    pub(super) fn path(
        &mut self,
        path: &Path,
        transform: Transform,
        wide: f32,
        canvas: &Pixmap,
    ) -> Result<bool, Undrawable> {
        let Some(bounds) = near(path, transform, wide) else {
            return Ok(false);
        };
        let seen = |from: f32, to: f32, side: u32| {
            let (from, to) = (from.max(0.0), to.min(side as f32));
            (to - from).max(0.0) as u64 + 1
        };
        let across = seen(bounds.left(), bounds.right(), canvas.width());
        self.take(across * seen(bounds.top(), bounds.bottom(), canvas.height()))?;
        Ok(true)
    }

    fn take(&mut self, pixels: u64) -> Result<(), Undrawable> {
        self.pixels = self.pixels.checked_sub(pixels).ok_or(Undrawable::Many {
            what: "layers of paint",
            max: COVERS_MAX as usize,
        })?;
        Ok(())
    }
}
