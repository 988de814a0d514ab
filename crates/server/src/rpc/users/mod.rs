//! `users.*`: users as the caller sees them.

mod get_full_user;
mod get_users;

use domain::{chats::NamedPeer, peers::Named};
use tl::{
    enums,
    functions::users::{GetFullUser, GetUsers},
};

use super::{Cx, Method};

pub(super) const METHODS: &[Method] = &[Method::of::<GetFullUser>(), Method::of::<GetUsers>()];

/// The user that an `InputUser` names.
pub(super) fn named(user: &enums::InputUser) -> Named {
    match user {
        enums::InputUser::Self_ => Named::Itself,
        enums::InputUser::InputUser(user) => Named::User {
            user_id: user.user_id,
            access_hash: user.access_hash,
        },
        // Chosen: `inputUserFromMessage` needs min users, which are never sent.
        enums::InputUser::Empty | enums::InputUser::FromMessage(_) => Named::Nobody,
    }
}

/// The user that an `InputPeer` names; chats and channels name nobody.
pub(super) fn named_peer(peer: &enums::InputPeer) -> Named {
    match peer {
        enums::InputPeer::Self_ => Named::Itself,
        enums::InputPeer::User(user) => Named::User {
            user_id: user.user_id,
            access_hash: user.access_hash,
        },
        _ => Named::Nobody,
    }
}

/// The channel that an `InputChannel` names.
pub(super) fn named_channel(channel: &enums::InputChannel) -> NamedPeer {
    match channel {
        enums::InputChannel::InputChannel(channel) => NamedPeer::Channel {
            channel_id: channel.channel_id,
            access_hash: channel.access_hash,
        },
        // Chosen: `inputChannelFromMessage` needs min channels, which are never sent.
        enums::InputChannel::Empty | enums::InputChannel::FromMessage(_) => NamedPeer::Nothing,
    }
}

/// The chat that an `InputPeer` names.
pub(super) fn named_chat(peer: &enums::InputPeer) -> NamedPeer {
    match peer {
        enums::InputPeer::Self_ | enums::InputPeer::User(_) => named_peer(peer).into(),
        enums::InputPeer::Chat(chat) => NamedPeer::Group(chat.chat_id),
        enums::InputPeer::Channel(channel) => NamedPeer::Channel {
            channel_id: channel.channel_id,
            access_hash: channel.access_hash,
        },
        _ => NamedPeer::Nothing,
    }
}
