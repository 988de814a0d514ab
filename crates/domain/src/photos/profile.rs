//! The pictures on a profile: a new one, an old one again, one less; the list, its head, the fallback.

use store::{
    Tx,
    rows::{
        messages as message_rows,
        photos::{self as rows, PhotoRow},
        users::{self, UserRow},
    },
};

use super::{
    Caller, Changed, GivenMedia, NamedPhoto,
    picture::{self, Picture},
    repeated,
};
use crate::{
    Error, Refusal, Seen, Services,
    messages::Action,
    peers::{self, Named},
    privacy::{self, Key},
    updates,
};

/// Which place on whose profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForProfile {
    /// A bot of the caller's own; `None`: the caller.
    pub bot: Option<Named>,
    /// The picture for those who may not see the list, instead of the list.
    pub fallback: bool,
}

/// `photos.uploadProfilePhoto`: a new picture at the head of the list, or a new fallback.
///
/// # Errors
/// BOT_FALLBACK_UNSUPPORTED, BOT_INVALID: the subject. PHOTO_FILE_MISSING, PHOTO_INVALID: media that
/// make no picture, where `combinations` says whether several do. ALBUM_PHOTOS_TOO_MANY. What
/// [`super::change_for_contact`] says of uploads and pictures.
pub async fn upload_for_profile(
    services: &Services,
    caller: Caller,
    place: ForProfile,
    media: &GivenMedia,
    combinations: bool,
) -> Result<Changed, Error> {
    let mut tx = services.store.read().await?;
    let owner = subject(services, &mut tx, caller.user_id, place).await?;
    if let Some(outcome) = repeated::outcome(services, &mut tx, caller, &[owner.user_id]).await? {
        return Ok(outcome);
    }
    media.shape().one_picture(combinations)?;
    let sources = media.sources()?;
    room(services, &mut tx, &owner, place.fallback).await?;
    drop(tx);
    let picture = picture::make(services, caller.user_id, sources).await?;
    let mut tx = services.store.begin_for(&[owner.user_id]).await?;
    let owner = subject(services, &mut tx, caller.user_id, place).await?;
    room(services, &mut tx, &owner, place.fallback).await?;
    install(services, tx, caller, &owner, (picture, place.fallback)).await
}

/// `photos.updateProfilePhoto` with a photo: one of the own list, the own fallback, or one that was
/// suggested to the caller becomes the main picture or the fallback.
///
/// It gets a new id and date, so that the head of the list always has the highest id; the entry that
/// it had in the list is gone.
///
/// # Errors
/// BOT_FALLBACK_UNSUPPORTED, BOT_INVALID. PHOTO_ID_INVALID: none of these photos, or a wrong hash.
/// FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED. ALBUM_PHOTOS_TOO_MANY.
///
/// Chosen: U16 of the profile picture rules; TDLib drops the old id from its list, too.
pub async fn reuse_for_profile(
    services: &Services,
    caller: Caller,
    place: ForProfile,
    named: &NamedPhoto,
) -> Result<Changed, Error> {
    let mut tx = services.store.begin_for(&[caller.user_id]).await?;
    let owner = subject(services, &mut tx, caller.user_id, place).await?;
    if let Some(outcome) = repeated::outcome(services, &mut tx, caller, &[owner.user_id]).await? {
        return Ok(outcome);
    }
    let photo = reusable(services, &mut tx, caller.user_id, &owner, named).await?;
    if !place.fallback {
        rows::remove_from_profile(&mut tx, owner.user_id, &[photo.photo_id]).await?;
    }
    room(services, &mut tx, &owner, place.fallback).await?;
    let picture = Picture::again(services, &photo).await?;
    install(services, tx, caller, &owner, (picture, place.fallback)).await
}

