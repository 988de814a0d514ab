//! The obfuscated transport: 64 bytes that look random in front, AES-CTR over everything after.
//! Source: official page on transports, "Transport obfuscation"; spec section 1.3.

use super::Framing;
use crate::crypto::ctr::Ctr;
use crate::crypto::sha::sha256;

/// Length of the header.
pub(super) const HEADER_BYTES: usize = 64;

/// Where key, iv, tag and data centre stand in the header.
const KEY_AT: usize = 8;
const IV_AT: usize = 40;
pub(super) const TAG_AT: usize = 56;
pub(super) const DC_AT: usize = 60;

/// A secret that clients may mix into the keys, as in a link to an MTProto proxy.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    key: [u8; 16],
    padded: bool,
}

impl Secret {
    /// A secret from its bytes: 16, or 17 beginning with `dd`, which asks the client to use the
    /// padded framing; with `ee` in front and a domain behind (fake TLS) only the 16 are used.
    /// `None` for any other shape.
    pub fn from_bytes(bytes: &[u8]) -> Option<Secret> {
        let (key, padded): (&[u8], bool) = match bytes {
            [0xdd, key @ ..] if key.len() == 16 => (key, true),
            [0xee, rest @ ..] if rest.len() >= 16 => (&rest[..16], true),
            key => (key, false),
        };
        Some(Secret {
            key: key.try_into().ok()?,
            padded,
        })
    }

    /// Whether clients with this secret must use the padded framing.
    pub fn is_padded(&self) -> bool {
        self.padded
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Both streams of an obfuscated connection.
#[derive(Debug)]
pub(super) struct Streams {
    /// Client to server.
    pub(super) to_server: Ctr,
    /// Server to client.
    pub(super) to_client: Ctr,
}

impl Streams {
    pub(super) fn new(header: &[u8; HEADER_BYTES], secret: Option<&Secret>) -> Streams {
        let mut reversed = *header;
        reversed[KEY_AT..TAG_AT].reverse();
        Streams {
            to_server: direction(header, secret),
            to_client: direction(&reversed, secret),
        }
    }
}

impl Streams {
    /// Memory outside of this value.
    pub(super) fn memory_bytes(&self) -> usize {
        self.to_server.memory_bytes() + self.to_client.memory_bytes()
    }
}

fn direction(header: &[u8; HEADER_BYTES], secret: Option<&Secret>) -> Ctr {
    let mut key = [0; 32];
    key.copy_from_slice(&header[KEY_AT..IV_AT]);
    if let Some(secret) = secret {
        key = sha256(&[&key, &secret.key]);
    }
    let mut iv = [0; 16];
    iv.copy_from_slice(&header[IV_AT..TAG_AT]);
    Ctr::new(&key, &iv)
}

/// What a header opens to.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) streams: Streams,
    pub(super) framing: Framing,
    pub(super) dc: i16,
}

/// Opens a header with this secret, if the result names a framing.
pub(super) fn open(header: &[u8; HEADER_BYTES], secret: Option<&Secret>) -> Option<Opened> {
    let mut streams = Streams::new(header, secret);
    let mut opened = *header;
    streams.to_server.apply(&mut opened); // the stream goes on behind the header
    let framing = framing_of(&opened[TAG_AT..DC_AT])?;
    Some(Opened {
        streams,
        framing,
        dc: i16::from_le_bytes([opened[DC_AT], opened[DC_AT + 1]]),
    })
}

fn framing_of(tag: &[u8]) -> Option<Framing> {
    match tag {
        [0xef, 0xef, 0xef, 0xef] => Some(Framing::Abridged),
        [0xee, 0xee, 0xee, 0xee] => Some(Framing::Intermediate),
        [0xdd, 0xdd, 0xdd, 0xdd] => Some(Framing::Padded),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    #[test]
    fn the_known_header_opens() {
        let mut header: [u8; 64] = std::array::from_fn(|i| (7 * i + 1) as u8);
        header[TAG_AT..].copy_from_slice(&hex::<8>("5e33578fd2ad1081"));
        let opened = open(&header, None).unwrap();
        assert_eq!((opened.framing, opened.dc), (Framing::Intermediate, 2));
        let secret = Secret::from_bytes(&[1; 16]).unwrap();
        assert!(open(&header, Some(&secret)).is_none());
    }

    #[test]
    fn secrets_have_three_shapes() {
        let plain = Secret::from_bytes(&[7; 16]).unwrap();
        assert!(!plain.is_padded());
        let mut bytes = vec![0xdd];
        bytes.extend([7; 16]);
        let padded = Secret::from_bytes(&bytes).unwrap();
        assert!(padded.is_padded() && padded.key == plain.key);
        bytes[0] = 0xee;
        assert_eq!(Secret::from_bytes(&bytes).unwrap(), padded);
        bytes.extend(b"example.org");
        assert_eq!(Secret::from_bytes(&bytes).unwrap(), padded);
        for wrong in [&[][..], &[1; 15], &[1; 17], &[0xdd; 18], &[0xee; 10]] {
            assert!(Secret::from_bytes(wrong).is_none());
        }
    }
}
