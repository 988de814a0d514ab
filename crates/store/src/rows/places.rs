//! Where a photo is shown, and which pictures an account has set: for whoever runs the server.

use super::{i64s, pairs};
use crate::{StoreError, Tx, args};

/// Everything that refers to one photo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Owners of the profiles it is on.
    pub profiles: Vec<i64>,
    /// Accounts whose fallback it is.
    pub fallbacks: Vec<i64>,
    /// Pairs of who sees it and of whom.
    pub personals: Vec<(i64, i64)>,
    /// Messages that carry it, by box: pairs of owner and message.
    pub messages: Vec<(i64, i64)>,
    /// Groups and channels whose picture it is.
    pub chats: Vec<i64>,
}

impl Places {
    /// Nothing refers to it.
    pub fn is_empty(&self) -> bool {
        *self == Places::default()
    }
}

/// Where a photo is shown. `limit`: most entries of each kind.
pub async fn of(tx: &mut Tx, photo_id: i64, limit: i64) -> Result<Places, StoreError> {
    let args = args![photo_id, limit];
    let profiles = "SELECT owner_id FROM profile_photos WHERE photo_id = $1
                    ORDER BY owner_id LIMIT $2";
    let fallbacks = "SELECT user_id FROM users WHERE fallback_photo_id = $1
                     ORDER BY user_id LIMIT $2";
    let personals = "SELECT owner_id, contact_id FROM contacts WHERE personal_photo_id = $1
                     ORDER BY owner_id, contact_id LIMIT $2";
    let messages = "SELECT owner_id, message_id FROM messages WHERE photo_id = $1
                    ORDER BY owner_id, message_id LIMIT $2";
    let chats = "SELECT chat_id FROM chats WHERE photo_id = $1 ORDER BY chat_id LIMIT $2";
    Ok(Places {
        profiles: i64s(&tx.rows(profiles, args).await?, 0)?,
        fallbacks: i64s(&tx.rows(fallbacks, args).await?, 0)?,
        personals: pairs(&tx.rows(personals, args).await?)?,
        messages: pairs(&tx.rows(messages, args).await?)?,
        chats: i64s(&tx.rows(chats, args).await?, 0)?,
    })
}

/// The personal pictures that an owner has set, by contact: pairs of contact and photo.
pub async fn personals_by(tx: &mut Tx, owner_id: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    let sql = "SELECT contact_id, personal_photo_id FROM contacts
               WHERE owner_id = $1 AND personal_photo_id IS NOT NULL ORDER BY contact_id";
    pairs(&tx.rows(sql, args![owner_id]).await?)
}
