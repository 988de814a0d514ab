//! Bits and prefix codes of lossless WebP.

use crate::Unreadable;

/// What is not a legal lossless picture.
pub(super) const BROKEN: Unreadable = Unreadable::Broken("WebP: broken lossless data");

/// Bits, least significant first. Past the end it yields zeros, and tells so when asked.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    word: u64,
    filled: u32,
    invented: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            word: 0,
            filled: 0,
            invented: 0,
        }
    }

    /// Makes at least 32 bits available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if self.filled >= 32 {
            return;
        }
        if let Some(bytes) = self.data.get(self.at..).and_then(<[u8]>::first_chunk) {
            self.word |= u64::from(u32::from_le_bytes(*bytes)) << self.filled;
            self.filled += 32;
            self.at += 4;
            return;
        }
        self.refill_at_end();
    }

    #[cold]
    fn refill_at_end(&mut self) {
        while self.filled <= 56 {
            let byte = self.data.get(self.at).copied();
            self.at += 1;
            self.invented = self
                .invented
                .saturating_add(if byte.is_none() { 8 } else { 0 });
            self.word |= u64::from(byte.unwrap_or(0)) << self.filled;
            self.filled += 8;
        }
    }

    /// Takes `bits` (0 to 16) of at least 16 made available before.
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) -> u32 {
        let value = self.word as u32 & ((1 << bits) - 1);
        self.word >>= bits;
        self.filled -= bits;
        value
    }

    /// Refills and takes `bits` (0 to 24).
    pub(super) fn read(&mut self, bits: u32) -> u32 {
        self.refill();
        self.take(bits)
    }

    /// An error if bits were taken that the file does not have.
    pub(super) fn check(&self) -> Result<(), Unreadable> {
        if self.invented > self.filled {
            Err(Unreadable::Truncated)
        } else {
            Ok(())
        }
    }
}

/// Codes up to this length are found in one step.
const LOOK_BITS: u32 = 8;
/// Longest code. Source: WebP lossless specification.
const CODE_BITS_MAX: usize = 15;
/// Order in which the lengths of length codes are stored. Source: the same.
const LENGTH_ORDER: [usize; 19] = [
    17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
];

/// One prefix code.
#[derive(Debug)]
pub(super) struct Code {
    /// By the next bits: symbol times 16 plus length; 0 bits for the only symbol there is,
    /// [`LONG`] for a code longer than the table is deep.
    short: Vec<u16>,
    mask: usize,
    /// How many codes of each length, and their symbols in code order.
    counts: [u16; CODE_BITS_MAX + 1],
    symbols: Vec<u16>,
}

const LONG: u16 = u16::MAX;

impl Code {
    /// Reads a code for `alphabet` symbols.
    pub(super) fn read(bits: &mut Bits<'_>, alphabet: usize) -> Result<Self, Unreadable> {
        let mut lengths = vec![0u8; alphabet];
        if bits.read(1) == 1 {
            let two = bits.read(1) == 1;
            let wide = bits.read(1);
            let first = bits.read(1 + 7 * wide) as usize;
            *lengths.get_mut(first).ok_or(BROKEN)? = 1;
            if two {
                let second = bits.read(8) as usize;
                *lengths.get_mut(second).ok_or(BROKEN)? = 1;
            }
        } else {
            Self::read_lengths(bits, &mut lengths)?;
        }
        bits.check()?;
        Self::new(&lengths)
    }

    fn read_lengths(bits: &mut Bits<'_>, lengths: &mut [u8]) -> Result<(), Unreadable> {
        let mut length_lengths = [0; 19];
        let stored = 4 + bits.read(4) as usize;
        for &at in &LENGTH_ORDER[..stored.min(19)] {
            length_lengths[at] = bits.read(3) as u8;
        }
        let code = Self::new(&length_lengths)?;
        let mut left = lengths.len();
        if bits.read(1) == 1 {
            let width = 2 + 2 * bits.read(3);
            left = 2 + bits.read(width) as usize;
            if left > lengths.len() {
                return Err(BROKEN);
            }
        }
        let (mut at, mut last) = (0, 8);
        while at < lengths.len() && left > 0 {
            left -= 1;
            bits.refill();
            let symbol = code.symbol(bits)?;
            let (value, count) = match symbol {
                0..=15 => (symbol as u8, 1),
                16 => (last, 3 + bits.take(2) as usize),
                17 => (0, 3 + bits.take(3) as usize),
                _ => (0, 11 + bits.take(7) as usize),
            };
            if symbol <= 15 && value > 0 {
                last = value;
            }
            lengths.get_mut(at..at + count).ok_or(BROKEN)?.fill(value);
            at += count;
        }
        Ok(())
    }

    /// Builds a code from its lengths; it must be complete, or have one symbol only.
    fn new(lengths: &[u8]) -> Result<Self, Unreadable> {
        let mut counts = [0u16; CODE_BITS_MAX + 1];
        for &length in lengths {
            counts[usize::from(length)] += u16::from(length > 0);
        }
        let used: usize = counts.iter().map(|&count| usize::from(count)).sum();
        if used <= 1 {
            let only = lengths
                .iter()
                .position(|&length| length > 0)
                .ok_or(BROKEN)?;
            let short = vec![(only as u16) << 4];
            return Ok(Self {
                short,
                mask: 0,
                counts,
                symbols: Vec::new(),
            });
        }
        let mut symbols = Vec::with_capacity(used);
        let longest = (1..=CODE_BITS_MAX)
            .rev()
            .find(|&bits| counts[bits] > 0)
            .unwrap_or(1);
        let depth = LOOK_BITS.min(longest as u32);
        let mut short = vec![LONG; 1 << depth];
        let mut next = 0u32;
        for bits in 1..=longest as u32 {
            let of_length = lengths
                .iter()
                .enumerate()
                .filter(|&(_, &length)| u32::from(length) == bits);
            for (symbol, _) in of_length {
                if next >= 1 << bits {
                    return Err(BROKEN);
                }
                symbols.push(symbol as u16);
                if bits <= depth {
                    let first = (next.reverse_bits() >> (32 - bits)) as usize;
                    for slot in short[first..].iter_mut().step_by(1 << bits) {
                        *slot = (symbol as u16) << 4 | bits as u16;
                    }
                }
                next += 1;
            }
            next <<= 1;
        }
        if next != 2 << longest {
            return Err(BROKEN);
        }
        Ok(Self {
            mask: short.len() - 1,
            short,
            counts,
            symbols,
        })
    }

    /// Takes the next code; 15 bits must be available.
    #[inline(always)]
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Result<usize, Unreadable> {
        let entry = self.short[bits.word as usize & self.mask];
        if entry == LONG {
            return self.long_symbol(bits);
        }
        bits.take(u32::from(entry & 15));
        Ok(usize::from(entry >> 4))
    }

    #[cold]
    fn long_symbol(&self, bits: &mut Bits<'_>) -> Result<usize, Unreadable> {
        let (mut code, mut first, mut index) = (0u32, 0u32, 0u32);
        for &count in &self.counts[1..] {
            code = code << 1 | bits.take(1);
            first <<= 1;
            let count = u32::from(count);
            if code < first + count {
                let symbol = self.symbols.get((index + code - first) as usize);
                return symbol.map(|&symbol| usize::from(symbol)).ok_or(BROKEN);
            }
            first += count;
            index += count;
        }
        Err(BROKEN)
    }

    /// Memory of this code in bytes.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + (self.short.len() + self.symbols.len()) * 2
    }
}
