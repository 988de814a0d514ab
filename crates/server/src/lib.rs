//! cameo, a Telegram API server that does profile pictures completely.
//!
//! [`Server::start`] runs it inside a process; the program in `main.rs` is a thin shell around it.

mod admin;
pub mod commands;
mod data_folder;
pub mod event;
pub mod keys;
pub mod net;
mod push;
pub mod rpc;
mod server_key;
pub mod settings;
mod start;
mod stickers;
mod until_first;

pub use settings::Settings;
pub use start::{Running, Server, StartError};
pub use stickers::first_set;
