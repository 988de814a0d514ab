//! Who may hold which photo: judged from the viewer's seat at every read, never from a hash alone.
//!
//! A hash and a reference prove that a photo was shown once; whether it still may be seen is in the
//! rows. So a replaced personal photo, a deleted suggestion or a block takes effect at once.

use store::{
    Tx,
    rows::{
        messages as message_rows,
        photos::{self as rows, PhotoRow},
        users::{self, UserRow},
    },
};

use crate::{
    Error, Services, chats,
    contacts::is_blocked,
    peers,
    privacy::{self, Key},
};

/// Whether `viewer` may download `photo` by its own id.
///
/// Chosen: docs/decisions/0062. The account that made a photo may as long as it is kept; everybody
/// else only while a profile or chat that they may see, or a message in their own box, shows it. What
/// a group's messages show is for those who are in the group (docs/decisions/0120).
pub(crate) async fn may_hold(tx: &mut Tx, viewer: i64, photo: &PhotoRow) -> Result<bool, Error> {
    if photo.owner_id == viewer {
        return Ok(true);
    }
    for message in message_rows::with_photo(tx, viewer, photo.photo_id).await? {
        if chats::may_see_message(tx, viewer, &message).await? {
            return Ok(true);
        }
    }
    if chats::shows(tx, viewer, photo.photo_id).await? {
        return Ok(true);
    }
    let Some(owner) = users::by_id(tx, photo.owner_id).await? else {
        return Ok(false);
    };
    let (id, owner_id) = (photo.photo_id, owner.user_id);
    let hidden = profile_hidden(tx, viewer, &owner).await?;
    if !hidden && !rows::profile_among(tx, owner_id, &[id]).await?.is_empty() {
        return Ok(true);
    }
    if owner.fallback_photo_id != Some(id) || is_blocked(tx, owner_id, viewer).await? {
        return Ok(false);
    }
    Ok(hidden || rows::main_of(tx, &[owner_id]).await?.is_empty())
}

/// Whether the list of `owner` is hidden from `viewer`: by a block, by its rules, or because it is gone.
pub(super) async fn profile_hidden(
    tx: &mut Tx,
    viewer: i64,
    owner: &UserRow,
) -> Result<bool, Error> {
    if owner.deleted_at.is_some() {
        return Ok(true);
    }
    Ok(!privacy::allows(tx, owner.user_id, viewer, Key::ProfilePhoto).await?)
}

/// Photo `photo_id`, if it is one of those that `viewer` may see of `owner`: the personal one, those
/// of a list that is not hidden, and the fallback where that is shown.
pub(crate) async fn shown_of(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    owner: &UserRow,
    photo_id: i64,
) -> Result<Option<PhotoRow>, Error> {
    let seen = peers::view_one(services, tx, viewer, owner.user_id).await?;
    if let Some((_, pictures)) = seen {
        let shown = [pictures.personal, pictures.main, pictures.fallback];
        if let Some(photo) = shown
            .into_iter()
            .flatten()
            .find(|photo| photo.photo_id == photo_id)
        {
            return Ok(Some(photo));
        }
    }
    if profile_hidden(tx, viewer, owner).await?
        || rows::profile_among(tx, owner.user_id, &[photo_id])
            .await?
            .is_empty()
    {
        return Ok(None);
    }
    Ok(rows::by_id(tx, photo_id).await?)
}
