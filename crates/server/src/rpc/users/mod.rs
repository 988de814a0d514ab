//! `users.*`: users as the caller sees them.

mod get_full_user;
mod get_users;

use domain::peers::Named;
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
