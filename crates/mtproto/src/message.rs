//! The encrypted envelope: what stands between a transport frame and a session's messages.
//! Opening checks what can be checked without a session, in the order that leaks nothing.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};

use crate::crypto::kdf::{self, Direction};
use crate::crypto::{AuthKey, aes_ige, equal};
use crate::{Time, Violation};

/// Bytes in front of the encrypted part: auth key id and message key.
pub const ENVELOPE_OUTER_BYTES: usize = 24;
/// Bytes in front of the body inside the encrypted part: salt, session, id, number, length.
pub const ENVELOPE_INNER_BYTES: usize = 32;
/// Fewest random bytes behind the body. Source: official page on MTProto 2.0.
pub const ENVELOPE_PADDING_BYTES_MIN: usize = 12;
/// Most random bytes behind the body. Source: same page.
pub const ENVELOPE_PADDING_BYTES_MAX: usize = 1024;

/// Id of a message: the sender's Unix time in the upper half, its kind in the lowest two bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MsgId(pub i64);

impl MsgId {
    /// The id that belongs to `time`, with `kind` (0 to 3) in the lowest two bits.
    #[must_use]
    pub fn at(time: Time, kind: i64) -> MsgId {
        let seconds = time.unix_nanos().div_euclid(1_000_000_000);
        let fraction = (i64::from(time.subsecond_nanos()) << 32) / 1_000_000_000;
        MsgId((seconds << 32 | fraction) & !3 | kind)
    }

    /// The lowest id above `self` with `kind` in the lowest two bits.
    #[must_use]
    pub fn next(self, kind: i64) -> MsgId {
        MsgId((self.0 & !3).saturating_add(4) | kind)
    }

    /// The sender's time in Unix seconds.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0 >> 32
    }

    /// The lowest two bits: 0 from clients, 1 for answers and 3 for notices from servers.
    #[must_use]
    pub fn kind(self) -> i64 {
        self.0 & 3
    }
}

/// A session is one client's sequence of messages under one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionRef {
    /// The key that encrypts the session, temporary or permanent.
    pub auth_key_id: i64,
    /// The client's random number, unique under its key; never 0.
    pub session_id: i64,
}

/// What the protocol has to know about an auth key.
#[derive(Debug, Clone)]
pub struct KeyInfo {
    /// The secret with its id.
    pub key: Arc<AuthKey>,
    /// The salt that follows from the handshake's nonces, accepted during the key's first hour.
    pub first_salt: i64,
    /// When the key was made, in Unix seconds.
    pub created_at: i32,
    /// When a temporary key ends, in Unix seconds; `None` for a permanent key.
    pub expires_at: Option<i32>,
}

impl KeyInfo {
    /// Whether the key has outlived its time.
    #[must_use]
    pub fn expired(&self, now: Time) -> bool {
        self.expires_at.is_some_and(|at| at <= now.unix_seconds())
    }
}

/// What stands in front of a body inside the encrypted part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The salt the sender believes to be valid.
    pub salt: i64,
    /// The session under the key.
    pub session_id: i64,
    /// The message's id.
    pub msg_id: MsgId,
    /// The message's number: twice the count of content messages before it, odd for content.
    pub seq_no: i32,
}

/// A decrypted and verified message.
#[derive(Debug, Clone)]
pub struct Opened {
    /// Who, when, how.
    pub header: Header,
    /// The TL object, a slice of the frame.
    pub body: Bytes,
    /// What a quick acknowledgement of this message consists of.
    pub quick_ack: u32,
}

/// The auth key id at the start of a frame; 0 marks a plain message of the handshake.
///
/// `None` when the frame is too short to have one.
#[must_use]
pub fn auth_key_id(frame: &[u8]) -> Option<i64> {
    frame.first_chunk().map(|id| i64::from_le_bytes(*id))
}

