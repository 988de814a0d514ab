//! JPEG by way of a decoder crate.

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX};
use crate::{Limits, Unreadable, exif};
use jpeg_decoder::{Decoder, PixelFormat};

/// Decodes the centre square of a JPEG.
pub(crate) fn decode(source: &[u8], limits: &Limits) -> Result<Decoded, Unreadable> {
    let mut decoder = Decoder::new(source);
    decoder.set_max_decoding_buffer_size(limits.memory_bytes_max);
    decoder
        .scale(1280, 1280)
        .map_err(|_| Unreadable::Broken("JPEG: header"))?;
    let pixels = decoder
        .decode()
        .map_err(|_| Unreadable::Broken("JPEG: pixels"))?;
    let info = decoder.info().ok_or(Unreadable::Truncated)?;
    let channels = match info.pixel_format {
        PixelFormat::L8 => 1,
        PixelFormat::RGB24 => 3,
        PixelFormat::CMYK32 => 4,
        PixelFormat::L16 => return Err(Unreadable::Unsupported("JPEG: 16 bit")),
    };
    let (width, height) = (usize::from(info.width), usize::from(info.height));
    let mut cut = Cut::new(width, height, channels, SIDE_PX_MAX);
    for row in pixels.chunks_exact(width * channels) {
        cut.push(row);
    }
    let decoded = Decoded::of(cut)?;
    let orientation = decoder
        .exif_data()
        .map(exif::orientation)
        .unwrap_or_default();
    Ok(Decoded {
        profile: decoder.icc_profile(),
        orientation,
        ..decoded
    })
}
