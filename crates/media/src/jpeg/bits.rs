//! Bits of entropy-coded JPEG data: stuffed zero bytes removed, markers not crossed.

/// Reads bits, most significant first, up to the next marker. Past that it yields zeros and
/// remembers how many were asked for, so that the inner loops need no check of their own.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// Bits not yet taken, from the top.
    word: u64,
    filled: u32,
    /// How many of all bits handed out so far, or still in `word`, were never in the file.
    invented: u64,
}

impl<'a> Bits<'a> {
    /// Starts at byte `at` of `data`.
    pub(super) fn new(data: &'a [u8], at: usize) -> Self {
        Self {
            data,
            at,
            word: 0,
            filled: 0,
            invented: 0,
        }
    }

    /// Makes at least 32 bits available.
    #[inline(always)]
    pub(super) fn refill(&mut self) {
        if self.filled > 32 {
            return;
        }
        if let Some(bytes) = self.data.get(self.at..).and_then(<[u8]>::first_chunk) {
            let bytes = u32::from_be_bytes(*bytes);
            // No byte is 0xFF if adding one to its low seven bits never carries into a set top bit.
            if (bytes & 0x7F7F_7F7F).wrapping_add(0x0101_0101) & bytes & 0x8080_8080 == 0 {
                self.word |= u64::from(bytes) << (32 - self.filled);
                self.filled += 32;
                self.at += 4;
                return;
            }
        }
        self.refill_slowly();
    }

    #[cold]
    fn refill_slowly(&mut self) {
        while self.filled <= 56 {
            let byte = match (self.data.get(self.at), self.data.get(self.at + 1)) {
                (Some(0xFF), Some(0x00)) => {
                    self.at += 2;
                    0xFF
                }
                (Some(0xFF), Some(0xFF)) => {
                    self.at += 1;
                    continue;
                }
                (Some(&byte), _) if byte != 0xFF => {
                    self.at += 1;
                    byte
                }
                _ => {
                    self.invented += 8;
                    0
                }
            };
            self.word |= u64::from(byte) << (56 - self.filled);
            self.filled += 8;
        }
    }

    /// The next `bits` bits (1 to 16), not taken.
    #[inline(always)]
    pub(super) fn peek(&self, bits: u32) -> usize {
        (self.word >> (64 - bits)) as usize
    }

    /// Takes `bits` bits (0 to 16) away; they must have been made available.
    #[inline(always)]
    pub(super) fn skip(&mut self, bits: u32) {
        self.word <<= bits;
        self.filled -= bits;
    }

    /// Takes `bits` bits (0 to 16) as a number.
    #[inline(always)]
    pub(super) fn take(&mut self, bits: u32) -> i32 {
        if bits == 0 {
            return 0;
        }
        let value = self.peek(bits) as i32;
        self.skip(bits);
        value
    }

    /// Takes the value of a coefficient of size `bits` (0 to 16).
    /// Source: ITU-T T.81, procedures RECEIVE and EXTEND.
    #[inline(always)]
    pub(super) fn take_signed(&mut self, bits: u32) -> i32 {
        if bits == 0 {
            return 0;
        }
        let value = self.take(bits);
        let negative = (value >> (bits - 1)) ^ 1;
        value - negative * ((1 << bits) - 1)
    }

    /// True if bits were taken that the file does not have.
    pub(super) fn ran_out(&self) -> bool {
        self.invented > u64::from(self.filled)
    }

    /// Drops the rest of the byte and passes a restart marker, if one is next.
    pub(super) fn pass_restart(&mut self) -> bool {
        let at = self.marker_at();
        let is_restart =
            matches!(self.data.get(at..at + 2), Some(&[0xFF, code]) if code & 0xF8 == 0xD0);
        if is_restart {
            *self = Self::new(self.data, at + 2);
        }
        is_restart
    }

    /// Where the next marker begins, or the end of the data.
    pub(super) fn marker_at(&self) -> usize {
        let mut at = self.at;
        // Whole bytes may still wait in `word`; the marker is behind them, so `at` is right.
        while at < self.data.len() {
            match (self.data[at], self.data.get(at + 1)) {
                (0xFF, Some(0x00)) => at += 2,
                (0xFF, Some(0xFF)) => at += 1,
                (0xFF, Some(_)) => return at,
                _ => at += 1,
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stuffed_zeros_are_removed_and_markers_stop() {
        let data = [0xFF, 0x00, 0x12, 0xFF, 0xD9, 0x34];
        let mut bits = Bits::new(&data, 0);
        bits.refill();
        assert_eq!(bits.take(16), 0xFF12);
        assert!(!bits.ran_out());
        assert_eq!(bits.marker_at(), 3);
        assert_eq!(bits.take(1), 0);
        assert!(bits.ran_out());
    }

    #[test]
    fn any_mix_of_bytes_reads_like_one_bit_at_a_time() {
        let mut state = 9u32;
        let mut plain = Vec::new();
        let mut stuffed = Vec::new();
        for _ in 0..4096 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let byte = if state >> 30 == 0 {
                0xFF
            } else {
                (state >> 16) as u8
            };
            plain.push(byte);
            stuffed.push(byte);
            if byte == 0xFF {
                stuffed.push(0);
            }
        }
        let mut bits = Bits::new(&stuffed, 0);
        let mut at = 0;
        while at + 16 <= plain.len() * 8 {
            let width = 1 + (at as u32 * 7) % 16;
            bits.refill();
            let expected = (0..width as usize).fold(0, |value, bit| {
                let at = at + bit;
                value << 1 | i32::from(plain[at / 8] >> (7 - at % 8) & 1)
            });
            assert_eq!(bits.take(width), expected, "bit {at}");
            at += width as usize;
        }
        assert!(!bits.ran_out());
    }

    #[test]
    fn signed_values_follow_the_standard() {
        // Size 3: 000 is -7, 011 is -4, 100 is 4, 111 is 7.
        let data = [0b0000_1110, 0b0111_0000];
        let mut bits = Bits::new(&data, 0);
        bits.refill();
        assert_eq!([(); 4].map(|()| bits.take_signed(3)), [-7, -4, 4, 7]);
    }
}
