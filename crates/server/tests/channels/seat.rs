//! What clients do with channels and read out of answers and updates.

use testkit::{Account, Client, Refused};
use tl::{enums, functions, types};

/// A channel as one account was shown it.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: i64,
    pub(crate) access_hash: i64,
}

impl Channel {
    pub(crate) fn input(&self) -> enums::InputChannel {
        types::InputChannel {
            channel_id: self.id,
            access_hash: self.access_hash,
        }
        .into()
    }

    pub(crate) fn peer(&self) -> enums::InputPeer {
        types::InputPeerChannel {
            channel_id: self.id,
            access_hash: self.access_hash,
        }
        .into()
    }
}

pub(crate) fn refused(word: &str) -> Refused {
    let code = match word {
        "CHAT_WRITE_FORBIDDEN" | "MESSAGE_DELETE_FORBIDDEN" => 403,
        "RANDOM_ID_DUPLICATE" => 500,
        _ => 400,
    };
    Refused::new(code, word)
}

/// A new channel of this account.
pub(crate) async fn create(account: &Account, megagroup: bool, title: &str) -> Channel {
    let updates = account.call(new(megagroup, title)).await.unwrap();
    channel_in(&updates)
}

pub(crate) fn new(megagroup: bool, title: &str) -> functions::channels::CreateChannel {
    let title = title.to_owned();
    let mut request = functions::channels::CreateChannel::new(title, "about".to_owned());
    request.megagroup = megagroup;
    request.broadcast = !megagroup;
    request
}

/// Brings people in; returns who is missing.
pub(crate) async fn invite(
    account: &Account,
    channel: &Channel,
    people: &[&Account],
) -> Result<Vec<i64>, Refused> {
    let mut users = Vec::new();
    for person in people {
        users.push(account.name(person).await);
    }
    let channel = channel.input();
    let request = functions::channels::InviteToChannel { channel, users };
    let invited = account.call(request).await?;
    let missing = invited.missing_invitees.iter();
    Ok(missing.map(|invitee| invitee.user_id).collect())
}

/// The channel of the only, or first, chat in an answer.
pub(crate) fn channel_in(updates: &enums::Updates) -> Channel {
    let (_, chats) = parts(updates);
    named(&chats[0])
}

/// How a client names a chat that it was shown.
pub(crate) fn named(chat: &enums::Chat) -> Channel {
    match chat {
        enums::Chat::Channel(channel) => Channel {
            id: channel.id,
            access_hash: channel.access_hash.unwrap(),
        },
        enums::Chat::ChannelForbidden(channel) => Channel {
            id: channel.id,
            access_hash: channel.access_hash,
        },
        other => panic!("no channel: {other:?}"),
    }
}

/// A chat that its viewer may look into.
pub(crate) fn open(chat: &enums::Chat) -> &types::Channel {
    match chat {
        enums::Chat::Channel(channel) => channel,
        other => panic!("not open: {other:?}"),
    }
}

/// The updates and chats of an answer or a push.
pub(crate) fn parts(updates: &enums::Updates) -> (&[enums::Update], &[enums::Chat]) {
    match updates {
        enums::Updates::Updates(updates) => (&updates.updates, &updates.chats),
        _ => (&[], &[]),
    }
}

/// A channel as a push names it for its receiver.
pub(crate) fn channel_changed(updates: &enums::Updates) -> Option<enums::Chat> {
    let (updates, chats) = parts(updates);
    updates
        .iter()
        .any(|update| matches!(update, enums::Update::Channel(_)))
        .then(|| chats[0].clone())
}

/// A channel as the account sees it now.
pub(crate) async fn sees(account: &Account, channel: &Channel) -> enums::Chat {
    let id = vec![channel.input()];
    let request = functions::channels::GetChannels { id };
    let chats = account.call(request).await.unwrap();
    let enums::messages::Chats::Chats(mut chats) = chats else {
        panic!("a slice of one channel");
    };
    chats.chats.remove(0)
}

