//! Who may see and do what with an account: its rules, key by key, and what they come to for a viewer.
//!
//! Rules are matched in their order, the first that fits decides, and where none fits the answer is
//! no. A rule is judged at every read; nothing remembers what it came to.

mod global;
mod key;
mod rule;
mod setting;
mod sight;
mod telling;

pub use global::{GlobalSettings, global, set_global};
pub use key::Key;
pub use rule::{PRIVACY_ENTRIES_MAX, Rule, Whom};
pub use setting::{Setting, get, set};
pub use sight::{Sight, allows};

pub(crate) use rule::{chats_of, users_of};
pub(crate) use setting::{rules_of, share_phone};
pub(crate) use sight::Audience;
pub(crate) use telling::{close_friends_changed, contact_matters, rules_allow, seen_by};
