//! Deleting messages: from the caller's box alone, or from both boxes.

use std::collections::BTreeMap;

use store::{
    Tx,
    rows::{
        dialogs,
        messages::{self, Spot, Window},
    },
};

use super::{Affected, Doer, pts};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer, channels, groups},
    updates,
};

/// Messages that one call may name. Source: clients cut their lists at 100; chosen above that.
pub(crate) const DELETE_IDS_MAX: usize = 1_000;

/// Messages of groups that one call takes back. Source: clients cut their lists there. Chosen: every one
/// of them goes from the boxes of all members in one transaction.
pub(crate) const REVOKED_MESSAGES_MAX: usize = 100;

/// Messages of a chat that one call deletes; the client is told to call again for the rest.
const CLEAR_MESSAGES_MAX: i64 = 5_000;

/// `messages.deleteMessages`: takes messages out of the caller's box and, with `revoke`, their copies
/// out of the other side's. Ids that name nothing are passed over.
///
/// # Errors
/// LIMIT_INVALID: more than a thousand ids, or more than a hundred of messages to take back from groups.
/// MESSAGE_DELETE_FORBIDDEN: a group's message that is not the
/// caller's to take back.
pub async fn delete(
    services: &Services,
    doer: Doer,
    message_ids: &[i64],
    revoke: bool,
) -> Result<Affected, Error> {
    if message_ids.len() > DELETE_IDS_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut tx = services.store.begin_for(&[doer.user_id]).await?;
    let rows = messages::spots(&mut tx, doer.user_id, message_ids).await?;
    remove(services, tx, doer, rows, revoke).await
}

/// What `messages.deleteHistory` is to take away.
#[derive(Clone, Copy, Debug)]
pub struct Clearing {
    /// Whose chat.
    pub peer: NamedPeer,
    /// Up to this message; 0: all.
    pub max_id: i64,
    /// Only messages sent from then on, Unix seconds.
    pub min_date: Option<i64>,
    /// Only messages sent until then, Unix seconds.
    pub max_date: Option<i64>,
    /// From the other side's box as well; groups: no matter.
    pub revoke: bool,
}

/// What a call of `messages.deleteHistory` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cleared {
    /// To the caller's box.
    pub affected: Affected,
    /// More is left: the client calls again.
    pub more: bool,
}

/// `messages.deleteHistory` of a private chat or, from the own box alone, of a group.
///
/// # Errors
/// PEER_ID_INVALID.
///
/// Chosen: `just_clear` makes no difference; a cleared chat leaves the list until its next message.
pub async fn delete_history(
    services: &Services,
    doer: Doer,
    clearing: Clearing,
) -> Result<Cleared, Error> {
    let peer = chats::peer(services, doer.user_id, clearing.peer)?;
    if let Peer::Channel(_) = peer {
        return Err(Refusal::PEER_ID_INVALID.into());
    }
    let (peer_id, private) = (peer.number(), matches!(peer, Peer::User(_)));
    let mut tx = services.store.begin_for(&[doer.user_id, peer_id]).await?;
    let below = if clearing.max_id > 0 {
        clearing.max_id + 1
    } else {
        i64::MAX
    };
    let window = Window {
        above: 0,
        below,
        skip: 0,
        limit: CLEAR_MESSAGES_MAX + 1,
    };
    let mut rows = messages::spots_newest_first(&mut tx, (doer.user_id, peer_id), window).await?;
    let more = rows.len() as i64 > CLEAR_MESSAGES_MAX;
    rows.truncate(CLEAR_MESSAGES_MAX as usize);
    rows.retain(|row| {
        clearing.min_date.is_none_or(|date| row.sent_at >= date)
            && clearing.max_date.is_none_or(|date| row.sent_at <= date)
    });
    // Dates cut out a middle that a second call could not continue from.
    let more = more && clearing.min_date.is_none() && clearing.max_date.is_none();
    let affected = remove(services, tx, doer, rows, clearing.revoke && private).await?;
    Ok(Cleared { affected, more })
}

async fn remove(
    services: &Services,
    mut tx: Tx,
    doer: Doer,
    rows: Vec<Spot>,
    revoke: bool,
) -> Result<Affected, Error> {
    if rows.is_empty() {
        return Ok(Affected {
            pts: pts(&mut tx, doer.user_id).await?,
            pts_count: 0,
        });
    }
    let now = services.clock.unix_seconds();
    let mut boxes: BTreeMap<i64, Vec<Spot>> = BTreeMap::new();
    if revoke {
        boxes = groups::copies(&mut tx, doer.user_id, &rows).await?;
        for (peer_id, twin_ids) in twins(&rows) {
            let twins = messages::spots(&mut tx, peer_id, &twin_ids).await?;
            let theirs = twins
                .into_iter()
                .filter(|twin| twin.peer_id == doer.user_id);
            boxes.entry(peer_id).or_default().extend(theirs);
        }
        boxes.retain(|_, rows| !rows.is_empty());
    }
    boxes.insert(doer.user_id, rows);
    let affected = take_out_of_all(&mut tx, doer, &boxes, now).await?;
    let wake: Vec<i64> = boxes.into_keys().collect();
    services.commit(tx, &wake).await?;
    Ok(affected)
}