/// `photos.updateProfilePhoto` without a photo: takes away the main picture, so that the next of the
/// list becomes the main one, or the fallback. There may be none.
///
/// # Errors
/// BOT_FALLBACK_UNSUPPORTED, BOT_INVALID.
///
/// Chosen: U17 of the profile picture rules; TDLib promotes the next one in its cache.
pub async fn take_from_profile(
    services: &Services,
    caller: Caller,
    place: ForProfile,
) -> Result<Changed, Error> {
    let mut tx = services.store.begin_for(&[caller.user_id]).await?;
    let owner = subject(services, &mut tx, caller.user_id, place).await?;
    if let Some(outcome) = repeated::outcome(services, &mut tx, caller, &[owner.user_id]).await? {
        return Ok(outcome);
    }
    let main = main_of(&mut tx, owner.user_id).await?;
    let wake = match (place.fallback, owner.fallback_photo_id, main) {
        (true, Some(_), _) => {
            users::set_fallback(&mut tx, owner.user_id, None).await?;
            fallback_changed(services, &mut tx, caller, owner.user_id).await?
        }
        (false, _, Some(main)) => {
            rows::remove_from_profile(&mut tx, owner.user_id, &[main]).await?;
            main_changed(services, &mut tx, caller, owner.user_id).await?
        }
        _ => Vec::new(),
    };
    repeated::note(services, &mut tx, caller, None).await?;
    let users = peers::view(services, &mut tx, caller.user_id, &[owner.user_id]).await?;
    services.commit(tx, &wake).await?;
    Ok(Changed { photo: None, users })
}

/// `photos.deletePhotos`: takes photos off the caller's list and says which were on it, in the order in
/// which they were named. Everything else that is named is passed over.
///
/// # Errors
/// The store failed.
///
/// Source: TDLib names its own photos with hash 0 and no reference. Chosen: U18, passing over.
pub async fn delete(
    services: &Services,
    caller: Caller,
    named: &[NamedPhoto],
) -> Result<Vec<i64>, Error> {
    let owner_id = caller.user_id;
    let mut ids: Vec<i64> = Vec::new();
    for photo in named {
        let hash = services
            .hashes
            .access_hash(Seen::photo(owner_id, photo.photo_id));
        if photo.access_hash == 0 || photo.access_hash == hash {
            ids.push(photo.photo_id);
        }
    }
    let mut tx = services.store.begin_for(&[owner_id]).await?;
    if let Some(removed) = repeated::removed(&mut tx, caller).await? {
        return Ok(removed);
    }
    let main = main_of(&mut tx, owner_id).await?;
    let removed = rows::remove_from_profile(&mut tx, owner_id, &ids).await?;
    let mut named_once = std::collections::HashSet::new();
    ids.retain(|id| removed.binary_search(id).is_ok() && named_once.insert(*id));
    if !ids.is_empty() {
        repeated::note_removed(services, &mut tx, caller, &ids).await?;
    }
    let wake = match main {
        Some(main) if removed.contains(&main) => {
            main_changed(services, &mut tx, caller, owner_id).await?
        }
        _ => Vec::new(),
    };
    services.commit(tx, &wake).await?;
    Ok(ids)
}

/// Whose profile is to be changed.
async fn subject(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    place: ForProfile,
) -> Result<UserRow, Error> {
    if place.bot.is_some() && place.fallback {
        return Err(Refusal::BOT_FALLBACK_UNSUPPORTED.into());
    }
    let named = place.bot.unwrap_or(Named::Itself);
    let user = peers::resolve(services, tx, caller_id, named).await;
    let owner = match (place.bot, user) {
        (None, user) => user?,
        (Some(_), Ok(user)) if user.bot_owner_id == Some(caller_id) => user,
        (Some(_), Ok(_) | Err(Error::Refused(_))) => return Err(Refusal::BOT_INVALID.into()),
        (Some(_), Err(other)) => return Err(other),
    };
    // The same for a bot that changes its own pictures.
    if place.fallback && owner.bot_owner_id.is_some() {
        return Err(Refusal::BOT_FALLBACK_UNSUPPORTED.into());
    }
    Ok(owner)
}

