//! The list of an account's chats.

use std::collections::{HashMap, HashSet};

use store::{
    Tx,
    rows::{
        dialogs::{self as rows, DialogRow},
        messages::MessageRow,
    },
};

use crate::{
    Error, Services,
    chats::{self, NamedPeer},
    messages::{self, Bundle},
};

/// Chats on one page. Source: `limit` of the official server.
const PAGE_DIALOGS_MAX: i64 = 100;

/// A part of the list with the top messages of its chats and what they name.
#[derive(Clone, Debug)]
pub struct DialogList {
    /// Latest first. One without messages has `top_message_id` 0.
    pub dialogs: Vec<DialogRow>,
    /// The top messages.
    pub messages: Vec<MessageRow>,
    /// All chats of the account.
    pub count: i64,
    /// Users and photos that they name.
    pub bundle: Bundle,
}

/// Where a page of the list begins: behind the chat with this top message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offset {
    /// Its time, Unix seconds; 0: from the top.
    pub date: i64,
    /// Its id; 0: every chat before `date`.
    pub message_id: i64,
}

/// `messages.getDialogs`: a page of the list, latest first.
///
/// # Errors
/// The store failed.
pub async fn page(
    services: &Services,
    viewer: i64,
    offset: Offset,
    limit: i64,
) -> Result<DialogList, Error> {
    let mut tx = services.store.read().await?;
    let count = rows::count_shown(&mut tx, viewer).await?;
    let (before_date, before_id) = before(&mut tx, viewer, offset).await?;
    let limit = limit.clamp(0, PAGE_DIALOGS_MAX);
    let mut dialogs = rows::page(&mut tx, viewer, before_date, before_id, limit).await?;
    dialogs.retain(|row| row.top_message_id > 0);
    with_messages(services, &mut tx, viewer, dialogs, count).await
}

async fn before(tx: &mut Tx, viewer: i64, offset: Offset) -> Result<(i64, i64), Error> {
    match offset {
        Offset {
            date: 1..,
            message_id,
        } => Ok((offset.date, message_id.max(0))),
        Offset {
            message_id: 1.., ..
        } => {
            let found = messages::by_names(tx, viewer, &[offset.message_id]).await?;
            let date = found
                .get(&offset.message_id)
                .map_or(i64::MAX, |row| row.sent_at);
            Ok((date, offset.message_id))
        }
        _ => Ok((i64::MAX, i64::MAX)),
    }
}

/// `messages.getPeerDialogs`: the chats with these peers, in order; one that has no messages too.
///
/// # Errors
/// PEER_ID_INVALID.
///
/// Source: clients ask for the chat before they open it, empty or not.
pub async fn of_peers(
    services: &Services,
    viewer: i64,
    named: &[NamedPeer],
) -> Result<DialogList, Error> {
    let mut asked = HashSet::new();
    let mut peer_ids = Vec::new();
    for named in named {
        let peer_id = chats::peer(services, viewer, *named)?.number();
        if asked.insert(peer_id) {
            peer_ids.push(peer_id);
        }
    }
    let mut tx = services.store.read().await?;
    let mut found: HashMap<i64, DialogRow> = rows::among(&mut tx, viewer, &peer_ids)
        .await?
        .into_iter()
        .map(|row| (row.peer_id, row))
        .collect();
    let dialogs: Vec<DialogRow> = peer_ids
        .iter()
        .map(|peer_id| {
            found
                .remove(peer_id)
                .unwrap_or_else(|| empty(viewer, *peer_id))
        })
        .collect();
    let count = dialogs.len() as i64;
    with_messages(services, &mut tx, viewer, dialogs, count).await
}

/// A chat in which nothing has been written.
pub(crate) fn empty(owner_id: i64, peer_id: i64) -> DialogRow {
    DialogRow {
        owner_id,
        peer_id,
        top_message_id: 0,
        top_sent_at: 0,
        unread_count: 0,
        read_inbox_max_id: 0,
        read_outbox_max_id: 0,
    }
}

async fn with_messages(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    dialogs: Vec<DialogRow>,
    count: i64,
) -> Result<DialogList, Error> {
    let tops: Vec<i64> = dialogs
        .iter()
        .map(|row| row.top_message_id)
        .filter(|id| *id > 0)
        .collect();
    let mut found = messages::by_names(tx, viewer, &tops).await?;
    let messages: Vec<MessageRow> = tops.iter().filter_map(|id| found.remove(id)).collect();
    let peers: Vec<i64> = dialogs.iter().map(|row| row.peer_id).collect();
    let rows: Vec<&MessageRow> = messages.iter().collect();
    let bundle = Bundle::of(services, tx, viewer, &rows, &peers).await?;
    Ok(DialogList {
        dialogs,
        messages,
        count,
        bundle,
    })
}
