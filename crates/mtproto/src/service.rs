//! Service messages: what the protocol says below the API. Incoming ones become one enum,
//! outgoing ones are written by one function each; ids and layouts are those of the public schema.

use bytes::Bytes;
use tl::wire::{ReadError, Reader, Writer};

use crate::MsgId;
use crate::gzip::GZIP_PACKED_ID;
use crate::salts::FutureSalt;

/// Most ids in one ack, state or resend message.
/// Source: official page on service messages, 8192 ids per container message.
pub const SERVICE_IDS_MAX: u32 = 8192;

pub(crate) const MSG_CONTAINER: u32 = 0x73f1_f8dc;
pub(crate) const MSG_COPY: u32 = 0xe060_46b2;
pub(crate) const MSGS_ACK: u32 = 0x62d6_b459;
pub(crate) const BAD_MSG_NOTIFICATION: u32 = 0xa7ef_f811;
pub(crate) const BAD_SERVER_SALT: u32 = 0xedab_447b;
pub(crate) const MSGS_STATE_REQ: u32 = 0xda69_fb52;
pub(crate) const MSGS_STATE_INFO: u32 = 0x04de_b57d;
pub(crate) const MSGS_ALL_INFO: u32 = 0x8cc0_d131;
pub(crate) const MSG_DETAILED_INFO: u32 = 0x276d_3ec6;
pub(crate) const MSG_NEW_DETAILED_INFO: u32 = 0x809d_b6df;
pub(crate) const MSG_RESEND_REQ: u32 = 0x7d86_1a08;
pub(crate) const MSG_RESEND_ANS_REQ: u32 = 0x8610_baeb;
pub(crate) const RPC_RESULT: u32 = 0xf35c_6d01;
pub(crate) const RPC_ERROR: u32 = 0x2144_ca19;
pub(crate) const RPC_DROP_ANSWER: u32 = 0x58e4_a740;
pub(crate) const RPC_ANSWER_UNKNOWN: u32 = 0x5e2a_d36e;
pub(crate) const RPC_ANSWER_DROPPED_RUNNING: u32 = 0xcd78_e586;
pub(crate) const RPC_ANSWER_DROPPED: u32 = 0xa43a_d8b7;
pub(crate) const GET_FUTURE_SALTS: u32 = 0xb921_bd04;
pub(crate) const FUTURE_SALTS: u32 = 0xae50_0895;
pub(crate) const PING: u32 = 0x7abe_77ec;
pub(crate) const PING_DELAY_DISCONNECT: u32 = 0xf342_7b8c;
pub(crate) const PONG: u32 = 0x3477_73c5;
pub(crate) const DESTROY_SESSION: u32 = 0xe751_2126;
pub(crate) const DESTROY_SESSION_OK: u32 = 0xe220_45fc;
pub(crate) const DESTROY_SESSION_NONE: u32 = 0x62d3_50c9;
pub(crate) const NEW_SESSION_CREATED: u32 = 0x9ec2_0908;
pub(crate) const HTTP_WAIT: u32 = 0x9299_359f;
pub(crate) const DESTROY_AUTH_KEY: u32 = 0xd143_5160;
pub(crate) const DESTROY_AUTH_KEY_OK: u32 = 0xf660_e1d4;
pub(crate) const DESTROY_AUTH_KEY_NONE: u32 = 0x0a9f_2259;
pub(crate) const DESTROY_AUTH_KEY_FAIL: u32 = 0xea10_9b13;

/// Codes of `bad_msg_notification` that this server sends.
/// Source: official page on service messages, "Notice of Ignored Error Message".
pub(crate) mod code {
    pub(crate) const MSG_ID_TOO_LOW: i32 = 16;
    pub(crate) const MSG_ID_TOO_HIGH: i32 = 17;
    pub(crate) const MSG_ID_BITS: i32 = 18;
    pub(crate) const CONTAINER_ID_REUSED: i32 = 19;
    pub(crate) const MSG_TOO_OLD: i32 = 20;
    pub(crate) const BAD_SALT: i32 = 48;
    pub(crate) const BAD_CONTAINER: i32 = 64;
}

