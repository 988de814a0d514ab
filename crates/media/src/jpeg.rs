//! JPEG, baseline and progressive, decoded just far enough: only the blocks of the centre square
//! are transformed, at the scale nearest to what is needed (docs/decisions/0030).

mod bits;
mod header;
mod huffman;
mod idct;
mod plane;
mod progressive;
mod sequential;

use crate::decoded::{Decoded, SIDE_PX_MAX};
use crate::encode::ZIGZAG;
use crate::{Kind, Limits, Unreadable};
use header::{Channels, Header, Next};
use plane::Plane;
use progressive::Progressive;

/// A scan names a table that no segment defined.
const MISSING_TABLE: Unreadable = Unreadable::Broken("JPEG: table missing");

/// Natural position by zigzag position; positions past the end, which a broken run can reach,
/// count as the last.
const NATURAL: [u8; 64 + 16] = {
    let mut natural = [63; 64 + 16];
    let mut at = 0;
    while at < 64 {
        natural[at] = ZIGZAG[at];
        at += 1;
    }
    natural
};

/// Decodes the centre square of a JPEG.
pub(crate) fn decode(source: &[u8], kind: Kind, limits: &Limits) -> Result<Decoded, Unreadable> {
    let mut header = Header::default();
    let mut next = header.advance(source, 2, limits)?;
    let frame = header.frame.clone().ok_or(Unreadable::Truncated)?;
    // The limits were checked on what the probe found. Were there a way to show it another frame
    // header than this one, they would mean nothing.
    if (frame.width, frame.height) != (kind.width_px() as usize, kind.height_px() as usize) {
        return Err(Unreadable::Broken("JPEG: two frame headers"));
    }
    let square = frame.width.min(frame.height);
    let target = square.min(SIDE_PX_MAX);
    let mut planes: Vec<Plane> = frame
        .components
        .iter()
        .map(|component| Plane::new(&frame, component, target))
        .collect();
    let mut kept = match frame.progressive {
        true => Some(Progressive::new(&frame, limits)?),
        false => None,
    };
    let mut scans = 0;
    while let Next::Scan(scan) = &next {
        scans += 1;
        if scans > limits.scans_max {
            return Err(Unreadable::Scans {
                max: limits.scans_max,
            });
        }
        let end = match &mut kept {
            Some(kept) => kept.read(source, &header, &frame, scan)?,
            None => sequential::read(source, &header, &frame, scan, &mut planes)?,
        };
        if planes.iter().all(Plane::done) {
            break;
        }
        next = header.advance(source, end, limits)?;
    }
    if let Some(kept) = kept {
        kept.finish(&header, &frame, &mut planes)?;
    }
    let channels = header.channels(&frame);
    let planes: Option<Vec<Vec<u8>>> = planes.into_iter().map(Plane::finish).collect();
    let planes = colours(planes.ok_or(Unreadable::Truncated)?, channels);
    Ok(Decoded {
        planes,
        profile: header.profile(),
        orientation: header.orientation,
    })
}

/// Luma and chroma become red, green and blue; inks become 0 for none and 255 for full.
fn colours(mut planes: Vec<Vec<u8>>, channels: Channels) -> Vec<Vec<u8>> {
    match channels {
        Channels::Grey | Channels::Rgb | Channels::Cmyk { inverted: false } => {}
        Channels::Cmyk { inverted: true } => planes.iter_mut().for_each(|plane| invert(plane)),
        Channels::YCbCr => luma_chroma_to_rgb(&mut planes),
        Channels::Ycck => {
            // Adobe's files hold inverted inks, of which the first three were inverted once more
            // to pass as red, green and blue: those are inks again, only black is inverted.
            luma_chroma_to_rgb(&mut planes);
            planes.iter_mut().skip(3).for_each(|plane| invert(plane));
        }
    }
    planes
}

fn invert(plane: &mut [u8]) {
    plane.iter_mut().for_each(|sample| *sample = 255 - *sample);
}

/// Source: JFIF 1.02, in fixed point with 16 fractional bits.
fn luma_chroma_to_rgb(planes: &mut [Vec<u8>]) {
    const HALF: i32 = 1 << 15;
    let [luma, blue, red, ..] = planes else {
        return;
    };
    for ((y, cb), cr) in luma.iter_mut().zip(blue).zip(red) {
        let (light, b, r) = (i32::from(*y), i32::from(*cb) - 128, i32::from(*cr) - 128);
        let sample = |value: i32| (light + ((value + HALF) >> 16)).clamp(0, 255) as u8;
        *y = sample(91_881 * r);
        *cb = sample(-22_554 * b - 46_802 * r);
        *cr = sample(116_130 * b);
    }
}
