//! GIF: the first frame on its logical screen, transparency on white.

use std::num::NonZeroU64;

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use crate::cut::Cut;
use crate::decoded::{Decoded, SIDE_PX_MAX, buffer_bytes};
use crate::{Limits, Unreadable};

/// Decodes the centre square of the first frame.
pub(crate) fn decode(source: &[u8], limits: &Limits) -> Result<Decoded, Unreadable> {
    admit_frames(source, limits)?;
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let memory = NonZeroU64::new(limits.memory_bytes_max as u64).unwrap_or(NonZeroU64::MIN);
    options.set_memory_limit(MemoryLimit::Bytes(memory));
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(source).map_err(|error| refusal(&error))?;
    let (screen_width, screen_height) = (decoder.width(), decoder.height());
    let global = decoder.global_palette().map(<[u8]>::to_vec);
    let frame = decoder.next_frame_info().map_err(|error| refusal(&error))?;
    let frame = frame.ok_or(Unreadable::Truncated)?;
    let colours = Colours::new(
        frame.palette.as_deref().or(global.as_deref()),
        frame.transparent,
    );
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (width, height) = (frame.width, frame.height);
    let mut indices = vec![0; buffer_bytes(u32::from(width), u32::from(height), 1, limits)?];
    decoder
        .read_into_buffer(&mut indices)
        .map_err(|error| refusal(&error))?;

    let mut cut = Cut::new(
        usize::from(screen_width),
        usize::from(screen_height),
        3,
        SIDE_PX_MAX,
    );
    let mut line = vec![255; usize::from(screen_width) * 3];
    let rows: Vec<&[u8]> = indices.chunks_exact(usize::from(width).max(1)).collect();
    for y in 0..usize::from(screen_height) {
        let row = y.checked_sub(top).and_then(|y| rows.get(y));
        line.fill(255);
        if let Some(row) = row {
            for (out, &index) in line[left * 3..].chunks_exact_mut(3).zip(*row) {
                out.copy_from_slice(&colours.of(index));
            }
        }
        cut.push(&line);
    }
    Decoded::of(cut)
}

/// Counts frames by walking the blocks; where the walk ends early, decoding tells why.
fn admit_frames(source: &[u8], limits: &Limits) -> Result<(), Unreadable> {
    let table_bytes = |flags: u8| {
        if flags & 0x80 == 0 {
            0
        } else {
            6 << (flags & 7)
        }
    };
    let skip_parts = |mut at: usize| {
        while let Some(&length @ 1..) = source.get(at) {
            at += 1 + usize::from(length);
        }
        at + 1
    };
    let mut at = 13 + source.get(10).map_or(0, |&flags| table_bytes(flags));
    let mut frames = 0;
    loop {
        match source.get(at) {
            Some(0x21) => at = skip_parts(at + 2),
            Some(0x2C) => {
                frames += 1;
                if frames > limits.frames_max {
                    return Err(Unreadable::Frames {
                        max: limits.frames_max,
                    });
                }
                let table = source.get(at + 9).map_or(0, |&flags| table_bytes(flags));
                at = skip_parts(at + 11 + table);
            }
            _ => return Ok(()),
        }
    }
}

/// A palette filled up to 256 entries.
struct Colours(Vec<[u8; 3]>);

impl Colours {
    fn new(palette: Option<&[u8]>, transparent: Option<u8>) -> Self {
        let entries = palette.unwrap_or_default().as_chunks::<3>().0;
        let mut colours = entries.to_vec();
        colours.resize(256, [0; 3]);
        if let Some(index) = transparent {
            colours[usize::from(index)] = [255; 3];
        }
        Self(colours)
    }

    fn of(&self, index: u8) -> [u8; 3] {
        self.0[usize::from(index)]
    }
}

fn refusal(error: &DecodingError) -> Unreadable {
    match error {
        DecodingError::Io(_) | DecodingError::UnexpectedEof => Unreadable::Truncated,
        _ => Unreadable::Broken("GIF: broken block or pixels"),
    }
}
