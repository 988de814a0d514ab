//! Everything that goes through a socket before a method is found: transports, keys, sessions.

mod sessions;
mod transport;
mod web;
mod wire;
