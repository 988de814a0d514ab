//! The journal of an account: what moved its `pts`, and which peers look different since when.
//!
//! A change writes its journal rows in its own transaction; whoever reads them later, a push or a
//! client that was away, reads the same rows.

mod channels;
mod difference;
mod journal;

pub use channels::{ChannelDifference, ChannelDiffering, InChannel, channel_difference};
pub(crate) use channels::{
    channel_changed, channel_message_added, channel_messages_deleted, channel_news, channel_read,
};
pub use difference::{Asked, Difference, Differing, difference};
pub use journal::{After, Cursor, Entry, News, Offers, after, cursor, offers};

use store::{
    Tx,
    rows::{
        contacts, dialogs,
        updates::{self as rows, PeerChangeRow, UpdateRow},
        users,
    },
};

use crate::{Error, Services, messages, privacy::Key};

/// Seconds for which the journal is kept. Chosen: a client that was away longer fetches everything
/// again, which it is told with `updates.differenceTooLong` (docs/decisions/0071).
pub const JOURNAL_LIFETIME_S: i64 = 30 * 24 * 60 * 60;

/// `peer_changes.kind`.
pub(crate) mod change {
    /// `updateUser`.
    pub(crate) const USER: &str = "user";
    /// `updatePeerSettings`.
    pub(crate) const SETTINGS: &str = "settings";
    /// `updateChatParticipants`.
    pub(crate) const MEMBERS: &str = "members";
    /// `updateChat`.
    pub(crate) const CHAT: &str = "chat";
    /// `updatePeerBlocked`, with the state that is true when it is told.
    pub(crate) const BLOCKED: &str = "blocked";
    /// `updateChannel`: what the account is in a channel, or what that says of itself.
    pub(crate) const CHANNEL: &str = "channel";
    /// The journal of a channel grew: look at it again.
    pub(crate) const CHANNEL_NEWS: &str = "channel_news";
    /// `updateReadChannelInbox`, with the state that is true when it is told.
    pub(crate) const CHANNEL_READ: &str = "channel_read";
    /// `updatePrivacy`, with the rules that hold when it is told; the word of the key follows.
    pub(crate) const PRIVACY: &str = "privacy_";
}

/// `updates.kind`.
pub(crate) mod kind {
    /// `updateNewMessage`.
    pub(crate) const MESSAGE: &str = "message";
    /// `updateDeleteMessages`.
    pub(crate) const DELETED: &str = "deleted";
    /// `updateReadHistoryInbox`.
    pub(crate) const READ_INBOX: &str = "read_inbox";
    /// `updateReadHistoryOutbox`.
    pub(crate) const READ_OUTBOX: &str = "read_outbox";
}

/// Where an account stands: what a client must know to stay up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Of the account's box; at least 1.
    pub pts: i64,
    /// Unix seconds.
    pub date: i64,
    /// Unread messages in all dialogs.
    pub unread_count: i64,
}

/// `updates.getState`.
///
/// # Errors
/// The store failed.
pub async fn state(services: &Services, tx: &mut Tx, user_id: i64) -> Result<State, Error> {
    Ok(State {
        pts: messages::pts(tx, user_id).await?,
        date: services.clock.unix_seconds(),
        unread_count: dialogs::unread_total(tx, user_id).await?,
    })
}

/// Journals for `told` that `user_id` looks different to it; the session `origin` knows already (0:
/// none does).
///
/// # Errors
/// The store failed.
pub async fn user_changed(
    services: &Services,
    tx: &mut Tx,
    told: i64,
    user_id: i64,
    origin: i64,
) -> Result<(), Error> {
    changed(services, tx, (told, user_id), change::USER, origin).await
}

/// Journals for `told` that its chat with `user_id` offers other things now (`updatePeerSettings`).
///
/// # Errors
/// The store failed.
pub async fn settings_changed(
    services: &Services,
    tx: &mut Tx,
    told: i64,
    user_id: i64,
    origin: i64,
) -> Result<(), Error> {
    changed(services, tx, (told, user_id), change::SETTINGS, origin).await
}

/// Journals for `told` that it blocked or unblocked `user_id` (`updatePeerBlocked`).
///
/// # Errors
/// The store failed.
pub async fn blocked_changed(
    services: &Services,
    tx: &mut Tx,
    told: i64,
    user_id: i64,
    origin: i64,
) -> Result<(), Error> {
    changed(services, tx, (told, user_id), change::BLOCKED, origin).await
}

