//! Entries of an account's journal as updates, and where the account stands.

use domain::{
    messages::Bundle,
    updates::{Entry, InChannel, Offers, State},
};
use tl::{enums, types};

use super::{
    For,
    chat::participants,
    chats, int, message, peer, peer_settings,
    privacy::{privacy_key, privacy_rules},
    users,
};

/// One entry as an update.
pub(crate) fn update(to: For<'_>, entry: &Entry, bundle: &Bundle) -> enums::Update {
    match entry {
        Entry::Message { message: row, pts } => types::UpdateNewMessage {
            message: message(to, row, &bundle.photos),
            pts: int(*pts),
            pts_count: 1,
        }
        .into(),
        Entry::Deleted {
            message_ids,
            pts,
            pts_count,
        } => types::UpdateDeleteMessages {
            messages: message_ids.iter().map(|id| int(*id)).collect(),
            pts: int(*pts),
            pts_count: int(*pts_count),
        }
        .into(),
        Entry::ReadInbox {
            peer_id,
            max_id,
            still_unread,
            pts,
        } => {
            let (max_id, unread, pts) = (int(*max_id), int(*still_unread), int(*pts));
            types::UpdateReadHistoryInbox::new(peer(*peer_id), max_id, unread, pts, 1).into()
        }
        Entry::ReadOutbox {
            peer_id,
            max_id,
            pts,
        } => types::UpdateReadHistoryOutbox {
            peer: peer(*peer_id),
            max_id: int(*max_id),
            pts: int(*pts),
            pts_count: 1,
        }
        .into(),
        Entry::User(user_id) => types::UpdateUser { user_id: *user_id }.into(),
        Entry::Settings(offers) => types::UpdatePeerSettings {
            peer: peer(offers.view.user_id),
            settings: chat_offers(offers),
        }
        .into(),
        Entry::Participants(list) => types::UpdateChatParticipants {
            participants: participants(list),
        }
        .into(),
        Entry::Chat(number) => types::UpdateChat { chat_id: -number }.into(),
        Entry::Privacy { key, rules } => types::UpdatePrivacy {
            key: privacy_key(*key),
            rules: privacy_rules(rules),
        }
        .into(),
        Entry::Blocked { user_id, blocked } => types::UpdatePeerBlocked {
            blocked: *blocked,
            blocked_my_stories_from: false,
            peer_id: peer(*user_id),
        }
        .into(),
        Entry::Channel { channel_id, news } => in_channel(to, *channel_id, news, bundle),
    }
}

fn in_channel(to: For<'_>, channel_id: i64, news: &InChannel, bundle: &Bundle) -> enums::Update {
    match news {
        InChannel::Message { message: row, pts } => types::UpdateNewChannelMessage {
            message: message(to, row, &bundle.photos),
            pts: int(*pts),
            pts_count: 1,
        }
        .into(),
        InChannel::Deleted {
            message_ids,
            pts,
            pts_count,
        } => types::UpdateDeleteChannelMessages {
            channel_id,
            messages: message_ids.iter().map(|id| int(*id)).collect(),
            pts: int(*pts),
            pts_count: int(*pts_count),
        }
        .into(),
        InChannel::Read {
            max_id,
            still_unread,
            pts,
        } => {
            let (max_id, unread, pts) = (int(*max_id), int(*still_unread), int(*pts));
            types::UpdateReadChannelInbox::new(channel_id, max_id, unread, pts).into()
        }
        InChannel::TooLong { pts } => types::UpdateChannelTooLong {
            channel_id,
            pts: Some(int(*pts)),
        }
        .into(),
        InChannel::Changed => channel_changed(channel_id),
    }
}

/// `updateChannel`.
pub(crate) fn channel_changed(channel_id: i64) -> enums::Update {
    types::UpdateChannel { channel_id }.into()
}

/// What a chat offers to do with the other side.
pub(crate) fn chat_offers(offers: &Offers) -> types::PeerSettings {
    let mut settings = peer_settings(&offers.view, offers.blocked);
    settings.photo_change_date = offers
        .photo_changed_at
        .filter(|_| settings.add_contact)
        .map(int);
    settings
}

/// Updates that belong together, with everybody they name. `seq` is always 0: clients apply them at
/// once, ordered by `pts` alone.
pub(crate) fn updates(
    to: For<'_>,
    updates: Vec<enums::Update>,
    bundle: &Bundle,
    date: i64,
) -> enums::Updates {
    let users = users(to, &bundle.users);
    types::Updates {
        updates,
        users,
        chats: chats(to, &bundle.chats),
        date: int(date),
        seq: 0,
    }
    .into()
}

/// The answer to a call that made one message, with the number the message is said to be known by.
///
/// TDLib takes a new group or channel from such an answer alone; the number is never asked for again.
pub(crate) fn with_message_id(mut answer: enums::Updates, random_id: i64) -> enums::Updates {
    if let enums::Updates::Updates(all) = &mut answer {
        let made = all.updates.iter().find_map(|update| match update {
            enums::Update::NewMessage(new) => id(&new.message),
            enums::Update::NewChannelMessage(new) => id(&new.message),
            _ => None,
        });
        if let Some(id) = made {
            let known_as = types::UpdateMessageID { id, random_id };
            all.updates.insert(0, known_as.into());
        }
    }
    answer
}

fn id(message: &enums::Message) -> Option<i32> {
    match message {
        enums::Message::Message(message) => Some(message.id),
        enums::Message::Service(message) => Some(message.id),
        enums::Message::Empty(_) => None,
    }
}

/// Where an account stands. Secret chats do not exist, so `qts` stays 0.
pub(crate) fn state(state: State) -> types::updates::State {
    types::updates::State {
        pts: int(state.pts),
        qts: 0,
        date: int(state.date),
        seq: 0,
        unread_count: int(state.unread_count),
    }
}
