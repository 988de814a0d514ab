//! A group's messages in the boxes of its members: writing a text, finding all copies of one.

use std::collections::{BTreeMap, HashMap};

use store::{
    Tx,
    rows::{
        chats as rows,
        messages::{self, MessageRow, Window},
    },
};

use super::{
    Inside, begin,
    delivery::{self, Draft},
    ids, present,
};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, Role},
    messages::{Bundle, Doer, ReplyTo, Sent, Written, sent_before},
};

/// Messages of one writer that a removal takes away at most. Chosen: newest first, as many as one call
/// clears of a private chat.
const REVOKED_ROWS_MAX: usize = 5_000;
/// Messages that are looked through at once.
const SCAN_ROWS: i64 = 500;

/// Sends a text to a group.
///
/// # Errors
/// PEER_ID_INVALID: no group that the sender was ever in. CHAT_WRITE_FORBIDDEN: the sender left or was
/// removed, or the group has ended. RANDOM_ID_DUPLICATE.
pub(crate) async fn send(
    services: &Services,
    doer: Doer,
    chat_id: i64,
    written: Written,
) -> Result<Sent, Error> {
    let mut tx = begin(services, chat_id, &[doer.user_id]).await?;
    let first = messages::by_random_id(&mut tx, doer.user_id, written.random_id).await?;
    if let Some(first) = first {
        if first.peer_id != -chat_id || first.text != written.text {
            return Err(Refusal::RANDOM_ID_DUPLICATE.into());
        }
        return sent_before(services, &mut tx, first).await;
    }
    let inside = match Inside::of(&mut tx, doer.user_id, chat_id).await {
        Err(Error::Refused(_)) => return Err(shut(&mut tx, doer.user_id, chat_id).await?.into()),
        inside => inside?,
    };
    let members = inside.user_ids();
    let place = (doer.user_id, inside.peer_id());
    let draft = Draft {
        random_id: Some(written.random_id),
        replies: replies(&mut tx, place, written.reply_to, &members).await?,
        text: written.text,
        entities: written.entities,
        silent: written.silent,
        origin: doer.origin,
        ..Draft::new(services, chat_id, doer.user_id)
    };
    let (message, pts) = delivery::deliver(services, &mut tx, &members, &draft).await?;
    let bundle = Bundle::of(services, &mut tx, doer.user_id, &[&message], &[]).await?;
    services.commit(tx, &members).await?;
    Ok(Sent {
        message,
        pts,
        bundle,
    })
}

/// Why somebody who is not in a group may not write there.
async fn shut(tx: &mut Tx, user_id: i64, chat_id: i64) -> Result<Refusal, Error> {
    let was_there = rows::member(tx, chat_id, user_id).await?.is_some();
    Ok(if was_there {
        Refusal::CHAT_WRITE_FORBIDDEN
    } else {
        Refusal::PEER_ID_INVALID
    })
}

/// The answered message in each box, as far as it is still there.
async fn replies(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    reply_to: ReplyTo,
    members: &[i64],
) -> Result<HashMap<i64, i64>, Error> {
    let ReplyTo::Message(message_id) = reply_to else {
        return Ok(HashMap::new());
    };
    let answered = messages::by_ids(tx, owner_id, &[message_id]).await?.pop();
    let Some(answered) = answered.filter(|row| row.peer_id == peer_id) else {
        return Ok(HashMap::new());
    };
    let copies = messages::by_shared_id(tx, answered.shared_id, members).await?;
    Ok(copies
        .into_iter()
        .map(|copy| (copy.owner_id, copy.message_id))
        .collect())
}

/// Who is shown that `user_id` is writing in a group: everybody else in it.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_WRITE_FORBIDDEN as of [`send`].
pub async fn listeners(tx: &mut Tx, user_id: i64, chat_id: i64) -> Result<Vec<i64>, Error> {
    if chats::joined(tx, user_id, chat_id).await?.is_none() {
        return Err(shut(tx, user_id, chat_id).await?.into());
    }
    let mut others = ids(&present(tx, chat_id).await?);
    others.retain(|other| *other != user_id);
    Ok(others)
}

/// All copies of these messages of the caller's box that stand in groups, by box.
///
/// # Errors
/// MESSAGE_DELETE_FORBIDDEN: one of them is not the caller's, and the caller is no administrator there;
/// or the caller is not in that group any more.
///
/// Source: official page of `messages.deleteMessages`. Chosen: members take back what they wrote,
/// administrators anything; copies of those who left go, too.
pub(crate) async fn copies(
    tx: &mut Tx,
    caller_id: i64,
    rows: &[MessageRow],
) -> Result<BTreeMap<i64, Vec<MessageRow>>, Error> {
    let mut by_chat: BTreeMap<i64, Vec<MessageRow>> = BTreeMap::new();
    for row in rows {
        if let Peer::Group(chat_id) = Peer::of(row.peer_id) {
            by_chat.entry(chat_id).or_default().push(row.clone());
        }
    }
    let mut all: BTreeMap<i64, Vec<MessageRow>> = BTreeMap::new();
    for (chat_id, rows) in by_chat {
        let joined = chats::joined(tx, caller_id, chat_id).await?;
        let (_, member) = joined.ok_or(Refusal::MESSAGE_DELETE_FORBIDDEN)?;
        let own = rows.iter().all(|row| row.from_id == caller_id);
        if !own && !Role::of(&member).is_admin() {
            return Err(Refusal::MESSAGE_DELETE_FORBIDDEN.into());
        }
        for (owner_id, copies) in copies_of(tx, chat_id, &rows).await? {
            all.entry(owner_id).or_default().extend(copies);
        }
    }
    all.remove(&caller_id);
    Ok(all)
}

/// All copies of messages of one group, also those of people who are not in it any more.
pub(super) async fn copies_of(
    tx: &mut Tx,
    chat_id: i64,
    rows: &[MessageRow],
) -> Result<BTreeMap<i64, Vec<MessageRow>>, Error> {
    let owners = ids(&rows::everybody(tx, chat_id).await?);
    let mut all: BTreeMap<i64, Vec<MessageRow>> = BTreeMap::new();
    for row in rows {
        for copy in messages::by_shared_id(tx, row.shared_id, &owners).await? {
            all.entry(copy.owner_id).or_default().push(copy);
        }
    }
    Ok(all)
}

/// What `writer` wrote in a chat of one box, newest first.
pub(super) async fn written_by(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    writer: i64,
) -> Result<Vec<MessageRow>, Error> {
    let mut written = Vec::new();
    let mut below = i64::MAX;
    while written.len() < REVOKED_ROWS_MAX {
        let window = Window {
            below,
            ..Window::first(SCAN_ROWS)
        };
        let rows = messages::newest_first(tx, owner_id, peer_id, window).await?;
        let Some(oldest) = rows.last() else { break };
        below = oldest.message_id;
        written.extend(rows.into_iter().filter(|row| row.from_id == writer));
    }
    written.truncate(REVOKED_ROWS_MAX);
    Ok(written)
}
