//! Which transport a fresh connection speaks, told from its first bytes; spec section 1.2.

use super::Framing;
use super::obfuscated::{self, HEADER_BYTES, Opened, Secret};

/// What the first bytes say. The order of the checks is the order of the variants' rules.
#[derive(Debug)]
pub enum Detected {
    /// A stream of frames: what a [`super::Transport`] takes.
    Framing(Opening),
    /// An HTTP request: a WebSocket upgrade, the HTTP transport, or a browser gone astray.
    Http,
    /// A TLS ClientHello.
    Tls,
    /// Nothing this server knows.
    Refused,
}

/// A recognised stream.
#[derive(Debug)]
pub struct Opening {
    pub(super) framing: Framing,
    /// How many of the first bytes are not part of a frame.
    pub(super) consumed: usize,
    pub(super) obfuscation: Option<Box<Opened>>,
}

impl Opening {
    fn plain(framing: Framing, consumed: usize) -> Option<Detected> {
        Some(Detected::Framing(Opening {
            framing,
            consumed,
            obfuscation: None,
        }))
    }

    /// The framing of the stream.
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the stream is obfuscated.
    pub fn is_obfuscated(&self) -> bool {
        self.obfuscation.is_some()
    }
}

/// Recognises transports; holds the secrets that obfuscated ones may use.
#[derive(Debug, Default)]
pub struct Detector {
    secrets: Vec<Secret>,
}

impl Detector {
    /// A detector that tries obfuscation without a secret first, then with each of these.
    pub fn new(secrets: Vec<Secret>) -> Detector {
        Detector { secrets }
    }

    /// What `first`, all bytes so far, says; `None` while more are needed. At most 64 are.
    pub fn detect(&self, first: &[u8]) -> Option<Detected> {
        if *first.first()? == 0xef {
            return Opening::plain(Framing::Abridged, 1);
        }
        match first.first_chunk()? {
            [0xee, 0xee, 0xee, 0xee] => return Opening::plain(Framing::Intermediate, 4),
            [0xdd, 0xdd, 0xdd, 0xdd] => return Opening::plain(Framing::Padded, 4),
            b"GET " | b"POST" | b"HEAD" | b"OPTI" => return Some(Detected::Http),
            [0x16, 0x03, 0x01, _] => return Some(Detected::Tls),
            _ => {}
        }
        // The number of the first frame is 0.
        if first.get(4..8)? == [0; 4] {
            return Opening::plain(Framing::Full, 0);
        }
        let header: &[u8; HEADER_BYTES] = first.first_chunk()?;
        let mut secrets = std::iter::once(None).chain(self.secrets.iter().map(Some));
        let opened = secrets.find_map(|secret| obfuscated::open(header, secret));
        Some(match opened {
            Some(opened) => Detected::Framing(Opening {
                framing: opened.framing,
                consumed: HEADER_BYTES,
                obfuscation: Some(Box::new(opened)),
            }),
            None => Detected::Refused,
        })
    }
}
