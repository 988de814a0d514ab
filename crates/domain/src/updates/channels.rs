//! Channels in the journal: every channel has one of its own, and what an account's own says of them is
//! "look again" (docs/decisions/0130).

use std::collections::{BTreeMap, HashMap};

use store::{
    Tx,
    rows::{
        channels as bulk, chats as chat_rows,
        dialogs::{self, DialogRow},
        messages::{self as message_rows, MessageRow},
        updates::{self as rows, PeerChangeRow, UpdateRow},
    },
};

use super::{Entry, change, entry, journal, kind};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{NamedPeer, Role, channels},
    dialogs::empty,
    messages::{self, Bundle},
};

/// Journal rows of one channel that a push tells, or one answer holds. Chosen: as for accounts.
const SLICE_ROWS: i64 = 100;

/// Entries of all channels together that one push tells; the channels behind that are only named.
const ENTRIES_MAX: usize = 500;

/// How far a client may be behind before it fetches a channel anew. Chosen: as for a push.
const BEHIND_PTS_MAX: i64 = 1_000;

/// Seconds after which a client that only looks into a channel may ask again. Chosen: what TDLib takes
/// when it is told nothing is a multiple of it.
const ASK_AGAIN_S: i64 = 30;

/// What happens in a channel, or to an account in it.
#[derive(Clone, Debug)]
pub enum InChannel {
    /// `updateNewChannelMessage`.
    Message {
        /// From the channel's box.
        message: MessageRow,
        /// Of the channel, after it.
        pts: i64,
    },
    /// `updateDeleteChannelMessages`.
    Deleted {
        /// In the channel's box.
        message_ids: Vec<i64>,
        /// After all of them.
        pts: i64,
        /// How far they moved it.
        pts_count: i64,
    },
    /// `updateReadChannelInbox`.
    Read {
        /// The last message that the account has read.
        max_id: i64,
        /// Messages of others behind it.
        still_unread: i64,
        /// Of the channel now.
        pts: i64,
    },
    /// `updateChannel`: what the account is there, or what the channel says of itself.
    Changed,
    /// `updateChannelTooLong`: the client must ask for the difference of the channel.
    TooLong {
        /// Of its box now.
        pts: i64,
    },
}

/// Journals a new message in a channel, written by `author` in the session `origin`.
pub(crate) async fn channel_message_added(
    tx: &mut Tx,
    message: &MessageRow,
    pts: i64,
    (author, origin): (i64, i64),
) -> Result<(), Error> {
    let row = UpdateRow {
        message_id: message.message_id,
        peer_id: author,
        origin,
        created_at: message.sent_at,
        ..entry(message.owner_id, pts, 1, kind::MESSAGE)
    };
    Ok(rows::append(tx, &row).await?)
}

/// Journals that `author` deleted messages of a channel; `pts` stands after all of them.
pub(crate) async fn channel_messages_deleted(
    tx: &mut Tx,
    (channel, pts): (i64, i64),
    message_ids: Vec<i64>,
    (author, origin): (i64, i64),
    created_at: i64,
) -> Result<(), Error> {
    let pts_count = message_ids.len() as i64;
    let row = UpdateRow {
        message_ids,
        peer_id: author,
        origin,
        created_at,
        ..entry(channel, pts, pts_count, kind::DELETED)
    };
    Ok(rows::append(tx, &row).await?)
}

/// Tells members to look at the journal of a channel again.
pub(crate) async fn channel_news(
    services: &Services,
    tx: &mut Tx,
    channel: i64,
    members: &[i64],
) -> Result<(), Error> {
    let told = (change::CHANNEL_NEWS, channel);
    tell(services, tx, told, members, (0, 0)).await
}

/// Tells accounts that a channel, or what they are in it, has changed. `by`: the account and session that
/// know already.
pub(crate) async fn channel_changed(
    services: &Services,
    tx: &mut Tx,
    channel: i64,
    members: &[i64],
    by: (i64, i64),
) -> Result<(), Error> {
    tell(services, tx, (change::CHANNEL, channel), members, by).await
}

/// Tells the other sessions of an account how far it has read a channel.
pub(crate) async fn channel_read(
    services: &Services,
    tx: &mut Tx,
    channel: i64,
    by: (i64, i64),
) -> Result<(), Error> {
    tell(services, tx, (change::CHANNEL_READ, channel), &[by.0], by).await
}

async fn tell(
    services: &Services,
    tx: &mut Tx,
    (kind, channel): (&str, i64),
    members: &[i64],
    by: (i64, i64),
) -> Result<(), Error> {
    let change_id = services.ids.rising();
    let changed_at = services.clock.unix_seconds();
    let rows: Vec<PeerChangeRow> = members
        .iter()
        .map(|owner_id| PeerChangeRow {
            owner_id: *owner_id,
            peer_id: channel,
            kind: kind.to_owned(),
            change_id,
            origin: if *owner_id == by.0 { by.1 } else { 0 },
            changed_at,
        })
        .collect();
    Ok(rows::put_changes(tx, &rows).await?)
}

