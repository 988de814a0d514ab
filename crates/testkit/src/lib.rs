//! A cameo server inside a test, with scripted clients that speak the real protocol over a socket.
//!
//! ```no_run
//! # async fn example() {
//! let server = testkit::start().await;
//! let (ada, bob) = server.two_contacts("Ada", "Bob").await;
//! let set = ada.set_personal(&bob, &testkit::picture([200, 30, 30], 800)).await.unwrap();
//! assert!(matches!(set.photo, tl::enums::Photo::Photo(_)));
//! # }
//! ```
//!
//! A scenario that cannot go on panics with what it saw: this is code for tests.
#![expect(
    clippy::unwrap_used,
    reason = "the kit is used by tests only, where a panic is the report"
)]

mod account;
mod client;
mod clips;
mod files;
mod link;
mod nodes;
mod pictures;
mod server;
mod stickers;
mod texts;

pub use account::{Account, sign_in_request};
pub use client::{Client, LAYER, new_msg_id};
pub use clips::{clip, film, frame_number, oblong};
pub use files::{download, films, markup, peer_photo};
pub use link::Refused;
pub use nodes::{Nodes, nodes, nodes_at};
pub use pictures::{cut, decode, picture, picture_of, picture_turned, pixel, png, png_with_alpha};
pub use server::{CODE, TestServer, start, start_at, start_with};
pub use stickers::{Stickers, set_named, sticker_set};
pub use texts::{Text, texts};
