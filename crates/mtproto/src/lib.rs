//! The MTProto 2.0 protocol without IO: bytes and time in, bytes and calls out.
//!
//! Nothing here opens a socket, reads a clock or draws a random number by itself; the driver
//! hands in bytes, a [`Time`] and a seeded generator. Both ends can therefore be run in memory.

pub mod binding;
#[cfg(feature = "client")]
pub mod client;
pub mod connection;
pub mod container;
pub mod crypto;
#[cfg(feature = "client")]
pub mod fuzz;
pub mod gzip;
pub mod handshake;
pub mod message;
pub mod plain;
pub mod salts;
pub mod service;
pub mod session;
mod time;
pub mod transport;
mod violation;

pub use binding::{BadBinding, Binding, check_binding};
pub use connection::{Close, Connection, Counters, Output, Shared, StoreKey};
pub use message::{Header, KeyInfo, MsgId, SessionRef};
pub use session::{Answer, Call, Pushed, Session};
pub use time::Time;
pub use violation::{
    TRANSPORT_ERROR_FLOOD, TRANSPORT_ERROR_INVALID_DC, TRANSPORT_ERROR_NOT_FOUND, Violation,
};