/// By number: where the channels that an account is or was in stand now.
pub(super) async fn where_they_stand(
    tx: &mut Tx,
    user_id: i64,
) -> Result<BTreeMap<i64, i64>, Error> {
    let chats = chat_rows::of_user(tx, user_id).await?;
    let numbers: Vec<i64> = chats
        .into_iter()
        .map(|chat_id| Peer::Channel(chat_id).number())
        .collect();
    Ok(bulk::pts_among(tx, &numbers).await?.into_iter().collect())
}

/// What the journals of these channels have behind `told`, which moves along. Channels that the account
/// is not in have nothing for it.
pub(super) async fn news(
    tx: &mut Tx,
    user_id: i64,
    changes: &[PeerChangeRow],
    told: &mut BTreeMap<i64, i64>,
) -> Result<Vec<(Entry, i64)>, Error> {
    let mut entries = Vec::new();
    let joined = joined(tx, user_id, changes).await?;
    let numbers: Vec<i64> = changes.iter().map(|change| change.peer_id).collect();
    let stand: HashMap<i64, i64> = bulk::pts_among(tx, &numbers).await?.into_iter().collect();
    for channel in numbers {
        let (Peer::Channel(channel_id), Some(joined), Some(pts)) =
            (Peer::of(channel), joined.get(&channel), stand.get(&channel))
        else {
            told.remove(&channel);
            continue;
        };
        let from = told.insert(channel, *pts).unwrap_or(*joined);
        if from >= *pts {
            continue;
        }
        let moved = rows::after(tx, channel, from, SLICE_ROWS + 1).await?;
        let many = moved.len() as i64 > SLICE_ROWS || entries.len() > ENTRIES_MAX;
        if many || !journal::continues(&moved, from) {
            let pts = *pts;
            let news = InChannel::TooLong { pts };
            entries.push((Entry::Channel { channel_id, news }, 0));
        } else {
            entries.extend(moving(tx, (user_id, channel), &moved).await?);
        }
    }
    Ok(entries)
}

/// By number: where those of the channels that the account is in stood when it came.
async fn joined(
    tx: &mut Tx,
    user_id: i64,
    changes: &[PeerChangeRow],
) -> Result<HashMap<i64, i64>, Error> {
    let ids: Vec<i64> = changes
        .iter()
        .filter_map(|change| match Peer::of(change.peer_id) {
            Peer::Channel(channel_id) => Some(channel_id),
            Peer::User(_) | Peer::Group(_) => None,
        })
        .collect();
    let joined = bulk::joined_pts(tx, user_id, &ids).await?;
    let number = |(chat_id, pts)| (Peer::Channel(chat_id).number(), pts);
    Ok(joined.into_iter().map(number).collect())
}

/// Rows of a channel's journal, in order, as one member is told them. The row of a message that is gone
/// becomes its deletion.
async fn moving(
    tx: &mut Tx,
    (user_id, channel): (i64, i64),
    moved: &[UpdateRow],
) -> Result<Vec<(Entry, i64)>, Error> {
    let new: Vec<i64> = moved
        .iter()
        .filter(|row| row.kind == kind::MESSAGE)
        .map(|row| row.message_id)
        .collect();
    let mut found: HashMap<i64, MessageRow> = message_rows::by_ids(tx, channel, &new)
        .await?
        .into_iter()
        .map(|row| (row.message_id, row))
        .collect();
    let Peer::Channel(channel_id) = Peer::of(channel) else {
        return Ok(Vec::new());
    };
    let entry = |row: &UpdateRow| {
        let (pts, pts_count) = (row.pts, row.pts_count);
        let news = match found.remove(&row.message_id) {
            Some(message) => InChannel::Message { message, pts },
            None => InChannel::Deleted {
                message_ids: if row.kind == kind::MESSAGE {
                    vec![row.message_id]
                } else {
                    row.message_ids.clone()
                },
                pts,
                pts_count,
            },
        };
        let entry = Entry::Channel { channel_id, news };
        // Sessions choose their own numbers: only the author's can know it already.
        (
            entry,
            if row.peer_id == user_id {
                row.origin
            } else {
                0
            },
        )
    };
    Ok(moved.iter().map(entry).collect())
}

/// `updateChannel`.
pub(super) fn changed(channel: i64) -> Option<Entry> {
    match Peer::of(channel) {
        Peer::Channel(channel_id) => Some(Entry::Channel {
            channel_id,
            news: InChannel::Changed,
        }),
        Peer::User(_) | Peer::Group(_) => None,
    }
}