/// Whether the list takes one more photo; a fallback takes the place of another.
async fn room(
    services: &Services,
    tx: &mut Tx,
    owner: &UserRow,
    fallback: bool,
) -> Result<(), Error> {
    let full = !fallback
        && rows::profile_count(tx, owner.user_id).await? >= services.rules.profile_photos_max;
    if full {
        Err(Refusal::ALBUM_PHOTOS_TOO_MANY.into())
    } else {
        Ok(())
    }
}

/// The photo that may be put on a profile again.
async fn reusable(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    owner: &UserRow,
    named: &NamedPhoto,
) -> Result<PhotoRow, Error> {
    let id = named.photo_id;
    let own = owner.fallback_photo_id == Some(id)
        || !rows::profile_among(tx, owner.user_id, &[id])
            .await?
            .is_empty();
    let suggested = !own
        && owner.user_id == caller_id
        && message_rows::with_photo(tx, caller_id, id)
            .await?
            .iter()
            .any(|message| {
                Action::of(message) == Some(Action::SuggestPhoto) && message.from_id != caller_id
            });
    let seen = Seen::photo(caller_id, id);
    if !(own || suggested) || services.hashes.access_hash(seen) != named.access_hash {
        return Err(Refusal::PHOTO_ID_INVALID.into());
    }
    let age = services.reference_age();
    services
        .hashes
        .check_reference(seen, &named.file_reference, age)?;
    rows::by_id(tx, id)
        .await?
        .ok_or_else(|| Refusal::PHOTO_ID_INVALID.into())
}

/// Puts a picture in its place, tells who sees the difference, commits.
async fn install(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    owner: &UserRow,
    (picture, fallback): (Picture, bool),
) -> Result<Changed, Error> {
    let owner_id = owner.user_id;
    let photo = picture.insert(services, &mut tx, owner_id).await?;
    let wake = if fallback {
        users::set_fallback(&mut tx, owner_id, Some(photo.photo_id)).await?;
        fallback_changed(services, &mut tx, caller, owner_id).await?
    } else {
        rows::add_to_profile(&mut tx, owner_id, photo.photo_id).await?;
        main_changed(services, &mut tx, caller, owner_id).await?
    };
    repeated::note(services, &mut tx, caller, Some(&photo)).await?;
    let users = peers::view(services, &mut tx, caller.user_id, &[owner_id]).await?;
    services.commit(tx, &wake).await?;
    Ok(Changed {
        photo: Some(photo),
        users,
    })
}

async fn main_of(tx: &mut Tx, owner_id: i64) -> Result<Option<i64>, Error> {
    Ok(rows::main_of(tx, &[owner_id])
        .await?
        .pop()
        .map(|(_, photo_id)| photo_id))
}

/// Notes that the head of a list changed; returns whom to wake. Who may not see it is not told.
async fn main_changed(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    owner_id: i64,
) -> Result<Vec<i64>, Error> {
    users::set_photo_changed(tx, owner_id, services.clock.unix_seconds()).await?;
    let (seeing, _) = privacy::seen_by(tx, owner_id, Key::ProfilePhoto).await?;
    tell(services, tx, caller, owner_id, seeing).await
}

/// Notes that a fallback changed: others see it where there is no main picture, or none for them.
async fn fallback_changed(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    owner_id: i64,
) -> Result<Vec<i64>, Error> {
    let (seeing, mut told) = privacy::seen_by(tx, owner_id, Key::ProfilePhoto).await?;
    if main_of(tx, owner_id).await?.is_none() {
        told.extend(seeing);
    }
    tell(services, tx, caller, owner_id, told).await
}

/// Tells the owner's other sessions and `others`; returns whom to wake.
async fn tell(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    owner_id: i64,
    mut others: Vec<i64>,
) -> Result<Vec<i64>, Error> {
    others.push(owner_id);
    updates::tell(services, tx, owner_id, &others, caller.session_id).await?;
    Ok(others)
}