/// Takes messages out of several boxes; says what it did to the doer's own.
pub(crate) async fn take_out_of_all(
    tx: &mut Tx,
    doer: Doer,
    boxes: &BTreeMap<i64, Vec<Spot>>,
    now: i64,
) -> Result<Affected, Error> {
    let mut affected = Affected {
        pts: 0,
        pts_count: 0,
    };
    // In rising order, so that two who delete at once cannot wait for each other.
    for (owner_id, rows) in boxes {
        let own = *owner_id == doer.user_id;
        let origin = if own { doer.origin } else { 0 };
        let moved = take_out(tx, *owner_id, rows, origin, now).await?;
        if own {
            affected = moved;
        }
    }
    Ok(affected)
}

/// By the other side's box: the copies of these messages of private chats.
fn twins(rows: &[Spot]) -> BTreeMap<i64, Vec<i64>> {
    let mut twins: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let private = |row: &&Spot| row.peer_id > 0 && row.peer_id != row.owner_id;
    for row in rows.iter().filter(private) {
        twins.entry(row.peer_id).or_default().push(row.twin_id);
    }
    twins
}

/// Takes messages out of whatever boxes they stand in, named by owner and id, whoever wrote them. Returns
/// whom to wake after the commit.
///
/// # Errors
/// The store failed.
pub(crate) async fn delete_everywhere(
    services: &Services,
    tx: &mut Tx,
    named: &[(i64, i64)],
) -> Result<Vec<i64>, Error> {
    let now = services.clock.unix_seconds();
    let mut boxes: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for (owner_id, message_id) in named {
        boxes.entry(*owner_id).or_default().push(*message_id);
    }
    let mut wake = Vec::new();
    for (owner_id, message_ids) in boxes {
        if let Peer::Channel(_) = Peer::of(owner_id) {
            // One box for all of its members.
            let gone = messages::spots(tx, owner_id, &message_ids).await?;
            let took = channels::take_out(services, tx, owner_id, &gone, (0, 0)).await?;
            wake.extend(took.1);
        } else {
            let rows = messages::spots(tx, owner_id, &message_ids).await?;
            take_out(tx, owner_id, &rows, 0, now).await?;
            wake.push(owner_id);
        }
    }
    Ok(wake)
}

/// Takes messages out of one box and sets its chats right.
async fn take_out(
    tx: &mut Tx,
    owner_id: i64,
    rows: &[Spot],
    origin: i64,
    now: i64,
) -> Result<Affected, Error> {
    let mut message_ids: Vec<i64> = rows.iter().map(|row| row.message_id).collect();
    message_ids.sort_unstable();
    let pts_count = message_ids.len() as i64;
    messages::delete(tx, owner_id, &message_ids).await?;
    let mut peers: Vec<i64> = rows.iter().map(|row| row.peer_id).collect();
    peers.sort_unstable();
    peers.dedup();
    for mut dialog in dialogs::among(tx, owner_id, &peers).await? {
        let peer_id = dialog.peer_id;
        let place = (owner_id, peer_id);
        let top = messages::spots_newest_first(tx, place, Window::first(1)).await?;
        let top = top.first();
        // A chat without messages stays a row, hidden: both sides remain each other's audience.
        dialog.top_message_id = top.map_or(0, |row| row.message_id);
        dialog.top_sent_at = top.map_or(0, |row| row.sent_at);
        let read = dialog.read_inbox_max_id;
        let unread = |row: &&Spot| {
            row.peer_id == peer_id && row.from_id != owner_id && row.message_id > read
        };
        // What is left is not counted again: it may be a whole chat that nobody opened.
        let fewer = rows.iter().filter(unread).count() as i64;
        dialog.unread_count = (dialog.unread_count - fewer).max(0);
        dialogs::put(tx, &dialog).await?;
    }
    let (pts, _) = messages::advance_box(tx, owner_id, pts_count, 0).await?;
    updates::messages_deleted(tx, (owner_id, pts), message_ids, origin, now).await?;
    Ok(Affected { pts, pts_count })
}
