//! `user` and `userFull` for one viewer.

use bytes::Bytes;
use domain::{
    bots::{Command, Profile},
    peers::{Pictures, Presence, ShownPhoto, UserView},
};
use tl::{enums, types};

use super::{For, int, photo};

/// Several users for one viewer.
pub(crate) fn users(to: For<'_>, views: &[UserView]) -> Vec<enums::User> {
    views.iter().map(|view| user(to, view)).collect()
}

/// One user for one viewer; never a `min` user.
pub(crate) fn user(to: For<'_>, view: &UserView) -> enums::User {
    let mut user = types::User::new(view.user_id);
    user.is_self = view.is_self;
    user.access_hash = Some(view.access_hash);
    if view.is_deleted {
        user.deleted = true;
        return user.into();
    }
    user.contact = view.is_contact;
    user.mutual_contact = view.is_mutual_contact;
    user.close_friend = view.is_close_friend;
    user.bot = view.is_bot;
    user.bot_info_version = view.is_bot.then_some(int(view.bot_info_version));
    user.bot_can_edit = view.bot_can_edit;
    user.first_name = Some(view.first_name.clone());
    user.last_name = Some(view.last_name.clone()).filter(|name| !name.is_empty());
    user.username = view.username.clone();
    user.phone = view.phone.clone();
    user.photo = view.photo.as_ref().map(|shown| shown_photo(to, shown));
    user.status = status(view);
    user.into()
}

fn shown_photo(to: For<'_>, shown: &ShownPhoto) -> enums::UserProfilePhoto {
    types::UserProfilePhoto {
        has_video: shown.has_video,
        personal: shown.personal,
        photo_id: shown.photo_id,
        stripped_thumb: Some(Bytes::from(shown.stripped.clone())),
        dc_id: to.dc_id,
    }
    .into()
}

/// When the user is or was here, as exactly as the viewer may know; bots and users who were not seen for
/// long have none.
pub(crate) fn status(view: &UserView) -> Option<enums::UserStatus> {
    if view.is_bot {
        return None;
    }
    match view.presence {
        Presence::Unknown => None,
        Presence::Online(until) => Some(
            types::UserStatusOnline {
                expires: int(until),
            }
            .into(),
        ),
        Presence::Offline(since) => Some(
            types::UserStatusOffline {
                was_online: int(since),
            }
            .into(),
        ),
        Presence::Recently { by_me } => Some(types::UserStatusRecently { by_me }.into()),
        Presence::LastWeek { by_me } => Some(types::UserStatusLastWeek { by_me }.into()),
        Presence::LastMonth { by_me } => Some(types::UserStatusLastMonth { by_me }.into()),
    }
}

/// What `users.getFullUser` knows beyond the user itself.
pub(crate) struct About<'a> {
    pub(crate) view: &'a UserView,
    pub(crate) pictures: &'a Pictures,
    /// What a bot tells of itself; its own words are in it.
    pub(crate) bot: Option<&'a Profile>,
    /// The viewer blocked this user.
    pub(crate) blocked: bool,
    /// Unix seconds of the last change of the main picture, for viewers who do not know the user.
    pub(crate) photo_changed_at: Option<i64>,
}

/// The full user for one viewer.
///
/// The first picture that is there, of personal, profile and fallback, is the one in `user.photo`.
pub(crate) fn user_full(to: For<'_>, about: &About<'_>) -> types::UserFull {
    let view = about.view;
    let notify = types::PeerNotifySettings::new();
    let mut settings = peer_settings(view, about.blocked);
    settings.photo_change_date = about
        .photo_changed_at
        .filter(|_| settings.add_contact)
        .map(int);
    let mut full = types::UserFull::new(view.user_id, settings, notify, 0);
    full.blocked = about.blocked;
    full.can_pin_message = true;
    let words = about.bot.map_or(&view.about, |bot| &bot.about);
    full.about = Some(words.clone()).filter(|text| !text.is_empty());
    full.bot_info = about.bot.map(|bot| bot_info(view.user_id, bot));
    full.voice_messages_forbidden = !view.takes_voice;
    // What stands over a forwarded message instead of a name that leads back.
    full.private_forward_name = (!view.links_forwards).then(|| view.first_name.clone());
    full.personal_photo = about.pictures.personal.as_ref().map(|row| photo(to, row));
    full.profile_photo = about.pictures.main.as_ref().map(|row| photo(to, row));
    full.fallback_photo = about.pictures.fallback.as_ref().map(|row| photo(to, row));
    full
}

/// What a bot tells of itself. The button beside the text opens the list of commands.
fn bot_info(user_id: i64, bot: &Profile) -> types::BotInfo {
    let mut info = types::BotInfo::new();
    info.user_id = Some(user_id);
    info.description = Some(bot.description.clone()).filter(|text| !text.is_empty());
    info.commands = Some(commands(bot.commands.clone()));
    info.menu_button = Some(enums::BotMenuButton::Commands);
    info
}

/// Commands of a bot.
pub(crate) fn commands(commands: Vec<Command>) -> Vec<types::BotCommand> {
    let command = |command: Command| types::BotCommand {
        ephemeral: false,
        command: command.command,
        description: command.description,
    };
    commands.into_iter().map(command).collect()
}

/// What a chat offers to do with a stranger.
///
/// Chosen: reporting is offered exactly where blocking is. TDLib knows no other pair, and logs one.
pub(crate) fn peer_settings(view: &UserView, blocked: bool) -> types::PeerSettings {
    let stranger = !view.is_self && !view.is_contact && !view.is_bot && !view.is_deleted;
    let mut settings = types::PeerSettings::new();
    settings.add_contact = stranger;
    settings.block_contact = stranger && !blocked;
    settings.report_spam = settings.block_contact;
    settings
}
