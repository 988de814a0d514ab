//! Deleting messages of a channel, for everybody.

use store::{
    Tx,
    rows::{channels, messages},
};

use super::{NamedPeer, creating::top, delivery, find, queue};
use crate::{
    Error, Refusal, Services,
    messages::{Affected, DELETE_IDS_MAX, Doer, pts},
    updates,
};

/// The message that tells of the channel's beginning.
const FIRST_MESSAGE_ID: i64 = 1;

/// `channels.deleteMessages`. Ids that name nothing are passed over.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, LIMIT_INVALID. MESSAGE_DELETE_FORBIDDEN: one
/// of them is somebody else's, and the caller is no administrator.
///
/// Chosen: the first message stays, so that the channel never leaves the lists of its members.
pub async fn delete_messages(
    services: &Services,
    doer: Doer,
    named: NamedPeer,
    message_ids: &[i64],
) -> Result<Affected, Error> {
    if message_ids.len() > DELETE_IDS_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    let found = find(services, &mut tx, doer.user_id, named).await?;
    if !found.role.is_present() {
        return Err(Refusal::CHAT_WRITE_FORBIDDEN.into());
    }
    let channel = found.number();
    let mut rows = messages::by_ids(&mut tx, channel, message_ids).await?;
    rows.retain(|row| row.message_id != FIRST_MESSAGE_ID);
    let all_own = rows.iter().all(|row| row.twin_id == doer.user_id);
    if !all_own && !found.role.is_admin() {
        return Err(Refusal::MESSAGE_DELETE_FORBIDDEN.into());
    }
    let mut gone: Vec<i64> = rows.iter().map(|row| row.message_id).collect();
    gone.sort_unstable();
    let pts_count = gone.len() as i64;
    if pts_count == 0 {
        let pts = pts(&mut tx, channel).await?;
        return Ok(Affected { pts, pts_count });
    }
    let by = (doer.user_id, doer.origin);
    let (pts, members) = take_out(services, &mut tx, channel, gone, by).await?;
    services.commit(tx, &members).await?;
    Ok(Affected { pts, pts_count })
}

/// Takes messages, by rising id, out of a channel's box and tells its members. `by`: the account and the
/// session that learns of it in its answer. Returns the channel's `pts` and whom to wake after the commit.
pub(crate) async fn take_out(
    services: &Services,
    tx: &mut Tx,
    channel: i64,
    gone: Vec<i64>,
    by: (i64, i64),
) -> Result<(i64, Vec<i64>), Error> {
    messages::delete(tx, channel, &gone).await?;
    let members = delivery::members(tx, channel).await?;
    let top = top(tx, channel).await?;
    channels::count_again(tx, top, &members).await?;
    let (pts, _) = messages::advance_box(tx, channel, gone.len() as i64, 0).await?;
    let now = services.clock.unix_seconds();
    updates::channel_messages_deleted(tx, (channel, pts), gone, by, now).await?;
    updates::channel_news(services, tx, channel, &members).await?;
    Ok((pts, members))
}
