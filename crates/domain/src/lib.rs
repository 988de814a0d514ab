//! The rules of accounts, contacts, pictures, messages and updates.
//!
//! No TL and no sockets: a handler translates the client's words into these types, calls one function,
//! and translates the outcome back. A rule decides in plain values first, then applies its decision in
//! one transaction; whoever must look again is woken after the commit.

pub mod accounts;
mod acted;
pub mod bots;
pub mod chats;
mod clock;
pub mod contacts;
pub mod dialogs;
pub mod doctor;
mod error;
pub mod files;
mod hashes;
pub mod host;
mod ids;
mod list_hash;
pub mod messages;
mod peer;
pub mod peers;
pub mod phone;
pub mod photos;
pub mod privacy;
mod refusal;
mod services;
pub mod stickers;
pub mod sweep;
pub mod updates;
pub mod uploads;

pub use clock::Clock;
pub use error::{Error, Fault};
pub use hashes::{Hashes, Kind, ReferenceAge, Seen};
pub use ids::{Ids, random_bytes};
pub use list_hash::list_hash;
pub use peer::Peer;
pub use refusal::Refusal;
pub use services::{MediaCombinations, Rules, Services, SuggestRequires};
