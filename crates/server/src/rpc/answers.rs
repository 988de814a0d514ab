//! From the words of the domain to TL: users, photos and whatever several methods return.

mod channel;
mod chat;
mod dialog;
mod message;
mod photo;
mod privacy;
mod sticker;
mod update;
mod user;

pub(crate) use channel::{channel_full, participant};
pub(crate) use chat::{chat, chats, full_group};
pub(crate) use dialog::{dialog, dialogs};
pub(crate) use message::{
    channel_messages, listed, message, messages, no_message, no_messages, peer,
};
pub(crate) use photo::{no_photo, photo};
pub(crate) use privacy::{asked_key, asked_rules, privacy_setting};
pub(crate) use sticker::{all_stickers, documents, emoji_list, sticker_set};
pub(crate) use update::{channel_changed, chat_offers, state, update, updates, with_message_id};
use user::peer_settings;
pub(crate) use user::{About, commands, status, user, user_full, users};

use domain::Services;

use super::Origin;

/// For whom an answer or an update is written.
#[derive(Clone, Copy)]
pub(crate) struct For<'a> {
    /// The account that reads it.
    pub(crate) viewer: i64,
    /// The data centre where that client believes its files to be.
    pub(crate) dc_id: i32,
    /// Hashes and references.
    pub(crate) services: &'a Services,
}

impl<'a> For<'a> {
    /// The caller itself.
    pub(crate) fn caller(viewer: i64, origin: &Origin, services: &'a Services) -> Self {
        Self {
            viewer,
            dc_id: origin.dc_id,
            services,
        }
    }
}

/// Unix seconds or a count as the `int` of the schema; what does not fit is cut off at the end.
pub(crate) fn int(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}
