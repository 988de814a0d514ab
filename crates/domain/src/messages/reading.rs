//! `messages.readHistory`: the caller has seen a chat up to a message, and the other side is told.

use store::{
    Tx,
    rows::{
        dialogs::{self, DialogRow},
        messages::{self, MessageRow, Window},
    },
};

use super::{Affected, Doer, place, pts};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer, groups},
    updates::{self, ReadUpTo},
};

/// Messages that are looked through at once for the last one of the other side.
const LOOK_BACK_ROWS: i64 = 100;

/// Marks what the other side wrote as read, up to `max_id` (0: all of it), and tells the other side
/// up to where. Never goes back; reading what is read already does nothing.
///
/// # Errors
/// PEER_ID_INVALID: nobody, a group that the caller was never in, or a channel.
pub async fn read_history(
    services: &Services,
    doer: Doer,
    named: impl Into<NamedPeer>,
    max_id: i64,
) -> Result<Affected, Error> {
    let owner_id = doer.user_id;
    let named = named.into();
    let peer_id = match chats::peer(services, owner_id, named)? {
        Peer::User(user_id) => user_id,
        Peer::Group(chat_id) => return read_group(services, doer, chat_id, max_id).await,
        Peer::Channel(_) => return Err(Refusal::PEER_ID_INVALID.into()),
    };
    let mut tx = services.store.begin_for(&[owner_id, peer_id]).await?;
    let Some(Marked { last, unread, .. }) = mark(&mut tx, (owner_id, peer_id), max_id).await?
    else {
        return unmoved(&mut tx, owner_id).await;
    };
    let theirs = dialogs::find(&mut tx, peer_id, owner_id).await?;
    let theirs = theirs.filter(|theirs| theirs.read_outbox_max_id < last.twin_id);
    let now = services.clock.unix_seconds();
    // In rising order of owners, as everywhere.
    if peer_id < owner_id {
        tell_writer(&mut tx, theirs.clone(), last.twin_id, now).await?;
    }
    let (pts, _) = messages::advance_box(&mut tx, owner_id, 1, 0).await?;
    let still_unread = Some(unread);
    let (max_id, origin) = (last.message_id, doer.origin);
    let read = ReadUpTo {
        owner_id,
        pts,
        peer_id,
        max_id,
        still_unread,
        origin,
    };
    updates::read_up_to(&mut tx, read, now).await?;
    if peer_id > owner_id {
        tell_writer(&mut tx, theirs.clone(), last.twin_id, now).await?;
    }
    let mut wake = vec![owner_id];
    wake.extend(theirs.map(|theirs| theirs.owner_id));
    services.commit(tx, &wake).await?;
    Ok(Affected { pts, pts_count: 1 })
}

/// The same for a group: whoever wrote what was read is told. Those who left read their own copies.
async fn read_group(
    services: &Services,
    doer: Doer,
    chat_id: i64,
    max_id: i64,
) -> Result<Affected, Error> {
    let owner_id = doer.user_id;
    let mut tx = groups::begin(services, chat_id, &[owner_id]).await?;
    let peer_id = place(services, &mut tx, owner_id, NamedPeer::Group(chat_id))
        .await?
        .peer_id;
    let marked = mark(&mut tx, (owner_id, peer_id), max_id).await?;
    let Some(Marked {
        above,
        last,
        unread,
    }) = marked
    else {
        return unmoved(&mut tx, owner_id).await;
    };
    let now = services.clock.unix_seconds();
    let (pts, _) = messages::advance_box(&mut tx, owner_id, 1, 0).await?;
    let read = ReadUpTo {
        owner_id,
        pts,
        peer_id,
        max_id: last.message_id,
        still_unread: Some(unread),
        origin: doer.origin,
    };
    updates::read_up_to(&mut tx, read, now).await?;
    let read = (above, last.message_id);
    let mut wake = groups::tell_writers(&mut tx, (owner_id, chat_id), read, now).await?;
    wake.push(owner_id);
    services.commit(tx, &wake).await?;
    Ok(Affected { pts, pts_count: 1 })
}

/// What became of a chat that its owner has seen.
struct Marked {
    /// Read before: up to this id.
    above: i64,
    /// The last message of somebody else that is read now.
    last: MessageRow,
    /// Of others, behind it.
    unread: i64,
}

/// Marks a chat in the box of its owner as read up to `max_id` (0: all of it); `None`: it was.
async fn mark(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    max_id: i64,
) -> Result<Option<Marked>, Error> {
    let dialog = dialogs::find(tx, owner_id, peer_id).await?;
    // Where nothing is unread there is nothing to look for, however long the chat.
    let Some(mut dialog) = dialog.filter(|dialog| dialog.unread_count > 0) else {
        return Ok(None);
    };
    let above = dialog.read_inbox_max_id;
    let wanted = if max_id > 0 { max_id } else { i64::MAX };
    let Some(last) = last_incoming(tx, (owner_id, peer_id), above, wanted).await? else {
        return Ok(None);
    };
    dialog.read_inbox_max_id = last.message_id;
    dialog.unread_count =
        messages::unread(tx, (owner_id, peer_id), owner_id, last.message_id).await?;
    dialogs::put(tx, &dialog).await?;
    Ok(Some(Marked {
        above,
        last,
        unread: dialog.unread_count,
    }))
}

async fn unmoved(tx: &mut Tx, owner_id: i64) -> Result<Affected, Error> {
    Ok(Affected {
        pts: pts(tx, owner_id).await?,
        pts_count: 0,
    })
}

/// The newest message of the other side above `above`, at or below `max_id`.
async fn last_incoming(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    above: i64,
    max_id: i64,
) -> Result<Option<MessageRow>, Error> {
    let mut below = max_id.saturating_add(1);
    loop {
        let window = Window {
            above,
            below,
            skip: 0,
            limit: LOOK_BACK_ROWS,
        };
        let rows = messages::newest_first(tx, owner_id, peer_id, window).await?;
        let Some(oldest) = rows.last().map(|row| row.message_id) else {
            return Ok(None);
        };
        if let Some(found) = rows.into_iter().find(|row| row.from_id != owner_id) {
            return Ok(Some(found));
        }
        below = oldest;
    }
}

async fn tell_writer(
    tx: &mut Tx,
    theirs: Option<DialogRow>,
    max_id: i64,
    now: i64,
) -> Result<(), Error> {
    let Some(mut theirs) = theirs else {
        return Ok(());
    };
    theirs.read_outbox_max_id = max_id;
    dialogs::put(tx, &theirs).await?;
    let (owner_id, peer_id) = (theirs.owner_id, theirs.peer_id);
    let (pts, _) = messages::advance_box(tx, owner_id, 1, 0).await?;
    let read = ReadUpTo {
        owner_id,
        pts,
        peer_id,
        max_id,
        still_unread: None,
        origin: 0,
    };
    updates::read_up_to(tx, read, now).await
}
