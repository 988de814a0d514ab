//! What an animation is made of: compositions of layers, layers of shapes.

use tiny_skia::Transform;

use super::figure::Figure;
use super::value::Track;

/// A whole animation; times are in frames.
#[derive(Debug)]
pub(crate) struct Animation {
    pub(super) width: f32,
    pub(super) height: f32,
    /// Frames a second.
    pub(super) rate: f32,
    pub(super) begin: f32,
    pub(super) end: f32,
    pub(super) layers: Vec<Layer>,
    /// Compositions that layers show, by number.
    pub(super) assets: Vec<Vec<Layer>>,
}

/// One layer; the first of a composition lies on top.
#[derive(Debug)]
pub(super) struct Layer {
    pub(super) content: Content,
    /// What its transform is relative to, by place in the composition.
    pub(super) parent: Option<usize>,
    pub(super) begin: f32,
    pub(super) end: f32,
    pub(super) is_hidden: bool,
    pub(super) is_matte: bool,
    pub(super) matte: Option<(MatteMode, usize)>,
    pub(super) masks: Vec<Mask>,
    pub(super) place: Place,
}

/// What a layer shows.
#[derive(Debug)]
pub(super) enum Content {
    Nothing,
    Shapes(Vec<Item>),
    Solid {
        colour: [u8; 3],
        sides: [f32; 2],
    },
    Composition {
        asset: usize,
        sides: [f32; 2],
        /// Frame at which it starts.
        start: f32,
        /// How many times slower it runs.
        stretch: f32,
        /// Which second of it is shown.
        remap: Option<Track<f32>>,
    },
}

/// How another layer cuts a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatteMode {
    Alpha,
    AlphaInverted,
    Luma,
    LumaInverted,
}

/// How a mask joins those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MaskMode {
    Add,
    Subtract,
    Intersect,
    Lighten,
    Darken,
    Difference,
}

/// A figure that cuts a layer.
#[derive(Debug)]
pub(super) struct Mask {
    pub(super) mode: MaskMode,
    pub(super) is_inverted: bool,
    pub(super) figure: Track<Figure>,
    /// In hundredths.
    pub(super) opacity: Track<f32>,
}

/// Where something is.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) anchor: Track<[f32; 2]>,
    pub(super) position: Position,
    /// In hundredths.
    pub(super) scale: Track<[f32; 2]>,
    /// In degrees, clockwise.
    pub(super) rotation: Track<f32>,
    pub(super) skew: Track<f32>,
    pub(super) skew_axis: Track<f32>,
    /// In hundredths.
    pub(super) opacity: Track<f32>,
}

/// A point, or its two numbers apart.
#[derive(Debug)]
pub(super) enum Position {
    Whole(Track<[f32; 2]>),
    Split(Track<f32>, Track<f32>),
}

/// One entry of a list of shapes.
#[derive(Debug)]
pub(super) enum Item {
    Group(Vec<Item>, Box<Place>),
    Shape(Shape),
    Style(Style),
    Trim {
        /// In hundredths of the length, as is `end`.
        start: Track<f32>,
        end: Track<f32>,
        /// In degrees, 360 to the whole length.
        offset: Track<f32>,
        /// All lines together count as one.
        is_joint: bool,
    },
    /// Rounds corners by so much.
    Round(Track<f32>),
    Repeat(Box<Repeat>),
}

/// A figure or what makes one.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) kind: ShapeKind,
    pub(super) is_reversed: bool,
}

/// The kinds of figures.
#[derive(Debug)]
pub(super) enum ShapeKind {
    Line(Track<Figure>),
    Rectangle {
        centre: Position,
        size: Track<[f32; 2]>,
        radius: Track<f32>,
    },
    Ellipse {
        centre: Position,
        size: Track<[f32; 2]>,
    },
    Star(Box<Star>),
}

/// A star or a regular polygon.
#[derive(Debug)]
pub(super) struct Star {
    pub(super) is_polygon: bool,
    pub(super) centre: Position,
    pub(super) points: Track<f32>,
    pub(super) rotation: Track<f32>,
    pub(super) outer: Track<f32>,
    /// In hundredths, as is `inner_roundness`.
    pub(super) outer_roundness: Track<f32>,
    pub(super) inner: Track<f32>,
    pub(super) inner_roundness: Track<f32>,
}

