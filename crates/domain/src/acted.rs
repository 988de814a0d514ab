//! Calls without a picture or message of their own that a client repeats because their answer was lost
//! with the process: noted in their own transaction, they act once and are answered alike.

use store::{
    Tx,
    rows::calls::{self, ActedRow},
};

use crate::{Error, Services, photos::Caller};

/// Whether this call has acted before.
pub(crate) async fn before(tx: &mut Tx, caller: Caller) -> Result<bool, Error> {
    let acted = calls::find(tx, caller.user_id, caller.call_id).await?;
    Ok(acted.is_some())
}

/// Notes that a call acts now.
pub(crate) async fn note(services: &Services, tx: &mut Tx, caller: Caller) -> Result<(), Error> {
    let now = services.clock.unix_seconds();
    let acted = ActedRow::default();
    Ok(calls::put(tx, caller.user_id, caller.call_id, &acted, now).await?)
}
