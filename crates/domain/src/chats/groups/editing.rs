//! What a group shows and who leads it: title, picture, words about it, administrators, its end.
//!
//! Source: `default_banned_rights` of a new group bans nothing, so every member may change title, picture
//! and words. Chosen: nothing here changes these rights (docs/decisions/0121).

use store::rows::chats::{self as rows, ChatRow, MemberRow};

use super::{Inside, Outcome, announce, begin, delivery::Draft, list_changed, outcome};
use crate::{
    Error, Refusal, Services, acted,
    chats::{self, NewPhoto, Role, apply, ready},
    messages::Action,
    peers::{self, Named},
    photos::Caller,
    updates,
};

/// `messages.editChatTitle`.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. CHAT_TITLE_EMPTY. CHAT_NOT_MODIFIED: it has this title.
pub async fn edit_title(
    services: &Services,
    caller: Caller,
    chat_id: i64,
    given: &str,
) -> Result<Outcome, Error> {
    let mut tx = begin(services, chat_id, &[]).await?;
    if let Some(outcome) = super::acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    let title = chats::title(given)?;
    if inside.chat.title == title {
        return Err(Refusal::CHAT_NOT_MODIFIED.into());
    }
    let row = ChatRow {
        title: title.clone(),
        ..inside.chat.clone()
    };
    rows::describe(&mut tx, &row).await?;
    let draft = Draft {
        text: title,
        ..Draft::telling(services, chat_id, caller.user_id, Action::ChatEditTitle)
    };
    let members = inside.user_ids();
    let sent = announce(services, &mut tx, caller, &members, draft).await?;
    let outcome = outcome(services, &mut tx, caller, sent, None).await?;
    services.commit(tx, &members).await?;
    Ok(outcome)
}

/// `messages.editChatPhoto`.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. CHAT_NOT_MODIFIED: it has no picture to take away, or has
/// this one. PHOTO_INVALID: no or several media, or a photo that the caller may not put here. What
/// [`crate::photos::upload_for_profile`] says of uploads and pictures. FILE_REFERENCE_EMPTY,
/// FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
pub async fn edit_photo(
    services: &Services,
    caller: Caller,
    chat_id: i64,
    new: NewPhoto,
) -> Result<Outcome, Error> {
    // Whoever may not change the picture does not get one decoded.
    let mut tx = services.store.read().await?;
    if let Some(outcome) = super::acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    Inside::of(&mut tx, caller.user_id, chat_id).await?;
    drop(tx);
    let ready = ready(services, caller.user_id, new)
        .await
        .map_err(own_word)?;
    let mut tx = begin(services, chat_id, &[]).await?;
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    let photo = apply(services, &mut tx, caller.user_id, &inside.chat, ready).await?;
    let action = if photo.is_some() {
        Action::ChatEditPhoto
    } else {
        Action::ChatDeletePhoto
    };
    let draft = Draft {
        photo_id: photo.map(|photo| photo.photo_id),
        ..Draft::telling(services, chat_id, caller.user_id, action)
    };
    let members = inside.user_ids();
    let sent = announce(services, &mut tx, caller, &members, draft).await?;
    let outcome = outcome(services, &mut tx, caller, sent, None).await?;
    services.commit(tx, &members).await?;
    Ok(outcome)
}

/// The page of `messages.editChatPhoto` has no word of its own for a request without media.
fn own_word(error: Error) -> Error {
    match error {
        Error::Refused(refusal) if refusal == Refusal::PHOTO_FILE_MISSING => {
            Refusal::PHOTO_INVALID.into()
        }
        other => other,
    }
}

/// `messages.editChatAbout` of a group.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. CHAT_ABOUT_TOO_LONG, CHAT_ABOUT_NOT_MODIFIED.
pub async fn edit_about(
    services: &Services,
    caller: Caller,
    chat_id: i64,
    given: &str,
) -> Result<(), Error> {
    let mut tx = begin(services, chat_id, &[]).await?;
    if acted::before(&mut tx, caller).await? {
        return Ok(());
    }
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    let about = chats::about(given)?;
    if inside.chat.about == about {
        return Err(Refusal::CHAT_ABOUT_NOT_MODIFIED.into());
    }
    let row = ChatRow {
        about,
        ..inside.chat.clone()
    };
    rows::describe(&mut tx, &row).await?;
    acted::note(services, &mut tx, caller).await?;
    let members = inside.user_ids();
    let by = (caller.user_id, caller.session_id);
    updates::chat_changed(services, &mut tx, &members, inside.peer_id(), by).await?;
    services.commit(tx, &members).await
}

/// `messages.editChatAdmin`: makes a member an administrator, or an administrator a member again.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. CHAT_ADMIN_REQUIRED: only the creator may.
/// USER_ID_INVALID: nobody, or the creator. USER_NOT_PARTICIPANT.
pub async fn edit_admin(
    services: &Services,
    caller: Caller,
    chat_id: i64,
    (user, is_admin): (Named, bool),
) -> Result<(), Error> {
    let user_id = peers::known(services, caller.user_id, user)?;
    let mut tx = begin(services, chat_id, &[]).await?;
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    if inside.role() != Role::Creator {
        return Err(Refusal::CHAT_ADMIN_REQUIRED.into());
    }
    if user_id == caller.user_id {
        return Err(Refusal::USER_ID_INVALID.into());
    }
    let row = inside.has(user_id).ok_or(Refusal::USER_NOT_PARTICIPANT)?;
    let role = if is_admin { Role::Admin } else { Role::Member };
    if Role::of(row) == role {
        return Ok(());
    }
    let role = role.code().to_owned();
    rows::put_member(
        &mut tx,
        &MemberRow {
            role,
            ..row.clone()
        },
    )
    .await?;
    let members = inside.user_ids();
    // The answer is a Bool, so the caller's session learns of the list like any other.
    let nowhere = Caller {
        session_id: 0,
        ..caller
    };
    list_changed(services, &mut tx, nowhere, chat_id, &members).await?;
    services.commit(tx, &members).await
}

/// `messages.deleteChat`: ends a group for everybody. What was written stays with those who have it.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. CHAT_ADMIN_REQUIRED: only the creator may.
pub async fn delete(services: &Services, caller: Caller, chat_id: i64) -> Result<(), Error> {
    let mut tx = begin(services, chat_id, &[]).await?;
    if acted::before(&mut tx, caller).await? {
        return Ok(());
    }
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    if inside.role() != Role::Creator {
        return Err(Refusal::CHAT_ADMIN_REQUIRED.into());
    }
    rows::delete(&mut tx, chat_id, services.clock.unix_seconds()).await?;
    acted::note(services, &mut tx, caller).await?;
    let members = inside.user_ids();
    let by = (caller.user_id, caller.session_id);
    updates::chat_changed(services, &mut tx, &members, inside.peer_id(), by).await?;
    services.commit(tx, &members).await
}
