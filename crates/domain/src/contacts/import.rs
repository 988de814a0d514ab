//! `contacts.importContacts`: an address book becomes contacts.

use std::collections::{BTreeMap, HashMap};

use store::{
    Tx,
    rows::{
        contacts,
        users::{self, UserRow},
    },
};

use super::{Saved, kept, save};
use crate::{
    Error, Refusal, Services,
    peers::{self, UserView},
    phone,
    privacy::{Key, Sight},
};

/// Entries of one import. Chosen: more than an address book holds, so that one call stays bounded.
pub const IMPORT_ENTRIES_MAX: usize = 5_000;

/// One entry of an address book.
#[derive(Clone, Debug)]
pub struct PhoneEntry {
    /// The client's own number for the entry.
    pub client_id: i64,
    /// As typed.
    pub phone: String,
    /// May be empty if the last name is not.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
}

/// Who was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The new or renamed contact.
    pub user_id: i64,
    /// The entry's number.
    pub client_id: i64,
}

/// What an import came to.
#[derive(Clone, Debug)]
pub struct Import {
    /// One row per entry whose number has an account.
    pub imported: Vec<Imported>,
    /// Those users as the owner sees them now.
    pub users: Vec<UserView>,
}

/// Saves every entry: as a contact if the number has an account that may be found by it, else for the
/// day it gets one. Entries without a number or a name, and the owner's own number, are passed over.
///
/// # Errors
/// LIMIT_INVALID: more than [`IMPORT_ENTRIES_MAX`] entries.
pub async fn import(
    services: &Services,
    owner_id: i64,
    entries: Vec<PhoneEntry>,
    origin: i64,
) -> Result<Import, Error> {
    if entries.len() > IMPORT_ENTRIES_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let usable: BTreeMap<String, PhoneEntry> = entries.into_iter().filter_map(usable).collect();
    let mut tx = services.store.begin().await?;
    let mut imported = Vec::new();
    let mut wake = Vec::new();
    let mut found = found(&mut tx, owner_id, &usable).await?;
    for (digits, entry) in usable {
        match found.remove(&digits) {
            Some(user) if user.user_id == owner_id => {}
            Some(user) => {
                let saved = Saved {
                    contact_id: user.user_id,
                    phone: digits,
                    first_name: entry.first_name,
                    last_name: entry.last_name,
                };
                wake.extend(save(services, &mut tx, owner_id, saved, origin).await?);
                imported.push(Imported {
                    user_id: user.user_id,
                    client_id: entry.client_id,
                });
            }
            None => {
                let saved = contacts::SavedPhoneRow {
                    owner_id,
                    phone: digits,
                    first_name: entry.first_name,
                    last_name: entry.last_name,
                    saved_at: services.clock.unix_seconds(),
                };
                contacts::save_phone(&mut tx, &saved).await?;
            }
        }
    }
    let ids: Vec<i64> = imported.iter().map(|imported| imported.user_id).collect();
    let views = peers::view(services, &mut tx, owner_id, &ids).await?;
    services.commit(tx, &wake).await?;
    Ok(Import {
        imported,
        users: views,
    })
}

/// Whose the numbers are, by number: those accounts that `owner_id` may find so.
async fn found(
    tx: &mut Tx,
    owner_id: i64,
    usable: &BTreeMap<String, PhoneEntry>,
) -> Result<HashMap<String, UserRow>, Error> {
    let numbers: Vec<&str> = usable.keys().map(String::as_str).collect();
    let mut rows = users::by_phones(tx, &numbers).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.user_id).collect();
    let itself = users::by_id(tx, owner_id).await?;
    let is_bot = itself.is_some_and(|row| row.bot_owner_id.is_some());
    let sight = Sight::load_for(tx, (owner_id, is_bot), &ids, Key::AddedByPhone).await?;
    rows.retain(|row| sight.allows(row.user_id, Key::AddedByPhone));
    Ok(rows
        .into_iter()
        .filter_map(|row| Some((row.phone.clone()?, row)))
        .collect())
}

/// The digits of an entry that has a number and a name.
fn usable(entry: PhoneEntry) -> Option<(String, PhoneEntry)> {
    let digits = phone::normal(&entry.phone).ok()?;
    let (first, last) = (kept(&entry.first_name), kept(&entry.last_name));
    let (first_name, last_name) = if first.is_empty() {
        (last, String::new())
    } else {
        (first, last)
    };
    if first_name.is_empty() {
        return None;
    }
    Some((
        digits,
        PhoneEntry {
            first_name,
            last_name,
            ..entry
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(phone: &str, first: &str, last: &str) -> PhoneEntry {
        PhoneEntry {
            client_id: 1,
            phone: phone.to_owned(),
            first_name: first.to_owned(),
            last_name: last.to_owned(),
        }
    }

    #[test]
    fn an_entry_needs_a_number_and_one_name() {
        let (digits, kept) = usable(entry("+1 202 555 0124", "", "Lovelace")).unwrap();
        assert_eq!(
            (digits.as_str(), kept.first_name.as_str()),
            ("12025550124", "Lovelace")
        );
        assert!(usable(entry("+1 202 555 0124", " ", "")).is_none());
        assert!(usable(entry("no number", "Ada", "")).is_none());
    }

    #[test]
    fn names_that_are_too_long_are_cut() {
        let (_, kept) = usable(entry("12025550124", &"é".repeat(1000), "L")).unwrap();
        assert_eq!(kept.first_name, "é".repeat(64));
        assert_eq!(kept.last_name, "L");
    }
}
