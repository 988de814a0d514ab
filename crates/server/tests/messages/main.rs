//! Private chats through a socket: who is told what of a message, a read, a deletion, and what is
//! refused. Rows of the acceptance matrix are named where a test stands for one.
#![expect(clippy::unwrap_used, reason = "a test fails where it is")]

mod delivery;
mod lists;
mod seen;
mod sending;
mod suggestions;
