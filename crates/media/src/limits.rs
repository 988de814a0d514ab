//! What a picture may cost: the limits that are checked before anything is decoded.

use crate::{Kind, Unreadable};

/// Longest file that is read. Chosen: U23 of the profile picture rules.
pub const PICTURE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Most pixels that are decoded. Chosen: U23; the common budget of image proxies.
pub const PICTURE_PIXELS_MAX: u64 = 50_000_000;
/// Longest side. Chosen: phone panoramas reach 16,382, a WebP file can say no more than 16,384.
pub const PICTURE_SIDE_PX_MAX: u32 = 16_384;
/// Shortest side. Chosen: U22, the side of size `a`, which is never enlarged.
pub const PICTURE_SIDE_PX_MIN: u32 = 160;
/// How many times longer one side may be. Chosen: beyond this a centre square shows nothing of
/// the picture; apps stop at 10, this leaves them room.
pub const PICTURE_ASPECT_MAX: u32 = 20;
/// Most frames in an animation, of which only the first is used. Chosen: the order of magnitude
/// image proxies allow.
pub const PICTURE_FRAMES_MAX: u32 = 1_000;
/// Most scans in a progressive JPEG. Chosen: encoders write 6 to 12, scan optimisers up to 64;
/// each scan walks the whole picture again.
pub const PICTURE_SCANS_MAX: u32 = 100;
/// Most memory for decoding one picture, the source not counted. Chosen: enough for a progressive
/// 4:2:0 JPEG and for a lossless WebP at [`PICTURE_PIXELS_MAX`].
pub const PICTURE_MEMORY_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Limits for one picture; [`Limits::default`] has the values of the constants in this module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Longest file in bytes.
    pub bytes_max: usize,
    /// Most pixels (width times height).
    pub pixels_max: u64,
    /// Longest side in pixels.
    pub side_px_max: u32,
    /// Shortest side in pixels. Below 160 even size `a` becomes as small as the source.
    pub side_px_min: u32,
    /// How many times longer one side may be.
    pub aspect_max: u32,
    /// Most frames in an animation.
    pub frames_max: u32,
    /// Most scans in a progressive JPEG.
    pub scans_max: u32,
    /// Most memory in bytes for decoding, the source not counted.
    pub memory_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes_max: PICTURE_BYTES_MAX,
            pixels_max: PICTURE_PIXELS_MAX,
            side_px_max: PICTURE_SIDE_PX_MAX,
            side_px_min: PICTURE_SIDE_PX_MIN,
            aspect_max: PICTURE_ASPECT_MAX,
            frames_max: PICTURE_FRAMES_MAX,
            scans_max: PICTURE_SCANS_MAX,
            memory_bytes_max: PICTURE_MEMORY_BYTES_MAX,
        }
    }
}

impl Limits {
    /// Refuses a file by its length alone.
    pub(crate) fn admit_bytes(&self, source: &[u8]) -> Result<(), Unreadable> {
        if source.len() > self.bytes_max {
            return Err(Unreadable::Bytes {
                bytes: source.len(),
                max: self.bytes_max,
            });
        }
        Ok(())
    }

    /// Refuses a picture by the sides its header claims.
    pub(crate) fn admit_sides(&self, kind: Kind) -> Result<(), Unreadable> {
        let (width_px, height_px) = (kind.width_px(), kind.height_px());
        let (short, long) = (width_px.min(height_px), width_px.max(height_px));
        if long > self.side_px_max {
            return Err(Unreadable::Side {
                px: long,
                max: self.side_px_max,
            });
        }
        let pixels = u64::from(width_px) * u64::from(height_px);
        if pixels > self.pixels_max {
            return Err(Unreadable::Pixels {
                pixels,
                max: self.pixels_max,
            });
        }
        if short < self.side_px_min.max(1) {
            return Err(Unreadable::Small {
                px: short,
                min: self.side_px_min.max(1),
            });
        }
        if u64::from(long) > u64::from(short) * u64::from(self.aspect_max) {
            return Err(Unreadable::Aspect {
                max: self.aspect_max,
            });
        }
        Ok(())
    }

    /// Refuses a decoder's need for memory before it allocates.
    pub(crate) fn admit_memory(&self, bytes: usize) -> Result<(), Unreadable> {
        if bytes > self.memory_bytes_max {
            return Err(Unreadable::Memory {
                max: self.memory_bytes_max,
            });
        }
        Ok(())
    }
}
