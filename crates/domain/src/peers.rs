//! Users as one viewer sees them: names, contact flags, and the picture that this viewer is shown.
//!
//! Every answer and every update takes its users from here, so all read paths agree.

use std::collections::{HashMap, HashSet};

use store::{
    Tx,
    rows::{
        contacts,
        photos::{self, PhotoRow},
        users::{self, UserRow},
    },
};

use crate::{Error, Refusal, Seen, Services};

/// A user as `viewer` sees them.
#[derive(Clone, Debug)]
pub struct UserView {
    /// The user.
    pub user_id: i64,
    /// For the viewer alone.
    pub access_hash: i64,
    /// The viewer itself.
    pub is_self: bool,
    /// In the viewer's contacts.
    pub is_contact: bool,
    /// In each other's contacts.
    pub is_mutual_contact: bool,
    /// The account was deleted.
    pub is_deleted: bool,
    /// A bot.
    pub is_bot: bool,
    /// A bot of the viewer's own.
    pub bot_can_edit: bool,
    /// Bots only: rises with what the profile tells.
    pub bot_info_version: i64,
    /// The name that the viewer saved for a contact, else the user's own.
    pub first_name: String,
    /// Like `first_name`; may be empty.
    pub last_name: String,
    /// Without `@`.
    pub username: Option<String>,
    /// Digits only; own number and numbers of contacts.
    pub phone: Option<String>,
    /// The picture that the viewer is shown.
    pub photo: Option<ShownPhoto>,
    /// When the user is or was there.
    pub presence: Presence,
}

/// `user.photo`: what fits into a list of chats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownPhoto {
    /// The photo.
    pub photo_id: i64,
    /// Chosen by the viewer for this contact.
    pub personal: bool,
    /// It moves.
    pub has_video: bool,
    /// Stripped bytes, 8 px.
    pub stripped: Vec<u8>,
}

/// Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Never seen here.
    Unknown,
    /// Online until then.
    Online(i64),
    /// Went away then.
    Offline(i64),
}

/// The three pictures a viewer may have before it of one user.
///
/// Source: official page on profile pictures; order of selection personal, main, fallback.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// Chosen by the viewer for this contact.
    pub personal: Option<PhotoRow>,
    /// The main picture, if this viewer may see it.
    pub main: Option<PhotoRow>,
    /// The public picture, if main is hidden from this viewer or the viewer is its owner.
    pub fallback: Option<PhotoRow>,
}

impl Pictures {
    fn shown(&self) -> Option<ShownPhoto> {
        let (photo, personal) = match (&self.personal, &self.main, &self.fallback) {
            (Some(photo), ..) => (photo, true),
            (None, Some(photo), _) | (None, None, Some(photo)) => (photo, false),
            (None, None, None) => return None,
        };
        Some(ShownPhoto {
            photo_id: photo.photo_id,
            personal,
            has_video: photo.has_video(),
            stripped: photo.stripped_user.clone(),
        })
    }
}

/// Users `ids` as `viewer` sees them, in the order asked for; unknown ids are left out, doubles too.
///
/// Costs the same number of queries for one user as for a hundred.
///
/// # Errors
/// The store failed.
pub async fn view(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    ids: &[i64],
) -> Result<Vec<UserView>, Error> {
    Ok(view_full(services, tx, viewer, ids)
        .await?
        .into_iter()
        .map(|(view, _)| view)
        .collect())
}

/// One user as `viewer` sees them, with the pictures behind the shown one; `None`: no such user.
///
/// # Errors
/// The store failed.
pub async fn view_one(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    user_id: i64,
) -> Result<Option<(UserView, Pictures)>, Error> {
    Ok(view_full(services, tx, viewer, &[user_id]).await?.pop())
}

/// As [`view`], each with the pictures behind the shown one.
///
/// # Errors
/// The store failed.
pub async fn view_full(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    ids: &[i64],
) -> Result<Vec<(UserView, Pictures)>, Error> {
    let mut asked = HashSet::new();
    let ids: Vec<i64> = ids.iter().copied().filter(|id| asked.insert(*id)).collect();
    let rows: HashMap<i64, UserRow> = users::by_ids(tx, &ids)
        .await?
        .into_iter()
        .map(|row| (row.user_id, row))
        .collect();
    let saved: HashMap<i64, contacts::ContactRow> = contacts::among(tx, viewer, &ids)
        .await?
        .into_iter()
        .map(|row| (row.contact_id, row))
        .collect();
    let have_viewer: HashSet<i64> = contacts::savers_among(tx, viewer, &ids)
        .await?
        .into_iter()
        .map(|(owner_id, _)| owner_id)
        .collect();
    let mut pictures = pictures(tx, viewer, &rows, &saved).await?;
    let now = services.clock.unix_seconds();
    let views = ids.iter().filter_map(|id| rows.get(id)).map(|row| {
        let pictures = pictures.remove(&row.user_id).unwrap_or_default();
        let contact = saved.get(&row.user_id);
        let view = UserView {
            user_id: row.user_id,
            access_hash: services.hashes.access_hash(Seen::user(viewer, row.user_id)),
            is_self: row.user_id == viewer,
            is_contact: contact.is_some(),
            is_mutual_contact: contact.is_some() && have_viewer.contains(&row.user_id),
            is_deleted: row.deleted_at.is_some(),
            is_bot: row.bot_owner_id.is_some(),
            bot_can_edit: row.bot_owner_id == Some(viewer),
            bot_info_version: row.bot_info_version,
            first_name: contact
                .map_or(&row.first_name, |saved| &saved.first_name)
                .clone(),
            last_name: contact
                .map_or(&row.last_name, |saved| &saved.last_name)
                .clone(),
            username: row.username.clone(),
            phone: phone(row, viewer, contact, have_viewer.contains(&row.user_id)),
            photo: pictures.shown(),
            presence: presence(row, now),
        };
        (view, pictures)
    });
    Ok(views.collect())
}

