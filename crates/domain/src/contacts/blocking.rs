//! Whom an account has blocked.

use store::{
    Tx,
    rows::{
        contacts::{self, BlockRow},
        photos, users,
    },
};

use crate::{
    Error, Refusal, Services,
    peers::{self, Named, UserView},
    privacy::{self, Key},
    updates,
};

/// `contacts.block`. Idempotent.
///
/// # Errors
/// PEER_ID_INVALID: nobody, or a hash of somebody else's. CONTACT_ID_INVALID: oneself.
pub async fn block(
    services: &Services,
    owner_id: i64,
    named: Named,
    origin: i64,
) -> Result<(), Error> {
    change(services, owner_id, named, origin, true).await
}

/// `contacts.unblock`. Idempotent.
///
/// # Errors
/// As [`block`].
pub async fn unblock(
    services: &Services,
    owner_id: i64,
    named: Named,
    origin: i64,
) -> Result<(), Error> {
    change(services, owner_id, named, origin, false).await
}

async fn change(
    services: &Services,
    owner_id: i64,
    named: Named,
    origin: i64,
    blocked: bool,
) -> Result<(), Error> {
    let mut tx = services.store.begin().await?;
    let user = peers::resolve(services, &mut tx, owner_id, named).await;
    let user = user.map_err(|error| match error {
        Error::Refused(_) => Refusal::PEER_ID_INVALID.into(),
        other => other,
    })?;
    if user.user_id == owner_id {
        return Err(Refusal::CONTACT_ID_INVALID.into());
    }
    let changed = if blocked {
        contacts::block(
            &mut tx,
            owner_id,
            user.user_id,
            services.clock.unix_seconds(),
        )
        .await?
    } else {
        contacts::unblock(&mut tx, owner_id, user.user_id).await?
    };
    if !changed {
        return Ok(());
    }
    updates::blocked_changed(services, &mut tx, owner_id, user.user_id, origin).await?;
    let mut wake = vec![owner_id];
    // The other side now sees less of this account, or more again: its pictures. Whoever does not show
    // this account, or saw no picture anyway, must not learn of the block.
    if updates::watches(&mut tx, user.user_id, owner_id).await?
        && shows_picture(&mut tx, owner_id, user.user_id).await?
    {
        updates::user_changed(services, &mut tx, user.user_id, owner_id, 0).await?;
        wake.push(user.user_id);
    }
    services.commit(tx, &wake).await
}

/// Whether `owner_id` has a picture of its own that its rules show to `viewer`, a block aside: the
/// fallback to everybody without the main one.
async fn shows_picture(tx: &mut Tx, owner_id: i64, viewer: i64) -> Result<bool, Error> {
    let owner = users::by_id(tx, owner_id).await?;
    if owner.is_some_and(|owner| owner.fallback_photo_id.is_some()) {
        return Ok(true);
    }
    let has_main = !photos::main_of(tx, &[owner_id]).await?.is_empty();
    Ok(has_main && privacy::rules_allow(tx, owner_id, viewer, Key::ProfilePhoto).await?)
}

/// Whether `owner_id` has blocked `user_id`.
///
/// # Errors
/// The store failed.
pub async fn is_blocked(tx: &mut Tx, owner_id: i64, user_id: i64) -> Result<bool, Error> {
    Ok(!contacts::blocked_among(tx, owner_id, &[user_id])
        .await?
        .is_empty())
}

/// One page of a block list.
#[derive(Clone, Debug)]
pub struct BlockedPage {
    /// Newest first.
    pub rows: Vec<BlockRow>,
    /// Those users as the owner sees them.
    pub users: Vec<UserView>,
    /// How many there are in all.
    pub count: i64,
}

/// `contacts.getBlocked`.
///
/// # Errors
/// The store failed.
pub async fn blocked(
    services: &Services,
    owner_id: i64,
    offset: i64,
    limit: i64,
) -> Result<BlockedPage, Error> {
    let mut tx = services.store.read().await?;
    let count = contacts::blocked_count(&mut tx, owner_id).await?;
    let rows = contacts::blocked_page(&mut tx, owner_id, offset, limit).await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.blocked_id).collect();
    let users = peers::view(services, &mut tx, owner_id, &ids).await?;
    Ok(BlockedPage { rows, users, count })
}
