//! A group's messages in the boxes of its members: writing a text, finding all copies of one.

use std::collections::{BTreeMap, HashMap};

use store::{
    Tx,
    rows::{
        chats as rows,
        messages::{self, Spot, Window},
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
    messages::{Bundle, Doer, REVOKED_MESSAGES_MAX, ReplyTo, Sent, Written, sent_before},
};

/// Messages of a group that are looked through for those of one writer. Chosen: the newest, as nobody
/// waits for a whole history when somebody is removed.
const SCAN_ROWS: i64 = 2_000;

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
/// PEER_ID_INVALID, CHAT_WRITE_FORBIDDEN as of `send`.
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
/// LIMIT_INVALID: more than [`REVOKED_MESSAGES_MAX`]. MESSAGE_DELETE_FORBIDDEN: one of them is not the caller's, and the caller is no administrator there;
/// or the caller is not in that group any more.
///
/// Source: official page of `messages.deleteMessages`. Chosen: members take back what they wrote,
/// administrators anything; copies of those who left go, too.
pub(crate) async fn copies(
    tx: &mut Tx,
    caller_id: i64,
    rows: &[Spot],
) -> Result<BTreeMap<i64, Vec<Spot>>, Error> {
    let mut by_chat: BTreeMap<i64, Vec<Spot>> = BTreeMap::new();
    for row in rows {
        if let Peer::Group(chat_id) = Peer::of(row.peer_id) {
            by_chat.entry(chat_id).or_default().push(*row);
        }
    }
    if by_chat.values().map(Vec::len).sum::<usize>() > REVOKED_MESSAGES_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut shared_ids = Vec::new();
    for (chat_id, rows) in by_chat {
        let joined = chats::joined(tx, caller_id, chat_id).await?;
        let (_, member) = joined.ok_or(Refusal::MESSAGE_DELETE_FORBIDDEN)?;
        let own = rows.iter().all(|row| row.from_id == caller_id);
        if !own && !Role::of(&member).is_admin() {
            return Err(Refusal::MESSAGE_DELETE_FORBIDDEN.into());
        }
        shared_ids.extend(rows.iter().map(|row| row.shared_id));
    }
    let mut all = copies_of(tx, &shared_ids).await?;
    all.remove(&caller_id);
    Ok(all)
}

/// All copies of these messages by box, also those of people who are not in the group any more.
pub(super) async fn copies_of(
    tx: &mut Tx,
    shared_ids: &[i64],
) -> Result<BTreeMap<i64, Vec<Spot>>, Error> {
    let mut all: BTreeMap<i64, Vec<Spot>> = BTreeMap::new();
    for copy in messages::spots_shared(tx, shared_ids).await? {
        all.entry(copy.owner_id).or_default().push(copy);
    }
    Ok(all)
}

/// The newest messages of `writer` in a group, as far as one of these boxes has them among its newest, by
/// `shared_id`; at most [`REVOKED_MESSAGES_MAX`].
pub(super) async fn written_by(
    tx: &mut Tx,
    (owner_ids, peer_id): ([i64; 2], i64),
    writer: i64,
) -> Result<Vec<i64>, Error> {
    let mut written = Vec::new();
    for owner_id in owner_ids {
        let window = Window::first(SCAN_ROWS);
        let rows = messages::spots_newest_first(tx, (owner_id, peer_id), window).await?;
        let own = rows.iter().filter(|row| row.from_id == writer);
        written.extend(own.map(|row| row.shared_id));
    }
    // These numbers rise with time.
    written.sort_unstable_by(|one, other| other.cmp(one));
    written.dedup();
    written.truncate(REVOKED_MESSAGES_MAX);
    Ok(written)
}
