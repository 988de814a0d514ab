//! What a decoder hands over: the reduced centre square in the file's own colours.

use crate::cut::Cut;
use crate::exif::Orientation;
use crate::{Limits, Unreadable};

/// Side of the largest size, `c`: what decoders reduce to.
pub(crate) const SIDE_PX_MAX: usize = 640;

/// A reduced square as decoded, before its colours are converted and it is turned upright.
#[derive(Debug)]
pub(crate) struct Decoded {
    /// One plane for grey, three for red, green, blue, four for cyan, magenta, yellow, black
    /// (0 is no ink).
    pub(crate) planes: Vec<Vec<u8>>,
    /// Embedded ICC profile, not yet looked at.
    pub(crate) profile: Option<Vec<u8>>,
    /// How to turn the picture.
    pub(crate) orientation: Orientation,
}

impl Decoded {
    /// What `cut` collected, without profile or orientation.
    pub(crate) fn of(cut: Cut) -> Result<Self, Unreadable> {
        let planes = cut.finish().ok_or(Unreadable::Truncated)?;
        Ok(Self {
            planes,
            profile: None,
            orientation: Orientation::default(),
        })
    }
}

/// Bytes of a buffer of `width` by `height` by `depth`, within the memory limit.
pub(crate) fn buffer_bytes(
    width: u32,
    height: u32,
    depth: usize,
    limits: &Limits,
) -> Result<usize, Unreadable> {
    let pixels = u64::from(width) * u64::from(height);
    let bytes = usize::try_from(pixels)
        .ok()
        .and_then(|pixels| pixels.checked_mul(depth));
    let bytes = bytes.ok_or(Unreadable::Memory {
        max: limits.memory_bytes_max,
    })?;
    limits.admit_memory(bytes)?;
    Ok(bytes)
}

/// A colour sample over white, `alpha` 255 being opaque.
pub(crate) fn over_white(sample: u8, alpha: u8) -> u8 {
    let (sample, alpha) = (u32::from(sample), u32::from(alpha));
    ((sample * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