/// `http_wait`: how long the answer to an HTTP request may be held back, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpWait {
    /// From the first message that is ready to the answer.
    pub max_delay_ms: i32,
    /// From the latest message that is ready to the answer.
    pub wait_after_ms: i32,
    /// From the request to an answer without messages.
    pub max_wait_ms: i32,
}

/// A client's message body, sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Service {
    /// The messages of a container, still packed.
    Container(Bytes),
    /// The packed data of a `gzip_packed`.
    Gzip(Bytes),
    Ack(Vec<MsgId>),
    StateReq(Vec<MsgId>),
    ResendReq(Vec<MsgId>),
    ResendAnswerReq(Vec<MsgId>),
    DropAnswer(MsgId),
    FutureSalts(i32),
    Ping(i64),
    PingDelayDisconnect {
        ping_id: i64,
        delay_s: i32,
    },
    DestroySession(i64),
    DestroyAuthKey,
    HttpWait(HttpWait),
    /// Reports that need no reaction: states of our messages, detailed infos, message copies.
    Report,
    /// Anything else belongs to the API.
    Call,
}

impl Service {
    /// Sorts `body` by its first four bytes and reads it when it is a service message.
    pub(crate) fn read(body: &Bytes) -> Result<Service, ReadError> {
        let mut reader = Reader::new_with_limits(body.clone(), 1, SERVICE_IDS_MAX);
        Ok(match reader.u32()? {
            MSG_CONTAINER => Service::Container(reader.rest()),
            GZIP_PACKED_ID => Service::Gzip(reader.bytes()?),
            MSGS_ACK => Service::Ack(msg_ids(&mut reader)?),
            MSGS_STATE_REQ => Service::StateReq(msg_ids(&mut reader)?),
            MSG_RESEND_REQ => Service::ResendReq(msg_ids(&mut reader)?),
            MSG_RESEND_ANS_REQ => Service::ResendAnswerReq(msg_ids(&mut reader)?),
            RPC_DROP_ANSWER => Service::DropAnswer(MsgId(reader.i64()?)),
            GET_FUTURE_SALTS => Service::FutureSalts(reader.i32()?),
            PING => Service::Ping(reader.i64()?),
            PING_DELAY_DISCONNECT => Service::PingDelayDisconnect {
                ping_id: reader.i64()?,
                delay_s: reader.i32()?,
            },
            DESTROY_SESSION => Service::DestroySession(reader.i64()?),
            DESTROY_AUTH_KEY => Service::DestroyAuthKey,
            HTTP_WAIT => Service::HttpWait(HttpWait {
                max_delay_ms: reader.i32()?,
                wait_after_ms: reader.i32()?,
                max_wait_ms: reader.i32()?,
            }),
            MSG_COPY
            | MSGS_STATE_INFO
            | MSGS_ALL_INFO
            | MSG_DETAILED_INFO
            | MSG_NEW_DETAILED_INFO
            | BAD_MSG_NOTIFICATION => Service::Report,
            _ => Service::Call,
        })
    }
}

/// Reads a boxed vector of message ids.
pub(crate) fn msg_ids(reader: &mut Reader) -> Result<Vec<MsgId>, ReadError> {
    let count = reader.vector_count()?;
    let mut ids = Vec::with_capacity(count.min(reader.remaining() / 8));
    for _ in 0..count {
        ids.push(MsgId(reader.i64()?));
    }
    Ok(ids)
}

/// Writes one object without layers; nothing in this file is long enough to fail.
fn object(id: u32, write: impl FnOnce(&mut Writer)) -> Bytes {
    let mut writer = Writer::with_capacity(0, 32);
    writer.id(id);
    write(&mut writer);
    Bytes::from(writer.into_parts().0)
}

fn with_msg_ids(id: u32, msg_ids: &[MsgId]) -> Bytes {
    object(id, |w| {
        w.vector_header(msg_ids.len());
        msg_ids.iter().for_each(|msg_id| w.i64(msg_id.0));
    })
}

/// `msgs_ack`: these messages have arrived.
pub(crate) fn msgs_ack(msg_ids: &[MsgId]) -> Bytes {
    with_msg_ids(MSGS_ACK, msg_ids)
}

