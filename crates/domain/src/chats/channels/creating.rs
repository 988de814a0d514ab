//! The beginning and the end of a channel.

use store::rows::{
    channels::{self, Top},
    chats::{self as rows, ChatRow, MemberRow},
    counters, dialogs, messages,
};

use super::{
    ChatKind, Found, NamedPeer, Outcome, Role, acted, announce, delivery, exists, finish, members,
    queue,
};
use crate::{
    Error, Refusal, Services, chats, dialogs::empty, messages::Action, photos::Caller, updates,
};

/// Where a new box stands.
const PTS_FIRST: i64 = 1;

/// A channel that somebody wants to have.
#[derive(Clone, Debug)]
pub struct NewChannel {
    /// Members write in it.
    pub megagroup: bool,
    /// Its name.
    pub title: String,
    /// May be empty.
    pub about: String,
}

/// `channels.createChannel`: a channel with its creator as the only member; message 1 tells of it.
///
/// # Errors
/// CHAT_TITLE_EMPTY, CHAT_ABOUT_TOO_LONG, CHANNELS_TOO_MUCH.
pub async fn create(
    services: &Services,
    caller: Caller,
    new: NewChannel,
) -> Result<Outcome, Error> {
    let title = chats::title(&new.title)?;
    let about = chats::about(&new.about)?;
    let now = services.clock.unix_seconds();
    let mut tx = services.store.begin_for(&[caller.user_id]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    members::room_for_one_more(&mut tx, caller.user_id).await?;
    let kind = if new.megagroup {
        ChatKind::Megagroup
    } else {
        ChatKind::Broadcast
    };
    let chat = ChatRow {
        chat_id: counters::next(&mut tx, "chat_id").await?,
        kind: kind.code().to_owned(),
        creator_id: caller.user_id,
        title: title.clone(),
        about,
        version: 1,
        created_at: now,
        ..ChatRow::default()
    };
    rows::insert(&mut tx, &chat).await?;
    let creator = MemberRow {
        chat_id: chat.chat_id,
        user_id: caller.user_id,
        role: Role::Creator.code().to_owned(),
        invited_by: caller.user_id,
        joined_at: now,
    };
    rows::put_member(&mut tx, &creator).await?;
    let found = Found {
        chat,
        member: Some(creator),
        role: Role::Creator,
    };
    messages::open_box(&mut tx, found.number()).await?;
    channels::set_joined_pts(&mut tx, found.chat.chat_id, caller.user_id, PTS_FIRST).await?;
    dialogs::put(&mut tx, &empty(caller.user_id, found.number())).await?;
    let draft = delivery::Draft {
        action: Some(Action::ChannelCreate),
        text: title,
        ..found.draft(services, caller.user_id)
    };
    announce(services, tx, caller, draft).await
}

/// `channels.deleteChannel`: ends it for everybody. Its messages stay stored and are shown to nobody.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. CHAT_ADMIN_REQUIRED: the caller did not make it.
pub async fn delete(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = exists(services, &mut tx, caller.user_id, named).await?;
    if found.role != Role::Creator {
        let why = if found.role.is_present() {
            Refusal::CHAT_ADMIN_REQUIRED
        } else {
            Refusal::CHANNEL_PRIVATE
        };
        return Err(why.into());
    }
    let now = services.clock.unix_seconds();
    let channel = found.number();
    let members = delivery::members(&mut tx, channel).await?;
    rows::delete(&mut tx, found.chat.chat_id, now).await?;
    channels::forget_dialogs(&mut tx, channel, &members).await?;
    let by = (caller.user_id, caller.session_id);
    updates::channel_changed(services, &mut tx, channel, &members, by).await?;
    finish(services, tx, (caller, channel), None, &members).await
}

/// What stands on top of a channel now.
pub(super) async fn top(tx: &mut store::Tx, channel: i64) -> Result<Top, Error> {
    let first = messages::Window::first(1);
    let newest = messages::newest_first(tx, channel, channel, first).await?;
    Ok(Top {
        channel,
        message_id: newest.first().map_or(0, |row| row.message_id),
        sent_at: newest.first().map_or(0, |row| row.sent_at),
    })
}
