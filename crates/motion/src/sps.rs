//! Parameter sets of H.264: the record that MP4 keeps of them, and the colours that a film says it has.
//! Source: ITU-T H.264, 7.3.2.1.1 and annex E; ISO/IEC 14496-15, 5.3.3.

/// The profile from which on records of parameter sets say what samples are.
pub(crate) const PROFILE_HIGH: u8 = 100;

/// Bits that are written into a parameter set.
#[derive(Debug)]
struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are taken; 8: all.
    taken: u32,
}

impl Bits {
    fn put(&mut self, value: u32, count: u32) {
        for shift in (0..count).rev() {
            if self.taken == 8 {
                self.bytes.push(0);
                self.taken = 0;
            }
            if let Some(last) = self.bytes.last_mut() {
                *last |= ((value >> shift & 1) as u8) << (7 - self.taken);
            }
            self.taken += 1;
        }
    }

    /// A number in Exp-Golomb code.
    fn put_ue(&mut self, value: u32) {
        let length = (value + 1).ilog2();
        self.put(0, length);
        self.put(value + 1, length + 1);
    }
}

/// `nal`, a sequence parameter set that says nothing of its looks, with BT.709 in studio range, and that frames
/// are shown in the order in which they are decoded. `None`: it is too short, or says something already.
pub(crate) fn with_looks(nal: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = plain(nal);
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    let stop = bytes.last()?.trailing_zeros();
    // The last bit before the one that stops says whether looks follow: it is 0.
    let at = bytes.len() * 8 - stop as usize - 2;
    let last = bytes.get_mut(at / 8)?;
    if *last >> (7 - at % 8) & 1 != 0 {
        return None;
    }
    bytes.truncate(at / 8 + 1);
    let last = bytes.last_mut()?;
    *last &= !(0xFF_u8.checked_shr(at as u32 % 8).unwrap_or(0));
    let mut bits = Bits {
        bytes,
        taken: at as u32 % 8,
    };
    // Looks follow; no shape of pixels, no overscan; a video signal of no format, studio range, colours: BT.709.
    bits.put(0b1_0011_0101, 9);
    bits.put(0x0001_0101, 24);
    // No place of chroma, times, buffers, structures; but bounds of the stream follow.
    bits.put(1, 6);
    // Vectors may leave the frame.
    bits.put(1, 1);
    // Bytes and bits of a frame without bound; lengths of vectors; no reordering; frames kept for reference.
    for value in [0, 0, 16, 16, 0, 4] {
        bits.put_ue(value);
    }
    bits.put(1, 1);
    Some(escaped(&bits.bytes))
}

/// The record of parameter sets, the content of `avcC`; lengths of units take four bytes. `profile`: the three bytes
/// of profile, constraints and level. A record of profile High says what samples are.
pub(crate) fn avcc(profile: &[u8], is_high: bool, sps: &[&[u8]], pps: &[&[u8]]) -> Vec<u8> {
    let mut out = vec![1];
    out.extend_from_slice(profile);
    out.push(0xFF);
    for (sets, reserved) in [(sps, 0xE0), (pps, 0)] {
        out.push(reserved | sets.len() as u8);
        for set in sets {
            out.extend((set.len() as u16).to_be_bytes());
            out.extend_from_slice(set);
        }
    }
    if is_high {
        // 4:2:0, eight bits, no further sets.
        out.extend([0xFD, 0xF8, 0xF8, 0]);
    }
    out
}

/// A unit without the bytes that keep it from looking like a start code.
pub(crate) fn plain(nal: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(nal.len());
    let mut zeros = 0;
    for &byte in nal {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}

/// The other way of [`plain`].
pub(crate) fn escaped(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 4);
    let mut zeros = 0;
    for &byte in bytes {
        if zeros >= 2 && byte <= 3 {
            out.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    out
}
