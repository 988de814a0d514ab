//! The MTProto 2.0 protocol without IO: bytes and time in, bytes and calls out.
//!
//! Nothing here opens a socket, reads a clock or draws a random number by itself; the driver
//! hands in bytes, a [`Time`] and a seeded generator. Both ends can therefore be run in memory.

pub mod crypto;
mod time;
pub mod transport;
mod violation;

pub use time::Time;
pub use violation::{
    TRANSPORT_ERROR_FLOOD, TRANSPORT_ERROR_INVALID_DC, TRANSPORT_ERROR_NOT_FOUND, Violation,
};
