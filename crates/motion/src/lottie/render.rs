//! Draws one frame: layers from the lowest to the topmost, cut by masks and mattes.

use tiny_skia::{
    FillRule, Mask as Coverage, MaskType, Path, PathBuilder, Pixmap, PixmapPaint, Rect, Transform,
};

use super::collect;
use super::model::{Animation, Content, Item, Layer, Mask, MaskMode, MatteMode};
use super::paint::paint;
use super::work::{Work, near};
use crate::{Undrawable, raster};

impl Animation {
    /// The picture at a frame, `side_px` wide and high.
    pub(super) fn draw(&self, frame: f32, side_px: u32) -> Result<Pixmap, Undrawable> {
        let mut canvas = raster::empty(side_px, side_px)?;
        let mut work = Work::of(&canvas);
        let side = side_px as f32;
        let scale = Transform::from_scale(side / self.width, side / self.height);
        let mut painter = Painter {
            animation: self,
            work: &mut work,
        };
        painter.layers(&self.layers, frame, scale, &mut canvas)?;
        Ok(canvas)
    }
}

#[derive(Debug)]
struct Painter<'a> {
    animation: &'a Animation,
    work: &'a mut Work,
}

impl Painter<'_> {
    fn layers(
        &mut self,
        layers: &[Layer],
        frame: f32,
        transform: Transform,
        canvas: &mut Pixmap,
    ) -> Result<(), Undrawable> {
        for layer in layers.iter().rev() {
            let is_shown = !layer.is_hidden && !layer.is_matte;
            if !is_shown || matches!(layer.content, Content::Nothing) {
                continue;
            }
            let Some(matte) = layer.matte else {
                self.layer((layers, layer), frame, transform, canvas)?;
                continue;
            };
            if !is_alive(layer, frame) {
                continue;
            }
            let (mode, source) = matte;
            let mut apart = self.apart(canvas)?;
            self.layer((layers, layer), frame, transform, &mut apart)?;
            let mut cutter = self.apart(canvas)?;
            self.layer((layers, &layers[source]), frame, transform, &mut cutter)?;
            apart.apply_mask(&matte_of(&cutter, mode));
            lay(&apart, 1.0, canvas);
        }
        Ok(())
    }

    /// Draws a layer with its masks and its opacity, without its matte.
    fn layer(
        &mut self,
        (layers, layer): (&[Layer], &Layer),
        frame: f32,
        transform: Transform,
        canvas: &mut Pixmap,
    ) -> Result<(), Undrawable> {
        let opacity = layer.place.opacity(frame);
        if !is_alive(layer, frame) || opacity <= 0.0 {
            return Ok(());
        }
        let transform = transform.pre_concat(moved(layers, layer, frame));
        if !transform.is_finite() {
            return Ok(());
        }
        let clip = clip(layer, transform, canvas);
        if layer.masks.is_empty() && clip.is_none() && (opacity >= 1.0 || is_single(layer)) {
            return self.content(layer, frame, (transform, opacity), canvas);
        }
        let mut apart = self.apart(canvas)?;
        self.content(layer, frame, (transform, 1.0), &mut apart)?;
        if !layer.masks.is_empty() {
            let mask = self.masks(&layer.masks, frame, transform, canvas)?;
            apart.apply_mask(&mask);
        }
        if let Some(clip) = clip.filter(|clip| near(clip, transform, 0.0).is_some()) {
            let mut mask = coverage(canvas)?;
            mask.fill_path(&clip, FillRule::Winding, true, transform);
            apart.apply_mask(&mask);
        }
        lay(&apart, opacity, canvas);
        Ok(())
    }

    fn content(
        &mut self,
        layer: &Layer,
        frame: f32,
        (transform, opacity): (Transform, f32),
        canvas: &mut Pixmap,
    ) -> Result<(), Undrawable> {
        match &layer.content {
            Content::Nothing => Ok(()),
            Content::Shapes(items) => {
                for each in collect::paints(items, frame, self.work)?.iter().rev() {
                    paint(each, frame, (transform, opacity), canvas, self.work)?;
                }
                Ok(())
            }
            Content::Solid { colour, sides } => {
                let Some(path) = rectangle(*sides) else {
                    return Ok(());
                };
                if !self.work.path(&path, transform, 0.0, canvas)? {
                    return Ok(());
                }
                let [red, green, blue] = *colour;
                let mut paint = tiny_skia::Paint::default();
                paint.set_color_rgba8(red, green, blue, (opacity * 255.0).round() as u8);
                canvas.fill_path(&path, &paint, FillRule::Winding, transform, None);
                Ok(())
            }
            Content::Composition {
                asset,
                start,
                stretch,
                remap,
                ..
            } => {
                let inner = match remap {
                    Some(remap) => remap.at(frame) * self.animation.rate,
                    None => (frame - start) / stretch,
                };
                let animation = self.animation;
                self.layers(&animation.assets[*asset], inner, transform, canvas)
            }
        }
    }

    /// What the masks of a layer leave of it.
    fn masks(
        &mut self,
        masks: &[Mask],
        frame: f32,
        transform: Transform,
        canvas: &Pixmap,
    ) -> Result<Coverage, Undrawable> {
        let mut all = coverage(canvas)?;
        // What is taken away or cut must be there before.
        if matches!(
            masks[0].mode,
            MaskMode::Subtract | MaskMode::Intersect | MaskMode::Darken
        ) {
            all.invert();
        }
        for mask in masks {
            self.work.layer()?;
            let mut one = coverage(canvas)?;
            let mut path = PathBuilder::new();
            let figure = mask.figure.at(frame);
            self.work.figures(1, figure.vertices.len())?;
            figure.push_to(&mut path, Transform::identity());
            let path = path.finish();
            if let Some(path) = path.filter(|path| near(path, transform, 0.0).is_some()) {
                one.fill_path(&path, FillRule::Winding, true, transform);
            }
            if mask.is_inverted {
                one.invert();
            }
            let opacity = (mask.opacity.at(frame) / 100.0).clamp(0.0, 1.0);
            let opacity = (opacity * 255.0).round() as u8;
            for (all, one) in all.data_mut().iter_mut().zip(one.data()) {
                *all = joined(mask.mode, *all, raster::times(*one, opacity));
            }
        }
        Ok(all)
    }

    fn apart(&mut self, canvas: &Pixmap) -> Result<Pixmap, Undrawable> {
        self.work.layer()?;
        raster::empty(canvas.width(), canvas.height())
    }
}

