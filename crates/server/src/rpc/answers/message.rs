//! `message` and `messageService` for the account in whose box they stand, and lists of them.

use std::collections::HashMap;

use domain::{
    Peer,
    messages::{Action, Bundle, Entity, EntityKind, Listed},
};
use store::rows::{messages::MessageRow, photos::PhotoRow};
use tl::{enums, types};

use super::{For, chats, int, photo, users};

/// A user, group or channel, by its peer number, as a chat or as a writer.
pub(crate) fn peer(number: i64) -> enums::Peer {
    match Peer::of(number) {
        Peer::User(user_id) => types::PeerUser { user_id }.into(),
        Peer::Group(chat_id) => types::PeerChat { chat_id }.into(),
        Peer::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
    }
}

/// Several messages, in their order.
pub(crate) fn messages(to: For<'_>, rows: &[MessageRow], bundle: &Bundle) -> Vec<enums::Message> {
    rows.iter()
        .map(|row| message(to, row, &bundle.photos))
        .collect()
}

/// One message from the box of the account that reads it.
///
/// `out` is set on what the account wrote itself, saved messages among it; the writer is always named.
pub(crate) fn message(
    to: For<'_>,
    row: &MessageRow,
    photos: &HashMap<i64, PhotoRow>,
) -> enums::Message {
    if let Some(action) = Action::of(row) {
        return service(to, row, action, photos);
    }
    let text = row.text.clone();
    let mut message = types::Message::new(
        int(row.message_id),
        peer(row.peer_id),
        int(row.sent_at),
        text,
    );
    let seat = seat(to, row);
    message.out = seat.out;
    message.post = seat.post;
    message.silent = row.silent;
    message.from_id = seat.from;
    message.reply_to = row.reply_to.map(reply);
    message.entities = entities(row);
    message.into()
}

fn service(
    to: For<'_>,
    row: &MessageRow,
    action: Action,
    photos: &HashMap<i64, PhotoRow>,
) -> enums::Message {
    let action = told(to, row, action, photos);
    let (id, date) = (int(row.message_id), int(row.sent_at));
    let mut message = types::MessageService::new(id, peer(row.peer_id), date, action);
    let seat = seat(to, row);
    message.out = seat.out;
    message.post = seat.post;
    message.silent = row.silent;
    message.from_id = seat.from;
    message.into()
}

/// How a message stands to the account that reads it.
struct Seat {
    /// The account wrote it.
    out: bool,
    /// The channel itself says it.
    post: bool,
    /// Who is named as its writer; nobody where the channel speaks.
    from: Option<enums::Peer>,
}

fn seat(to: For<'_>, row: &MessageRow) -> Seat {
    let in_channel = matches!(Peer::of(row.owner_id), Peer::Channel(_));
    let post = in_channel && row.from_id == row.owner_id;
    Seat {
        out: if in_channel {
            row.twin_id == to.viewer
        } else {
            row.from_id == row.owner_id
        },
        post,
        from: (!post).then(|| peer(row.from_id)),
    }
}

fn told(
    to: For<'_>,
    row: &MessageRow,
    action: Action,
    photos: &HashMap<i64, PhotoRow>,
) -> enums::MessageAction {
    let photo = row
        .photo_id
        .and_then(|photo_id| photos.get(&photo_id))
        .map(|row| photo(to, row));
    let (title, users) = (row.text.clone(), row.action_users.clone());
    match (action, photo) {
        (Action::SuggestPhoto, Some(photo)) => {
            types::MessageActionSuggestProfilePhoto { photo }.into()
        }
        (Action::ChatEditPhoto, Some(photo)) => types::MessageActionChatEditPhoto { photo }.into(),
        // A picture that is gone: the message has nothing left to tell.
        (Action::SuggestPhoto | Action::ChatEditPhoto, None) => enums::MessageAction::Empty,
        (Action::ChatCreate, _) => types::MessageActionChatCreate { title, users }.into(),
        (Action::ChannelCreate, _) => types::MessageActionChannelCreate { title }.into(),
        (Action::ChatDeletePhoto, _) => enums::MessageAction::ChatDeletePhoto,
        (Action::ChatEditTitle, _) => types::MessageActionChatEditTitle { title }.into(),
        (Action::ChatAddUser, _) => types::MessageActionChatAddUser { users }.into(),
        (Action::ChatDeleteUser, _) => types::MessageActionChatDeleteUser {
            user_id: users.first().copied().unwrap_or_default(),
        }
        .into(),
    }
}

