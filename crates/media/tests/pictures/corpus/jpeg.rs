//! JPEG files by an encoder of other hands, and surgery on their segments.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::Picture;

/// What to write.
#[derive(Debug, Clone)]
pub(crate) struct Jpeg {
    pub(crate) quality: u8,
    pub(crate) sampling: SamplingFactor,
    pub(crate) colour: ColorType,
    pub(crate) progressive: bool,
    pub(crate) restart: u16,
    pub(crate) profile: Vec<u8>,
    pub(crate) exif: Vec<u8>,
}

impl Default for Jpeg {
    fn default() -> Self {
        Self {
            quality: 92,
            sampling: SamplingFactor::F_2_2,
            colour: ColorType::Rgb,
            progressive: false,
            restart: 0,
            profile: Vec::new(),
            exif: Vec::new(),
        }
    }
}

impl Jpeg {
    /// Writes `picture`; inks are its complement, without black.
    pub(crate) fn write(&self, picture: &Picture) -> Vec<u8> {
        let samples = match self.colour {
            ColorType::Luma => picture.grey(),
            ColorType::Cmyk | ColorType::CmykAsYcck => picture
                .pixels()
                .iter()
                .flat_map(|&[r, g, b]| [255 - r, 255 - g, 255 - b, 0])
                .collect(),
            _ => picture.rgb.clone(),
        };
        self.write_samples(&samples, picture.width, picture.height)
    }

    /// Writes interleaved samples as they are.
    pub(crate) fn write_samples(&self, samples: &[u8], width: usize, height: usize) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, self.quality);
        encoder.set_sampling_factor(self.sampling);
        encoder.set_progressive(self.progressive);
        if self.restart > 0 {
            encoder.set_restart_interval(self.restart);
        }
        if !self.profile.is_empty() {
            encoder.add_icc_profile(&self.profile).unwrap();
        }
        if !self.exif.is_empty() {
            encoder.add_exif_metadata(&self.exif).unwrap();
        }
        encoder
            .encode(samples, width as u16, height as u16, self.colour)
            .unwrap();
        file
    }
}

/// Where the segment with marker `code` begins.
pub(crate) fn segment_at(file: &[u8], code: u8) -> usize {
    let mut at = 2;
    while file[at + 1] != code {
        at += 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]));
    }
    at
}

/// Where the first scan's coded data begins.
pub(crate) fn data_at(file: &[u8]) -> usize {
    let at = segment_at(file, 0xDA);
    at + 2 + usize::from(u16::from_be_bytes([file[at + 2], file[at + 3]]))
}

/// What clients put in front of a stripped thumbnail, from the published tables: quality 20,
/// 4:2:0, example Huffman codes.
pub(crate) fn stripped_header(width: usize, height: usize) -> Vec<u8> {
    let file = Jpeg {
        quality: 20,
        ..Jpeg::default()
    }
    .write(&Picture::new(width, height));
    file[..data_at(&file)].to_vec()
}
