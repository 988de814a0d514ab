//! What a channel says of itself: title, description, public name.

use store::{
    Tx,
    rows::chats::{self as rows, ChatRow},
};

use super::{Found, NamedPeer, Outcome, announce, delivery, find, queue};
use crate::{
    Error, Refusal, Services, accounts, acted,
    chats::{self, NewPhoto},
    messages::Action,
    photos::Caller,
    updates,
};

/// `channels.editTitle`: the members are told in a service message.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED. CHAT_TITLE_EMPTY,
/// CHAT_NOT_MODIFIED: the title.
pub async fn edit_title(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
    wanted: &str,
) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = super::acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    let found = found.administered()?;
    let title = chats::title(wanted)?;
    if found.chat.title == title {
        return Err(Refusal::CHAT_NOT_MODIFIED.into());
    }
    let draft = delivery::Draft {
        action: Some(Action::ChatEditTitle),
        text: title.clone(),
        ..found.draft(services, caller.user_id)
    };
    let chat = ChatRow {
        title,
        ..found.chat
    };
    rows::describe(&mut tx, &chat).await?;
    announce(services, tx, caller, draft).await
}

/// `messages.editChatAbout` of a channel.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED. CHAT_ABOUT_TOO_LONG,
/// CHAT_ABOUT_NOT_MODIFIED: the description.
pub async fn edit_about(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
    wanted: &str,
) -> Result<(), Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if acted::before(&mut tx, caller).await? {
        return Ok(());
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    let found = found.administered()?;
    let about = chats::about(wanted)?;
    if found.chat.about == about {
        return Err(Refusal::CHAT_ABOUT_NOT_MODIFIED.into());
    }
    let channel = found.number();
    let chat = ChatRow {
        about,
        ..found.chat
    };
    described(services, tx, caller, (channel, &chat)).await
}

/// `channels.editPhoto`: the members are told in a service message. The upload is decoded before the
/// transaction begins, after the caller's right was judged for the first time.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED. CHAT_NOT_MODIFIED,
/// PHOTO_INVALID, PHOTO_FILE_MISSING and the other words of uploads and pictures.
pub async fn edit_photo(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
    new: NewPhoto,
) -> Result<Outcome, Error> {
    let mut tx = services.store.read().await?;
    if let Some(outcome) = super::acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    find(services, &mut tx, caller.user_id, named)
        .await?
        .administered()?;
    drop(tx);
    let ready = chats::ready(services, caller.user_id, new).await?;
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    let found = find(services, &mut tx, caller.user_id, named).await?;
    let found = found.administered()?;
    let photo = chats::apply(services, &mut tx, caller.user_id, &found.chat, ready).await?;
    let action = if photo.is_some() {
        Action::ChatEditPhoto
    } else {
        Action::ChatDeletePhoto
    };
    let draft = delivery::Draft {
        action: Some(action),
        photo_id: photo.map(|photo| photo.photo_id),
        ..found.draft(services, caller.user_id)
    };
    announce(services, tx, caller, draft).await
}

/// `channels.updateUsername`: an empty name makes the channel private again.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED. USERNAME_INVALID,
/// USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED: the name.
pub async fn update_username(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
    username: &str,
) -> Result<(), Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if acted::before(&mut tx, caller).await? {
        return Ok(());
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    let found = found.administered()?;
    let wanted = Some(username).filter(|name| !name.is_empty());
    if found.chat.username.as_deref() == wanted {
        return Err(Refusal::USERNAME_NOT_MODIFIED.into());
    }
    if let Some(name) = wanted
        && !is_free(&mut tx, &found, name).await?
    {
        return Err(Refusal::USERNAME_OCCUPIED.into());
    }
    let channel = found.number();
    let chat = ChatRow {
        username: wanted.map(str::to_owned),
        ..found.chat
    };
    described(services, tx, caller, (channel, &chat)).await
}

/// `channels.checkUsername`: whether the channel could have this name.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USERNAME_INVALID.
pub async fn check_username(
    services: &Services,
    viewer: i64,
    named: NamedPeer,
    username: &str,
) -> Result<bool, Error> {
    let mut tx = services.store.read().await?;
    let found = find(services, &mut tx, viewer, named).await?;
    let found = found.administered()?;
    is_free(&mut tx, &found, username).await
}

async fn is_free(tx: &mut Tx, found: &Found, username: &str) -> Result<bool, Error> {
    accounts::check_username(username)?;
    let holder = accounts::username_holder(tx, username).await?;
    Ok(holder.is_none_or(|holder| holder == found.peer()))
}

/// Writes what a call says of a channel, once, and tells every member to look at the channel again.
async fn described(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    (channel, chat): (i64, &ChatRow),
) -> Result<(), Error> {
    rows::describe(&mut tx, chat).await?;
    let members = delivery::members(&mut tx, channel).await?;
    acted::note(services, &mut tx, caller).await?;
    let by = (caller.user_id, caller.session_id);
    updates::channel_changed(services, &mut tx, channel, &members, by).await?;
    services.commit(tx, &members).await
}
