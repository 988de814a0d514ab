//! Creation of auth keys: from `req_pq_multi` to `dh_gen_ok`, as steps that consume each other.
//!
//! The server's end is [`Server`], one per connection that is making a key. Its arithmetic takes
//! milliseconds, so it comes out as a [`Job`] for the driver to run wherever it likes.
//! Source: official page "Creating an authorization key"; spec section 2.

#[cfg(feature = "client")]
pub mod client;
mod job;
mod padding;
mod server;
#[cfg(test)]
mod tests;
mod wire;

pub use job::{Job, JobDone};
pub use server::Server;

use crate::crypto::factor::PrimePool;
use crate::crypto::kdf::join;
use crate::crypto::rsa::{PrivateKey, PublicKey};
use crate::crypto::sha::sha1;
use crate::crypto::{AuthKey, Random, dh};
use std::sync::Arc;
use std::time::Duration;

/// How long a handshake may wait for its next step. Source: spec 2.5.
pub const HANDSHAKE_IDLE_MAX: Duration = Duration::from_secs(60);
/// How long a handshake may take from its first step on. Source: spec 2.5.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(600);

/// Longest lifetime of a temporary key, in seconds. Chosen: spec 2.4, twice what clients ask for.
pub const TEMPORARY_KEY_SECONDS_MAX: i32 = 2 * 86_400;

/// The RSA keys of a server, each of which a client may choose.
#[derive(Debug, Clone)]
pub struct RsaKeys {
    keys: Vec<Arc<PrivateKey>>,
}

impl RsaKeys {
    /// These keys, offered to clients in this order.
    pub fn new(keys: Vec<PrivateKey>) -> RsaKeys {
        RsaKeys {
            keys: keys.into_iter().map(Arc::new).collect(),
        }
    }

    /// The fingerprints to offer.
    pub fn fingerprints(&self) -> impl ExactSizeIterator<Item = i64> {
        self.keys.iter().map(|key| key.public().fingerprint())
    }

    /// The public halves, in the same order.
    pub fn public_keys(&self) -> impl ExactSizeIterator<Item = &PublicKey> {
        self.keys.iter().map(|key| key.public())
    }

    fn find(&self, fingerprint: i64) -> Option<&Arc<PrivateKey>> {
        self.keys
            .iter()
            .find(|key| key.public().fingerprint() == fingerprint)
    }
}

/// What all handshakes of a server share.
#[derive(Debug)]
pub struct Config {
    keys: RsaKeys,
    primes: PrimePool,
}

impl Config {
    /// Prepares the tables that handshakes use, which takes some milliseconds.
    pub fn new(keys: RsaKeys, random: &mut Random) -> Config {
        dh::prepare();
        Config {
            keys,
            primes: PrimePool::new(random),
        }
    }

    /// The RSA keys.
    pub fn keys(&self) -> &RsaKeys {
        &self.keys
    }
}

/// What the driver does next.
#[derive(Debug)]
pub enum Step {
    /// Send this plain body.
    Reply(Vec<u8>),
    /// Run this, off the threads that serve connections, and give the result to
    /// [`Server::finish`].
    Work(Job),
    /// Make the key durable, call [`Server::key_stored`], and only then send its reply.
    NewKey(NewKey),
    /// Nothing: the answer to an earlier request is still on its way, or nobody needs this.
    Wait,
}

/// A key that both sides now have.
#[derive(Debug)]
pub struct NewKey {
    /// The key.
    pub key: Arc<AuthKey>,
    /// The salt that follows from the nonces; many clients begin with it.
    pub first_salt: i64,
    /// When a temporary key ends, in Unix seconds; `None` for a permanent one.
    pub expires_at: Option<i32>,
    /// The data centre that the client believes to talk to, if it said: any number.
    pub dc: Option<i32>,
    /// The plain body to send once the key is durable.
    pub reply: Vec<u8>,
}

/// The numbers that hold a handshake together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
struct Nonces {
    nonce: [u8; 16],
    server_nonce: [u8; 16],
}

/// The client's secret number; `Debug` does not show it.
#[derive(Copy, Clone, PartialEq, Eq)]
struct NewNonce([u8; 32]);

impl std::fmt::Debug for NewNonce {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewNonce")
    }
}

/// The key under which the parts of the Diffie-Hellman exchange travel.
fn temporary_aes(NewNonce(new_nonce): &NewNonce, server_nonce: &[u8; 16]) -> ([u8; 32], [u8; 32]) {
    let a = sha1(&[new_nonce, server_nonce]);
    let b = sha1(&[server_nonce, new_nonce]);
    let c = sha1(&[new_nonce, new_nonce]);
    (join([&a, &b[..12]]), join([&b[12..], &c, &new_nonce[..4]]))
}

/// `new_nonce_hash1`, `2` or `3`, as `number` says.
fn new_nonce_hash(NewNonce(new_nonce): &NewNonce, number: u8, key: &AuthKey) -> [u8; 16] {
    let hash = sha1(&[new_nonce, &[number], &key.aux_hash.to_le_bytes()]);
    std::array::from_fn(|i| hash[4 + i])
}

/// The first salt of a key: both nonces' first halves combined.
fn first_salt(NewNonce(new_nonce): &NewNonce, server_nonce: &[u8; 16]) -> i64 {
    i64::from_le_bytes(std::array::from_fn(|i| new_nonce[i] ^ server_nonce[i]))
}
