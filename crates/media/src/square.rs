//! A square of upright sRGB pixels in memory, the form between decoding and encoding.

use std::borrow::Cow;

use crate::exif::Orientation;
use crate::shrink;

/// Red, green and blue planes of `side` by `side` samples, rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Square {
    pub(crate) side: usize,
    pub(crate) planes: [Vec<u8>; 3],
}

impl Square {
    /// The picture in `side` by `side` pixels; itself if it is not larger than that.
    pub(crate) fn reduced(&self, side: usize) -> Cow<'_, Self> {
        if side >= self.side {
            return Cow::Borrowed(self);
        }
        Cow::Owned(Self {
            side,
            planes: shrink::reduced(&self.planes, self.side, side),
        })
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
