//! Everything that goes through a socket before a method is found: transports, keys, sessions.
#![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

mod after;
mod load;
mod sessions;
mod transport;
mod web;
mod wire;
