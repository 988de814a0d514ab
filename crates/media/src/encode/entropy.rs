//! Huffman coding of quantised blocks, with the standard's example codes or optimal ones.

/// Symbols of a block, to begin with. Chosen: drawings have about three, photographs about eight.
const SYMBOLS_OF_BLOCK: usize = 4;

/// A Huffman code: how many codes of each length 1 to 16, and the symbols in code order.
pub(super) struct Code {
    pub(super) lengths: [u8; 16],
    pub(super) symbols: Vec<u8>,
}

impl Code {
    /// The example codes, in the order of classes.
    pub(super) fn standard() -> Vec<Self> {
        let [luma, chroma] = [0, 1].map(Self::standard_dc);
        let [luma_rest, chroma_rest] = [0, 1].map(Self::standard_ac);
        vec![luma, chroma, luma_rest, chroma_rest]
    }

    /// Example codes for DC differences. Source: ITU-T T.81, tables K.3 and K.4.
    fn standard_dc(chroma: usize) -> Self {
        let lengths = [
            [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
            [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
        ];
        Self {
            lengths: lengths[chroma],
            symbols: (0..12).collect(),
        }
    }

    /// Example codes for AC coefficients. Source: ITU-T T.81, tables K.5 and K.6.
    fn standard_ac(chroma: usize) -> Self {
        let lengths = [
            [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
            [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
        ];
        let short: [&[u8]; 2] = [
            &[
                0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
                0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xA1, 0x08, 0x23, 0x42, 0xB1, 0xC1,
                0x15, 0x52, 0xD1, 0xF0, 0x24, 0x33, 0x62, 0x72, 0x82,
            ],
            &[
                0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
                0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xA1, 0xB1, 0xC1, 0x09,
                0x23, 0x33, 0x52, 0xF0, 0x15, 0x62, 0x72, 0xD1, 0x0A, 0x16, 0x24, 0x34, 0xE1, 0x25,
                0xF1,
            ],
        ];
        let mut symbols = short[chroma].to_vec();
        // The longest codes go to all other symbols in ascending order.
        for symbol in 0..=255u8 {
            let coded = matches!(symbol & 15, 1..=10) || symbol == 0x00 || symbol == 0xF0;
            if coded && !short[chroma].contains(&symbol) {
                symbols.push(symbol);
            }
        }
        Self {
            lengths: lengths[chroma],
            symbols,
        }
    }

    /// The shortest code for symbols seen `counts` times, no code longer than 16 bits and none of
    /// ones only. Source: ITU-T T.81, annex K.2.
    fn optimal(counts: &[u32; 256]) -> Self {
        // Entry 256 is a symbol that is never coded; it takes the code of ones.
        let mut frequency: Vec<u64> = counts.iter().map(|&count| u64::from(count)).collect();
        frequency.push(1);
        let mut depth = vec![0usize; 257];
        let mut members: Vec<Vec<usize>> = (0..257).map(|symbol| vec![symbol]).collect();
        loop {
            let rare = rarest(&frequency, None);
            let Some(one) = rare else { break };
            let Some(two) = rarest(&frequency, Some(one)) else {
                break;
            };
            frequency[one] += std::mem::take(&mut frequency[two]);
            let joined = std::mem::take(&mut members[two]);
            members[one].extend(joined);
            for &symbol in &members[one] {
                depth[symbol] += 1;
            }
        }
        let mut lengths = [0u32; 257];
        for &depth in depth.iter().filter(|&&depth| depth > 0) {
            lengths[depth] += 1;
        }
        shorten(&mut lengths);
        let mut symbols: Vec<u8> = (0..=255)
            .filter(|&symbol| counts[usize::from(symbol)] > 0)
            .collect();
        symbols.sort_by_key(|&symbol| (depth[usize::from(symbol)], symbol));
        Self {
            lengths: std::array::from_fn(|at| lengths[at + 1] as u8),
            symbols,
        }
    }
}

/// The least frequent entry that is not `but`; of equals the last.
fn rarest(frequency: &[u64], but: Option<usize>) -> Option<usize> {
    let candidates = frequency.iter().enumerate().rev();
    candidates
        .filter(|&(at, &count)| count > 0 && Some(at) != but)
        .min_by_key(|&(_, &count)| count)
        .map(|(at, _)| at)
}

/// Moves codes longer than 16 bits up the tree and drops the reserved code of ones.
fn shorten(lengths: &mut [u32; 257]) {
    for long in (17..257).rev() {
        while lengths[long] > 0 {
            let mut short = long - 2;
            while lengths[short] == 0 {
                short -= 1;
            }
            lengths[long] -= 2;
            lengths[long - 1] += 1;
            lengths[short + 1] += 2;
            lengths[short] -= 1;
        }
    }
    if let Some(longest) = (1..=16).rev().find(|&length| lengths[length] > 0) {
        lengths[longest] -= 1;
    }
}

/// A picture as symbols with the values behind them, in coding order, and how often each symbol is there.
///
/// Class 0 and 1 are means (DC), 2 and 3 the rest (AC), luma before chroma.
pub(super) struct Symbols {
    /// Class in bits 24 and 25, symbol in bits 16 to 23, value below. The symbol tells how many bits of value.
    coded: Vec<u32>,
    counts: [[u32; 256]; 4],
    /// The last mean of each component.
    last: [i16; 3],
}

impl Symbols {
    /// None yet, with room for those of a picture of so many blocks.
    pub(super) fn with_room(blocks: usize) -> Self {
        Self {
            coded: Vec::with_capacity(blocks * SYMBOLS_OF_BLOCK),
            counts: [[0; 256]; 4],
            last: [0; 3],
        }
    }

    /// Adds a block of quantised coefficients in zigzag order.
    pub(super) fn block(&mut self, component: usize, coefficients: &[i16; 64]) {
        let chroma = usize::from(component > 0);
        let mean = coefficients[0];
        let (size, value) = sized(mean - self.last[component]);
        self.last[component] = mean;
        self.symbol(chroma, size as u8, value);
        let mut run = 0;
        for (at, line) in coefficients.as_chunks::<8>().0.iter().enumerate() {
            let line = if at == 0 { &line[1..] } else { line };
            if line.iter().all(|coefficient| *coefficient == 0) {
                run += line.len();
                continue;
            }
            for &coefficient in line {
                if coefficient == 0 {
                    run += 1;
                    continue;
                }
                while run > 15 {
                    self.symbol(2 + chroma, 0xF0, 0);
                    run -= 16;
                }
                let (size, value) = sized(coefficient);
                self.symbol(2 + chroma, (run << 4) as u8 | size as u8, value);
                run = 0;
            }
        }
        if run > 0 {
            self.symbol(2 + chroma, 0x00, 0);
        }
    }

    fn symbol(&mut self, class: usize, symbol: u8, value: u16) {
        self.counts[class][usize::from(symbol)] += 1;
        let coded = (class as u32) << 24 | u32::from(symbol) << 16 | u32::from(value);
        self.coded.push(coded);
    }

    /// The shortest codes for these symbols.
    pub(super) fn codes(&self) -> Vec<Code> {
        self.counts.iter().map(Code::optimal).collect()
    }

    /// Writes all with `codes`, which are in the order of classes.
    pub(super) fn write(&self, codes: &[Code], out: &mut Vec<u8>) {
        let codes: Vec<_> = codes.iter().map(spelled).collect();
        let mut writer = Writer {
            out,
            pending: 0,
            filled: 0,
        };
        for coded in &self.coded {
            let [class, symbol, ..] = coded.to_be_bytes();
            let (code, length) = codes[usize::from(class)][usize::from(symbol)];
            let bits = u32::from(symbol & 15);
            let value = coded & 0xFFFF;
            writer.bits(u32::from(code) << bits | value, u32::from(length) + bits);
        }
        writer.finish();
    }
}

/// Writes bits, a zero byte after each 0xFF.
struct Writer<'a> {
    out: &'a mut Vec<u8>,
    pending: u64,
    filled: u32,
}

impl Writer<'_> {
    /// Fills the last byte with ones.
    fn finish(mut self) {
        self.bits(0x7F, 7);
        self.drain();
    }

    fn bits(&mut self, value: u32, bits: u32) {
        self.pending = self.pending << bits | u64::from(value);
        self.filled += bits;
        if self.filled >= 32 {
            self.drain();
        }
    }

    fn drain(&mut self) {
        while self.filled >= 8 {
            self.filled -= 8;
            let byte = (self.pending >> self.filled) as u8;
            self.out.push(byte);
            if byte == 0xFF {
                self.out.push(0);
            }
        }
    }
}

fn spelled(code: &Code) -> [(u16, u8); 256] {
    let mut table = [(0, 0); 256];
    let mut symbols = code.symbols.iter();
    let mut next = 0u16;
    for (length, &count) in (1..).zip(&code.lengths) {
        for symbol in symbols.by_ref().take(usize::from(count)) {
            table[usize::from(*symbol)] = (next, length);
            next = next.wrapping_add(1);
        }
        next = next.wrapping_shl(1);
    }
    table
}

/// Number of bits of a value's size, and the bits that tell it from others of that size.
fn sized(value: i16) -> (u32, u16) {
    let size = 16 - value.unsigned_abs().leading_zeros();
    let bits = if value < 0 { value - 1 } else { value };
    (size, bits as u16 & ((1 << size) - 1))
}
