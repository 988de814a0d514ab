//! `contacts.editCloseFriends`: for whom rules about close friends are.

use std::collections::HashSet;

use store::rows::contacts;

use crate::{Error, Services, privacy, updates};

/// Makes exactly these contacts the close friends of `owner_id`; who is no contact is passed over.
/// Other sessions of the owner are told, and friends who see more or less of it now.
///
/// # Errors
/// The store failed.
///
/// Source: official method page. Chosen: passing over, as nothing is documented for others.
pub async fn edit_close_friends(
    services: &Services,
    (owner_id, origin): (i64, i64),
    user_ids: &[i64],
) -> Result<(), Error> {
    let wanted: HashSet<i64> = user_ids.iter().copied().collect();
    let mut tx = services.store.begin_for(&[owner_id]).await?;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for contact in contacts::of_owner(&mut tx, owner_id).await? {
        match (contact.close_friend, wanted.contains(&contact.contact_id)) {
            (false, true) => added.push(contact.contact_id),
            (true, false) => removed.push(contact.contact_id),
            _ => {}
        }
    }
    contacts::set_close_friends(&mut tx, owner_id, &added, true).await?;
    contacts::set_close_friends(&mut tx, owner_id, &removed, false).await?;
    let changed = [added, removed].concat();
    if changed.is_empty() {
        return Ok(());
    }
    for user_id in &changed {
        updates::user_changed(services, &mut tx, owner_id, *user_id, origin).await?;
    }
    let mut wake = privacy::close_friends_changed(services, &mut tx, owner_id, &changed).await?;
    wake.push(owner_id);
    services.commit(tx, &wake).await
}
