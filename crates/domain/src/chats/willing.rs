//! Who may be brought into a chat: their blocks and their rules for invitations say so.

use store::{
    Tx,
    rows::{chats, contacts, users},
};

use crate::{
    Error,
    privacy::{Key, Sight},
};

/// Channels that one account is in. Source: config limit `channels_limit_default`.
const CHANNELS_MAX: i64 = 500;

/// Groups that one account is in. Chosen: no page names a number; when an account ends, the members of
/// all of its groups are told in one transaction.
const GROUPS_MAX: i64 = 200;

/// Who of `user_ids` is not to be added by the caller: a block on either side, or their rules for invitations.
pub(super) async fn unwilling(
    tx: &mut Tx,
    caller_id: i64,
    user_ids: &[i64],
) -> Result<Vec<i64>, Error> {
    let caller = users::by_id(tx, caller_id).await?;
    let is_bot = caller.is_some_and(|caller| caller.bot_owner_id.is_some());
    let sight = Sight::load_for(tx, (caller_id, is_bot), user_ids, Key::ChatInvite).await?;
    let mut unwilling = user_ids.to_vec();
    unwilling.retain(|user_id| !sight.allows(*user_id, Key::ChatInvite));
    unwilling.extend(contacts::blocked_among(tx, caller_id, user_ids).await?);
    unwilling.sort_unstable();
    unwilling.dedup();
    Ok(unwilling)
}

/// Who of `user_ids` is in as many groups as an account may be.
pub(super) async fn full_of_groups(tx: &mut Tx, user_ids: &[i64]) -> Result<Vec<i64>, Error> {
    let counts = chats::counts_of(tx, user_ids).await?;
    let full = counts.iter().filter(|(_, groups, _)| *groups >= GROUPS_MAX);
    Ok(full.map(|(user_id, _, _)| *user_id).collect())
}

/// Who of `user_ids` is in as many channels as an account may be.
pub(super) async fn full_of_channels(tx: &mut Tx, user_ids: &[i64]) -> Result<Vec<i64>, Error> {
    let counts = chats::counts_of(tx, user_ids).await?;
    let full = counts
        .iter()
        .filter(|(_, _, channels)| *channels >= CHANNELS_MAX);
    Ok(full.map(|(user_id, _, _)| *user_id).collect())
}