fn reply(message_id: i64) -> enums::MessageReplyHeader {
    let mut header = types::MessageReplyHeader::new();
    header.reply_to_msg_id = Some(int(message_id));
    header.into()
}

/// What stands in place of a message that is not there.
pub(crate) fn no_message(message_id: i64) -> enums::Message {
    types::MessageEmpty {
        id: int(message_id),
        peer_id: None,
    }
    .into()
}

fn entities(row: &MessageRow) -> Option<Vec<enums::MessageEntity>> {
    let entities: Vec<enums::MessageEntity> = Entity::of(row).into_iter().map(entity).collect();
    (!entities.is_empty()).then_some(entities)
}

/// `entity!(MessageEntityBold)`: a kind that has a place and nothing else.
macro_rules! placed {
    ($name:ident, $entity:expr) => {
        types::$name {
            offset: int($entity.offset),
            length: int($entity.length),
        }
        .into()
    };
}

fn entity(entity: Entity) -> enums::MessageEntity {
    let (offset, length) = (int(entity.offset), int(entity.length));
    match entity.kind {
        EntityKind::Bold => placed!(MessageEntityBold, entity),
        EntityKind::Italic => placed!(MessageEntityItalic, entity),
        EntityKind::Underline => placed!(MessageEntityUnderline, entity),
        EntityKind::Strike => placed!(MessageEntityStrike, entity),
        EntityKind::Spoiler => placed!(MessageEntitySpoiler, entity),
        EntityKind::Code => placed!(MessageEntityCode, entity),
        EntityKind::Mention => placed!(MessageEntityMention, entity),
        EntityKind::Hashtag => placed!(MessageEntityHashtag, entity),
        EntityKind::Cashtag => placed!(MessageEntityCashtag, entity),
        EntityKind::BotCommand => placed!(MessageEntityBotCommand, entity),
        EntityKind::Url => placed!(MessageEntityUrl, entity),
        EntityKind::Email => placed!(MessageEntityEmail, entity),
        EntityKind::Phone => placed!(MessageEntityPhone, entity),
        EntityKind::BankCard => placed!(MessageEntityBankCard, entity),
        EntityKind::Pre(language) => types::MessageEntityPre {
            offset,
            length,
            language,
        }
        .into(),
        EntityKind::TextUrl(url) => types::MessageEntityTextUrl {
            offset,
            length,
            url,
        }
        .into(),
        EntityKind::MentionName(user_id) => types::MessageEntityMentionName {
            offset,
            length,
            user_id,
        }
        .into(),
        EntityKind::CustomEmoji(document_id) => types::MessageEntityCustomEmoji {
            offset,
            length,
            document_id,
        }
        .into(),
        EntityKind::Blockquote { collapsed } => types::MessageEntityBlockquote {
            collapsed,
            offset,
            length,
        }
        .into(),
    }
}

/// A page of messages: `messages.messages` when it is the whole list, `messages.messagesSlice` with
/// the count when it is not, `messages.messagesNotModified` when the client has it already.
pub(crate) fn listed(to: For<'_>, listed: &Listed, hash: i64) -> enums::messages::Messages {
    if hash != 0 && hash == listed.hash() {
        return types::messages::MessagesNotModified {
            count: int(listed.count),
        }
        .into();
    }
    let messages = messages(to, &listed.messages, &listed.bundle);
    let (chats, users) = (
        chats(to, &listed.bundle.chats),
        users(to, &listed.bundle.users),
    );
    if let Some(pts) = listed.channel_pts {
        let (pts, count) = (int(pts), int(listed.count));
        return channel_messages(pts, count, messages, chats, users);
    }
    if listed.is_whole() {
        return types::messages::Messages {
            messages,
            chats,
            users,
        }
        .into();
    }
    let count = int(listed.count);
    types::messages::MessagesSlice::new(count, messages, chats, users).into()
}

/// Messages of a channel, with where its box stands.
pub(crate) fn channel_messages(
    pts: i32,
    count: i32,
    messages: Vec<enums::Message>,
    chats: Vec<enums::Chat>,
    users: Vec<enums::User>,
) -> enums::messages::Messages {
    types::messages::ChannelMessages::new(pts, count, messages, chats, users).into()
}

/// A list of messages without any.
pub(crate) fn no_messages() -> enums::messages::Messages {
    types::messages::Messages {
        messages: Vec::new(),
        chats: Vec::new(),
        users: Vec::new(),
    }
    .into()
}