/// `channelFull` as the account sees it.
pub(crate) async fn full(
    account: &Account,
    channel: &Channel,
) -> Result<types::ChannelFull, Refused> {
    let channel = channel.input();
    let request = functions::channels::GetFullChannel { channel };
    match account.call(request).await?.full_chat {
        enums::ChatFull::ChannelFull(full) => Ok(*full),
        other => panic!("no channel: {other:?}"),
    }
}

/// Sends a text; returns the id and the channel's `pts` after it.
pub(crate) async fn say(
    account: &Account,
    channel: &Channel,
    text: &str,
    random_id: i64,
) -> Result<(types::Message, i32), Refused> {
    let (peer, text) = (channel.peer(), text.to_owned());
    let request = functions::messages::SendMessage::new(peer, text, random_id);
    let updates = account.call(request).await?;
    Ok(text_in(&updates).expect("the answer has the message"))
}

/// The text in a push, with the channel's `pts`.
pub(crate) fn text_in(updates: &enums::Updates) -> Option<(types::Message, i32)> {
    parts(updates).0.iter().find_map(|update| match update {
        enums::Update::NewChannelMessage(update) => {
            assert_eq!(update.pts_count, 1);
            match &update.message {
                enums::Message::Message(message) => Some(((**message).clone(), update.pts)),
                _ => None,
            }
        }
        _ => None,
    })
}

/// The first service message in a push, with the channel's `pts`.
pub(crate) fn told_in(updates: &enums::Updates) -> Option<(types::MessageService, i32)> {
    told_as(updates, |_| true)
}

/// The first such service message in a push, with the channel's `pts`.
pub(crate) fn told_as(
    updates: &enums::Updates,
    wanted: impl Fn(&types::MessageService) -> bool,
) -> Option<(types::MessageService, i32)> {
    let mut told = parts(updates).0.iter().filter_map(|update| match update {
        enums::Update::NewChannelMessage(update) => match &update.message {
            enums::Message::Service(message) => Some(((**message).clone(), update.pts)),
            _ => None,
        },
        _ => None,
    });
    told.find(|(message, _)| wanted(message))
}

/// The history as the account sees it: messages newest first, the channel's `pts`.
pub(crate) async fn history(
    account: &Account,
    channel: &Channel,
) -> Result<(Vec<enums::Message>, i32), Refused> {
    let peer = channel.peer();
    let request = functions::messages::GetHistory {
        peer,
        offset_id: 0,
        offset_date: 0,
        add_offset: 0,
        limit: 100,
        max_id: 0,
        min_id: 0,
        hash: 0,
    };
    Ok(of_channel(account.call(request).await?))
}

pub(crate) fn of_channel(messages: enums::messages::Messages) -> (Vec<enums::Message>, i32) {
    match messages {
        enums::messages::Messages::ChannelMessages(page) => (page.messages, page.pts),
        other => panic!("not a channel's: {other:?}"),
    }
}

/// The caller's list entry of a channel.
pub(crate) async fn dialog(account: &Account, channel: &Channel) -> Result<types::Dialog, Refused> {
    let peer = types::InputDialogPeer {
        peer: channel.peer(),
    };
    let peers = vec![peer.into()];
    let request = functions::messages::GetPeerDialogs { peers };
    let enums::Dialog::Dialog(dialog) = account.call(request).await?.dialogs.remove(0);
    Ok(*dialog)
}

/// Gives the channel a picture, or with `None` takes it away.
pub(crate) async fn set_photo(
    account: &Account,
    channel: &Channel,
    bytes: Option<&[u8]>,
) -> Result<enums::Updates, Refused> {
    let photo = match bytes {
        Some(bytes) => uploaded(account.upload(bytes, "picture.jpg").await),
        None => enums::InputChatPhoto::Empty,
    };
    edit_photo(account, channel, photo).await
}