/// Journals for `owner_id` that it has other rules for `key` now (`updatePrivacy`).
///
/// # Errors
/// The store failed.
pub(crate) async fn privacy_changed(
    services: &Services,
    tx: &mut Tx,
    owner_id: i64,
    key: Key,
    origin: i64,
) -> Result<(), Error> {
    let kind = format!("{}{}", change::PRIVACY, key.word());
    changed(services, tx, (owner_id, owner_id), &kind, origin).await
}

async fn changed(
    services: &Services,
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    kind: &str,
    origin: i64,
) -> Result<(), Error> {
    let row = PeerChangeRow {
        owner_id,
        peer_id,
        kind: kind.to_owned(),
        change_id: services.ids.rising(),
        origin,
        changed_at: services.clock.unix_seconds(),
    };
    Ok(rows::put_changes(tx, &[row]).await?)
}

/// Journals for all of `told` that the list of members of group `peer_id` changed; the session that is
/// named beside the account it is of knows already.
pub(crate) async fn members_changed(
    services: &Services,
    tx: &mut Tx,
    told: &[i64],
    peer_id: i64,
    by: (i64, i64),
) -> Result<(), Error> {
    tell_all(services, tx, told, (peer_id, change::MEMBERS), by).await
}

/// Journals for all of `told` that group `peer_id` itself changed in a way of which no message tells.
pub(crate) async fn chat_changed(
    services: &Services,
    tx: &mut Tx,
    told: &[i64],
    peer_id: i64,
    by: (i64, i64),
) -> Result<(), Error> {
    tell_all(services, tx, told, (peer_id, change::CHAT), by).await
}

async fn tell_all(
    services: &Services,
    tx: &mut Tx,
    told: &[i64],
    (peer_id, kind): (i64, &str),
    (by, origin): (i64, i64),
) -> Result<(), Error> {
    let change_id = services.ids.rising();
    let changed_at = services.clock.unix_seconds();
    let rows: Vec<PeerChangeRow> = told
        .iter()
        .map(|owner_id| PeerChangeRow {
            owner_id: *owner_id,
            peer_id,
            kind: kind.to_owned(),
            change_id,
            origin: if *owner_id == by { origin } else { 0 },
            changed_at,
        })
        .collect();
    Ok(rows::put_changes(tx, &rows).await?)
}

/// Journals that `user_id` looks different: for itself, for everybody who has it in contacts, for
/// everybody it has a chat with, and for the owner of a bot. Returns all of
/// them, to be woken after the commit.
///
/// # Errors
/// The store failed.
///
/// Source: `updateUser` concerns whoever may show the user; who that is, is chosen (contacts of others
/// and chats, docs/decisions/0072).
pub async fn tell_watchers(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    origin: i64,
) -> Result<Vec<i64>, Error> {
    let told = watchers(tx, user_id).await?;
    tell(services, tx, user_id, &told, origin).await?;
    Ok(told)
}

/// Whether `viewer` may show `user_id` to somebody: it has it in contacts, or a chat with it.
///
/// # Errors
/// The store failed.
pub(crate) async fn watches(tx: &mut Tx, viewer: i64, user_id: i64) -> Result<bool, Error> {
    let saved = contacts::find(tx, viewer, user_id).await?.is_some();
    Ok(saved || dialogs::find(tx, viewer, user_id).await?.is_some())
}

/// Everybody who may show `user_id`: itself, whoever has it in contacts or a chat with it; rising.
pub(crate) async fn watchers(tx: &mut Tx, user_id: i64) -> Result<Vec<i64>, Error> {
    let mut watchers = contacts::owners_of(tx, user_id).await?;
    watchers.extend(dialogs::peers_of(tx, user_id).await?);
    // Whoever owns a bot lists it without a chat.
    let user = users::by_id(tx, user_id).await?;
    watchers.extend(user.and_then(|user| user.bot_owner_id));
    watchers.push(user_id);
    // Groups and channels have numbers below zero.
    watchers.retain(|watcher| *watcher > 0);
    watchers.sort_unstable();
    watchers.dedup();
    Ok(watchers)
}

