//! Deleting messages of a channel, for everybody.

use std::collections::{BTreeMap, HashMap};

use store::{
    Tx,
    rows::{
        channels,
        messages::{self, Spot},
    },
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
    let mut rows = messages::spots(&mut tx, channel, message_ids).await?;
    rows.retain(|row| row.message_id != FIRST_MESSAGE_ID);
    let all_own = rows.iter().all(|row| row.twin_id == doer.user_id);
    if !all_own && !found.role.is_admin() {
        return Err(Refusal::MESSAGE_DELETE_FORBIDDEN.into());
    }
    let pts_count = rows.len() as i64;
    if pts_count == 0 {
        let pts = pts(&mut tx, channel).await?;
        return Ok(Affected { pts, pts_count });
    }
    let by = (doer.user_id, doer.origin);
    let (pts, members) = take_out(services, &mut tx, channel, &rows, by).await?;
    services.commit(tx, &members).await?;
    Ok(Affected { pts, pts_count })
}

/// Takes messages out of a channel's box and tells its members. `by`: the account and the session that
/// learns of it in its answer. Returns the channel's `pts` and whom to wake after the commit.
pub(crate) async fn take_out(
    services: &Services,
    tx: &mut Tx,
    channel: i64,
    gone: &[Spot],
    by: (i64, i64),
) -> Result<(i64, Vec<i64>), Error> {
    let mut ids: Vec<i64> = gone.iter().map(|row| row.message_id).collect();
    ids.sort_unstable();
    messages::delete(tx, channel, &ids).await?;
    let members = delivery::members(tx, channel).await?;
    let highest = ids.last().copied().unwrap_or_default();
    let behind = channels::behind(tx, (channel, highest), &members).await?;
    // Not counted again from what is left, which may be a whole history for each member.
    for (count, members) in fewer(gone, &behind) {
        channels::fewer_unread(tx, (channel, count), &members).await?;
    }
    let top = top(tx, channel).await?;
    if top.message_id < highest {
        channels::set_top(tx, top, &members).await?;
    }
    let (pts, _) = messages::advance_box(tx, channel, ids.len() as i64, 0).await?;
    let now = services.clock.unix_seconds();
    updates::channel_messages_deleted(tx, (channel, pts), ids, by, now).await?;
    updates::channel_news(services, tx, channel, &members).await?;
    Ok((pts, members))
}

/// Of members by how far they have read: how many fewer each has to read, as who they are by that number.
fn fewer(gone: &[Spot], behind: &[(i64, i64)]) -> BTreeMap<i64, Vec<i64>> {
    let mut ids: Vec<i64> = gone.iter().map(|row| row.message_id).collect();
    ids.sort_unstable();
    let mut own: HashMap<i64, Vec<i64>> = HashMap::new();
    for row in gone {
        own.entry(row.twin_id).or_default().push(row.message_id);
    }
    let mut fewer: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (user_id, read) in behind {
        let above = ids.len() - ids.partition_point(|id| id <= read);
        let own = own.get(user_id).into_iter().flatten();
        let count = above - own.filter(|id| *id > read).count();
        if count > 0 {
            fewer.entry(count as i64).or_default().push(*user_id);
        }
    }
    fewer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_wrote_or_read_a_message_does_not_lose_an_unread_one() {
        let said = |message_id, twin_id| Spot {
            message_id,
            twin_id,
            ..Spot::default()
        };
        let gone = [said(9, 2), said(5, 1), said(7, 1)];
        let behind = [(1, 0), (2, 0), (3, 5), (4, 0), (5, 8), (6, 9)];
        let found: Vec<(i64, Vec<i64>)> = fewer(&gone, &behind).into_iter().collect();
        // Of 5, 7 and 9: the first wrote two, the second one, the third has read one, the fifth two.
        assert_eq!(found, [(1, vec![1, 5]), (2, vec![2, 3]), (3, vec![4])]);
    }
}