/// `bad_msg_notification`: the message was not acted on, for the reason in `code`.
pub(crate) fn bad_msg(msg_id: MsgId, seq_no: i32, code: i32) -> Bytes {
    object(BAD_MSG_NOTIFICATION, |w| {
        w.i64(msg_id.0);
        w.i32(seq_no);
        w.i32(code);
    })
}

/// `bad_server_salt`: the message was not acted on; send it again with `salt`.
pub(crate) fn bad_server_salt(msg_id: MsgId, seq_no: i32, salt: i64) -> Bytes {
    object(BAD_SERVER_SALT, |w| {
        w.i64(msg_id.0);
        w.i32(seq_no);
        w.i32(code::BAD_SALT);
        w.i64(salt);
    })
}

/// `pong`, naming the ping's message and its id.
pub(crate) fn pong(msg_id: MsgId, ping_id: i64) -> Bytes {
    object(PONG, |w| {
        w.i64(msg_id.0);
        w.i64(ping_id);
    })
}

/// `future_salts` with its bare vector of bare entries.
pub(crate) fn future_salts(req_msg_id: MsgId, now_unix_s: i32, salts: &[FutureSalt]) -> Bytes {
    object(FUTURE_SALTS, |w| {
        w.i64(req_msg_id.0);
        w.i32(now_unix_s);
        w.u32(salts.len() as u32);
        for salt in salts {
            w.i32(salt.valid_since);
            w.i32(salt.valid_until);
            w.i64(salt.salt);
        }
    })
}

/// `msgs_state_info`: one byte for each id of the request `req_msg_id`.
pub(crate) fn msgs_state_info(req_msg_id: MsgId, info: &[u8]) -> Bytes {
    object(MSGS_STATE_INFO, |w| {
        w.i64(req_msg_id.0);
        w.bytes(info);
    })
}

/// `new_session_created`.
pub(crate) fn new_session_created(first_msg_id: MsgId, unique_id: i64, salt: i64) -> Bytes {
    object(NEW_SESSION_CREATED, |w| {
        w.i64(first_msg_id.0);
        w.i64(unique_id);
        w.i64(salt);
    })
}

/// `destroy_session_ok` when the session existed, else `destroy_session_none`.
pub(crate) fn destroy_session_answer(session_id: i64, existed: bool) -> Bytes {
    let id = if existed {
        DESTROY_SESSION_OK
    } else {
        DESTROY_SESSION_NONE
    };
    object(id, |w| w.i64(session_id))
}

/// What became of a key that its client wants destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyDestroyed {
    /// It is gone; the next use of it is answered with transport error −404.
    Ok,
    /// The store does not know it.
    None,
    /// The store failed; the key lives on.
    Fail,
}

/// `destroy_auth_key_ok`, `_none` or `_fail`.
pub(crate) fn destroy_auth_key_answer(outcome: KeyDestroyed) -> Bytes {
    let id = match outcome {
        KeyDestroyed::Ok => DESTROY_AUTH_KEY_OK,
        KeyDestroyed::None => DESTROY_AUTH_KEY_NONE,
        KeyDestroyed::Fail => DESTROY_AUTH_KEY_FAIL,
    };
    object(id, |_| ())
}

/// `rpc_error`, which stands inside an `rpc_result`.
pub(crate) fn rpc_error(code: i32, message: &str) -> Bytes {
    object(RPC_ERROR, |w| {
        w.i32(code);
        w.string(message);
    })
}

/// What `rpc_drop_answer` found; stands inside an `rpc_result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropped {
    Unknown,
    Running,
    Answered {
        msg_id: MsgId,
        seq_no: i32,
        len: usize,
    },
}

/// The answer to `rpc_drop_answer`.
pub(crate) fn drop_answer(dropped: Dropped) -> Bytes {
    match dropped {
        Dropped::Unknown => object(RPC_ANSWER_UNKNOWN, |_| ()),
        Dropped::Running => object(RPC_ANSWER_DROPPED_RUNNING, |_| ()),
        Dropped::Answered {
            msg_id,
            seq_no,
            len,
        } => object(RPC_ANSWER_DROPPED, |w| {
            w.i64(msg_id.0);
            w.i32(seq_no);
            w.i32(i32::try_from(len).unwrap_or(i32::MAX));
        }),
    }
}

