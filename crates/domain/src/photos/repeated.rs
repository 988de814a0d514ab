//! Calls that a client repeats because their answer was lost with the process: they act once.
//!
//! While the process lives, the session answers a repeated `msg_id` by itself. Afterwards only what was
//! committed can tell, so a call that makes or takes away pictures is noted in its own transaction.

use store::{
    Tx,
    rows::{
        calls::{self, ActedRow},
        photos::PhotoRow,
    },
};

use super::{Caller, Changed};
use crate::{Error, Services, peers};

/// The outcome of a call that has acted before; `ids` are the users of its answer.
pub(super) async fn outcome(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    ids: &[i64],
) -> Result<Option<Changed>, Error> {
    let Some(acted) = calls::find(tx, caller.user_id, caller.call_id).await? else {
        return Ok(None);
    };
    let photo = match acted.photo_id {
        Some(photo_id) => store::rows::photos::by_id(tx, photo_id).await?,
        None => None,
    };
    let users = peers::view(services, tx, caller.user_id, ids).await?;
    Ok(Some(Changed { photo, users }))
}

/// Notes that a call acts now.
pub(super) async fn note(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    photo: Option<&PhotoRow>,
) -> Result<(), Error> {
    let acted = ActedRow {
        photo_id: photo.map(|photo| photo.photo_id),
        ..ActedRow::default()
    };
    let now = services.clock.unix_seconds();
    Ok(calls::put(tx, caller.user_id, caller.call_id, &acted, now).await?)
}

/// The photos that a call has taken off the own list before, in the order of its answer.
pub(super) async fn removed(tx: &mut Tx, caller: Caller) -> Result<Option<Vec<i64>>, Error> {
    let acted = calls::find(tx, caller.user_id, caller.call_id).await?;
    Ok(acted.map(|acted| acted.removed))
}

/// Notes that a call takes photos off the own list now.
pub(super) async fn note_removed(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    photo_ids: &[i64],
) -> Result<(), Error> {
    let acted = ActedRow {
        removed: photo_ids.to_vec(),
        ..ActedRow::default()
    };
    let now = services.clock.unix_seconds();
    Ok(calls::put(tx, caller.user_id, caller.call_id, &acted, now).await?)
}
