//! Contacts: whom an account has saved, under which name, and whom it has blocked.

mod blocking;
mod close_friends;
mod import;

pub use blocking::{BlockedPage, block, blocked, is_blocked, unblock};
pub use close_friends::edit_close_friends;
pub use import::{IMPORT_ENTRIES_MAX, Import, Imported, PhoneEntry, import};

use store::{
    Tx,
    rows::{
        contacts::{self, ContactRow},
        dialogs, users,
    },
};

use crate::{
    Error, Refusal, Services,
    accounts::Names,
    peers::{self, Named, UserView},
    phone,
    privacy::{self, Key},
    updates,
};

/// A contact in the list of its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The contact.
    pub user_id: i64,
    /// In each other's contacts.
    pub mutual: bool,
}

/// All contacts of one owner, by rising `user_id`.
#[derive(Clone, Debug)]
pub struct ContactList {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// Numbers that were imported but have no account.
    pub saved_count: i64,
    /// The contacts as their owner sees them.
    pub users: Vec<UserView>,
}

/// How a user is saved.
#[derive(Clone, Copy, Debug)]
pub struct Adding<'a> {
    /// The first one not empty.
    pub names: &'a Names,
    /// As typed; may be empty.
    pub phone: &'a str,
    /// The user may see the owner's number from now on.
    pub share_phone: bool,
}

/// `contacts.addContact`: saves a user under a name; a contact that is already there is renamed and
/// keeps its personal picture.
///
/// # Errors
/// CONTACT_NAME_EMPTY: no first name. CONTACT_ID_INVALID: oneself, nobody, or a deleted account.
pub async fn add(
    services: &Services,
    owner: (i64, i64),
    named: Named,
    adding: Adding<'_>,
) -> Result<UserView, Error> {
    let (owner_id, origin) = owner;
    let first_name = kept(&adding.names.first);
    if first_name.is_empty() {
        return Err(Refusal::CONTACT_NAME_EMPTY.into());
    }
    let mut tx = services.store.begin().await?;
    let user = peers::resolve(services, &mut tx, owner_id, named).await;
    let user = user.map_err(|error| match error {
        Error::Refused(_) => Refusal::CONTACT_ID_INVALID.into(),
        other => other,
    })?;
    if user.user_id == owner_id || user.deleted_at.is_some() {
        return Err(Refusal::CONTACT_ID_INVALID.into());
    }
    let saved = Saved {
        contact_id: user.user_id,
        // As the owner knows it; one that cannot be is not kept. The user's own number is another matter.
        phone: phone::normal(adding.phone).unwrap_or_default(),
        first_name,
        last_name: kept(&adding.names.last),
    };
    let mut wake = save(services, &mut tx, owner_id, saved, origin).await?;
    if adding.share_phone {
        wake.extend(privacy::share_phone(services, &mut tx, owner, user.user_id).await?);
    }
    let view = peers::view(services, &mut tx, owner_id, &[user.user_id])
        .await?
        .pop();
    services.commit(tx, &wake).await?;
    view.ok_or_else(|| Refusal::CONTACT_ID_INVALID.into())
}

/// Characters of a saved name. Source: clients cut at this length.
const SAVED_NAME_CHARS_MAX: usize = 64;

/// A name as it is saved: without the space around it, and no longer than clients show it. Cut instead
/// of refused, as one long name in an address book must not stop the rest of it.
fn kept(name: &str) -> String {
    name.trim().chars().take(SAVED_NAME_CHARS_MAX).collect()
}

/// What an owner saves of a contact.
struct Saved {
    contact_id: i64,
    phone: String,
    first_name: String,
    last_name: String,
}

/// Writes a contact and tells who sees the difference; returns whom to wake.
async fn save(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    saved: Saved,
    origin: i64,
) -> Result<Vec<i64>, Error> {
    let contact_id = saved.contact_id;
    let row = ContactRow {
        owner_id,
        contact_id,
        phone: saved.phone,
        first_name: saved.first_name,
        last_name: saved.last_name,
        added_at: services.clock.unix_seconds(),
        personal_photo_id: None,
        close_friend: false,
    };
    contacts::put(tx, &row).await?;
    tell(services, tx, owner_id, contact_id, origin).await
}

