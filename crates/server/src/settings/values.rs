//! The values that are more than a number or a path, and how each is written.

use std::fmt;
use std::net::SocketAddr;

/// The form of the log on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line per event.
    Text,
    /// One JSON object per line.
    Json,
}

/// What a server does whose key, secret or folder of blobs is not the one that the store knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherIdentity {
    /// It does not start.
    Refuse,
    /// It starts, and the store knows its own from then on.
    TakeOver,
}

/// Bytes of a proxy secret without its prefix. Source: MTProxy's published secret format.
const PROXY_SECRET_BYTES: usize = 16;

/// A secret that clients use when they reach the server as a proxy.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ProxySecret(pub [u8; PROXY_SECRET_BYTES]);

impl fmt::Debug for ProxySecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ProxySecret(…)")
    }
}

impl ProxySecret {
    /// Reads 32 hex digits, or `dd` and 32 hex digits (the client then pads; the key is the same).
    pub(super) fn parse(text: &str) -> Result<ProxySecret, String> {
        let bare = match text.len() {
            34 if text.starts_with("dd") => &text[2..],
            length if length >= 34 && text.starts_with("ee") => {
                return Err("fake-TLS secrets (ee…) are not supported".to_owned());
            }
            _ => text,
        };
        let mut secret = [0u8; PROXY_SECRET_BYTES];
        if bare.len() != 2 * PROXY_SECRET_BYTES || !bare.is_ascii() {
            return Err("each secret is 32 hex digits, or dd and 32 hex digits".to_owned());
        }
        hex::decode_to_slice(bare, &mut secret)
            .map_err(|_| "a secret holds something that is no hex digit".to_owned())?;
        Ok(ProxySecret(secret))
    }

    /// The 32 hex digits.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

/// The digits of a login code that everyone gets.
pub(super) fn login_code(text: &str) -> Result<String, String> {
    let good = (3..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if good {
        Ok(text.to_owned())
    } else {
        Err("a login code is 3 to 10 digits".to_owned())
    }
}

/// `any`, or numbers with commas between them.
pub(super) fn api_ids(text: &str) -> Result<Option<Vec<i32>>, String> {
    if text == "any" {
        return Ok(None);
    }
    let ids = text.split(',').map(|id| id.trim().parse::<i32>());
    ids.collect::<Result<Vec<i32>, _>>()
        .map(Some)
        .map_err(|_| format!("\"{text}\" is neither \"any\" nor numbers with commas between"))
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("\"{text}\" is no address such as 127.0.0.1:10443"))
}
