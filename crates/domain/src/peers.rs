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

use crate::{
    Error, Refusal, Seen, Services,
    privacy::{Audience, Key, Sight},
};

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
    /// On the viewer's list of close friends.
    pub is_close_friend: bool,
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
    /// Digits only; if the viewer may see it.
    pub phone: Option<String>,
    /// The user's own words, if the viewer may see them; else empty.
    pub about: String,
    /// The picture that the viewer is shown.
    pub photo: Option<ShownPhoto>,
    /// When the user is or was there.
    pub presence: Presence,
    /// A message of the user, forwarded by the viewer, may lead back to it.
    pub links_forwards: bool,
    /// The viewer may send it voice messages.
    pub takes_voice: bool,
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

/// When somebody is or was there, as exactly as the viewer may know. Unix seconds; `by_me`: it would be
/// exact if the viewer did not hide its own from that user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Never seen here, or longer ago than a month.
    Unknown,
    /// Online until then.
    Online(i64),
    /// Went away then.
    Offline(i64),
    /// Within [`RECENTLY_S`].
    Recently {
        /// See above.
        by_me: bool,
    },
    /// Within [`LAST_WEEK_S`].
    LastWeek {
        /// See above.
        by_me: bool,
    },
    /// Within [`LAST_MONTH_S`].
    LastMonth {
        /// See above.
        by_me: bool,
    },
}

/// Source: official answers to frequent questions: "recently" is up to three days.
pub const RECENTLY_S: i64 = 3 * 24 * 60 * 60;
/// Source: as above, "within a week".
pub const LAST_WEEK_S: i64 = 7 * 24 * 60 * 60;
/// Source: as above, "within a month".
pub const LAST_MONTH_S: i64 = 30 * 24 * 60 * 60;

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
    let with_viewer: Vec<i64> = ids.iter().copied().chain([viewer]).collect();
    let rows: HashMap<i64, UserRow> = users::by_ids(tx, &with_viewer)
        .await?
        .into_iter()
        .map(|row| (row.user_id, row))
        .collect();
    let saved: HashMap<i64, contacts::ContactRow> = contacts::among(tx, viewer, &ids)
        .await?
        .into_iter()
        .map(|row| (row.contact_id, row))
        .collect();
    let is_bot = rows
        .get(&viewer)
        .is_some_and(|row| row.bot_owner_id.is_some());
    let sight = Sight::load(tx, (viewer, is_bot), &ids).await?;
    let own = sight.own(Key::StatusTimestamp);
    let audience = Audience::load(tx, viewer, &ids, &own).await?;
    let mut pictures = pictures(tx, &sight, &ids, &rows, &saved).await?;
    let now = services.clock.unix_seconds();
    let views = ids.iter().filter_map(|id| rows.get(id)).map(|row| {
        let user_id = row.user_id;
        let pictures = pictures.remove(&user_id).unwrap_or_default();
        let contact = saved.get(&user_id);
        let may = |key| sight.allows(user_id, key);
        let view = UserView {
            user_id,
            access_hash: services.hashes.access_hash(Seen::user(viewer, user_id)),
            is_self: user_id == viewer,
            is_contact: contact.is_some(),
            is_mutual_contact: contact.is_some() && sight.is_saved_by(user_id),
            is_close_friend: contact.is_some_and(|contact| contact.close_friend),
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
            phone: phone(row, &sight, contact),
            about: if may(Key::About) {
                row.about.clone()
            } else {
                String::new()
            },
            photo: pictures.shown(),
            presence: presence(row, now, &sight, audience.allows(user_id, &own)),
            links_forwards: may(Key::Forwards),
            takes_voice: may(Key::VoiceMessages),
        };
        (view, pictures)
    });
    Ok(views.collect())
}

/// A number is shown to whom its owner's rules show it, and to whoever saved this very number and may
/// find its owner by it. Adding somebody by name must not tell the number.
///
/// Source: what the settings screens of the apps say about a number that nobody may see.
fn phone(row: &UserRow, sight: &Sight, contact: Option<&contacts::ContactRow>) -> Option<String> {
    let saved = contact.is_some_and(|contact| row.phone.as_ref() == Some(&contact.phone));
    let shown = sight.allows(row.user_id, Key::PhoneNumber)
        || (saved && sight.allows(row.user_id, Key::AddedByPhone));
    row.phone.clone().filter(|_| shown)
}

/// `shares`: the viewer shows its own time to this user. Only who shares sees; who is blocked sees
/// nothing.
///
/// Source: official answers to frequent questions on "last seen".
fn presence(row: &UserRow, now: i64, sight: &Sight, shares: bool) -> Presence {
    let is_online = row.online_until > now;
    let seen_at = if is_online { now } else { row.last_seen_at };
    if seen_at <= 0 || sight.is_blocked_by(row.user_id) {
        return Presence::Unknown;
    }
    let allowed = sight.allows(row.user_id, Key::StatusTimestamp);
    let by_me = allowed && !shares && !sight.is_of(row.user_id);
    if allowed && !by_me {
        return if is_online {
            Presence::Online(row.online_until)
        } else {
            Presence::Offline(seen_at)
        };
    }
    match now - seen_at {
        ..RECENTLY_S => Presence::Recently { by_me },
        RECENTLY_S..LAST_WEEK_S => Presence::LastWeek { by_me },
        LAST_WEEK_S..LAST_MONTH_S => Presence::LastMonth { by_me },
        LAST_MONTH_S.. => Presence::Unknown,
    }
}

async fn pictures(
    tx: &mut Tx,
    sight: &Sight,
    ids: &[i64],
    rows: &HashMap<i64, UserRow>,
    saved: &HashMap<i64, contacts::ContactRow>,
) -> Result<HashMap<i64, Pictures>, Error> {
    let alive: Vec<i64> = ids
        .iter()
        .filter_map(|id| rows.get(id))
        .filter(|row| row.deleted_at.is_none())
        .map(|row| row.user_id)
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
        let may = sight.allows(*id, Key::ProfilePhoto);
        let main = photo(main.get(id).copied()).filter(|_| may);
        // A block hides the public picture, too.
        let public = main.is_none() && !sight.is_blocked_by(*id);
        let fallback = photo(fallback(id)).filter(|_| public || sight.is_of(*id));
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
