//! Every way in which a peer can break the protocol, by name. A violation ends the connection;
//! [`Violation::transport_error`] says what the peer is told before that.

/// What a peer did wrong. The connection that produced it is closed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    // Transport.
    /// The first bytes fit no framing, and no known secret opens them as an obfuscated stream.
    #[error("first bytes fit no transport")]
    UnknownTransport,
    /// A frame announced a length that is zero, too short, or not a multiple of four.
    #[error("frame length {length} is not allowed")]
    FrameLength {
        /// The announced length in bytes.
        length: usize,
    },
    /// A frame announced more than the limit that holds at this stage.
    #[error("frame of {length} bytes is longer than {limit}")]
    FrameTooLong {
        /// The announced length in bytes.
        length: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// Full transport: the frame's number is not the next one.
    #[error("frame number {got} instead of {expected}")]
    FrameSequence {
        /// The number in the frame.
        got: u32,
        /// The number that was due.
        expected: u32,
    },
    /// Full transport: the checksum does not fit the frame.
    #[error("frame checksum is wrong")]
    FrameChecksum,

    // Key creation.
    /// A plain message is too short for its header or disagrees with its own length field.
    #[error("plain message is malformed")]
    PlainMessage,
    /// A plain message holds something that is not a key creation request.
    #[error("plain message holds constructor {constructor:#010x}")]
    PlainConstructor {
        /// The constructor id that arrived.
        constructor: u32,
    },
    /// A key creation request that does not follow from the ones before it.
    #[error("key creation step out of order")]
    HandshakeOrder,
    /// A nonce differs from the one agreed on in the first step.
    #[error("handshake nonce differs")]
    HandshakeNonce,
    /// The client chose an RSA key that this server does not hold.
    #[error("unknown public key {fingerprint:#018x}")]
    UnknownFingerprint {
        /// The fingerprint the client named.
        fingerprint: u64,
    },
    /// `p` and `q` are not the ordered factors of `pq`.
    #[error("wrong factors of pq")]
    WrongFactors,
    /// Encrypted handshake data does not open: wrong length, padding, hash, or inner layout.
    #[error("encrypted handshake data does not open: {0}")]
    HandshakeData(&'static str),
    /// A temporary key was asked for with a lifetime outside the allowed range.
    #[error("temporary key for {expires_in} s")]
    TemporaryLifetime {
        /// The lifetime asked for, in seconds.
        expires_in: i32,
    },
    /// `g_b` (or `g_a`) is outside the safe range.
    #[error("public value of the key exchange is out of range")]
    DhRange,

    // Encrypted messages.
    /// An encrypted frame does not consist of a head and whole cipher blocks.
    #[error("encrypted message of {length} bytes")]
    EnvelopeLength {
        /// The length of the frame in bytes.
        length: usize,
    },
    /// The message key does not belong to the decrypted data: altered, or another key.
    #[error("message key does not fit")]
    MsgKey,
    /// The length inside the encrypted part does not fit it, or the padding is out of bounds.
    #[error("body length {length} does not fit its message")]
    BodyLength {
        /// The length that stands in the message.
        length: usize,
    },
    /// The session id is 0.
    #[error("session id is zero")]
    SessionZero,
    /// More different auth keys than one connection may use.
    #[error("more than {limit} auth keys on one connection")]
    TooManyKeys {
        /// The limit.
        limit: usize,
    },
    /// More different sessions than one connection may carry.
    #[error("more than {limit} sessions on one connection")]
    TooManySessions {
        /// The limit.
        limit: usize,
    },
}

/// Transport error code: the auth key is unknown, or a key creation request is wrong.
/// Source: official page on transports, "Transport errors".
pub const TRANSPORT_ERROR_NOT_FOUND: i32 = -404;
/// Transport error code: too many connections. Source: same page.
pub const TRANSPORT_ERROR_FLOOD: i32 = -429;
/// Transport error code: wrong data centre. Source: same page.
pub const TRANSPORT_ERROR_INVALID_DC: i32 = -444;

impl Violation {
    /// The transport error that is sent before closing, or `None` for closing without a word.
    pub fn transport_error(&self) -> Option<i32> {
        match self {
            Violation::PlainConstructor { .. }
            | Violation::HandshakeOrder
            | Violation::HandshakeNonce
            | Violation::UnknownFingerprint { .. }
            | Violation::WrongFactors
            | Violation::HandshakeData(_)
            | Violation::TemporaryLifetime { .. }
            | Violation::DhRange
            | Violation::PlainMessage => Some(TRANSPORT_ERROR_NOT_FOUND),
            _ => None,
        }
    }
}
