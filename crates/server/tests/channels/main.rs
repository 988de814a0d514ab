//! Supergroups and broadcast channels through a real socket: from the seats of the creator, an
//! administrator, members, a stranger, and one who was sent away.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod again;
mod life;
mod members;
mod messages;
mod moving;
mod photo;
mod refused;
mod seat;
mod updates;
