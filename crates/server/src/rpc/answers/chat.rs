//! `chat`, `channel` and their forbidden forms for one viewer.

use bytes::Bytes;
use domain::chats::{
    ChatKind, ChatView, Role,
    groups::{FullGroup, Participants},
};
use store::rows::chats::MemberRow;
use tl::{enums, types};

use super::{For, int, photo as full_photo};

/// Restrictions that do not end. TDLib takes any other date for a mistake, and logs it.
const FOR_EVER: i32 = i32::MAX;

/// Several groups and channels for one viewer.
pub(crate) fn chats(to: For<'_>, views: &[ChatView]) -> Vec<enums::Chat> {
    views.iter().map(|view| chat(to, view)).collect()
}

/// One group or channel for one viewer; never a `min` channel.
pub(crate) fn chat(to: For<'_>, view: &ChatView) -> enums::Chat {
    match view.kind {
        ChatKind::Group => group(to, view),
        ChatKind::Megagroup | ChatKind::Broadcast => channel(to, view),
    }
}

fn group(to: For<'_>, view: &ChatView) -> enums::Chat {
    if view.role == Role::Stranger {
        return types::ChatEmpty { id: view.chat_id }.into();
    }
    if view.role == Role::Kicked {
        let title = view.title.clone();
        return types::ChatForbidden {
            id: view.chat_id,
            title,
        }
        .into();
    }
    let (id, title, photo) = (view.chat_id, view.title.clone(), photo(to, view));
    let (date, version) = (int(view.date), int(view.version));
    let mut chat = types::Chat::new(id, title, photo, int(view.members), date, version);
    chat.creator = view.role == Role::Creator;
    chat.left = view.role == Role::Left;
    chat.deactivated = view.is_deleted;
    chat.admin_rights = (view.role == Role::Admin).then(rights);
    chat.default_banned_rights = Some(types::ChatBannedRights::new(FOR_EVER));
    chat.into()
}

fn channel(to: For<'_>, view: &ChatView) -> enums::Chat {
    let broadcast = view.kind == ChatKind::Broadcast;
    let left = view.role == Role::Left;
    if view.is_deleted || !(view.is_open() || left) {
        let (id, title) = (view.chat_id, view.title.clone());
        let mut forbidden = types::ChannelForbidden::new(id, view.access_hash, title);
        forbidden.broadcast = broadcast;
        forbidden.megagroup = !broadcast;
        return forbidden.into();
    }
    let (id, title, photo) = (view.chat_id, view.title.clone(), photo(to, view));
    let mut channel = types::Channel::new(id, title, photo, int(view.date));
    channel.access_hash = Some(view.access_hash);
    channel.broadcast = broadcast;
    channel.megagroup = !broadcast;
    channel.creator = view.role == Role::Creator;
    channel.left = !view.role.is_present();
    channel.username = view.username.clone();
    channel.admin_rights = view.role.is_admin().then(rights);
    channel.default_banned_rights = Some(denied(broadcast));
    // Whoever left a private one is not shown what it is now.
    channel.participants_count = view.is_open().then(|| int(view.members));
    channel.into()
}

/// What members may not do. In a broadcast clients ask for the rights of administrators instead.
fn denied(broadcast: bool) -> types::ChatBannedRights {
    let mut denied = types::ChatBannedRights::new(FOR_EVER);
    denied.change_info = !broadcast;
    denied.pin_messages = !broadcast;
    denied
}

/// What an administrator may do here.
pub(crate) fn rights() -> types::ChatAdminRights {
    let mut rights = types::ChatAdminRights::new();
    rights.change_info = true;
    rights.post_messages = true;
    rights.delete_messages = true;
    rights.ban_users = true;
    rights.invite_users = true;
    rights.other = true;
    rights
}

fn photo(to: For<'_>, view: &ChatView) -> enums::ChatPhoto {
    let Some(shown) = &view.photo else {
        return enums::ChatPhoto::Empty;
    };
    types::ChatPhoto {
        has_video: shown.has_video,
        photo_id: shown.photo_id,
        stripped_thumb: Some(Bytes::from(shown.stripped.clone())),
        dc_id: to.dc_id,
    }
    .into()
}

/// `chatFull`. Nobody is invited by a link, so there is none.
pub(crate) fn full_group(to: For<'_>, full: &FullGroup) -> enums::ChatFull {
    let (id, about) = (full.chat.chat_id, full.chat.about.clone());
    let list = participants(&full.participants);
    let mut chat = types::ChatFull::new(id, about, list, types::PeerNotifySettings::new());
    chat.chat_photo = full.photo.as_ref().map(|row| full_photo(to, row));
    chat.into()
}

/// Who is in a group; the list is only for those who are in it, too.
pub(crate) fn participants(list: &Participants) -> enums::ChatParticipants {
    let Some(members) = &list.members else {
        return types::ChatParticipantsForbidden::new(list.chat_id).into();
    };
    types::ChatParticipants {
        chat_id: list.chat_id,
        participants: members.iter().map(participant).collect(),
        version: int(list.version),
    }
    .into()
}

fn participant(row: &MemberRow) -> enums::ChatParticipant {
    let (user_id, inviter, date) = (row.user_id, row.invited_by, int(row.joined_at));
    match Role::of(row) {
        Role::Creator => types::ChatParticipantCreator::new(user_id).into(),
        Role::Admin => types::ChatParticipantAdmin::new(user_id, inviter, date).into(),
        _ => types::ChatParticipant::new(user_id, inviter, date).into(),
    }
}
