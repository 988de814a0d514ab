//! `msg_container`: several messages in one. A container is checked whole before any of its
//! messages is acted on, so that a broken one has no effect at all.

use bytes::Bytes;
use tl::wire::Reader;

use crate::MsgId;
use crate::service::MSG_CONTAINER;

/// Most messages in one container.
/// Chosen: the largest that clients make has 1020 (official limit: 1024).
pub const CONTAINER_MESSAGES_MAX: usize = 1024;
/// Longest message inside a container, in bytes.
/// Source: official page on MTProto, 2^20 for a message in a container.
pub const CONTAINER_MESSAGE_BYTES_MAX: usize = 1 << 20;

/// Bytes before the body of each inner message: id, seq number, length.
pub(crate) const INNER_HEADER_BYTES: usize = 16;

/// One message of a container; the body is a slice of the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inner {
    pub(crate) msg_id: MsgId,
    pub(crate) seq_no: i32,
    pub(crate) body: Bytes,
}

/// The container breaks a rule of its own: too many messages, a nested one, lengths that do not
/// fit. It is answered with code 64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadContainer;

/// Splits what stands behind the container's id.
pub(crate) fn split(packed: Bytes) -> Result<Vec<Inner>, BadContainer> {
    let mut reader = Reader::new_with_limits(packed, 1, CONTAINER_MESSAGES_MAX as u32);
    let count = reader.bare_vector_count().map_err(|_| BadContainer)?;
    let mut messages = Vec::with_capacity(count.min(reader.remaining() / INNER_HEADER_BYTES));
    for _ in 0..count {
        messages.push(inner(&mut reader)?);
    }
    reader.finish().map_err(|_| BadContainer)?;
    Ok(messages)
}

fn inner(reader: &mut Reader) -> Result<Inner, BadContainer> {
    let msg_id = MsgId(reader.i64().map_err(|_| BadContainer)?);
    let seq_no = reader.i32().map_err(|_| BadContainer)?;
    let len = reader.u32().map_err(|_| BadContainer)? as usize;
    if !len.is_multiple_of(4) || len > CONTAINER_MESSAGE_BYTES_MAX {
        return Err(BadContainer);
    }
    let body = reader.take(len).map_err(|_| BadContainer)?;
    if body.starts_with(&MSG_CONTAINER.to_le_bytes()) {
        return Err(BadContainer);
    }
    Ok(Inner {
        msg_id,
        seq_no,
        body,
    })
}

/// A container of messages with these ids, seq numbers and bodies.
#[must_use]
pub fn write(messages: &[(MsgId, i32, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    write_head(&mut out, messages.len());
    for (msg_id, seq_no, body) in messages {
        write_inner_head(&mut out, *msg_id, *seq_no, body.len());
        out.extend_from_slice(body);
    }
    out
}

/// Writes the head of a container of `count` messages.
pub(crate) fn write_head(out: &mut Vec<u8>, count: usize) {
    out.extend_from_slice(&MSG_CONTAINER.to_le_bytes());
    out.extend_from_slice(&(count as u32).to_le_bytes());
}

/// Writes the head of one inner message whose body has `len` bytes.
pub(crate) fn write_inner_head(out: &mut Vec<u8>, msg_id: MsgId, seq_no: i32, len: usize) {
    out.extend_from_slice(&msg_id.0.to_le_bytes());
    out.extend_from_slice(&seq_no.to_le_bytes());
    out.extend_from_slice(&(len as u32).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(bodies: &[&[u8]]) -> Bytes {
        let bodies = bodies.iter().zip(0..);
        let messages: Vec<_> = bodies
            .map(|(body, at)| (MsgId(i64::from(at) * 4), at, *body))
            .collect();
        Bytes::from(write(&messages)).slice(4..)
    }

    #[test]
    fn messages_come_back_in_order() {
        let split = split(packed(&[&[1; 4], &[2; 8]])).unwrap();
        assert_eq!(split.len(), 2);
        assert_eq!((split[1].msg_id, split[1].seq_no), (MsgId(4), 1));
        assert_eq!(split[1].body, [2; 8].as_slice());
    }

    #[test]
    fn an_empty_container_is_legal() {
        assert_eq!(split(packed(&[])), Ok(Vec::new()));
    }

    #[test]
    fn m67_nested_and_overfull_containers_are_bad() {
        assert_eq!(
            split(packed(&[&MSG_CONTAINER.to_le_bytes()])),
            Err(BadContainer)
        );
        assert!(split(packed(&vec![[0u8; 4].as_slice(); 1024])).is_ok());
        assert_eq!(
            split(packed(&vec![[0u8; 4].as_slice(); 1025])),
            Err(BadContainer)
        );
    }

    #[test]
    fn lengths_that_do_not_fit_are_bad() {
        let whole = packed(&[&[1; 4], &[2; 8]]);
        for cut in 0..whole.len() {
            assert_eq!(split(whole.slice(..cut)), Err(BadContainer), "{cut}");
        }
        assert_eq!(split(packed(&[&[1; 3]])), Err(BadContainer));
        let mut longer = whole.to_vec();
        longer.extend_from_slice(&[0; 4]);
        assert_eq!(split(Bytes::from(longer)), Err(BadContainer));
    }
}
