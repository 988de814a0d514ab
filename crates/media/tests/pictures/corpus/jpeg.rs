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

/// A progressive file of as many scans as its rules allow, each over all of `width` by `height`
/// pixels, and next to nothing in any of them: one bit per mean, one code per 32,767 blocks.
pub(crate) fn scans_bomb(width: usize, height: usize) -> Vec<u8> {
    let mut file = vec![0xFF, 0xD8];
    segment(&mut file, 0xDB, &[&[0][..], &[1; 64]].concat());
    let sides = [height as u16, width as u16].map(u16::to_be_bytes).concat();
    let components = [3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
    segment(&mut file, 0xC2, &[&[8][..], &sides, &components].concat());
    // Two tables of one code, a single zero: a mean that stays, and the longest run of nothing.
    let lengths = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    segment(&mut file, 0xC4, &[&[0x00][..], &lengths, &[0x00]].concat());
    segment(&mut file, 0xC4, &[&[0x10][..], &lengths, &[0xE0]].concat());
    let groups = width.div_ceil(16) * height.div_ceil(16);
    let luma = width.div_ceil(8) * height.div_ceil(8);
    for low in (0..=13u8).rev() {
        let high = if low == 13 { 0 } else { low + 1 };
        segment(
            &mut file,
            0xDA,
            &[3, 1, 0, 2, 0, 3, 0, 0, 0, high << 4 | low],
        );
        file.extend(vec![0; (groups * 6).div_ceil(8)]);
    }
    for low in (0..=13u8).rev() {
        let high = if low == 13 { 0 } else { low + 1 };
        for (id, blocks) in [(1, luma), (2, groups), (3, groups)] {
            segment(&mut file, 0xDA, &[1, id, 0, 1, 63, high << 4 | low]);
            // The code and 14 ones: a run of 32,767 blocks.
            let mut bits = Vec::new();
            for _ in 0..blocks.div_ceil(32_767) {
                bits.push(false);
                bits.extend([true; 14]);
            }
            for byte in bits.chunks(8) {
                let ones = byte
                    .iter()
                    .enumerate()
                    .map(|(at, &bit)| u8::from(bit) << (7 - at));
                let value = ones.sum();
                file.push(value);
                if value == 0xFF {
                    file.push(0);
                }
            }
        }
    }
    file.extend([0xFF, 0xD9]);
    file
}

fn segment(file: &mut Vec<u8>, code: u8, body: &[u8]) {
    file.extend([0xFF, code]);
    file.extend((body.len() as u16 + 2).to_be_bytes());
    file.extend(body);
}