/// Journals that `contact_id` looks different to `owner_id`, and the other way round where both have
/// each other; returns whom to wake.
async fn tell(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    contact_id: i64,
    origin: i64,
) -> Result<Vec<i64>, Error> {
    updates::user_changed(services, tx, owner_id, contact_id, origin).await?;
    updates::settings_changed(services, tx, owner_id, contact_id, origin).await?;
    let mut wake = vec![owner_id];
    // Whoever does not show the owner, or sees no difference, must not learn that it was added or
    // removed.
    let has_owner = contacts::find(tx, contact_id, owner_id).await?.is_some();
    let shows_owner = has_owner || dialogs::find(tx, contact_id, owner_id).await?.is_some();
    if has_owner || (shows_owner && privacy::contact_matters(tx, owner_id, contact_id).await?) {
        updates::user_changed(services, tx, contact_id, owner_id, 0).await?;
        wake.push(contact_id);
    }
    Ok(wake)
}

/// `contacts.deleteContacts`: the saved names and personal pictures go with the contacts. Returns what
/// the chats with them offer their former owner now; who was no contact is left out.
///
/// # Errors
/// The store failed. Names that resolve to nobody are passed over.
pub async fn delete(
    services: &Services,
    owner_id: i64,
    named: &[Named],
    origin: i64,
) -> Result<Vec<updates::Offers>, Error> {
    let ids: Vec<i64> = named
        .iter()
        .filter_map(|named| peers::known(services, owner_id, *named).ok())
        .collect();
    let mut tx = services.store.begin().await?;
    let mut wake = Vec::new();
    let gone = contacts::among(&mut tx, owner_id, &ids).await?;
    let gone: Vec<i64> = gone.iter().map(|contact| contact.contact_id).collect();
    for contact_id in &gone {
        wake.extend(remove(services, &mut tx, owner_id, *contact_id, origin).await?);
    }
    let offered = updates::offers(services, &mut tx, owner_id, &gone).await?;
    services.commit(tx, &wake).await?;
    Ok(offered)
}

async fn remove(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    contact_id: i64,
    origin: i64,
) -> Result<Vec<i64>, Error> {
    contacts::remove(tx, owner_id, &[contact_id]).await?;
    tell(services, tx, owner_id, contact_id, origin).await
}

/// `contacts.deleteByPhones`: contacts with these numbers and saved numbers without an account.
///
/// # Errors
/// LIMIT_INVALID: more than [`IMPORT_ENTRIES_MAX`] numbers. What is no number is passed over.
pub async fn delete_by_phones(
    services: &Services,
    owner_id: i64,
    typed: &[String],
    origin: i64,
) -> Result<(), Error> {
    if typed.len() > IMPORT_ENTRIES_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut tx = services.store.begin().await?;
    let mut wake = Vec::new();
    for digits in typed.iter().filter_map(|typed| phone::normal(typed).ok()) {
        contacts::forget_phone(&mut tx, owner_id, &digits).await?;
        if let Some(user) = users::by_phone(&mut tx, &digits).await?
            && knows_by_number(&mut tx, owner_id, user.user_id, &digits).await?
        {
            wake.extend(remove(services, &mut tx, owner_id, user.user_id, origin).await?);
        }
    }
    services.commit(tx, &wake).await
}

/// Whether `contact_id` is a contact whose number, `digits`, its owner knows: removing by number must
/// not tell whose it is.
async fn knows_by_number(
    tx: &mut Tx,
    owner_id: i64,
    contact_id: i64,
    digits: &str,
) -> Result<bool, Error> {
    let Some(contact) = contacts::find(tx, owner_id, contact_id).await? else {
        return Ok(false);
    };
    Ok(contact.phone == digits
        || privacy::allows(tx, contact_id, owner_id, Key::PhoneNumber).await?)
}

/// `contacts.getContacts`.
///
/// # Errors
/// The store failed.
pub async fn list(services: &Services, owner_id: i64) -> Result<ContactList, Error> {
    let mut tx = services.store.read().await?;
    let ids = ids_of(&mut tx, owner_id).await?;
    let saved_count = contacts::saved_phones_count(&mut tx, owner_id).await?;
    let users = peers::view(services, &mut tx, owner_id, &ids).await?;
    let contacts = users
        .iter()
        .map(|view| Contact {
            user_id: view.user_id,
            mutual: view.is_mutual_contact,
        })
        .collect();
    Ok(ContactList {
        contacts,
        saved_count,
        users,
    })
}

/// The contacts of `owner_id`, rising.
async fn ids_of(tx: &mut Tx, owner_id: i64) -> Result<Vec<i64>, Error> {
    let rows = contacts::of_owner(tx, owner_id).await?;
    let mut ids: Vec<i64> = rows.iter().map(|row| row.contact_id).collect();
    ids.sort_unstable();
    Ok(ids)
}

/// The hash by which a client says which list it has: over the saved count and the rising ids.
///
/// Source: official page on pagination, "hash generation".
pub fn list_hash(list: &ContactList) -> i64 {
    let ids = list.contacts.iter().map(|contact| contact.user_id);
    crate::list_hash(std::iter::once(list.saved_count).chain(ids))
}