#[cfg(feature = "client")]
pub mod request {
    //! What only a client writes: the bodies of its service messages.
    use super::*;

    /// `msgs_ack`.
    #[must_use]
    pub fn msgs_ack(msg_ids: &[MsgId]) -> Bytes {
        super::msgs_ack(msg_ids)
    }

    /// `ping`.
    #[must_use]
    pub fn ping(ping_id: i64) -> Bytes {
        object(PING, |w| w.i64(ping_id))
    }

    /// `ping_delay_disconnect`, the delay in seconds.
    #[must_use]
    pub fn ping_delay_disconnect(ping_id: i64, delay_s: i32) -> Bytes {
        object(PING_DELAY_DISCONNECT, |w| {
            w.i64(ping_id);
            w.i32(delay_s);
        })
    }

    /// `get_future_salts`.
    #[must_use]
    pub fn future_salts(num: i32) -> Bytes {
        object(GET_FUTURE_SALTS, |w| w.i32(num))
    }

    /// `destroy_session`.
    #[must_use]
    pub fn destroy_session(session_id: i64) -> Bytes {
        object(DESTROY_SESSION, |w| w.i64(session_id))
    }

    /// `destroy_auth_key`.
    #[must_use]
    pub fn destroy_auth_key() -> Bytes {
        object(DESTROY_AUTH_KEY, |_| ())
    }

    /// `rpc_drop_answer`.
    #[must_use]
    pub fn drop_answer(msg_id: MsgId) -> Bytes {
        object(RPC_DROP_ANSWER, |w| w.i64(msg_id.0))
    }

    /// `msgs_state_req`.
    #[must_use]
    pub fn state_req(ids: &[MsgId]) -> Bytes {
        with_msg_ids(MSGS_STATE_REQ, ids)
    }

    /// `msg_resend_req`.
    #[must_use]
    pub fn resend_req(ids: &[MsgId]) -> Bytes {
        with_msg_ids(MSG_RESEND_REQ, ids)
    }

    /// `msg_resend_ans_req`.
    #[must_use]
    pub fn resend_answer_req(ids: &[MsgId]) -> Bytes {
        with_msg_ids(MSG_RESEND_ANS_REQ, ids)
    }

    /// `http_wait`.
    #[must_use]
    pub fn http_wait(wait: HttpWait) -> Bytes {
        object(HTTP_WAIT, |w| {
            w.i32(wait.max_delay_ms);
            w.i32(wait.wait_after_ms);
            w.i32(wait.max_wait_ms);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_public_schema() {
        // `tl/mtproto.tl` writes ids without leading zeros.
        assert_eq!(MSGS_STATE_INFO, 0x4deb57d);
        assert_eq!(DESTROY_AUTH_KEY_NONE, 0xa9f2259);
        assert_eq!(pong(MsgId(1), 2)[..4], 0x3477_73c5_u32.to_le_bytes());
    }

    #[test]
    fn future_salts_are_a_bare_vector() {
        let salt = FutureSalt {
            valid_since: 3,
            valid_until: 4,
            salt: 5,
        };
        let body = future_salts(MsgId(1), 2, &[salt, salt]);
        assert_eq!(body.len(), 4 + 8 + 4 + 4 + 2 * 16);
        assert_eq!(body[16..20], 2u32.to_le_bytes());
    }

    #[test]
    fn acks_come_back_as_written() {
        let ids = vec![MsgId(4), MsgId(8)];
        assert_eq!(Service::read(&msgs_ack(&ids)), Ok(Service::Ack(ids)));
    }

    #[test]
    fn too_many_or_missing_ids_are_refused() {
        let many = vec![MsgId(4); SERVICE_IDS_MAX as usize + 1];
        assert_eq!(Service::read(&msgs_ack(&many)), Err(ReadError::TooMany));
        let short = msgs_ack(&[MsgId(4)]).slice(..12);
        assert!(Service::read(&short).is_err());
        assert_eq!(Service::read(&Bytes::new()), Err(ReadError::Short));
    }

    #[test]
    fn unknown_ids_are_calls() {
        assert_eq!(
            Service::read(&Bytes::from_static(&[1, 2, 3, 4])),
            Ok(Service::Call)
        );
    }
}
