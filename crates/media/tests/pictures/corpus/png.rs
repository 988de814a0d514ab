//! PNG files of every colour type, depth and interlacing, written chunk by chunk.

use super::Picture;

/// Colour types of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colour {
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}

/// What to write.
#[derive(Debug, Clone)]
pub(crate) struct Png {
    pub(crate) colour: Colour,
    pub(crate) depth: u8,
    pub(crate) interlaced: bool,
    /// Opacity of every pixel where the colour type has it.
    pub(crate) alpha: u8,
    /// Chunks between header and pixels.
    pub(crate) extra: Vec<(&'static [u8; 4], Vec<u8>)>,
}

impl Png {
    pub(crate) fn new(colour: Colour, depth: u8) -> Self {
        Self {
            colour,
            depth,
            interlaced: false,
            alpha: 255,
            extra: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &'static [u8; 4], body: Vec<u8>) -> Self {
        self.extra.push((name, body));
        self
    }

    /// Writes `picture`; grey types take its mean, a palette has 6 by 6 by 6 colours.
    pub(crate) fn write(&self, picture: &Picture) -> Vec<u8> {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        let sides = [picture.width as u32, picture.height as u32].map(u32::to_be_bytes);
        let mut header = sides.concat();
        header.extend([
            self.depth,
            self.colour as u8,
            0,
            0,
            u8::from(self.interlaced),
        ]);
        chunk(&mut file, b"IHDR", &header);
        for (name, body) in &self.extra {
            chunk(&mut file, name, body);
        }
        if self.colour == Colour::Palette {
            let cube = (0..216u32)
                .flat_map(|at| [at / 36, at / 6 % 6, at % 6].map(|step| step as u8 * 51));
            chunk(&mut file, b"PLTE", &cube.collect::<Vec<_>>());
        }
        let mut raw = Vec::new();
        for (first, step) in self.passes() {
            self.pass(picture, first, step, &mut raw);
        }
        chunk(&mut file, b"IDAT", &deflated(&raw));
        chunk(&mut file, b"IEND", &[]);
        file
    }

    /// First pixel and distance of each pass, both across and down.
    fn passes(&self) -> Vec<((usize, usize), (usize, usize))> {
        if !self.interlaced {
            return vec![((0, 0), (1, 1))];
        }
        vec![
            ((0, 0), (8, 8)),
            ((4, 0), (8, 8)),
            ((0, 4), (4, 8)),
            ((2, 0), (4, 4)),
            ((0, 2), (2, 4)),
            ((1, 0), (2, 2)),
            ((0, 1), (1, 2)),
        ]
    }

    fn pass(
        &self,
        picture: &Picture,
        first: (usize, usize),
        step: (usize, usize),
        raw: &mut Vec<u8>,
    ) {
        let grey = picture.grey();
        for y in (first.1..picture.height).step_by(step.1) {
            let mut samples: Vec<u8> = Vec::new();
            for x in (first.0..picture.width).step_by(step.0) {
                let at = y * picture.width + x;
                let [r, g, b] = picture.pixels()[at];
                match self.colour {
                    Colour::Grey => samples.push(grey[at]),
                    Colour::GreyAlpha => samples.extend([grey[at], self.alpha]),
                    Colour::Rgb => samples.extend([r, g, b]),
                    Colour::Rgba => samples.extend([r, g, b, self.alpha]),
                    Colour::Palette => {
                        let step = |sample: u8| (u32::from(sample) + 25) / 51;
                        samples.push((step(r) * 36 + step(g) * 6 + step(b)) as u8);
                    }
                }
            }
            if samples.is_empty() {
                continue;
            }
            raw.push(0);
            self.pack(&samples, raw);
        }
    }

    /// 8-bit samples at the file's depth: repeated for 16 bits, the top bits for fewer than 8.
    fn pack(&self, samples: &[u8], raw: &mut Vec<u8>) {
        match self.depth {
            16 => raw.extend(samples.iter().flat_map(|&sample| [sample, sample])),
            8 => raw.extend(samples),
            depth => {
                let per_byte = usize::from(8 / depth);
                for group in samples.chunks(per_byte) {
                    let byte = group.iter().enumerate().fold(0, |byte, (at, sample)| {
                        byte | (sample >> (8 - depth)) << (8 - depth as usize * (at + 1))
                    });
                    raw.push(byte);
                }
            }
        }
    }
}

pub(crate) fn chunk(file: &mut Vec<u8>, name: &[u8; 4], body: &[u8]) {
    file.extend((body.len() as u32).to_be_bytes());
    let start = file.len();
    file.extend(name);
    file.extend(body);
    let sum = crc32(&file[start..]);
    file.extend(sum.to_be_bytes());
}

pub(crate) fn deflated(raw: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(raw, 3)
}

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            crc >> 1 ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
        })
    })
}
