//! The picture of a group or channel: what a request makes of it, and the change itself.
//!
//! Who may change it, the service message and whom to tell are the business of the two kinds of chat.

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow},
        messages, photos, users,
    },
};

use super::ChatKind;
use crate::{
    Error, Peer, Refusal, Seen, Services,
    messages::Action,
    photos::{GivenMedia, NamedPhoto, Picture, make},
};

/// What a request makes of a chat's picture.
#[derive(Clone, Debug)]
pub enum NewPhoto {
    /// `inputChatUploadedPhoto`.
    Uploaded {
        /// What was uploaded.
        media: GivenMedia,
        /// Several media are one picture.
        combinations: bool,
    },
    /// `inputChatPhoto`: a picture that the caller or the chat has or had.
    Known(NamedPhoto),
    /// `inputChatPhotoEmpty`.
    Nothing,
}

/// A change whose heavy work is done: the rest fits into a transaction.
#[derive(Clone, Debug)]
pub(crate) enum Ready {
    Picture(Picture),
    Known(NamedPhoto),
    Nothing,
}

/// Decodes an upload; to be called outside of a transaction, after the caller's right was judged.
///
/// # Errors
/// PHOTO_FILE_MISSING, PHOTO_INVALID: media that make no picture. What
/// [`crate::photos::upload_for_profile`] says of uploads and pictures.
pub(crate) async fn ready(
    services: &Services,
    caller_id: i64,
    new: NewPhoto,
) -> Result<Ready, Error> {
    match new {
        NewPhoto::Uploaded {
            media,
            combinations,
        } => {
            media.shape().one_picture(combinations)?;
            let picture = make(services, caller_id, media.sources()?).await?;
            Ok(Ready::Picture(picture))
        }
        NewPhoto::Known(named) => Ok(Ready::Known(named)),
        NewPhoto::Nothing => Ok(Ready::Nothing),
    }
}

/// Changes the picture of `chat`, as this transaction sees the chat; returns the new one, `None`: it
/// has none from here on. A known photo gets a new id and date, as on a profile.
///
/// # Errors
/// CHAT_NOT_MODIFIED: it has this picture, or has none. PHOTO_INVALID: no photo that the caller may
/// put here. FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
pub(crate) async fn apply(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    chat: &ChatRow,
    ready: Ready,
) -> Result<Option<photos::PhotoRow>, Error> {
    let picture = match ready {
        Ready::Picture(picture) => Some(picture),
        Ready::Known(named) => {
            let photo = known(services, tx, caller_id, chat, &named).await?;
            Some(Picture::again(services, &photo).await?)
        }
        Ready::Nothing if chat.photo_id.is_none() => {
            return Err(Refusal::CHAT_NOT_MODIFIED.into());
        }
        Ready::Nothing => None,
    };
    let photo = match picture {
        Some(picture) => Some(picture.insert(services, tx, caller_id).await?),
        None => None,
    };
    let photo_id = photo.as_ref().map(|photo| photo.photo_id);
    rows::set_photo(tx, chat.chat_id, photo_id).await?;
    Ok(photo)
}

/// The photo that may be put here: of the caller's own profile, or an earlier one of the chat.
///
/// Source: TDLib offers the pictures of the account and of the chat ("previous photo").
async fn known(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    chat: &ChatRow,
    named: &NamedPhoto,
) -> Result<photos::PhotoRow, Error> {
    let id = named.photo_id;
    let seen = Seen::photo(caller_id, id);
    let allowed = chat.photo_id == Some(id)
        || on_profile(tx, caller_id, id).await?
        || was_here(tx, caller_id, chat, id).await?;
    if !allowed || services.hashes.access_hash(seen) != named.access_hash {
        return Err(Refusal::PHOTO_INVALID.into());
    }
    let age = services.reference_age();
    services
        .hashes
        .check_reference(seen, &named.file_reference, age)?;
    if chat.photo_id == Some(id) {
        return Err(Refusal::CHAT_NOT_MODIFIED.into());
    }
    photos::by_id(tx, id)
        .await?
        .ok_or_else(|| Refusal::PHOTO_INVALID.into())
}

async fn on_profile(tx: &mut Tx, caller_id: i64, photo_id: i64) -> Result<bool, Error> {
    let user = users::by_id(tx, caller_id).await?;
    if user.is_some_and(|user| user.fallback_photo_id == Some(photo_id)) {
        return Ok(true);
    }
    Ok(!photos::profile_among(tx, caller_id, &[photo_id])
        .await?
        .is_empty())
}

/// The chat's messages that the caller may read tell of it.
async fn was_here(
    tx: &mut Tx,
    caller_id: i64,
    chat: &ChatRow,
    photo_id: i64,
) -> Result<bool, Error> {
    let peer = ChatKind::of(chat).peer(chat.chat_id);
    let owner_id = match peer {
        Peer::Channel(_) => peer.number(),
        _ => caller_id,
    };
    let messages = messages::with_photo(tx, owner_id, photo_id).await?;
    Ok(messages.iter().any(|message| {
        message.peer_id == peer.number() && Action::of(message) == Some(Action::ChatEditPhoto)
    }))
}
