//! `channelFull` and what members are in a channel, for one viewer.

use domain::chats::{ChatKind, Role, channels::About};
use store::rows::chats::MemberRow;
use tl::{enums, types};

use super::{For, chat::rights, int, no_photo, peer, photo};

/// What `channels.getFullChannel` knows beyond the channel itself.
pub(crate) fn channel_full(to: For<'_>, about: &About) -> types::ChannelFull {
    let (dialog, role) = (&about.dialog, about.view.role);
    let picture = about
        .photo
        .as_ref()
        .map_or_else(no_photo, |row| photo(to, row));
    let mut full = types::ChannelFull::new(
        about.chat.chat_id,
        about.chat.about.clone(),
        int(dialog.read_inbox_max_id),
        int(dialog.read_outbox_max_id),
        int(dialog.unread_count),
        picture,
        types::PeerNotifySettings::new(),
        Vec::new(),
        int(about.pts),
    );
    let megagroup = about.view.kind == ChatKind::Megagroup;
    full.can_view_participants = megagroup || role.is_admin();
    full.can_set_username = role.is_admin();
    full.can_delete_channel = role == Role::Creator;
    full.participants_count = Some(int(about.view.members));
    if role.is_admin() {
        full.admins_count = Some(int(about.admins));
        full.kicked_count = Some(int(about.kicked));
        full.banned_count = Some(0);
    }
    full
}

/// One member, or one who was sent away, as `viewer` sees it.
pub(crate) fn participant(viewer: i64, row: &MemberRow) -> enums::ChannelParticipant {
    let (user_id, date) = (row.user_id, int(row.joined_at));
    match Role::of(row) {
        Role::Creator => types::ChannelParticipantCreator::new(user_id, creator_rights()).into(),
        Role::Admin => {
            let (by, rights) = (row.invited_by, rights());
            let mut admin = types::ChannelParticipantAdmin::new(user_id, by, date, rights);
            admin.is_self = user_id == viewer;
            if admin.is_self {
                admin.inviter_id = Some(row.invited_by);
            }
            admin.into()
        }
        Role::Member if user_id == viewer => {
            types::ChannelParticipantSelf::new(user_id, row.invited_by, date).into()
        }
        Role::Member => types::ChannelParticipant::new(user_id, date).into(),
        Role::Kicked => {
            let mut banned = types::ChatBannedRights::new(0);
            banned.view_messages = true;
            let by = row.invited_by;
            let mut kicked = types::ChannelParticipantBanned::new(peer(user_id), by, date, banned);
            kicked.left = true;
            kicked.into()
        }
        Role::Left | Role::Stranger => types::ChannelParticipantLeft {
            peer: peer(user_id),
        }
        .into(),
    }
}

fn creator_rights() -> types::ChatAdminRights {
    let mut rights = rights();
    rights.add_admins = true;
    rights
}
