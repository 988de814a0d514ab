//! The alpha plane beside a lossy WebP picture.

use super::lossless;
use super::prefix::BROKEN;
use crate::{Limits, Unreadable};

/// Decodes the body of an `ALPH` chunk: one byte of opacity per pixel.
/// Source: WebP container specification, alpha.
pub(super) fn plane(
    body: &[u8],
    (width, height): (usize, usize),
    limits: &Limits,
) -> Result<Vec<u8>, Unreadable> {
    let [flags, data @ ..] = body else {
        return Err(Unreadable::Truncated);
    };
    let mut plane = match flags & 3 {
        0 => data
            .get(..width * height)
            .ok_or(Unreadable::Truncated)?
            .to_vec(),
        1 => {
            let pixels = lossless::pixels(data, (width, height), limits)?;
            pixels.into_iter().map(|pixel| (pixel >> 8) as u8).collect()
        }
        _ => return Err(BROKEN),
    };
    unfilter(&mut plane, width, flags >> 2 & 3);
    Ok(plane)
}

/// Adds predictions from neighbours: left, above, or both less the corner.
fn unfilter(plane: &mut [u8], width: usize, filter: u8) {
    if filter == 0 {
        return;
    }
    for at in 0..plane.len() {
        let prediction = match (at % width, at / width) {
            (0, 0) => 0,
            (_, 0) => plane[at - 1],
            (0, _) => plane[at - width],
            _ => match filter {
                1 => plane[at - 1],
                2 => plane[at - width],
                _ => {
                    let [left, above, corner] =
                        [at - 1, at - width, at - width - 1].map(|at| i32::from(plane[at]));
                    (left + above - corner).clamp(0, 255) as u8
                }
            },
        };
        plane[at] = plane[at].wrapping_add(prediction);
    }
}
