//! One source picture to everything that clients download of it.

use crate::decoded::{Decoded, SIDE_PX_MAX};
use crate::encode::{self, Codes};
use crate::square::Square;
use crate::{Kind, Limits, Unreadable, colour, probe, stripped};

/// Letters and sides of the sizes of a profile picture, smallest first.
/// Source: official page on files, box-cropped sizes; `d` is optional and left out.
pub const SIZES: [(char, u32); 3] = [('a', 160), ('b', 320), ('c', SIDE_PX_MAX as u32)];
/// Side of the stripped thumbnail in `photo.sizes`. Source: official page on stripped thumbnails.
pub const STRIPPED_PHOTO_PX: u32 = 40;
/// Side of the stripped thumbnail in `userProfilePhoto`. Source: measured on clients.
pub const STRIPPED_USER_PX: u32 = 8;
/// Quality of the sizes on the common scale. Chosen: docs/decisions/0032.
const QUALITY: u32 = 87;
/// Step by which the quality of a smaller size falls until its file is smaller too.
const QUALITY_STEP: u32 = 10;

/// One size of a profile picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Still {
    /// The size's letter: `a`, `b` or `c`.
    pub letter: char,
    /// Width and height in pixels; less than the letter's side if the source has less.
    pub side_px: u32,
    /// A whole JPEG file: baseline, 4:2:0, JFIF, sRGB, no metadata.
    pub jpeg: Vec<u8>,
}

/// Everything that clients download of one still picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stills {
    /// `a`, `b`, `c`, in this order; file lengths never fall, and rise where the side rises.
    pub sizes: [Still; 3],
    /// Stripped thumbnail for `photo.sizes`, [`STRIPPED_PHOTO_PX`] pixels wide.
    pub stripped_photo: Vec<u8>,
    /// Stripped thumbnail for `userProfilePhoto.stripped_thumb`, [`STRIPPED_USER_PX`] pixels wide.
    pub stripped_user: Vec<u8>,
}

/// Cuts the centre square of a picture, upright and in sRGB, in every size that clients ask for.
///
/// `source` is a whole JPEG, PNG, WebP, GIF or BMP file; its bytes decide which. The same bytes
/// give the same result on every machine. Nothing is enlarged; transparency becomes white; of an
/// animation the first frame counts; metadata is dropped.
///
/// # Errors
/// One [`Unreadable`] per reason; the limits are checked before anything is decoded.
///
/// Source: sizes and stripped thumbnails from the official pages on files and thumbnails.
pub fn stills(source: &[u8], limits: &Limits) -> Result<Stills, Unreadable> {
    limits.admit_bytes(source)?;
    let kind = probe(source)?;
    limits.admit_sides(kind)?;
    let decoded = match kind {
        Kind::Jpeg { .. } => crate::jpeg::decode(source, kind, limits)?,
        Kind::Png { .. } => crate::png::decode(source, kind, limits)?,
        Kind::WebP { .. } => crate::webp::decode(source, kind, limits)?,
        Kind::Gif { .. } => crate::gif::decode(source, limits)?,
        Kind::Bmp { .. } => crate::bmp::decode(source, limits)?,
    };
    Ok(sizes(&upright(decoded)?))
}

/// Cuts every size of a picture that is in memory already, such as a frame of a clip.
///
/// `rgb` is a square of `side_px` by `side_px` pixels in sRGB, rows from the top, three bytes a pixel. The sizes
/// are made the way of [`stills`].
///
/// # Panics
/// The square is empty, or `rgb` is not a square of that side: a mistake of the caller, not of a file.
#[must_use]
pub fn stills_of(side_px: u32, rgb: &[u8]) -> Stills {
    let side = side_px as usize;
    let pixels = rgb.as_chunks::<3>().0;
    assert!(side > 0 && rgb.len() == side * side * 3, "no such square");
    let mut planes = [(); 3].map(|()| vec![0; side * side]);
    let [reds, greens, blues] = &mut planes;
    let outs = reds.iter_mut().zip(greens).zip(blues);
    for (((red, green), blue), pixel) in outs.zip(pixels) {
        [*red, *green, *blue] = *pixel;
    }
    sizes(&Square { side, planes })
}

/// Converts the colours and turns the square upright.
fn upright(decoded: Decoded) -> Result<Square, Unreadable> {
    let Decoded {
        planes,
        profile,
        orientation,
    } = decoded;
    let planes = colour::to_srgb(planes, profile.as_deref());
    let planes = planes.ok_or(Unreadable::Broken("unknown set of channels"))?;
    let side = planes[0].len().isqrt();
    Ok(Square { side, planes }.turned(orientation))
}

fn sizes(square: &Square) -> Stills {
    let [(a, a_px), (b, b_px), (c, c_px)] = SIZES;
    let large = square.reduced(c_px as usize);
    let middle = large.reduced(b_px as usize);
    let small = middle.reduced(a_px as usize);
    let tiny = small.reduced(STRIPPED_PHOTO_PX as usize);
    let c = still(c, &large, None);
    let b = still(b, &middle, Some(&c));
    let a = still(a, &small, Some(&b));
    Stills {
        stripped_user: stripped::bytes(&tiny.reduced(STRIPPED_USER_PX as usize)),
        stripped_photo: stripped::bytes(&tiny),
        sizes: [a, b, c],
    }
}

/// Encodes one size. Clients take the largest file for the largest picture, so a size with fewer
/// pixels than `above` also gets fewer bytes, at the cost of quality in pictures made to defy it.
fn still(letter: char, square: &Square, above: Option<&Still>) -> Still {
    let side_px = square.side as u32;
    if let Some(same) = above.filter(|above| above.side_px == side_px) {
        return Still {
            letter,
            ..same.clone()
        };
    }
    let most = above.map_or(usize::MAX, |above| above.jpeg.len());
    let mut quality = QUALITY;
    loop {
        let jpeg = encode::jpeg(square, quality, Codes::Optimal);
        if jpeg.len() < most || quality == 1 {
            return Still {
                letter,
                side_px,
                jpeg,
            };
        }
        quality = quality.saturating_sub(QUALITY_STEP).max(1);
    }
}
