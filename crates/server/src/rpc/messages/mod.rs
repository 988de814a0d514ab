//! `messages.*`: private chats of the caller.

mod delete_history;
mod delete_messages;
mod get_dialog_unread_marks;
mod get_dialogs;
mod get_history;
mod get_messages;
mod get_peer_dialogs;
mod get_peer_settings;
mod get_pinned_dialogs;
mod get_scheduled_history;
mod get_unread_mentions;
mod read_history;
mod received_messages;
mod search;
mod send_message;
mod set_typing;

use domain::messages::{Affected, Doer};
use tl::{
    functions::messages::{
        DeleteHistory, DeleteMessages, GetDialogUnreadMarks, GetDialogs, GetHistory, GetMessages,
        GetPeerDialogs, GetPeerSettings, GetPinnedDialogs, GetScheduledHistory, GetUnreadMentions,
        ReadHistory, ReceivedMessages, Search, SendMessage, SetTyping,
    },
    types,
};

use super::{
    Cx, Human, Method, Origin, User, answers,
    users::{named_chat, named_peer},
};

pub(super) const METHODS: &[Method] = &[
    Method::of::<DeleteHistory>(),
    Method::of::<DeleteMessages>(),
    Method::of::<GetDialogUnreadMarks>(),
    Method::of::<GetDialogs>(),
    Method::of::<GetHistory>(),
    Method::of::<GetMessages>(),
    Method::of::<GetPeerDialogs>(),
    Method::of::<GetPeerSettings>(),
    Method::of::<GetPinnedDialogs>(),
    Method::of::<GetScheduledHistory>(),
    Method::of::<GetUnreadMentions>(),
    Method::of::<ReadHistory>(),
    Method::of::<ReceivedMessages>(),
    Method::of::<Search>(),
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
