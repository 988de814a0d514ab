//! WebP, lossy and lossless; of an animation the first frame.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes, over_white};
use crate::{Limits, Unreadable, exif};

/// Decodes the centre square of a WebP file.
pub(crate) fn decode(source: &[u8], limits: &Limits) -> Result<Decoded, Unreadable> {
    let mut decoder = WebPDecoder::new(Cursor::new(source)).map_err(|error| refusal(&error))?;
    decoder.set_memory_limit(limits.memory_bytes_max);
    if decoder.num_frames() > limits.frames_max {
        return Err(Unreadable::Frames {
            max: limits.frames_max,
        });
    }
    let (width, height) = decoder.dimensions();
    let depth = if decoder.has_alpha() { 4 } else { 3 };
    let mut whole = vec![0; buffer_bytes(width, height, depth, limits)?];
    decoder
        .read_image(&mut whole)
        .map_err(|error| refusal(&error))?;
    let mut cut = Cut::new(width as usize, height as usize, 3, SIDE_PX_MAX);
    let mut flat = vec![0; width as usize * 3];
    for row in whole.chunks_exact(width as usize * depth) {
        if depth == 3 {
            cut.push(row);
            continue;
        }
        for (pixel, out) in row.chunks_exact(4).zip(flat.chunks_exact_mut(3)) {
            for (out, &sample) in out.iter_mut().zip(pixel) {
                *out = over_white(sample, pixel[3]);
            }
        }
        cut.push(&flat);
    }
    let decoded = Decoded::of(cut)?;
    let profile = decoder.icc_profile().ok().flatten();
    let orientation = match decoder.exif_metadata() {
        Ok(Some(block)) => exif::orientation(&block),
        _ => exif::Orientation::default(),
    };
    Ok(Decoded {
        profile,
        orientation,
        ..decoded
    })
}

fn refusal(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::IoError(_) => Unreadable::Truncated,
        DecodingError::UnsupportedFeature(_) => Unreadable::Unsupported("WebP: unusual coding"),
        _ => Unreadable::Broken("WebP: broken chunk or pixels"),
    }
}
