//! Kind and size of a picture from its first headers; nothing is decoded or allocated.

use crate::Unreadable;

/// What a file says it is. Sides are as stored: an EXIF orientation is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the same two sides in every format")]
pub enum Kind {
    /// JPEG, any process; the sides of the first frame header.
    Jpeg { width_px: u32, height_px: u32 },
    /// PNG; the sides of `IHDR`.
    Png { width_px: u32, height_px: u32 },
    /// WebP; the sides of the canvas.
    WebP { width_px: u32, height_px: u32 },
    /// GIF; the sides of the logical screen.
    Gif { width_px: u32, height_px: u32 },
    /// Windows or OS/2 bitmap.
    Bmp { width_px: u32, height_px: u32 },
}

impl Kind {
    /// Width in pixels, as stored.
    pub fn width_px(self) -> u32 {
        self.sides().0
    }

    /// Height in pixels, as stored.
    pub fn height_px(self) -> u32 {
        self.sides().1
    }

    fn sides(self) -> (u32, u32) {
        match self {
            Self::Jpeg {
                width_px,
                height_px,
            }
            | Self::Png {
                width_px,
                height_px,
            }
            | Self::WebP {
                width_px,
                height_px,
            }
            | Self::Gif {
                width_px,
                height_px,
            }
            | Self::Bmp {
                width_px,
                height_px,
            } => (width_px, height_px),
        }
    }
}

/// Reads kind and sides from the headers of `source`, which may be the beginning of a file.
///
/// The bytes decide, never a name. The sides are what the header claims; they are not checked
/// against any limit here.
///
/// # Errors
/// [`Unreadable::Kind`]: none of the five formats. [`Unreadable::Truncated`]: the header is not
/// whole. [`Unreadable::Broken`]: a side is zero, or the header breaks its format's rules.
pub fn probe(source: &[u8]) -> Result<Kind, Unreadable> {
    let kind = if source.starts_with(&[0xFF, 0xD8, 0xFF]) {
        jpeg(source)?
    } else if source.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(source)?
    } else if source.starts_with(b"RIFF") && source.get(8..12) == Some(b"WEBP".as_slice()) {
        webp(source)?
    } else if source.starts_with(b"GIF87a") || source.starts_with(b"GIF89a") {
        Kind::Gif {
            width_px: le16(source, 6)?,
            height_px: le16(source, 8)?,
        }
    } else if source.starts_with(b"BM") {
        bmp(source)?
    } else {
        return Err(Unreadable::Kind);
    };
    if kind.width_px() == 0 || kind.height_px() == 0 {
        return Err(Unreadable::Broken("a side of zero pixels"));
    }
    Ok(kind)
}

/// Walks the marker segments up to the first frame header.
fn jpeg(source: &[u8]) -> Result<Kind, Unreadable> {
    let mut at = 2;
    loop {
        let [mark, code] = array(source, at)?;
        if mark != 0xFF {
            return Err(Unreadable::Broken("JPEG: marker expected"));
        }
        match code {
            0xFF => at += 1, // fill byte
            0x01 | 0xD0..=0xD7 => at += 2,
            // Every frame header; C4, C8 and CC share the range but are tables.
            0xC0..=0xCF if !matches!(code, 0xC4 | 0xC8 | 0xCC) => {
                let (height_px, width_px) = (be16(source, at + 5)?, be16(source, at + 7)?);
                return Ok(Kind::Jpeg {
                    width_px,
                    height_px,
                });
            }
            0xD8..=0xDA => return Err(Unreadable::Broken("JPEG: no frame header")),
            _ => at += 2 + be16(source, at + 2)?.max(2) as usize,
        }
    }
}

fn png(source: &[u8]) -> Result<Kind, Unreadable> {
    if array(source, 12)? != *b"IHDR" {
        return Err(Unreadable::Broken("PNG: IHDR is not the first chunk"));
    }
    let side = |at| array(source, at).map(u32::from_be_bytes);
    Ok(Kind::Png {
        width_px: side(16)?,
        height_px: side(20)?,
    })
}

fn webp(source: &[u8]) -> Result<Kind, Unreadable> {
    let (width_px, height_px) = match &array(source, 12)? {
        b"VP8X" => {
            let side = |at| array(source, at).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]) + 1);
            (side(24)?, side(27)?)
        }
        b"VP8L" => {
            let bits = u32::from_le_bytes(array(source, 21)?);
            ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        }
        b"VP8 " => (le16(source, 26)? & 0x3FFF, le16(source, 28)? & 0x3FFF),
        _ => return Err(Unreadable::Broken("WebP: unknown first chunk")),
    };
    Ok(Kind::WebP {
        width_px,
        height_px,
    })
}

fn bmp(source: &[u8]) -> Result<Kind, Unreadable> {
    let (width_px, height_px) = match u32::from_le_bytes(array(source, 14)?) {
        12 => (le16(source, 18)?, le16(source, 20)?),
        16..=256 => {
            let width = i32::from_le_bytes(array(source, 18)?);
            let height = i32::from_le_bytes(array(source, 22)?);
            // A negative height means rows from top to bottom; a negative width nothing.
            (u32::try_from(width).unwrap_or(0), height.unsigned_abs())
        }
        _ => return Err(Unreadable::Kind),
    };
    Ok(Kind::Bmp {
        width_px,
        height_px,
    })
}

/// `N` bytes at `at`, or the file is truncated.
pub(crate) fn array<const N: usize>(source: &[u8], at: usize) -> Result<[u8; N], Unreadable> {
    source
        .get(at..)
        .and_then(|tail| tail.first_chunk())
        .copied()
        .ok_or(Unreadable::Truncated)
}

fn be16(source: &[u8], at: usize) -> Result<u32, Unreadable> {
    array(source, at).map(|bytes| u32::from(u16::from_be_bytes(bytes)))
}

fn le16(source: &[u8], at: usize) -> Result<u32, Unreadable> {
    array(source, at).map(|bytes| u32::from(u16::from_le_bytes(bytes)))
}
