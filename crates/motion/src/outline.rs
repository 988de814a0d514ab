//! The outline of a sticker in the bytes of `photoPathSize`: what clients show before its file is there.

mod path;
mod trace;

use tiny_skia::Pixmap;

use crate::{Undrawable, raster};

/// Side of the box that the coordinates of an outline mean.
/// Source: official page on files, vector thumbnails.
const OUTLINE_BOX_PX: u32 = 512;
/// Longest outline. Chosen: a few times what a drawn figure needs; it travels in every list of stickers.
pub const OUTLINE_BYTES_MAX: usize = 1_024;
/// Side of the grid on which it is traced. Chosen: two pixels of the box to a cell, less than clients show.
const GRID: u32 = 256;
/// Opacity from which a cell is inside.
const INSIDE: u8 = 128;
/// Figures that cover fewer cells are left out. Chosen: a speck of 12 by 12 pixels of the box.
const CELLS_MIN: f64 = 36.0;
/// How far the outline may be from the picture at first, in cells.
const FAR_CELLS: f64 = 0.8;

/// The outline of a picture; `None`: nothing in it is large and opaque enough.
///
/// The longer side of the picture fills [`OUTLINE_BOX_PX`]; its top left corner is that of the box.
pub(crate) fn outline(picture: &Pixmap) -> Result<Option<Vec<u8>>, Undrawable> {
    let sides = raster::fitted((picture.width(), picture.height()), GRID);
    let small = raster::resized(picture, sides)?;
    let inside: Vec<bool> = small
        .data()
        .as_chunks::<4>()
        .0
        .iter()
        .map(|[.., alpha]| *alpha >= INSIDE)
        .collect();
    let mut rings = trace::rings(&inside, sides.0 as usize);
    rings.retain(|ring| trace::area(ring).abs() >= CELLS_MIN);
    if rings.is_empty() {
        return Ok(None);
    }
    rings.sort_by(|one, other| trace::area(other).abs().total_cmp(&trace::area(one).abs()));
    let scale = (OUTLINE_BOX_PX / GRID) as i32;
    let mut far = FAR_CELLS;
    loop {
        let plain: Vec<Vec<(i32, i32)>> = rings
            .iter()
            .map(|ring| trace::simplified(ring, far))
            .map(|ring| {
                ring.into_iter()
                    .map(|(x, y)| (x * scale, y * scale))
                    .collect()
            })
            .collect();
        let bytes = path::bytes(&plain);
        if bytes.len() <= OUTLINE_BYTES_MAX {
            return Ok(Some(bytes));
        }
        far *= 1.5;
        // The smallest figures go first; one figure of any kind fits once it is coarse enough.
        rings.truncate((rings.len() * 3 / 4).max(1));
    }
}
