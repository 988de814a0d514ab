//! Pictures as a host sees them: all that an account has set, and how one is taken down everywhere.

use store::{
    Tx,
    rows::{
        contacts, photos,
        photos::PhotoRow,
        places::{self, Places},
        users,
    },
};

use super::{Who, chats, find};
use crate::{Error, Refusal, Services, messages, updates};

/// Where an account shows a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// On its own profile; the newest is the main one.
    Profile {
        /// The one that others see first.
        main: bool,
    },
    /// In place of the profile, for those who may not see that.
    Fallback,
    /// As what this account alone sees of a contact.
    Personal {
        /// The contact.
        contact_id: i64,
    },
}

/// One picture that an account has set.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Where it is shown.
    pub place: Place,
    /// The picture.
    pub photo: PhotoRow,
}

/// The pictures of an account: its profile, its fallback, and the personal pictures that it has set;
/// newest first, those with ids below `before`, at most `limit`.
///
/// # Errors
/// As [`find`].
pub async fn pictures_of(
    services: &Services,
    who: &Who,
    before: i64,
    limit: usize,
) -> Result<(i64, Vec<Picture>), Error> {
    let mut tx = services.store.read().await?;
    let user = find(&mut tx, who).await?;
    let user_id = user.user_id;
    let all = services.rules.profile_photos_max.max(1);
    let profile = photos::profile_page(&mut tx, user_id, 0, all).await?;
    let main = profile.first().copied();
    let mut places: Vec<(i64, Place)> = profile
        .into_iter()
        .map(|id| {
            let main = Some(id) == main;
            (id, Place::Profile { main })
        })
        .collect();
    places.extend(user.fallback_photo_id.map(|id| (id, Place::Fallback)));
    let personals = places::personals_by(&mut tx, user_id).await?;
    let personal = |(contact_id, id)| (id, Place::Personal { contact_id });
    places.extend(personals.into_iter().map(personal));
    places.retain(|(id, _)| *id < before);
    places.sort_unstable_by_key(|(id, _)| std::cmp::Reverse(*id));
    places.truncate(limit);
    let ids: Vec<i64> = places.iter().map(|(id, _)| *id).collect();
    let rows = photos::by_ids(&mut tx, &ids).await?;
    let pictures = places.into_iter().filter_map(|(id, place)| {
        let photo = rows.iter().find(|row| row.photo_id == id)?.clone();
        Some(Picture { place, photo })
    });
    Ok((user_id, pictures.collect()))
}

/// What taking a picture down did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenDown {
    /// Where it was.
    pub places: Places,
    /// How many accounts were told.
    pub told: usize,
}

/// Entries of one kind that are changed in one transaction.
/// Chosen: a picture is in one or two places; only that of a group is in many, as every member has a copy
/// of the message that tells of it.
const PLACES_MAX: i64 = 10_000;

/// Takes a picture off wherever it is shown, and deletes the messages that carry it. Everybody who saw it
/// is told. A sweep removes the files soon after; nobody may ask for them any more.
///
/// # Errors
/// PHOTO_ID_INVALID: there is no such picture.
pub async fn take_down(services: &Services, photo_id: i64) -> Result<TakenDown, Error> {
    let mut tx = services.store.begin().await?;
    if photos::by_id(&mut tx, photo_id).await?.is_none() {
        return Err(Refusal::PHOTO_ID_INVALID.into());
    }
    let places = places::of(&mut tx, photo_id, PLACES_MAX).await?;
    let mut wake = Vec::new();
    for owner_id in &places.profiles {
        wake.extend(off_profile(services, &mut tx, *owner_id, photo_id).await?);
    }
    for owner_id in &places.fallbacks {
        users::set_fallback(&mut tx, *owner_id, None).await?;
        wake.extend(updates::tell_watchers(services, &mut tx, *owner_id, 0).await?);
    }
    for (owner_id, contact_id) in &places.personals {
        contacts::set_personal(&mut tx, *owner_id, *contact_id, None).await?;
        updates::user_changed(services, &mut tx, *owner_id, *contact_id, 0).await?;
        wake.push(*owner_id);
    }
    for chat_id in &places.chats {
        wake.extend(chats::lose_photo(services, &mut tx, *chat_id).await?);
    }
    wake.extend(messages::delete_everywhere(services, &mut tx, &places.messages).await?);
    wake.sort_unstable();
    wake.dedup();
    services.commit(tx, &wake).await?;
    let told = wake.len();
    Ok(TakenDown { places, told })
}

async fn off_profile(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    photo_id: i64,
) -> Result<Vec<i64>, Error> {
    let main = photos::main_of(tx, &[owner_id]).await?.pop();
    photos::remove_from_profile(tx, owner_id, &[photo_id]).await?;
    if main.is_some_and(|(_, main)| main == photo_id) {
        users::set_photo_changed(tx, owner_id, services.clock.unix_seconds()).await?;
        return updates::tell_watchers(services, tx, owner_id, 0).await;
    }
    // Nobody has an older picture before them; its owner looks at the list anew.
    updates::user_changed(services, tx, owner_id, owner_id, 0).await?;
    Ok(vec![owner_id])
}
