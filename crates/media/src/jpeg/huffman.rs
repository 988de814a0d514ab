//! Huffman tables of a JPEG file: from the code lengths in the file to quick look-up.

use super::bits::Bits;
use crate::Unreadable;

/// Codes up to this length are found in one step.
const LOOK_BITS: u32 = 10;
const LOOK: usize = 1 << LOOK_BITS;

/// One table. Codes that no symbol has read as an error.
#[derive(Debug)]
pub(super) struct Table {
    /// By the next bits: symbol and length, or length 0 for a longer or missing code.
    short: Box<[(u8, u8); LOOK]>,
    /// By the next bits, for AC: value, run of zeros and all bits, when they fit; else 0 bits.
    whole: Box<[Whole; LOOK]>,
    /// First code value after those of each length, aligned to 16 bits; index is length - 1.
    limit: [u32; 16],
    /// What to add to a code of each length to get its symbol's index.
    offset: [i32; 16],
    symbols: Vec<u8>,
}

/// A short code together with the value bits behind it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Whole {
    pub(super) value: i16,
    pub(super) run: u8,
    pub(super) bits: u8,
}

impl Table {
    /// Builds a table from the number of codes per length and the symbols in code order.
    /// Source: ITU-T T.81, annex C.
    pub(super) fn new(lengths: &[u8; 16], symbols: &[u8]) -> Result<Self, Unreadable> {
        let mut table = Self {
            short: Box::new([(0, 0); LOOK]),
            whole: Box::new([Whole::default(); LOOK]),
            limit: [0; 16],
            offset: [0; 16],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0u32, 0usize);
        for (at, &count) in lengths.iter().enumerate() {
            let bits = at as u32 + 1;
            table.offset[at] = index as i32 - code as i32;
            for _ in 0..count {
                if code >= 1 << bits {
                    return Err(Unreadable::Broken("JPEG: Huffman codes overlap"));
                }
                if bits <= LOOK_BITS {
                    let first = (code << (LOOK_BITS - bits)) as usize;
                    let spans = 1 << (LOOK_BITS - bits);
                    table.short[first..][..spans].fill((symbols[index], bits as u8));
                }
                code += 1;
                index += 1;
            }
            table.limit[at] = code << (16 - bits);
            code <<= 1;
        }
        table.fill_whole();
        Ok(table)
    }

    fn fill_whole(&mut self) {
        for (look, whole) in self.whole.iter_mut().enumerate() {
            let (symbol, length) = self.short[look];
            let size = u32::from(symbol & 15);
            let bits = u32::from(length) + size;
            if length == 0 || size == 0 || bits > LOOK_BITS {
                continue;
            }
            let value = (look >> (LOOK_BITS - bits)) as i32 & ((1 << size) - 1);
            let negative = value >> (size - 1) == 0;
            let value = if negative {
                value - (1 << size) + 1
            } else {
                value
            };
            *whole = Whole {
                value: value as i16,
                run: symbol >> 4,
                bits: bits as u8,
            };
        }
    }

    /// The symbol of the next code, which is taken. 16 bits must be available.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<u8, Unreadable> {
        let (symbol, length) = self.short[bits.peek(LOOK_BITS)];
        if length > 0 {
            bits.skip(u32::from(length));
            return Ok(symbol);
        }
        self.long_symbol(bits)
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Result<u8, Unreadable> {
        let next = bits.peek(16) as u32;
        for at in LOOK_BITS as usize..16 {
            if next < self.limit[at] {
                let code = next >> (15 - at);
                bits.skip(at as u32 + 1);
                let index = usize::try_from(code as i32 + self.offset[at]).ok();
                let symbol = index.and_then(|index| self.symbols.get(index));
                return symbol
                    .copied()
                    .ok_or(Unreadable::Broken("JPEG: unknown Huffman code"));
            }
        }
        Err(Unreadable::Broken("JPEG: unknown Huffman code"))
    }

    /// Code and value in one step, if both are short: 0 bits otherwise. Nothing is taken.
    #[inline(always)]
    pub(super) fn whole(&self, bits: &Bits<'_>) -> Whole {
        self.whole[bits.peek(LOOK_BITS)]
    }
}
