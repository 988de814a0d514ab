//! Decodes VP9 with a decoder of others. Before it sees a packet, the header of every frame in it is read and must
//! have the sides of the track: the decoder takes memory for what a header says.

use rusty_vp9::{BitReader, DecodedFrame, Error, Vp9Decoder, parse_uncompressed_header};

use crate::Undrawable;

const BROKEN: Undrawable = Undrawable::Broken("VP9: broken frame");
/// Most frames that are decoded of one stream, hidden ones included. Chosen: half as many hidden ones as a stream has
/// pictures at most.
const CODED_FRAMES_MAX: usize = 900;
/// Colours after BT.709, in the header of a frame. Source: VP9 bitstream specification.
const BT_709: u32 = 2;

/// One stream.
#[derive(Debug)]
pub(super) struct Decoder {
    inner: Inner,
    sides: (u32, u32),
    left: usize,
    matrix: Matrix,
}

/// The decoder, which has no words for itself.
struct Inner(Vp9Decoder);

impl std::fmt::Debug for Inner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Vp9Decoder")
    }
}

/// How colours are coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matrix {
    Bt601,
    Bt709,
}

/// A decoded picture; chroma has half of the sides.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) luma: Plane,
    pub(super) blue: Plane,
    pub(super) red: Plane,
    pub(super) matrix: Matrix,
}

/// Samples in rows.
#[derive(Debug)]
pub(super) struct Plane {
    samples: Vec<u8>,
    stride: usize,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Plane {
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        self.samples[y * self.stride + x]
    }
}

impl Decoder {
    pub(super) fn of(sides: (u32, u32)) -> Self {
        Self {
            inner: Inner(Vp9Decoder::new()),
            sides,
            left: CODED_FRAMES_MAX,
            matrix: Matrix::Bt601,
        }
    }

    /// Decodes a packet; `None`: nothing in it is shown.
    pub(super) fn decode(&mut self, packet: &[u8]) -> Result<Option<Picture>, Undrawable> {
        let frames = frames(packet)?;
        for frame in &frames {
            self.admit(frame)?;
        }
        self.inner.0.push(packet, None).map_err(|_| BROKEN)?;
        let mut shown = None;
        for _ in frames {
            match self.inner.0.next_frame() {
                Ok(frame) => shown = Some(frame),
                // Said after each frame that is not shown.
                Err(Error::Again) => {}
                Err(_) => return Err(BROKEN),
            }
        }
        shown.map(|frame| self.picture(frame)).transpose()
    }

    /// Judges a frame by its header.
    fn admit(&mut self, frame: &[u8]) -> Result<(), Undrawable> {
        self.left = self.left.checked_sub(1).ok_or(Undrawable::Many {
            what: "coded frames",
            max: CODED_FRAMES_MAX,
        })?;
        // Every frame so far had these sides, so they are those of whatever it refers to.
        let header = parse_uncompressed_header(&mut BitReader::new(frame), &[self.sides; 8]);
        let header = header.map_err(|_| BROKEN)?;
        if header.profile != 0 {
            return Err(Undrawable::Unsupported(
                "VP9: more than 8 bits, or colour of full size",
            ));
        }
        if header.show_existing_frame {
            return Ok(());
        }
        if (header.width, header.height) != self.sides {
            return Err(Undrawable::Broken(
                "VP9: a frame of other sides than its track",
            ));
        }
        if header.key_frame {
            self.matrix = if header.color_space == BT_709 {
                Matrix::Bt709
            } else {
                Matrix::Bt601
            };
        }
        Ok(())
    }

    fn picture(&self, frame: DecodedFrame) -> Result<Picture, Undrawable> {
        let (width, height) = (self.sides.0 as usize, self.sides.1 as usize);
        let half = (width.div_ceil(2), height.div_ceil(2));
        let [luma, blue, red] = <[Vec<u8>; 3]>::try_from(frame.planes).map_err(|_| BROKEN)?;
        let plane = |samples: Vec<u8>, at: usize, (width, height): (usize, usize)| {
            let stride = *frame.strides.get(at).ok_or(BROKEN)?;
            // The last row may end where its samples do.
            if stride < width || samples.len() < stride * (height - 1) + width {
                return Err(BROKEN);
            }
            Ok(Plane {
                samples,
                stride,
                width,
                height,
            })
        };
        Ok(Picture {
            luma: plane(luma, 0, (width, height))?,
            blue: plane(blue, 1, half)?,
            red: plane(red, 2, half)?,
            matrix: self.matrix,
        })
    }
}

/// The frames in a packet: one, or several with an index behind them.
/// Source: VP9 bitstream specification, annex B.
fn frames(packet: &[u8]) -> Result<Vec<&[u8]>, Undrawable> {
    let last = *packet.last().ok_or(BROKEN)?;
    let (count, size_bytes) = (usize::from(last & 7) + 1, usize::from(last >> 3 & 3) + 1);
    let index = packet.len().checked_sub(2 + count * size_bytes);
    let index = index.filter(|at| last & 0xE0 == 0xC0 && packet[*at] == last);
    let Some(index) = index else {
        return Ok(vec![packet]);
    };
    let mut frames = Vec::with_capacity(count);
    let mut at = 0;
    for size in packet[index + 1..packet.len() - 1].chunks_exact(size_bytes) {
        let size = size
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        let frame = packet[..index]
            .get(at..at + size)
            .filter(|frame| !frame.is_empty());
        frames.push(frame.ok_or(BROKEN)?);
        at += size;
    }
    Ok(frames)
}

/// Red, green and blue from luma and chroma in studio range, in fixed point with 16 fractional bits.
/// Source: ITU-R BT.601 and BT.709.
pub(super) fn rgb(matrix: Matrix, [luma, blue, red]: [u8; 3]) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (red_red, green_blue, green_red, blue_blue) = match matrix {
        Matrix::Bt601 => (104_597, 25_675, 53_279, 132_201),
        Matrix::Bt709 => (117_489, 13_975, 34_925, 138_438),
    };
    let light = 76_309 * (i32::from(luma) - 16);
    let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
    let sample = |value: i32| ((light + value + HALF) >> 16).clamp(0, 255) as u8;
    [
        sample(red_red * red),
        sample(-green_blue * blue - green_red * red),
        sample(blue_blue * blue),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_is_divided_by_its_index_or_is_one_frame() {
        let index = [0xC1, 2, 3, 0xC1];
        let packet = [&[1, 2, 3, 4, 5][..], &index].concat();
        assert_eq!(frames(&packet), Ok(vec![&[1, 2][..], &[3, 4, 5]]));
        assert_eq!(frames(&packet[..6]), Ok(vec![&packet[..6]]));
        let long = [&[1, 2, 3, 4][..], &index].concat();
        assert_eq!(frames(&long), Err(BROKEN));
        assert_eq!(frames(&[0xC0, 0, 0xC0]), Err(BROKEN));
        assert_eq!(frames(&[]), Err(BROKEN));
    }

    #[test]
    fn grey_is_grey_and_white_is_white() {
        for matrix in [Matrix::Bt601, Matrix::Bt709] {
            assert_eq!(rgb(matrix, [16, 128, 128]), [0; 3]);
            assert_eq!(rgb(matrix, [235, 128, 128]), [255; 3]);
            assert_eq!(rgb(matrix, [126, 128, 128]), [128; 3]);
        }
        let [red, green, blue] = rgb(Matrix::Bt601, [81, 90, 240]);
        assert!(red > 250 && green < 4 && blue < 4);
    }
}