fn coverage(canvas: &Pixmap) -> Result<Coverage, Undrawable> {
    let (width_px, height_px) = (canvas.width(), canvas.height());
    Coverage::new(width_px, height_px).ok_or(Undrawable::Sides {
        width_px,
        height_px,
    })
}

fn is_alive(layer: &Layer, frame: f32) -> bool {
    (layer.begin..layer.end).contains(&frame)
}

/// Whether a layer cannot paint over itself, so that its opacity may go to what it paints.
fn is_single(layer: &Layer) -> bool {
    match &layer.content {
        Content::Solid { .. } | Content::Nothing => true,
        Content::Shapes(items) => styles(items) == Some(1),
        Content::Composition { .. } => false,
    }
}

/// How many styles paint; `None`: more than are written.
fn styles(items: &[Item]) -> Option<usize> {
    let mut count = 0;
    for item in items {
        count += match item {
            Item::Group(items, _) => styles(items)?,
            Item::Style(_) => 1,
            Item::Repeat(_) => return None,
            Item::Shape(_) | Item::Trim { .. } | Item::Round(_) => 0,
        };
    }
    Some(count)
}

/// The transform of a layer with those of its parents.
fn moved(layers: &[Layer], layer: &Layer, frame: f32) -> Transform {
    let mut transform = layer.place.at(frame);
    let mut parent = layer.parent;
    while let Some(at) = parent {
        transform = layers[at].place.at(frame).pre_concat(transform);
        parent = layers[at].parent;
    }
    transform
}

fn rectangle([width, height]: [f32; 2]) -> Option<Path> {
    Rect::from_xywh(0.0, 0.0, width, height).map(PathBuilder::from_rect)
}

/// The bounds of a composition, when they cut something of the canvas.
fn clip(layer: &Layer, transform: Transform, canvas: &Pixmap) -> Option<Path> {
    let Content::Composition { sides, .. } = layer.content else {
        return None;
    };
    let path = rectangle(sides)?;
    let is_upright = transform.kx == 0.0 && transform.ky == 0.0;
    let bounds = path.bounds().transform(transform)?;
    // Half a pixel is nobody's loss.
    let covers = bounds.left() <= 0.5
        && bounds.top() <= 0.5
        && bounds.right() >= canvas.width() as f32 - 0.5
        && bounds.bottom() >= canvas.height() as f32 - 0.5;
    (!is_upright || !covers).then_some(path)
}

fn matte_of(cutter: &Pixmap, mode: MatteMode) -> Coverage {
    let kind = match mode {
        MatteMode::Alpha | MatteMode::AlphaInverted => MaskType::Alpha,
        MatteMode::Luma | MatteMode::LumaInverted => MaskType::Luminance,
    };
    let mut mask = Coverage::from_pixmap(cutter.as_ref(), kind);
    if matches!(mode, MatteMode::AlphaInverted | MatteMode::LumaInverted) {
        mask.invert();
    }
    mask
}

/// Lays a picture over another of its sides.
fn lay(picture: &Pixmap, opacity: f32, canvas: &mut Pixmap) {
    let paint = PixmapPaint {
        opacity,
        ..PixmapPaint::default()
    };
    canvas.draw_pixmap(0, 0, picture.as_ref(), &paint, Transform::identity(), None);
}

/// What one mask makes of those before it.
fn joined(mode: MaskMode, all: u8, one: u8) -> u8 {
    match mode {
        MaskMode::Add => all + raster::times(255 - all, one),
        MaskMode::Subtract => raster::times(all, 255 - one),
        MaskMode::Intersect => raster::times(all, one),
        MaskMode::Lighten => all.max(one),
        MaskMode::Darken => all.min(one),
        MaskMode::Difference => all.abs_diff(one),
    }
}