/// Decrypts the frame in place and verifies it. Transport padding is cut off before.
///
/// # Errors
/// [`Violation::EnvelopeLength`]: not whole cipher blocks. [`Violation::MsgKey`]: encrypted under
/// another key or altered. [`Violation::BodyLength`]: the length field does not fit the data or
/// the padding is outside 12..=1024. [`Violation::SessionZero`].
///
/// Source: official page "Security guidelines for client developers", checks on receipt.
pub fn open(mut frame: BytesMut, key: &AuthKey, direction: Direction) -> Result<Opened, Violation> {
    let length = frame.len();
    let sealed = length.saturating_sub(ENVELOPE_OUTER_BYTES);
    if sealed < ENVELOPE_INNER_BYTES + 16 || !sealed.is_multiple_of(16) {
        return Err(Violation::EnvelopeLength { length });
    }
    let mut data = frame.split_off(ENVELOPE_OUTER_BYTES);
    let sent_key: [u8; 16] = array(&frame, 8);
    let keys = kdf::message_keys(&key.bytes, direction, &sent_key);
    aes_ige::decrypt_in_place(&mut data, &keys.key, &keys.iv);
    let large = kdf::msg_key_large(&key.bytes, direction, &data);
    if !equal(&kdf::msg_key(&large), &sent_key) {
        return Err(Violation::MsgKey);
    }
    let data = data.freeze();
    let body_len = u32::from_le_bytes(array(&data, 28)) as usize;
    let padding = (data.len() - ENVELOPE_INNER_BYTES).checked_sub(body_len);
    let fits = padding.is_some_and(|padding| {
        (ENVELOPE_PADDING_BYTES_MIN..=ENVELOPE_PADDING_BYTES_MAX).contains(&padding)
    });
    if !fits || body_len < 4 || !body_len.is_multiple_of(4) {
        return Err(Violation::BodyLength { length: body_len });
    }
    let header = Header {
        salt: i64::from_le_bytes(array(&data, 0)),
        session_id: i64::from_le_bytes(array(&data, 8)),
        msg_id: MsgId(i64::from_le_bytes(array(&data, 16))),
        seq_no: i32::from_le_bytes(array(&data, 24)),
    };
    if header.session_id == 0 {
        return Err(Violation::SessionZero);
    }
    let body = data.slice(ENVELOPE_INNER_BYTES..ENVELOPE_INNER_BYTES + body_len);
    Ok(Opened {
        header,
        body,
        quick_ack: kdf::quick_ack_token(&large),
    })
}

/// `N` bytes at `at`; the caller has checked the length.
fn array<const N: usize>(data: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(&data[at..at + N]);
    out
}

/// Encrypts one message in one direction under one key.
#[derive(Debug)]
pub struct Sealer<'a> {
    /// The key of the session.
    pub key: &'a AuthKey,
    /// Who is sending.
    pub direction: Direction,
    /// Random bytes, of which as many stand behind the body as are needed.
    pub padding: [u8; 32],
}

impl Sealer<'_> {
    /// Appends one encrypted message to `out`; `body` appends the TL object.
    ///
    /// The body is written where it is encrypted, so nothing is copied after that. Returns the
    /// quick acknowledgement token that the other side would send for it.
    pub fn seal(self, out: &mut Vec<u8>, header: Header, body: impl FnOnce(&mut Vec<u8>)) -> u32 {
        let start = out.len();
        out.extend_from_slice(&self.key.id.to_le_bytes());
        out.extend_from_slice(&[0; 16]); // the message key, known at the end
        out.extend_from_slice(&header.salt.to_le_bytes());
        out.extend_from_slice(&header.session_id.to_le_bytes());
        out.extend_from_slice(&header.msg_id.0.to_le_bytes());
        out.extend_from_slice(&header.seq_no.to_le_bytes());
        let length_at = out.len();
        out.extend_from_slice(&[0; 4]);
        body(out);
        let length = (out.len() - length_at - 4) as u32;
        out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
        let unpadded = out.len() - start - ENVELOPE_OUTER_BYTES;
        let padded = (unpadded + ENVELOPE_PADDING_BYTES_MIN).next_multiple_of(16);
        out.extend_from_slice(&self.padding[..padded - unpadded]);
        let data = &mut out[start + ENVELOPE_OUTER_BYTES..];
        let large = kdf::msg_key_large(&self.key.bytes, self.direction, data);
        let msg_key = kdf::msg_key(&large);
        let keys = kdf::message_keys(&self.key.bytes, self.direction, &msg_key);
        aes_ige::encrypt_in_place(data, &keys.key, &keys.iv);
        out[start + 8..start + ENVELOPE_OUTER_BYTES].copy_from_slice(&msg_key);
        kdf::quick_ack_token(&large)
    }
}

