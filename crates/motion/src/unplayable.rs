//! Why bytes are not taken as a clip.

/// One variant per reason; the domain says VIDEO_FILE_INVALID for all of them and the log says which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unplayable {
    /// The first box is not the one that an MP4 file begins with.
    #[error("not an MP4 file")]
    Kind,
    /// The file is longer than the limit; nothing was looked at.
    #[error("{bytes} bytes are more than the {max} allowed")]
    Bytes {
        /// Length of the file in bytes.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A box that is needed is missing, cut off, too short, or says what cannot be.
    #[error("broken file: {0}")]
    Broken(&'static str),
    /// Not one picture track in H.264 as clients play it.
    #[error("not supported: {0}")]
    Unsupported(&'static str),
    /// A profile of H.264 other than Baseline, Main and High.
    #[error("profile {profile_idc} of H.264 is not supported")]
    Profile {
        /// As the parameter sets say it.
        profile_idc: u8,
    },
    /// The sides differ as they are shown.
    #[error("{width_px} by {height_px} pixels are no square")]
    NotSquare {
        /// Width in pixels, as shown.
        width_px: u32,
        /// Height in pixels, as shown.
        height_px: u32,
    },
    /// A side outside the limits.
    #[error("a side of {px} pixels is not within {min} to {max}")]
    Side {
        /// The side in pixels.
        px: u32,
        /// The lower limit.
        min: u32,
        /// The upper limit.
        max: u32,
    },
    /// Frames are coded far larger than they are shown.
    #[error("frames of {width_px} by {height_px} pixels are coded, of which few are shown")]
    Coded {
        /// Coded width in pixels.
        width_px: u32,
        /// Coded height in pixels.
        height_px: u32,
    },
    /// It lasts too long, or no time at all.
    #[error("{duration_ms} ms are none or more than the {max} allowed")]
    Duration {
        /// Length of what is shown in milliseconds.
        duration_ms: u64,
        /// The limit.
        max: u32,
    },
    /// Too many frames.
    #[error("{frames} frames are more than the {max} allowed")]
    Frames {
        /// How many the file says it has.
        frames: u64,
        /// The limit.
        max: usize,
    },
    /// The decoder cannot read a frame that is needed.
    #[error("frame {frame} cannot be decoded: {why}")]
    Undecodable {
        /// In decoding order, from 0.
        frame: usize,
        /// The decoder's words.
        why: String,
    },
}