/// Fills or strokes what stands before it in its list.
#[derive(Debug)]
pub(super) struct Style {
    pub(super) colour: Colour,
    /// In hundredths.
    pub(super) opacity: Track<f32>,
    pub(super) pen: Pen,
}

/// How a style follows a figure.
#[derive(Debug)]
pub(super) enum Pen {
    Fill { is_even_odd: bool },
    Stroke(Box<Stroke>),
}

/// A line of some width.
#[derive(Debug)]
pub(super) struct Stroke {
    pub(super) width: Track<f32>,
    pub(super) cap: tiny_skia::LineCap,
    pub(super) join: tiny_skia::LineJoin,
    pub(super) miter: f32,
    /// Lengths of dashes and gaps in turns.
    pub(super) dashes: Vec<Track<f32>>,
    pub(super) dash_offset: Track<f32>,
}

/// One colour or a gradient.
#[derive(Debug)]
pub(super) enum Colour {
    Plain(Track<[f32; 3]>),
    Gradient(Box<Gradient>),
}

/// Colours between two points.
#[derive(Debug)]
pub(super) struct Gradient {
    pub(super) is_radial: bool,
    /// So many times offset, red, green, blue; then offsets with opacities.
    pub(super) stops: Track<Vec<f32>>,
    pub(super) count: usize,
    pub(super) start: Track<[f32; 2]>,
    pub(super) end: Track<[f32; 2]>,
    /// Where a radial one shines, in hundredths of its radius and in degrees.
    pub(super) highlight: Track<f32>,
    pub(super) highlight_angle: Track<f32>,
}

/// Copies of what stands before it in its list.
#[derive(Debug)]
pub(super) struct Repeat {
    pub(super) copies: Track<f32>,
    pub(super) offset: Track<f32>,
    /// Later copies lie below earlier ones.
    pub(super) is_below: bool,
    pub(super) place: Place,
    /// In hundredths, as is `end_opacity`.
    pub(super) start_opacity: Track<f32>,
    pub(super) end_opacity: Track<f32>,
}

impl Position {
    pub(super) fn at(&self, frame: f32) -> [f32; 2] {
        match self {
            Self::Whole(point) => point.at(frame),
            Self::Split(x, y) => [x.at(frame), y.at(frame)],
        }
    }
}

impl Place {
    /// The transform at a frame.
    pub(super) fn at(&self, frame: f32) -> Transform {
        let position = self.position.at(frame);
        let scale = self.scale.at(frame).map(|part| part / 100.0);
        let anchor = self.anchor.at(frame);
        let skew = self.skew.at(frame);
        let mut moved = Transform::from_translate(position[0], position[1])
            .pre_concat(Transform::from_rotate(self.rotation.at(frame)));
        if skew != 0.0 {
            let axis = self.skew_axis.at(frame);
            let lean = (-skew.clamp(-89.0, 89.0)).to_radians().tan();
            moved = moved
                .pre_concat(Transform::from_rotate(axis))
                .pre_concat(Transform::from_row(1.0, 0.0, lean, 1.0, 0.0, 0.0))
                .pre_concat(Transform::from_rotate(-axis));
        }
        moved
            .pre_scale(scale[0], scale[1])
            .pre_translate(-anchor[0], -anchor[1])
    }

    /// The transform of a copy, `times` as far as the place says.
    pub(super) fn repeated(&self, frame: f32, times: f32) -> Transform {
        let anchor = self.anchor.at(frame);
        let [x, y] = self.position.at(frame).map(|length| length * times);
        let scale = self
            .scale
            .at(frame)
            .map(|part| (part / 100.0).max(0.0).powf(times));
        // Copies turn and grow around the anchor, which stays where it is.
        Transform::from_translate(x + anchor[0], y + anchor[1])
            .pre_concat(Transform::from_rotate(self.rotation.at(frame) * times))
            .pre_scale(scale[0], scale[1])
            .pre_translate(-anchor[0], -anchor[1])
    }

    /// From 0 to 1.
    pub(super) fn opacity(&self, frame: f32) -> f32 {
        (self.opacity.at(frame) / 100.0).clamp(0.0, 1.0)
    }
}
