//! `messages.*`: private chats and groups of the caller.

mod add_chat_user;
mod create_chat;
mod delete_chat;
mod delete_chat_user;
mod delete_history;
mod delete_messages;
mod edit_chat_about;
mod edit_chat_admin;
mod edit_chat_photo;
mod edit_chat_title;
mod get_all_stickers;
mod get_chats;
mod get_custom_emoji_documents;
mod get_dialog_unread_marks;
mod get_dialogs;
mod get_emoji_stickers;
mod get_full_chat;
mod get_history;
mod get_messages;
mod get_peer_dialogs;
mod get_peer_settings;
mod get_pinned_dialogs;
mod get_scheduled_history;
mod get_sticker_set;
mod get_stickers;
mod get_unread_mentions;
mod groups;
mod read_history;
mod received_messages;
mod search;
mod search_custom_emoji;
mod send_message;
mod set_typing;

use domain::messages::{Affected, Doer};
use tl::{
    functions::messages::{
        AddChatUser, CreateChat, DeleteChat, DeleteChatUser, DeleteHistory, DeleteMessages,
        EditChatAbout, EditChatAdmin, EditChatPhoto, EditChatTitle, GetAllStickers, GetChats,
        GetCustomEmojiDocuments, GetDialogUnreadMarks, GetDialogs, GetEmojiStickers, GetFullChat,
        GetHistory, GetMessages, GetPeerDialogs, GetPeerSettings, GetPinnedDialogs,
        GetScheduledHistory, GetStickerSet, GetStickers, GetUnreadMentions, ReadHistory,
        ReceivedMessages, Search, SearchCustomEmoji, SendMessage, SetTyping,
    },
    types,
};

use super::{
    Cx, Human, Method, Origin, User, answers,
    users::{named_chat, named_peer},
};

pub(super) const METHODS: &[Method] = &[
    Method::of::<AddChatUser>(),
    Method::of::<CreateChat>(),
    Method::of::<DeleteChat>(),
    Method::of::<DeleteChatUser>(),
    Method::of::<DeleteHistory>(),
    Method::of::<DeleteMessages>(),
    Method::of::<EditChatAbout>(),
    Method::of::<EditChatAdmin>(),
    Method::of::<EditChatPhoto>(),
    Method::of::<EditChatTitle>(),
    Method::of::<GetAllStickers>(),
    Method::of::<GetChats>(),
    Method::of::<GetCustomEmojiDocuments>(),
    Method::of::<GetDialogUnreadMarks>(),
    Method::of::<GetDialogs>(),
    Method::of::<GetEmojiStickers>(),
    Method::of::<GetFullChat>(),
    Method::of::<GetHistory>(),
    Method::of::<GetMessages>(),
    Method::of::<GetPeerDialogs>(),
    Method::of::<GetPeerSettings>(),
    Method::of::<GetPinnedDialogs>(),
    Method::of::<GetScheduledHistory>(),
    Method::of::<GetStickerSet>(),
    Method::of::<GetStickers>(),
    Method::of::<GetUnreadMentions>(),
    Method::of::<ReadHistory>(),
    Method::of::<ReceivedMessages>(),
    Method::of::<Search>(),
    Method::of::<SearchCustomEmoji>(),
    Method::of::<SendMessage>(),
    Method::of::<SetTyping>(),
];

/// The caller as one who changes a box; its session learns of the change in the answer.
fn doer(user_id: i64, origin: &Origin) -> Doer {
    Doer {
        user_id,
        origin: origin.session_id,
    }
}

fn affected(affected: Affected) -> types::messages::AffectedMessages {
    types::messages::AffectedMessages {
        pts: answers::int(affected.pts),
        pts_count: answers::int(affected.pts_count),
    }
}