/// A number is shown to its owner, to those whom its owner saved, and to whoever saved this very number:
/// adding somebody by name must not tell the number.
fn phone(
    row: &UserRow,
    viewer: i64,
    contact: Option<&contacts::ContactRow>,
    saved_viewer: bool,
) -> Option<String> {
    let knows = contact.is_some_and(|contact| row.phone.as_ref() == Some(&contact.phone));
    let shown = row.user_id == viewer || knows || saved_viewer;
    row.phone.clone().filter(|_| shown)
}

fn presence(row: &UserRow, now: i64) -> Presence {
    if row.online_until > now {
        Presence::Online(row.online_until)
    } else if row.last_seen_at > 0 {
        Presence::Offline(row.last_seen_at)
    } else {
        Presence::Unknown
    }
}

async fn pictures(
    tx: &mut Tx,
    viewer: i64,
    rows: &HashMap<i64, UserRow>,
    saved: &HashMap<i64, contacts::ContactRow>,
) -> Result<HashMap<i64, Pictures>, Error> {
    let alive: Vec<i64> = rows
        .values()
        .filter(|row| row.deleted_at.is_none())
        .map(|row| row.user_id)
        .collect();
    let hide: HashSet<i64> = contacts::blockers_among(tx, viewer, &alive)
        .await?
        .into_iter()
        .collect();
    let main: HashMap<i64, i64> = photos::main_of(tx, &alive).await?.into_iter().collect();
    let personal = |id: &i64| saved.get(id).and_then(|row| row.personal_photo_id);
    let fallback = |id: &i64| rows.get(id).and_then(|row| row.fallback_photo_id);
    let wanted: Vec<i64> = alive
        .iter()
        .flat_map(|id| [personal(id), main.get(id).copied(), fallback(id)])
        .flatten()
        .collect();
    let by_id: HashMap<i64, PhotoRow> = photos::by_ids(tx, &wanted)
        .await?
        .into_iter()
        .map(|row| (row.photo_id, row))
        .collect();
    let photo = |id: Option<i64>| id.and_then(|id| by_id.get(&id).cloned());
    let seen = alive.iter().map(|id| {
        let hidden = hide.contains(id);
        let main = photo(main.get(id).copied()).filter(|_| !hidden);
        let wants_fallback = *id == viewer || (main.is_none() && !hidden);
        let fallback = photo(fallback(id)).filter(|_| wants_fallback);
        (
            *id,
            Pictures {
                personal: photo(personal(id)),
                main,
                fallback,
            },
        )
    });
    Ok(seen.collect())
}

/// How a client names a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// `inputUserSelf`.
    Itself,
    /// `inputUser` with the hash that the caller was given.
    User {
        /// The user.
        user_id: i64,
        /// Proof that the caller was shown this user.
        access_hash: i64,
    },
    /// `inputUserEmpty` and whatever else names nobody.
    Nobody,
}

/// The user that `viewer` names.
///
/// # Errors
/// USER_ID_INVALID: nobody, an unknown id, or a hash that was not made for this viewer.
pub async fn resolve(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: Named,
) -> Result<UserRow, Error> {
    let user_id = known(services, viewer, named)?;
    let found = users::by_ids(tx, &[user_id]).await?.pop();
    found.ok_or_else(|| Refusal::USER_ID_INVALID.into())
}

/// The id that `viewer` names, its hash checked but not whether it exists.
///
/// # Errors
/// USER_ID_INVALID: nobody, or a hash that was not made for this viewer.
pub fn known(services: &Services, viewer: i64, named: Named) -> Result<i64, Refusal> {
    match named {
        Named::Itself => Ok(viewer),
        Named::User { user_id, .. } if user_id == viewer => Ok(viewer),
        Named::User {
            user_id,
            access_hash,
        } if services.hashes.access_hash(Seen::user(viewer, user_id)) == access_hash => Ok(user_id),
        Named::User { .. } | Named::Nobody => Err(Refusal::USER_ID_INVALID),
    }
}
