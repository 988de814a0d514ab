//! A square of upright sRGB pixels in memory, the form between decoding and encoding.

use crate::exif::Orientation;
use crate::shrink::Shrink;
use crate::taps::Span;

/// Red, green and blue planes of `side` by `side` samples, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Square {
    pub(crate) side: usize,
    pub(crate) planes: [Vec<u8>; 3],
}

impl Square {
    /// A copy of `side` by `side` pixels; the same picture if it is not larger than that.
    pub(crate) fn reduced(&self, side: usize) -> Self {
        if side >= self.side {
            return self.clone();
        }
        let planes = self.planes.each_ref().map(|plane| {
            let span = Span::whole(self.side);
            let mut shrink = Shrink::new(span, span, 1, side);
            for row in plane.chunks_exact(self.side) {
                shrink.push(row);
            }
            shrink
                .finish()
                .and_then(|mut planes| planes.pop())
                .unwrap_or_default()
        });
        Self { side, planes }
    }

    /// Turns the picture upright.
    pub(crate) fn turned(mut self, orientation: Orientation) -> Self {
        for plane in &mut self.planes {
            turn(plane, self.side, orientation);
        }
        self
    }
}

fn turn(plane: &mut [u8], side: usize, orientation: Orientation) {
    if orientation.transpose {
        for y in 1..side {
            for x in 0..y {
                plane.swap(y * side + x, x * side + y);
            }
        }
    }
    if orientation.mirror {
        plane.chunks_exact_mut(side).for_each(<[u8]>::reverse);
    }
    if orientation.flip {
        for y in 0..side / 2 {
            let (top, bottom) = plane.split_at_mut((side - 1 - y) * side);
            top[y * side..][..side].swap_with_slice(&mut bottom[..side]);
        }
    }
}
