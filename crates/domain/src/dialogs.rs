//! The list of an account's chats.

use std::collections::{HashMap, HashSet};

use store::{
    Tx,
    rows::{
        channels as bulk, chats as chat_rows,
        dialogs::{self as rows, DialogRow},
        messages::{self as message_rows, MessageRow},
    },
};

use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer, channels},
    messages::{self, Bundle},
};

/// Chats on one page. Source: `limit` of the official server.
const PAGE_DIALOGS_MAX: i64 = 100;

/// Chats that one call of `messages.getPeerDialogs` may ask for.
/// Chosen: as many as a page of the list has.
const PEERS_MAX: usize = 100;

/// A part of the list with the top messages of its chats and what they name.
#[derive(Clone, Debug)]
pub struct DialogList {
    /// Latest first. One without messages has `top_message_id` 0.
    pub dialogs: Vec<DialogRow>,
    /// The top messages.
    pub messages: Vec<MessageRow>,
    /// All chats of the account.
    pub count: i64,
    /// By number: where the channels among them stand.
    pub pts: HashMap<i64, i64>,
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
    /// The chat itself; `None`: it and all others with this time and id are left out.
    pub peer: Option<NamedPeer>,
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
    let peer = offset
        .peer
        .map(|named| chats::peer(services, viewer, named));
    // Whoever names nothing, or wrongly, has no place among chats with the same top.
    let peer_id = peer.and_then(Result::ok).map(Peer::number);
    let before = before(&mut tx, viewer, offset, peer_id).await?;
    let limit = limit.clamp(0, PAGE_DIALOGS_MAX);
    let mut dialogs = rows::page(&mut tx, viewer, before, limit).await?;
    dialogs.retain(|row| row.top_message_id > 0);
    with_messages(services, &mut tx, viewer, dialogs, count).await
}

async fn before(
    tx: &mut Tx,
    viewer: i64,
    offset: Offset,
    peer_id: Option<i64>,
) -> Result<(i64, i64, i64), Error> {
    let last = peer_id.unwrap_or(i64::MIN);
    match offset {
        Offset {
            date: 1..,
            message_id,
            ..
        } => Ok((offset.date, message_id.max(0), last)),
        Offset {
            message_id: 1.., ..
        } => {
            let date = date_of(tx, viewer, offset.message_id, peer_id).await?;
            Ok((date.unwrap_or(i64::MAX), offset.message_id, last))
        }
        _ => Ok((i64::MAX, i64::MAX, i64::MAX)),
    }
}

/// The time of a top message. Those of channels do not stand in the viewer's box, but its list knows them.
async fn date_of(
    tx: &mut Tx,
    viewer: i64,
    message_id: i64,
    peer_id: Option<i64>,
) -> Result<Option<i64>, Error> {
    if let Some(channel) = peer_id.filter(|number| is_channel(*number)) {
        let dialog = rows::find(tx, viewer, channel).await?;
        let dialog = dialog.filter(|row| row.top_message_id == message_id);
        return Ok(dialog.map(|row| row.top_sent_at));
    }
    let found = messages::by_names(tx, viewer, &[message_id]).await?;
    Ok(found.get(&message_id).map(|row| row.sent_at))
}

/// `messages.getPeerDialogs`: the chats with these peers, in order; one that has no messages too.
///
/// # Errors
/// PEER_ID_INVALID: among others a group that the viewer was never in, whether or not it exists.
/// LIMIT_INVALID: more than a hundred peers. CHANNEL_INVALID, CHANNEL_PRIVATE: a channel that the viewer
/// may not look into.
///
/// Source: clients ask for the chat before they open it, empty or not.
pub async fn of_peers(
    services: &Services,
    viewer: i64,
    named: &[NamedPeer],
) -> Result<DialogList, Error> {
    let mut asked = HashSet::new();
    let mut peers = Vec::new();
    for named in named {
        let peer = chats::peer(services, viewer, *named)?;
        if asked.insert(peer.number()) {
            peers.push((peer, *named));
        }
    }
    if peers.len() > PEERS_MAX {
        return Err(Refusal::LIMIT_INVALID.into());
    }
    let mut tx = services.store.read().await?;
    for (peer, named) in &peers {
        match peer {
            Peer::User(_) => {}
            Peer::Group(chat_id) => {
                let member = chat_rows::member(&mut tx, *chat_id, viewer).await?;
                member.ok_or(Refusal::PEER_ID_INVALID)?;
            }
            Peer::Channel(_) => {
                channels::find(services, &mut tx, viewer, *named).await?;
            }
        }
    }
    let peer_ids: Vec<i64> = peers.iter().map(|(peer, _)| peer.number()).collect();
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
    let mut dialogs = dialogs;
    let (own, in_channels) = tops(tx, viewer, &mut dialogs).await?;
    let mut found = messages::by_names(tx, viewer, &own).await?;
    let mut messages: Vec<MessageRow> = own.iter().filter_map(|id| found.remove(id)).collect();
    messages.extend(in_channels);
    let numbers: Vec<i64> = dialogs.iter().map(|row| row.peer_id).collect();
    let channels: Vec<i64> = numbers
        .into_iter()
        .filter(|number| is_channel(*number))
        .collect();
    let pts = bulk::pts_among(tx, &channels).await?.into_iter().collect();
    let peers: Vec<i64> = dialogs.iter().map(|row| row.peer_id).collect();
    let rows: Vec<&MessageRow> = messages.iter().collect();
    let bundle = Bundle::of(services, tx, viewer, &rows, &peers).await?;
    Ok(DialogList {
        dialogs,
        messages,
        count,
        pts,
        bundle,
    })
}

fn is_channel(number: i64) -> bool {
    matches!(Peer::of(number), Peer::Channel(_))
}

/// The ids of the top messages that stand in the viewer's own box, and the top messages of channels. A
/// channel that the viewer only looks into gets its top here.
async fn tops(
    tx: &mut Tx,
    viewer: i64,
    dialogs: &mut [DialogRow],
) -> Result<(Vec<i64>, Vec<MessageRow>), Error> {
    let (mut own, mut listed) = (Vec::new(), Vec::new());
    let mut messages = Vec::new();
    for dialog in dialogs {
        let known = dialog.top_message_id > 0;
        match (is_channel(dialog.peer_id), known) {
            (false, true) => own.push(dialog.top_message_id),
            (false, false) => {}
            (true, true) => listed.push(dialog.peer_id),
            (true, false) => {
                let first = message_rows::Window::first(1);
                let channel = dialog.peer_id;
                let newest = message_rows::newest_first(tx, channel, channel, first).await?;
                if let Some(top) = newest.first() {
                    dialog.top_message_id = top.message_id;
                    dialog.top_sent_at = top.sent_at;
                }
                messages.extend(newest);
            }
        }
    }
    messages.extend(bulk::tops(tx, viewer, &listed).await?);
    Ok((own, messages))
}