/// Journals for each of `told` that `user_id` looks different to it; the session `origin` of `user_id`
/// itself knows already.
pub(crate) async fn tell(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    told: &[i64],
    origin: i64,
) -> Result<(), Error> {
    // One id for all: it orders the changes that one account is told, and each is told this once.
    let change_id = services.ids.rising();
    let changed_at = services.clock.unix_seconds();
    let rows: Vec<PeerChangeRow> = told
        .iter()
        .map(|owner_id| PeerChangeRow {
            owner_id: *owner_id,
            peer_id: user_id,
            kind: change::USER.to_owned(),
            change_id,
            origin: if *owner_id == user_id { origin } else { 0 },
            changed_at,
        })
        .collect();
    Ok(rows::put_changes(tx, &rows).await?)
}

/// The `pts` at which a message came into a box; where the journal does not reach back so far, the one
/// that the box has now.
pub(crate) async fn pts_of_message(
    tx: &mut Tx,
    owner_id: i64,
    message_id: i64,
) -> Result<i64, Error> {
    match rows::of_message(tx, owner_id, message_id).await? {
        Some(row) => Ok(row.pts),
        None => messages::pts(tx, owner_id).await,
    }
}

/// Journals a new message in its owner's box.
pub(crate) async fn message_added(
    tx: &mut Tx,
    (owner_id, pts): (i64, i64),
    message_id: i64,
    origin: i64,
    created_at: i64,
) -> Result<(), Error> {
    let row = UpdateRow {
        message_id,
        origin,
        created_at,
        ..entry(owner_id, pts, 1, kind::MESSAGE)
    };
    Ok(rows::append(tx, &row).await?)
}

/// Journals that messages are gone from a box; `pts` stands after all of them.
pub(crate) async fn messages_deleted(
    tx: &mut Tx,
    (owner_id, pts): (i64, i64),
    message_ids: Vec<i64>,
    origin: i64,
    created_at: i64,
) -> Result<(), Error> {
    let pts_count = i64::try_from(message_ids.len()).unwrap_or(i64::MAX);
    let row = UpdateRow {
        message_ids,
        origin,
        created_at,
        ..entry(owner_id, pts, pts_count, kind::DELETED)
    };
    Ok(rows::append(tx, &row).await?)
}

/// A chat that was read up to a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReadUpTo {
    pub(crate) owner_id: i64,
    pub(crate) pts: i64,
    pub(crate) peer_id: i64,
    pub(crate) max_id: i64,
    /// Incoming messages that stay unread; `None`: it is the outgoing ones that were read.
    pub(crate) still_unread: Option<i64>,
    pub(crate) origin: i64,
}

/// Journals that a chat was read, by its owner or by the other side.
pub(crate) async fn read_up_to(tx: &mut Tx, read: ReadUpTo, now: i64) -> Result<(), Error> {
    let kind = if read.still_unread.is_some() {
        kind::READ_INBOX
    } else {
        kind::READ_OUTBOX
    };
    let row = UpdateRow {
        message_id: read.max_id,
        peer_id: read.peer_id,
        still_unread: read.still_unread.unwrap_or(0),
        origin: read.origin,
        created_at: now,
        ..entry(read.owner_id, read.pts, 1, kind)
    };
    Ok(rows::append(tx, &row).await?)
}

fn entry(owner_id: i64, pts: i64, pts_count: i64, kind: &str) -> UpdateRow {
    UpdateRow {
        owner_id,
        pts,
        pts_count,
        kind: kind.to_owned(),
        message_id: 0,
        message_ids: Vec::new(),
        peer_id: 0,
        still_unread: 0,
        origin: 0,
        created_at: 0,
    }
}

/// Removes journal rows that are older than [`JOURNAL_LIFETIME_S`], at most `limit` of each kind.
/// Returns how many went.
///
/// # Errors
/// The store failed.
pub async fn sweep(services: &Services, limit: i64) -> Result<u64, Error> {
    let before = services.clock.unix_seconds() - JOURNAL_LIFETIME_S;
    let mut tx = services.store.begin().await?;
    let moved = rows::delete_older(&mut tx, before, limit).await?;
    let changed = rows::delete_older_changes(&mut tx, before, limit).await?;
    tx.commit().await?;
    Ok(moved + changed)
}
