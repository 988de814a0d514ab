//! The one thing read from EXIF: which way up the picture is. Everything else is dropped unread.

/// How the stored picture must be turned to stand upright: EXIF orientations 1 to 8 as three
/// switches, applied in the order of the fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Orientation {
    /// Swap rows and columns first.
    pub(crate) transpose: bool,
    /// Then mirror left and right.
    pub(crate) mirror: bool,
    /// Then turn upside down.
    pub(crate) flip: bool,
}

impl Orientation {
    /// The orientation with EXIF number `value`; anything but 2 to 8 is upright.
    /// Source: EXIF 2.32, tag 0x0112.
    fn of_number(value: u16) -> Self {
        let (transpose, mirror, flip) = match value {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self {
            transpose,
            mirror,
            flip,
        }
    }
}

/// Directory entries that are looked at; a picture's first directory has about a dozen.
const ENTRIES_MAX: usize = 512;
const TAG_ORIENTATION: u16 = 0x0112;

/// Orientation from a TIFF block (what follows `Exif\0\0` in JPEG, a whole `eXIf` or `EXIF`
/// chunk elsewhere; the prefix is accepted in every place because writers mix it up).
/// A block that cannot be read means upright: orientation is advice, not part of the picture.
pub(crate) fn orientation(block: &[u8]) -> Orientation {
    let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    number(tiff).map(Orientation::of_number).unwrap_or_default()
}

fn number(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk()?;
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let first = *tiff.get(4..)?.first_chunk()?;
    let first = if little {
        u32::from_le_bytes(first)
    } else {
        u32::from_be_bytes(first)
    } as usize;
    let entries = usize::from(u16_at(first)?).min(ENTRIES_MAX);
    for entry in 0..entries {
        let at = first.checked_add(2 + entry * 12)?;
        if u16_at(at)? == TAG_ORIENTATION {
            return u16_at(at + 8);
        }
    }
    None
}
