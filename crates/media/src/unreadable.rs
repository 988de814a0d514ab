//! Every reason why bytes are not taken as a picture, one variant each.

/// Why a picture was refused. The domain maps each variant to the protocol's word; the pictures
/// that go with the documented errors are named per variant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The first bytes are none of the formats read here (maps to IMAGE_PROCESS_FAILED).
    #[error("not a JPEG, PNG, WebP, GIF or BMP file")]
    Kind,
    /// The file is longer than the limit; nothing was looked at (PHOTO_SAVE_FILE_INVALID).
    #[error("{bytes} bytes are more than the {max} allowed")]
    Bytes {
        /// Length of the file in bytes.
        bytes: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// Width times height is above the limit (IMAGE_PROCESS_FAILED).
    #[error("{pixels} pixels are more than the {max} allowed")]
    Pixels {
        /// Pixels the header claims.
        pixels: u64,
        /// The limit in pixels.
        max: u64,
    },
    /// The longer side is above the limit (IMAGE_PROCESS_FAILED).
    #[error("a side of {px} pixels is more than the {max} allowed")]
    Side {
        /// The longer side in pixels.
        px: u32,
        /// The limit in pixels.
        max: u32,
    },
    /// The shorter side is below the smallest picture (PHOTO_CROP_SIZE_SMALL).
    #[error("a side of {px} pixels is less than the {min} needed")]
    Small {
        /// The shorter side in pixels.
        px: u32,
        /// The least a side must have, in pixels.
        min: u32,
    },
    /// One side is too many times longer than the other (IMAGE_PROCESS_FAILED).
    #[error("one side is more than {max} times the other")]
    Aspect {
        /// How many times longer a side may be.
        max: u32,
    },
    /// An animation with more frames than the limit (IMAGE_PROCESS_FAILED).
    #[error("more than {max} frames")]
    Frames {
        /// The limit in frames.
        max: u32,
    },
    /// A progressive JPEG with more scans than the limit (IMAGE_PROCESS_FAILED).
    #[error("more than {max} scans")]
    Scans {
        /// The limit in scans.
        max: u32,
    },
    /// Decoding would need more memory than the limit (IMAGE_PROCESS_FAILED).
    #[error("decoding needs more than the {max} bytes of memory allowed")]
    Memory {
        /// The limit in bytes.
        max: usize,
    },
    /// The file ends before its picture does (IMAGE_PROCESS_FAILED).
    #[error("the file ends before its picture does")]
    Truncated,
    /// The file breaks its format's rules (IMAGE_PROCESS_FAILED).
    #[error("broken file: {0}")]
    Broken(&'static str),
    /// A legal but unusual coding that is not read here (IMAGE_PROCESS_FAILED).
    #[error("not supported: {0}")]
    Unsupported(&'static str),
}