/// What a client that was away is told of a channel's news: to ask there. `None`: it is not in it.
pub(super) async fn too_long(
    tx: &mut Tx,
    user_id: i64,
    channel: i64,
) -> Result<Option<Entry>, Error> {
    let Peer::Channel(channel_id) = Peer::of(channel) else {
        return Ok(None);
    };
    let member = chat_rows::member(tx, channel_id, user_id).await?;
    if !member.is_some_and(|row| Role::of(&row).is_present()) {
        return Ok(None);
    }
    let pts = messages::pts(tx, channel).await?;
    let news = InChannel::TooLong { pts };
    Ok(Some(Entry::Channel { channel_id, news }))
}

/// `updateReadChannelInbox` as things stand; `None`: the channel is not in the list.
pub(super) async fn read(tx: &mut Tx, user_id: i64, channel: i64) -> Result<Option<Entry>, Error> {
    let dialog = dialogs::find(tx, user_id, channel).await?;
    let (Peer::Channel(channel_id), Some(dialog)) = (Peer::of(channel), dialog) else {
        return Ok(None);
    };
    let news = InChannel::Read {
        max_id: dialog.read_inbox_max_id,
        still_unread: dialog.unread_count,
        pts: messages::pts(tx, channel).await?,
    };
    Ok(Some(Entry::Channel { channel_id, news }))
}

/// What a client has missed in a channel.
#[derive(Debug)]
pub enum ChannelDifference {
    /// Nothing.
    Empty {
        /// Of the channel.
        pts: i64,
        /// Seconds after which the client may ask again.
        ask_again_s: i64,
    },
    /// A part, or all.
    Some(Box<ChannelDiffering>),
    /// More than can be told: begin anew from the top.
    TooLong {
        /// The channel in the client's list.
        dialog: DialogRow,
        /// Of the channel.
        pts: i64,
        /// The message on top.
        messages: Vec<MessageRow>,
        /// What it names.
        bundle: Bundle,
        /// Seconds after which the client may ask again.
        ask_again_s: i64,
    },
}

/// What has happened in a channel.
#[derive(Debug)]
pub struct ChannelDiffering {
    /// In the order in which it happened.
    pub entries: Vec<Entry>,
    /// Users, chats and photos that the entries name.
    pub bundle: Bundle,
    /// After all of them.
    pub pts: i64,
    /// Nothing more stands behind them.
    pub is_all: bool,
    /// Seconds after which the client may ask again.
    pub ask_again_s: i64,
}

/// `updates.getChannelDifference`.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. PERSISTENT_TIMESTAMP_INVALID: a `pts` below 1.
///
/// Source: official method page and page on updates. Chosen: which messages a client filters for is not
/// read, it is told of all.
pub async fn channel_difference(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    named: NamedPeer,
    (asked_pts, limit): (i64, i64),
) -> Result<ChannelDifference, Error> {
    let found = channels::find(services, tx, user_id, named).await?;
    if asked_pts < 1 {
        return Err(Refusal::PERSISTENT_TIMESTAMP_INVALID.into());
    }
    let channel = found.number();
    let pts = messages::pts(tx, channel).await?;
    let ask_again_s = ASK_AGAIN_S;
    if asked_pts == pts {
        return Ok(ChannelDifference::Empty { pts, ask_again_s });
    }
    let limit = limit.clamp(1, SLICE_ROWS);
    let mut moved = Vec::new();
    if asked_pts < pts && pts - asked_pts <= BEHIND_PTS_MAX {
        moved = rows::after(tx, channel, asked_pts, limit + 1).await?;
    }
    if !journal::continues(&moved, asked_pts) {
        return anew(services, tx, user_id, channel).await;
    }
    let is_all = moved.len() as i64 <= limit;
    moved.truncate(limit as usize);
    let pts = moved.last().map_or(pts, |row| row.pts);
    let entries = moving(tx, (user_id, channel), &moved).await?;
    let bundle = journal::bundle(services, tx, user_id, &entries).await?;
    Ok(ChannelDifference::Some(Box::new(ChannelDiffering {
        entries: entries.into_iter().map(|(entry, _)| entry).collect(),
        bundle,
        pts,
        is_all,
        ask_again_s,
    })))
}

async fn anew(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    channel: i64,
) -> Result<ChannelDifference, Error> {
    let first = message_rows::Window::first(1);
    let messages = message_rows::newest_first(tx, channel, channel, first).await?;
    let dialog = dialogs::find(tx, user_id, channel).await?;
    let dialog = dialog.unwrap_or_else(|| DialogRow {
        top_message_id: messages.first().map_or(0, |row| row.message_id),
        top_sent_at: messages.first().map_or(0, |row| row.sent_at),
        ..empty(user_id, channel)
    });
    let rows: Vec<&MessageRow> = messages.iter().collect();
    Ok(ChannelDifference::TooLong {
        bundle: Bundle::of(services, tx, user_id, &rows, &[channel]).await?,
        pts: messages::pts(tx, channel).await?,
        ask_again_s: ASK_AGAIN_S,
        dialog,
        messages,
    })
}
