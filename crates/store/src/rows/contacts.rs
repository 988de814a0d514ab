//! Who saved whom, under which name, with which personal photo; saved numbers; blocks.

use super::{i64s, number, rows_among, run_among};
use crate::{Row, StoreError, Tx, args};

/// One contact of `owner_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactRow {
    /// Who saved.
    pub owner_id: i64,
    /// Who was saved.
    pub contact_id: i64,
    /// As saved; may be empty.
    pub phone: String,
    /// As saved.
    pub first_name: String,
    /// As saved; may be empty.
    pub last_name: String,
    /// Unix seconds.
    pub added_at: i64,
    /// Seen by the owner alone.
    pub personal_photo_id: Option<i64>,
    /// On the owner's list of close friends.
    pub close_friend: bool,
}

/// A number that nobody had when `owner_id` saved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedPhoneRow {
    /// Who saved.
    pub owner_id: i64,
    /// Digits only.
    pub phone: String,
    /// As saved.
    pub first_name: String,
    /// As saved; may be empty.
    pub last_name: String,
    /// Unix seconds.
    pub saved_at: i64,
}

/// One entry of a block list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockRow {
    /// Who is blocked.
    pub blocked_id: i64,
    /// Unix seconds.
    pub blocked_at: i64,
}

macro_rules! columns {
    () => {
        "owner_id, contact_id, phone, first_name, last_name, added_at, personal_photo_id,
         close_friend"
    };
}

fn contact(row: &Row) -> Result<ContactRow, StoreError> {
    Ok(ContactRow {
        owner_id: row.i64(0)?,
        contact_id: row.i64(1)?,
        phone: row.text(2)?,
        first_name: row.text(3)?,
        last_name: row.text(4)?,
        added_at: row.i64(5)?,
        personal_photo_id: row.opt_i64(6)?,
        close_friend: row.bool(7)?,
    })
}

/// Saves a contact. One that is there gets the names, and the phone unless that is empty; its age,
/// its personal photo and its being a close friend stay.
pub async fn put(tx: &mut Tx, row: &ContactRow) -> Result<(), StoreError> {
    tx.run(
        concat!(
            "INSERT INTO contacts (",
            columns!(),
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (owner_id, contact_id) DO UPDATE SET
             phone = CASE WHEN $3 = '' THEN contacts.phone ELSE $3 END,
             first_name = $4, last_name = $5"
        ),
        args![
            row.owner_id,
            row.contact_id,
            &row.phone,
            &row.first_name,
            &row.last_name,
            row.added_at,
            row.personal_photo_id,
            row.close_friend
        ],
    )
    .await?;
    tx.run(
        "INSERT INTO contact_of (user_id, owner_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        args![row.contact_id, row.owner_id],
    )
    .await?;
    Ok(())
}

/// One contact.
pub async fn find(
    tx: &mut Tx,
    owner_id: i64,
    contact_id: i64,
) -> Result<Option<ContactRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE owner_id = $1 AND contact_id = $2"
    );
    tx.row(sql, args![owner_id, contact_id])
        .await?
        .as_ref()
        .map(contact)
        .transpose()
}

/// All contacts of an owner, by id.
pub async fn of_owner(tx: &mut Tx, owner_id: i64) -> Result<Vec<ContactRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE owner_id = $1 ORDER BY contact_id"
    );
    tx.rows(sql, args![owner_id])
        .await?
        .iter()
        .map(contact)
        .collect()
}

/// Contacts of an owner with ids above `after`, ascending.
pub async fn page(
    tx: &mut Tx,
    owner_id: i64,
    after: i64,
    limit: i64,
) -> Result<Vec<ContactRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE owner_id = $1 AND contact_id > $2 ORDER BY contact_id LIMIT $3"
    );
    tx.rows(sql, args![owner_id, after, limit])
        .await?
        .iter()
        .map(contact)
        .collect()
}

/// How many contacts an owner has.
pub async fn count(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COUNT(*) FROM contacts WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}

/// The owner's contacts among `user_ids`, in no order.
pub async fn among(
    tx: &mut Tx,
    owner_id: i64,
    user_ids: &[i64],
) -> Result<Vec<ContactRow>, StoreError> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM contacts WHERE owner_id = $1 AND contact_id IN (#)"
    );
    rows_among(tx, sql, args![owner_id], user_ids)
        .await?
        .iter()
        .map(contact)
        .collect()
}

