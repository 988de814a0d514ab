//! `dialog`: a chat in the list of its owner.

use std::collections::HashMap;

use store::rows::dialogs::DialogRow;
use tl::{enums, types};

use super::{int, peer};

/// The chats of a list, in their order; `pts`: where the channels among them stand, by number.
pub(crate) fn dialogs(rows: &[DialogRow], pts: &HashMap<i64, i64>) -> Vec<enums::Dialog> {
    rows.iter()
        .map(|row| dialog(row, pts.get(&row.peer_id).copied()))
        .collect()
}

/// One of them; `pts` if it is a channel.
pub(crate) fn dialog(row: &DialogRow, pts: Option<i64>) -> enums::Dialog {
    let notify_settings = types::PeerNotifySettings::new();
    types::Dialog {
        pinned: false,
        unread_mark: false,
        view_forum_as_messages: false,
        peer: peer(row.peer_id),
        top_message: int(row.top_message_id),
        read_inbox_max_id: int(row.read_inbox_max_id),
        read_outbox_max_id: int(row.read_outbox_max_id),
        unread_count: int(row.unread_count),
        unread_mentions_count: 0,
        unread_reactions_count: 0,
        unread_poll_votes_count: 0,
        notify_settings,
        pts: pts.map(int),
        folder_id: None,
        ttl_period: None,
    }
    .into()
}