pub(crate) fn uploaded(file: enums::InputFile) -> enums::InputChatPhoto {
    let mut uploaded = types::InputChatUploadedPhoto::new();
    uploaded.file = Some(file);
    uploaded.into()
}

pub(crate) async fn edit_photo(
    account: &Account,
    channel: &Channel,
    photo: enums::InputChatPhoto,
) -> Result<enums::Updates, Refused> {
    let channel = channel.input();
    let request = functions::channels::EditPhoto { channel, photo };
    account.call(request).await
}

/// The picture of a chat in a list: its id.
pub(crate) fn shown(chat: &enums::Chat) -> Option<i64> {
    let photo = match chat {
        enums::Chat::Channel(channel) => &channel.photo,
        _ => return None,
    };
    match photo {
        enums::ChatPhoto::ChatPhoto(photo) => {
            assert!(
                photo
                    .stripped_thumb
                    .as_ref()
                    .is_some_and(|thumb| thumb[0] == 1)
            );
            Some(photo.photo_id)
        }
        enums::ChatPhoto::Empty => None,
    }
}

/// Whether the picture of a chat in a list moves.
pub(crate) fn has_video(chat: &enums::Chat) -> bool {
    let enums::Chat::Channel(channel) = chat else {
        return false;
    };
    matches!(&channel.photo, enums::ChatPhoto::ChatPhoto(photo) if photo.has_video)
}

/// The picture that a service message gives the channel.
pub(crate) fn photo_told(message: &types::MessageService) -> types::Photo {
    match &message.action {
        enums::MessageAction::ChatEditPhoto(action) => match &action.photo {
            enums::Photo::Photo(photo) => (**photo).clone(),
            enums::Photo::Empty(_) => panic!("no photo"),
        },
        other => panic!("no picture: {other:?}"),
    }
}

/// The picture of a channel by the channel.
pub(crate) async fn peer_photo(
    viewer: &Account,
    channel: &Channel,
    photo_id: i64,
    big: bool,
) -> Result<Vec<u8>, Refused> {
    testkit::peer_photo(viewer, channel.peer(), photo_id, big).await
}

/// Sends somebody away, or with `away` unset lets them come again.
pub(crate) async fn ban(
    account: &Account,
    channel: &Channel,
    other: &Account,
    away: bool,
) -> Result<enums::Updates, Refused> {
    let mut banned_rights = types::ChatBannedRights::new(0);
    banned_rights.view_messages = away;
    account
        .call(functions::channels::EditBanned {
            channel: channel.input(),
            participant: account.peer(other).await,
            banned_rights,
        })
        .await
}

/// Makes somebody an administrator, or a member again.
pub(crate) async fn promote(
    account: &Account,
    channel: &Channel,
    other: &Account,
    admin: bool,
) -> Result<enums::Updates, Refused> {
    let mut admin_rights = types::ChatAdminRights::new();
    admin_rights.change_info = admin;
    let (channel, user_id) = (channel.input(), account.name(other).await);
    let request = functions::channels::EditAdmin::new(channel, user_id, admin_rights);
    account.call(request).await
}

/// What a client missed in a channel since `pts`.
pub(crate) async fn difference(
    account: &Client,
    channel: &Channel,
    pts: i32,
) -> Result<enums::updates::ChannelDifference, Refused> {
    let request = functions::updates::GetChannelDifference {
        force: false,
        channel: channel.input(),
        filter: enums::ChannelMessagesFilter::Empty,
        pts,
        limit: 100,
    };
    account.call(request).await
}

/// The picture that a message gives its chat.
pub(crate) fn picture_set(message: &enums::Message) -> Option<types::Photo> {
    match message {
        enums::Message::Service(message) => match &message.action {
            enums::MessageAction::ChatEditPhoto(_) => Some(photo_told(message)),
            _ => None,
        },
        _ => None,
    }
}
