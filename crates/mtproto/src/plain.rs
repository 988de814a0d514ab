//! Unencrypted messages: the envelope of key creation, and of nothing else.
//! Source: official page on the detailed description of MTProto, "Unencrypted message".

use crate::{Time, Violation};
use bytes::{Bytes, BytesMut};

/// Bytes in front of the body: auth key id 0, message id, length.
pub const PLAIN_HEAD_BYTES: usize = 20;

/// An unencrypted message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainMessage {
    /// The sender's message id. Clients put 0, 1 or anything else here; nothing follows from it.
    pub msg_id: i64,
    /// The TL object.
    pub body: Bytes,
}

/// Takes a plain message apart. Bytes behind its body are the transport's padding.
///
/// # Errors
/// [`Violation::PlainMessage`]: too short, not a plain message, or its length field is not a
/// multiple of four or says more than there is.
pub fn read(payload: BytesMut) -> Result<PlainMessage, Violation> {
    let head = payload
        .first_chunk::<PLAIN_HEAD_BYTES>()
        .ok_or(Violation::PlainMessage)?;
    let [0, 0, 0, 0, 0, 0, 0, 0, id @ .., l0, l1, l2, l3] = *head else {
        return Err(Violation::PlainMessage);
    };
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if !length.is_multiple_of(4) || length > payload.len() - PLAIN_HEAD_BYTES {
        return Err(Violation::PlainMessage);
    }
    let body = payload
        .freeze()
        .slice(PLAIN_HEAD_BYTES..PLAIN_HEAD_BYTES + length);
    Ok(PlainMessage {
        msg_id: i64::from_le_bytes(id),
        body,
    })
}

/// Appends a plain message.
pub fn write(msg_id: i64, body: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&[0; 8]);
    out.extend_from_slice(&msg_id.to_le_bytes());
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
}

/// The id of a plain message that a server sends at `now`: an answer, so 1 in the lowest bits.
/// Clients take their clock from it and refuse other low bits.
pub fn server_msg_id(now: Time) -> i64 {
    let seconds = now.unix_nanos().div_euclid(1_000_000_000);
    let fraction = (i64::from(now.subsecond_nanos()) << 32) / 1_000_000_000;
    (seconds << 32 | fraction) & !3 | 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_they_are_written() {
        for surplus in [0, 11] {
            let mut out = Vec::new();
            write(-2, &[7; 12], &mut out);
            out.resize(out.len() + surplus, 9);
            let message = read(out[..].into()).unwrap();
            assert_eq!((message.msg_id, &message.body[..]), (-2, &[7; 12][..]));
        }
    }

    #[test]
    fn malformed_messages_are_refused() {
        let mut good = Vec::new();
        write(1, &[7; 12], &mut good);
        for (at, value) in [(0, 1), (7, 1), (16, 13), (16, 16), (19, 0xff)] {
            let mut bad = good.clone();
            bad[at] = value;
            assert_eq!(read(bad[..].into()), Err(Violation::PlainMessage), "{at}");
        }
        for length in 0..PLAIN_HEAD_BYTES {
            assert!(read(good[..length].into()).is_err());
        }
    }

    #[test]
    fn server_ids_are_the_time_with_a_one() {
        let now = Time::from_unix_nanos(1_700_000_000_500_000_000);
        let id = server_msg_id(now);
        assert_eq!((id >> 32, id & 3), (1_700_000_000, 1));
        assert_eq!(id as u32 >> 30, 2, "half a second");
    }
}
