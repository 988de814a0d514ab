//! Every reason why a sticker is not taken or not drawn, one variant each.

/// Why a sticker was refused, or a drawing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Undrawable {
    /// The first bytes are none of the formats read here.
    #[error("not a TGS, WebM or WebP file")]
    Kind,
    /// The file is longer than its kind may be; nothing was looked at.
    #[error("{bytes} bytes are more than the {max} allowed")]
    Bytes {
        /// Length of the file in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// What is packed in the file is longer than the limit.
    #[error("unpacked, it has more than the {max} bytes allowed")]
    Unpacked {
        /// The limit in bytes.
        max: usize,
    },
    /// The sides are not those of a sticker of this kind.
    #[error("{width_px} x {height_px} pixels are not the sides of such a sticker")]
    Sides {
        /// What the file claims, in pixels.
        width_px: u32,
        /// What the file claims, in pixels.
        height_px: u32,
    },
    /// It moves too long, or not at all.
    #[error("{ms} ms are not within 1 to {max} ms")]
    Duration {
        /// What the file claims, in milliseconds.
        ms: u64,
        /// The limit in milliseconds.
        max: u32,
    },
    /// So many pictures a second are not allowed.
    #[error("{0} is not a rate of stickers")]
    Rate(String),
    /// Something is there more often than the limit allows.
    #[error("more than {max} {what}")]
    Many {
        /// What is counted.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// The file ends before its picture does.
    #[error("the file ends before its picture does")]
    Truncated,
    /// The file breaks its format's rules.
    #[error("broken file: {0}")]
    Broken(&'static str),
    /// Legal in the format, but not read here.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// One to four colours make a ground.
    #[error("{0} colours")]
    Colours(usize),
    /// Not a time in a sticker: negative, infinite or no number.
    #[error("not a time")]
    Time,
    /// Its picture, or the picture inside, was refused by `media`.
    #[error(transparent)]
    Picture(#[from] media::Unreadable),
    /// The film of it could not be made.
    #[error("no film: {0}")]
    Film(String),
}
