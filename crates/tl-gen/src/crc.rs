//! CRC-32, the function that turns a TL definition into its id.

/// CRC-32 (reflected, polynomial `edb88320`) of `data`.
pub(crate) fn crc32(data: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in data {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::crc32;

    #[test]
    fn the_check_value_of_the_standard_comes_out() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_known_definition_gives_its_id() {
        let line = b"user_id:long = Peer";
        assert_eq!(crc32(&[b"peerUser ", &line[..]].concat()), 0x5951_1722);
    }
}