/// Which of `owner_ids` have `user_id` in their contacts, each with whether as a close friend, in no
/// order.
pub async fn savers_among(
    tx: &mut Tx,
    user_id: i64,
    owner_ids: &[i64],
) -> Result<Vec<(i64, bool)>, StoreError> {
    let sql = "SELECT owner_id, close_friend FROM contacts WHERE contact_id = $1
               AND owner_id IN (#)";
    rows_among(tx, sql, args![user_id], owner_ids)
        .await?
        .iter()
        .map(|row| Ok((row.i64(0)?, row.bool(1)?)))
        .collect()
}

/// Puts contacts on the owner's list of close friends or takes them off it; others are passed over.
pub async fn set_close_friends(
    tx: &mut Tx,
    owner_id: i64,
    contact_ids: &[i64],
    close_friend: bool,
) -> Result<u64, StoreError> {
    let sql = "UPDATE contacts SET close_friend = $1 WHERE owner_id = $2 AND contact_id IN (#)";
    run_among(tx, sql, args![close_friend, owner_id], contact_ids).await
}

/// Everyone who has `user_id` in their contacts, ascending.
pub async fn owners_of(tx: &mut Tx, user_id: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT owner_id FROM contact_of WHERE user_id = $1 ORDER BY owner_id";
    i64s(&tx.rows(sql, args![user_id]).await?, 0)
}

/// Sets or takes away the personal photo. `false`: not a contact.
pub async fn set_personal(
    tx: &mut Tx,
    owner_id: i64,
    contact_id: i64,
    photo_id: Option<i64>,
) -> Result<bool, StoreError> {
    let sql = "UPDATE contacts SET personal_photo_id = $1 WHERE owner_id = $2 AND contact_id = $3";
    Ok(tx.run(sql, args![photo_id, owner_id, contact_id]).await? == 1)
}

/// Takes away the personal photos that others chose for `user_id`; says whose.
pub async fn forget_personal_of(tx: &mut Tx, user_id: i64) -> Result<Vec<i64>, StoreError> {
    let owner_ids = owners_of(tx, user_id).await?;
    let sql = "UPDATE contacts SET personal_photo_id = NULL
               WHERE contact_id = $1 AND personal_photo_id IS NOT NULL AND owner_id IN (#)
               RETURNING owner_id";
    let mut changed = i64s(&rows_among(tx, sql, args![user_id], &owner_ids).await?, 0)?;
    changed.sort_unstable();
    Ok(changed)
}

/// Removes contacts with their personal photos; says which of them there were, ascending.
pub async fn remove(
    tx: &mut Tx,
    owner_id: i64,
    contact_ids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = "DELETE FROM contacts WHERE owner_id = $1 AND contact_id IN (#) RETURNING contact_id";
    let mut removed = i64s(&rows_among(tx, sql, args![owner_id], contact_ids).await?, 0)?;
    let sql = "DELETE FROM contact_of WHERE owner_id = $1 AND user_id IN (#)";
    run_among(tx, sql, args![owner_id], contact_ids).await?;
    removed.sort_unstable();
    Ok(removed)
}

/// Removes everything that `owner_id` saved: contacts, numbers, blocks.
pub async fn forget_owner(tx: &mut Tx, owner_id: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM contacts WHERE owner_id = $1 RETURNING contact_id";
    let contact_ids = i64s(&tx.rows(sql, args![owner_id]).await?, 0)?;
    let sql = "DELETE FROM contact_of WHERE owner_id = $1 AND user_id IN (#)";
    run_among(tx, sql, args![owner_id], &contact_ids).await?;
    tx.run(
        "DELETE FROM saved_phones WHERE owner_id = $1",
        args![owner_id],
    )
    .await?;
    tx.run("DELETE FROM blocks WHERE owner_id = $1", args![owner_id])
        .await?;
    Ok(())
}

/// Saves a number that nobody has; one that is saved gets the names.
pub async fn save_phone(tx: &mut Tx, row: &SavedPhoneRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO saved_phones (owner_id, phone, first_name, last_name, saved_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (owner_id, phone) DO UPDATE SET first_name = $3, last_name = $4",
        args![
            row.owner_id,
            &row.phone,
            &row.first_name,
            &row.last_name,
            row.saved_at
        ],
    )
    .await?;
    Ok(())
}

/// Everyone who saved this number, by owner.
pub async fn saved_phones_of(tx: &mut Tx, phone: &str) -> Result<Vec<SavedPhoneRow>, StoreError> {
    let sql = "SELECT owner_id, phone, first_name, last_name, saved_at FROM saved_phones
               WHERE phone = $1 ORDER BY owner_id";
    tx.rows(sql, args![phone])
        .await?
        .iter()
        .map(saved)
        .collect()
}

/// The numbers that an owner saved, by number.
pub async fn saved_phones_by(tx: &mut Tx, owner_id: i64) -> Result<Vec<SavedPhoneRow>, StoreError> {
    let sql = "SELECT owner_id, phone, first_name, last_name, saved_at FROM saved_phones
               WHERE owner_id = $1 ORDER BY phone";
    tx.rows(sql, args![owner_id])
        .await?
        .iter()
        .map(saved)
        .collect()
}

fn saved(row: &Row) -> Result<SavedPhoneRow, StoreError> {
    Ok(SavedPhoneRow {
        owner_id: row.i64(0)?,
        phone: row.text(1)?,
        first_name: row.text(2)?,
        last_name: row.text(3)?,
        saved_at: row.i64(4)?,
    })
}

/// How many numbers an owner saved.
pub async fn saved_phones_count(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COUNT(*) FROM saved_phones WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}

/// Removes a saved number; `false`: it was not saved.
pub async fn forget_phone(tx: &mut Tx, owner_id: i64, phone: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM saved_phones WHERE owner_id = $1 AND phone = $2";
    Ok(tx.run(sql, args![owner_id, phone]).await? == 1)
}

/// Blocks a user; `false`: was blocked already.
pub async fn block(
    tx: &mut Tx,
    owner_id: i64,
    blocked_id: i64,
    now: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO blocks (owner_id, blocked_id, blocked_at) VALUES ($1, $2, $3)
               ON CONFLICT (owner_id, blocked_id) DO NOTHING";
    Ok(tx.run(sql, args![owner_id, blocked_id, now]).await? == 1)
}

/// Unblocks a user; `false`: was not blocked.
pub async fn unblock(tx: &mut Tx, owner_id: i64, blocked_id: i64) -> Result<bool, StoreError> {
    let sql = "DELETE FROM blocks WHERE owner_id = $1 AND blocked_id = $2";
    Ok(tx.run(sql, args![owner_id, blocked_id]).await? == 1)
}

/// Which of `user_ids` the owner has blocked, in no order.
pub async fn blocked_among(
    tx: &mut Tx,
    owner_id: i64,
    user_ids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT blocked_id FROM blocks WHERE owner_id = $1 AND blocked_id IN (#)";
    i64s(&rows_among(tx, sql, args![owner_id], user_ids).await?, 0)
}

/// Which of `owner_ids` have blocked `user_id`, in no order.
pub async fn blockers_among(
    tx: &mut Tx,
    user_id: i64,
    owner_ids: &[i64],
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT owner_id FROM blocks WHERE blocked_id = $1 AND owner_id IN (#)";
    i64s(&rows_among(tx, sql, args![user_id], owner_ids).await?, 0)
}

/// A page of the block list, newest first.
pub async fn blocked_page(
    tx: &mut Tx,
    owner_id: i64,
    offset: i64,
    limit: i64,
) -> Result<Vec<BlockRow>, StoreError> {
    let sql = "SELECT blocked_id, blocked_at FROM blocks WHERE owner_id = $1
               ORDER BY blocked_at DESC, blocked_id DESC LIMIT $2 OFFSET $3";
    let rows = tx.rows(sql, args![owner_id, limit, offset]).await?;
    rows.iter()
        .map(|row| {
            Ok(BlockRow {
                blocked_id: row.i64(0)?,
                blocked_at: row.i64(1)?,
            })
        })
        .collect()
}

/// How many users the owner has blocked.
pub async fn blocked_count(tx: &mut Tx, owner_id: i64) -> Result<i64, StoreError> {
    number(
        tx,
        "SELECT COUNT(*) FROM blocks WHERE owner_id = $1",
        args![owner_id],
    )
    .await
}