/// `contacts.resolvePhone`.
///
/// # Errors
/// PHONE_NOT_OCCUPIED: nobody has this number, nobody who may be found by it, or it is none.
pub async fn resolve_phone(
    services: &Services,
    viewer: i64,
    typed: &str,
) -> Result<UserView, Error> {
    let digits = phone::normal(typed).map_err(|_| Refusal::PHONE_NOT_OCCUPIED)?;
    let mut tx = services.store.read().await?;
    let user = users::by_phone(&mut tx, &digits)
        .await?
        .ok_or(Refusal::PHONE_NOT_OCCUPIED)?;
    if !privacy::allows(&mut tx, user.user_id, viewer, Key::AddedByPhone).await? {
        return Err(Refusal::PHONE_NOT_OCCUPIED.into());
    }
    let view = peers::view(services, &mut tx, viewer, &[user.user_id])
        .await?
        .pop();
    view.ok_or_else(|| Refusal::PHONE_NOT_OCCUPIED.into())
}

/// `contacts.resolveUsername`.
///
/// # Errors
/// USERNAME_NOT_OCCUPIED: nobody has it, or it cannot be one.
pub async fn resolve_username(
    services: &Services,
    viewer: i64,
    username: &str,
) -> Result<UserView, Error> {
    let mut tx = services.store.read().await?;
    let user = users::by_username(&mut tx, username)
        .await?
        .ok_or(Refusal::USERNAME_NOT_OCCUPIED)?;
    let view = peers::view(services, &mut tx, viewer, &[user.user_id])
        .await?
        .pop();
    view.ok_or_else(|| Refusal::USERNAME_NOT_OCCUPIED.into())
}

/// `contacts.search`: the viewer's own contacts first, then others by username.
#[derive(Clone, Debug)]
pub struct Found {
    /// Contacts whose name or username starts a word with the query.
    pub mine: Vec<UserView>,
    /// Somebody else with exactly this username.
    pub others: Vec<UserView>,
}

/// Characters below which nothing is searched. Source: official method page.
const QUERY_CHARS_MIN: usize = 3;

/// Finds users by name.
///
/// # Errors
/// QUERY_TOO_SHORT: fewer than three characters. SEARCH_QUERY_EMPTY: none.
pub async fn search(
    services: &Services,
    viewer: i64,
    query: &str,
    limit: usize,
) -> Result<Found, Error> {
    let query = query.trim().trim_start_matches('@').to_lowercase();
    match query.chars().count() {
        0 => return Err(Refusal::SEARCH_QUERY_EMPTY.into()),
        count if count < QUERY_CHARS_MIN => return Err(Refusal::QUERY_TOO_SHORT.into()),
        _ => {}
    }
    let mut tx = services.store.read().await?;
    let contact_ids = ids_of(&mut tx, viewer).await?;
    let mut mine = peers::view(services, &mut tx, viewer, &contact_ids).await?;
    mine.retain(|view| matches(view, &query));
    mine.truncate(limit);
    let named = users::by_username(&mut tx, &query)
        .await?
        .map(|user| user.user_id);
    let mut others = peers::view(services, &mut tx, viewer, named.as_slice()).await?;
    others.retain(|view| !view.is_contact && !view.is_self);
    Ok(Found { mine, others })
}

fn matches(view: &UserView, query: &str) -> bool {
    let name = format!("{} {}", view.first_name, view.last_name).to_lowercase();
    let username = view.username.as_deref().unwrap_or_default().to_lowercase();
    username.starts_with(query)
        || name.starts_with(query)
        || name.split_whitespace().any(|word| word.starts_with(query))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_a_list_follows_the_published_steps() {
        // Computed by hand from the published pseudo code for [0, 7, 9].
        let step = |hash: u64, number: u64| {
            let hash = hash ^ (hash >> 21);
            let hash = hash ^ (hash << 35);
            let hash = hash ^ (hash >> 4);
            hash.wrapping_add(number)
        };
        let contact = |user_id| Contact {
            user_id,
            mutual: false,
        };
        let list = ContactList {
            contacts: vec![contact(7), contact(9)],
            saved_count: 0,
            users: Vec::new(),
        };
        assert_eq!(
            list_hash(&list).cast_unsigned(),
            step(step(step(0, 0), 7), 9)
        );
        let empty = ContactList {
            contacts: Vec::new(),
            saved_count: 0,
            users: Vec::new(),
        };
        assert_eq!(list_hash(&empty), 0);
    }
}
