//! Who may be brought into a chat: their blocks and their rules for invitations say so.

use store::{
    Tx,
    rows::{contacts, users},
};

use crate::{
    Error,
    privacy::{Key, Sight},
};

/// Who of `user_ids` is not to be added by the caller: a block on either side, or their rules for invitations.
pub(super) async fn unwilling(
    tx: &mut Tx,
    caller_id: i64,
    user_ids: &[i64],
) -> Result<Vec<i64>, Error> {
    let caller = users::by_id(tx, caller_id).await?;
    let is_bot = caller.is_some_and(|caller| caller.bot_owner_id.is_some());
    let sight = Sight::load(tx, (caller_id, is_bot), user_ids).await?;
    let mut unwilling = user_ids.to_vec();
    unwilling.retain(|user_id| !sight.allows(*user_id, Key::ChatInvite));
    unwilling.extend(contacts::blocked_among(tx, caller_id, user_ids).await?);
    unwilling.sort_unstable();
    unwilling.dedup();
    Ok(unwilling)
}