/// The length of a sealed message whose body has `body_len` bytes.
#[must_use]
pub fn sealed_len(body_len: usize) -> usize {
    let inner = ENVELOPE_INNER_BYTES + body_len + ENVELOPE_PADDING_BYTES_MIN;
    ENVELOPE_OUTER_BYTES + inner.next_multiple_of(16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::hex;

    fn key() -> AuthKey {
        AuthKey::new(std::array::from_fn(|i| i as u8))
    }

    /// The published ping of the test vectors, sealed by a client.
    fn known_frame() -> BytesMut {
        let frame: [u8; 88] = hex("32d1586ea457dfc860c48d3083c8b2bac996b89afd76fcc5\
             1d41df54071be6a71b17a96f75f24f929d0ff77676bc4f96809a4ddd1e799e4d\
             efedaca4a65418069cf8435b540eb2af5d978758f5f2d5f16fb1f0f3a96cab80");
        BytesMut::from(&frame[..])
    }

    fn seal(body: &[u8], header: Header) -> BytesMut {
        let mut out = Vec::new();
        let key = key();
        let sealer = Sealer {
            key: &key,
            direction: Direction::ToServer,
            padding: [3; 32],
        };
        sealer.seal(&mut out, header, |out| out.extend_from_slice(body));
        assert_eq!(out.len(), sealed_len(body.len()));
        BytesMut::from(&out[..])
    }

    /// Seals a plaintext as it is, so that its lengths may be wrong.
    fn seal_raw(mut data: Vec<u8>) -> BytesMut {
        let key = key();
        let large = kdf::msg_key_large(&key.bytes, Direction::ToServer, &data);
        let msg_key = kdf::msg_key(&large);
        let keys = kdf::message_keys(&key.bytes, Direction::ToServer, &msg_key);
        aes_ige::encrypt_in_place(&mut data, &keys.key, &keys.iv);
        let mut frame = key.id.to_le_bytes().to_vec();
        frame.extend_from_slice(&msg_key);
        frame.extend_from_slice(&data);
        BytesMut::from(&frame[..])
    }

    fn open(frame: BytesMut) -> Result<Opened, Violation> {
        super::open(frame, &key(), Direction::ToServer)
    }

    const HEADER: Header = Header {
        salt: 5,
        session_id: 6,
        msg_id: MsgId(1_700_000_000 << 32),
        seq_no: 1,
    };

    #[test]
    fn the_known_message_opens() {
        let opened = open(known_frame()).unwrap();
        assert_eq!(opened.header.salt.to_le_bytes(), hex("0102030405060708"));
        assert_eq!(
            opened.header.session_id.to_le_bytes(),
            hex("1112131415161718")
        );
        assert_eq!(
            opened.header.msg_id,
            MsgId::at(Time::from_unix_seconds(1_700_000_000), 0)
        );
        assert_eq!(opened.header.seq_no, 0);
        assert_eq!(opened.body[..], hex::<12>("ec77be7a8877665544332211"));
        assert_eq!(opened.quick_ack, 0xdafe_c99a);
    }

    #[test]
    fn what_is_sealed_opens_again() {
        for len in [4, 8, 12, 16, 20, 1000] {
            let body: Vec<u8> = (0..len).map(|i| i as u8).collect();
            let opened = open(seal(&body, HEADER)).unwrap();
            assert_eq!((opened.header, &opened.body[..]), (HEADER, &body[..]));
        }
    }

    #[test]
    fn m62_one_altered_bit_anywhere_is_noticed() {
        for at in 8..known_frame().len() {
            let mut frame = known_frame();
            frame[at] ^= 1;
            assert_eq!(open(frame).unwrap_err(), Violation::MsgKey, "byte {at}");
        }
    }

    #[test]
    fn m63_lengths_and_padding_that_do_not_fit_are_refused() {
        let plain = |body_len: u32, total: usize| {
            let mut data = vec![1; total];
            data[28..32].copy_from_slice(&body_len.to_le_bytes());
            open(seal_raw(data)).map(|opened| opened.body.len())
        };
        assert_eq!(plain(4, 48), Ok(4)); // padding 12
        assert_eq!(plain(4, 32 + 4 + 1020), Ok(4));
        assert_eq!(
            plain(12, 32 + 12 + 1028),
            Err(Violation::BodyLength { length: 12 })
        );
        assert_eq!(plain(8, 48), Err(Violation::BodyLength { length: 8 })); // padding 8
        for wrong in [0, 3, 5, 64, u32::MAX, 1 << 31] {
            let expected = Violation::BodyLength {
                length: wrong as usize,
            };
            assert_eq!(plain(wrong, 64), Err(expected));
        }
    }

    #[test]
    fn m64_session_zero_is_refused() {
        let header = Header {
            session_id: 0,
            ..HEADER
        };
        assert_eq!(
            open(seal(&[1; 4], header)).unwrap_err(),
            Violation::SessionZero
        );
    }

    #[test]
    fn frames_of_any_length_are_refused_without_a_panic() {
        for length in 0..120 {
            let refused = open(BytesMut::zeroed(length)).unwrap_err();
            let whole = length >= 72 && (length - 24) % 16 == 0;
            let expected = if whole {
                Violation::MsgKey
            } else {
                Violation::EnvelopeLength { length }
            };
            assert_eq!(refused, expected);
        }
        assert_eq!(auth_key_id(&[1; 7]), None);
        assert_eq!(auth_key_id(&[0; 8]), Some(0));
    }

    #[test]
    fn ids_carry_time_and_kind() {
        let id = MsgId::at(Time::from_unix_nanos(1_700_000_000_500_000_000), 1);
        assert_eq!((id.unix_seconds(), id.kind()), (1_700_000_000, 1));
        assert_eq!(id.0 & 0xffff_fffc, 0x8000_0000);
        assert_eq!(id.next(3), MsgId(id.0 + 6));
    }
}
