//! Reading the journal forwards from a cursor: what a push tells the sessions of an account.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use store::{
    Tx,
    rows::{
        contacts,
        messages::{self as message_rows, MessageRow},
        updates::{self as rows, PeerChangeRow, UpdateRow},
        users,
    },
};

use super::{InChannel, change, channels, kind};
use crate::{
    Error, Peer, Services,
    chats::groups::{self, Participants},
    messages::{self, Bundle},
    peers::{self, UserView},
    privacy::{self, Key, Rule},
};

/// Journal rows that are read at once. Chosen: a hundred long messages are about a megabyte.
const SLICE_ROWS: i64 = 100;

/// How far a push may be behind before it only says "too long, look yourself".
const BEHIND_PTS_MAX: i64 = 1_000;

/// How long a transaction may take between drawing its change id and its commit, in change ids: a
/// minute of the upper bits. Chosen: changes this young are looked at again, because another node or
/// transaction may have drawn an earlier id and committed later (docs/decisions/0073).
const CHANGE_WINDOW: i64 = 60_000 << 16;

/// How long a push may be on its way to a session. Chosen: far above the time from reading the journal to
/// the queue of a session (docs/decisions/0150).
const LATE_MS_MAX: i64 = 10_000;

/// Changes of peers within the window above; more: "too long, look yourself".
const CHANGES_MAX: i64 = 1_000;

/// How far the sessions of one account have been told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pts: i64,
    /// The highest change that was told.
    change_id: i64,
    /// The changes of the window that were told.
    told: BTreeSet<(i64, i64, String)>,
    /// By number: up to which `pts` the account was told of its channels.
    pub(super) channels: BTreeMap<i64, i64>,
    /// Users that were lately told with something, whatever it was: when (Unix milliseconds), and the
    /// session that was left out of it (0: none was).
    shown: BTreeMap<i64, (i64, i64)>,
}

/// What a client is told about a chat with somebody it does not know.
#[derive(Clone, Debug)]
pub struct Offers {
    /// The other side.
    pub view: UserView,
    /// The account has blocked the other side.
    pub blocked: bool,
    /// Unix seconds of the last change of the main picture, if it may be seen.
    pub photo_changed_at: Option<i64>,
}

/// One thing to tell.
#[derive(Clone, Debug)]
pub enum Entry {
    /// `updateNewMessage`.
    Message {
        /// From the account's own box.
        message: MessageRow,
        /// After it.
        pts: i64,
    },
    /// `updateDeleteMessages`.
    Deleted {
        /// In the account's own box.
        message_ids: Vec<i64>,
        /// After all of them.
        pts: i64,
        /// How far they moved it.
        pts_count: i64,
    },
    /// `updateReadHistoryInbox`.
    ReadInbox {
        /// The chat.
        peer_id: i64,
        /// The last message that was read.
        max_id: i64,
        /// Incoming messages behind it.
        still_unread: i64,
        /// After it.
        pts: i64,
    },
    /// `updateReadHistoryOutbox`.
    ReadOutbox {
        /// The chat.
        peer_id: i64,
        /// The last message that the other side read.
        max_id: i64,
        /// After it.
        pts: i64,
    },
    /// `updateUser`.
    User(i64),
    /// `updatePeerSettings`.
    Settings(Offers),
    /// `updateChatParticipants`.
    Participants(Participants),
    /// `updateChat`, by the group's peer number.
    Chat(i64),
    /// `updatePeerBlocked`.
    Blocked {
        /// The other side.
        user_id: i64,
        /// Or unblocked.
        blocked: bool,
    },
    /// Something in or about a channel.
    Channel {
        /// Which one.
        channel_id: i64,
        /// What.
        news: InChannel,
    },
    /// `updatePrivacy`.
    Privacy {
        /// What it is about.
        key: Key,
        /// In the order in which they are matched.
        rules: Vec<Rule>,
    },
}

impl Entry {
    /// A new message in the box that holds it.
    pub fn new_message(message: MessageRow, pts: i64) -> Self {
        match Peer::of(message.owner_id) {
            Peer::Channel(channel_id) => Self::Channel {
                channel_id,
                news: InChannel::Message { message, pts },
            },
            Peer::User(_) | Peer::Group(_) => Self::Message { message, pts },
        }
    }
}

/// A slice of the journal with everything that it names.
#[derive(Clone, Debug)]
pub struct News {
    /// In the order in which they must be told; each with the session that knows it already, or 0.
    pub entries: Vec<(Entry, i64)>,
    /// Users and photos that the entries name.
    pub bundle: Bundle,
    /// Unix seconds.
    pub date: i64,
    /// More stands behind it.
    pub more: bool,
}

/// What stands behind a cursor.
#[derive(Debug)]
pub enum After {
    /// Nothing.
    Nothing,
    /// A slice.
    News(Box<News>),
    /// Too much, or the journal does not reach back so far: a client must ask for the difference.
    TooLong,
}

/// The end of the journal as it is now.
///
/// # Errors
/// The store failed.
pub async fn cursor(tx: &mut Tx, user_id: i64) -> Result<Cursor, Error> {
    let pts = messages::pts(tx, user_id).await?;
    let change_id = rows::last_change_id(tx, user_id).await?;
    let mut cursor = Cursor {
        pts,
        change_id,
        channels: channels::where_they_stand(tx, user_id).await?,
        ..Cursor::default()
    };
    let recent = rows::changes_after(tx, user_id, change_id - CHANGE_WINDOW, CHANGES_MAX).await?;
    cursor.note(&recent);
    Ok(cursor)
}

/// What stands behind `cursor`, and the cursor behind it.
///
/// # Errors
/// The store failed.
pub async fn after(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    cursor: &Cursor,
) -> Result<(After, Cursor), Error> {
    let pts = messages::pts(tx, user_id).await?;
    let from = cursor.change_id - CHANGE_WINDOW;
    let changes = rows::changes_after(tx, user_id, from, CHANGES_MAX + 1).await?;
    let many_changes = changes.len() as i64 > CHANGES_MAX;
    if pts - cursor.pts > BEHIND_PTS_MAX || pts < cursor.pts || many_changes {
        return Ok((After::TooLong, self::cursor(tx, user_id).await?));
    }
    let moved = if pts > cursor.pts {
        rows::after(tx, user_id, cursor.pts, SLICE_ROWS + 1).await?
    } else {
        Vec::new()
    };
    if pts > cursor.pts && !continues(&moved, cursor.pts) {
        return Ok((After::TooLong, self::cursor(tx, user_id).await?));
    }
    let more = moved.len() as i64 > SLICE_ROWS;
    let moved = &moved[..moved.len().min(SLICE_ROWS as usize)];
    let mut next = cursor.clone();
    next.pts = moved.last().map_or(cursor.pts, |row| row.pts);
    let changes: Vec<PeerChangeRow> = changes
        .into_iter()
        .filter(|change| !cursor.told.contains(&key(change)))
        .collect();
    next.note(&changes);
    if moved.is_empty() && changes.is_empty() {
        return Ok((After::Nothing, next));
    }
    let mut entries = moving(tx, user_id, moved).await?;
    let (news, changes): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|change| change.kind == change::CHANNEL_NEWS);
    entries.extend(changing(services, tx, user_id, &changes).await?);
    // After the changes: one may be that the account has come into the channel.
    entries.extend(channels::news(tx, user_id, &news, &mut next.channels).await?);
    if entries.is_empty() {
        return Ok((After::Nothing, next));
    }
    let bundle = bundle(services, tx, user_id, &entries).await?;
    next.tell_what_may_be_late(&mut entries, services.clock.unix_ms());
    next.show(&bundle, &entries, services.clock.unix_ms());
    let date = services.clock.unix_seconds();
    Ok((
        After::News(Box::new(News {
            entries,
            bundle,
            date,
            more,
        })),
        next,
    ))
}

impl Cursor {
    fn note(&mut self, changes: &[PeerChangeRow]) {
        for change in changes {
            self.change_id = self.change_id.max(change.change_id);
            self.told.insert(key(change));
        }
        let oldest = self.change_id - CHANGE_WINDOW;
        self.told.retain(|(change_id, ..)| *change_id > oldest);
    }

    /// A push shows users as they were when it was read, and may reach the session that changed one of
    /// them after the answer to that change. So where something was told lately, the session that knows
    /// a change already is told of it all the same.
    fn tell_what_may_be_late(&mut self, entries: &mut [(Entry, i64)], now: i64) {
        self.shown.retain(|_, (at, _)| now - *at < LATE_MS_MAX);
        for (entry, origin) in entries {
            if let Entry::User(user_id) = entry
                && let Some((_, left_out)) = self.shown.get(user_id)
                && left_out != origin
            {
                *origin = 0;
            }
        }
    }

    fn show(&mut self, bundle: &Bundle, entries: &[(Entry, i64)], now: i64) {
        let first = entries.first().map_or(0, |(_, origin)| *origin);
        let left_out = if entries.iter().all(|(_, origin)| *origin == first) {
            first
        } else {
            0
        };
        for user in &bundle.users {
            let shown = self.shown.entry(user.user_id).or_insert((now, left_out));
            let left_out = if shown.1 == left_out { left_out } else { 0 };
            *shown = (now, left_out);
        }
    }
}

fn key(change: &PeerChangeRow) -> (i64, i64, String) {
    (change.change_id, change.peer_id, change.kind.clone())
}

/// The first row follows `pts` without a gap: none was swept in between.
pub(super) fn continues(moved: &[UpdateRow], pts: i64) -> bool {
    moved
        .first()
        .is_some_and(|first| first.pts - first.pts_count <= pts)
}

/// Rows that move `pts`, in order. The row of a message that is gone by now still has to move it: it
/// becomes the deletion of that message, which every client accepts.
pub(super) async fn moving(
    tx: &mut Tx,
    user_id: i64,
    moved: &[UpdateRow],
) -> Result<Vec<(Entry, i64)>, Error> {
    let new: Vec<i64> = moved
        .iter()
        .filter(|row| row.kind == kind::MESSAGE)
        .map(|row| row.message_id)
        .collect();
    let mut found: HashMap<i64, MessageRow> = message_rows::by_ids(tx, user_id, &new)
        .await?
        .into_iter()
        .map(|row| (row.message_id, row))
        .collect();
    let entry = |row: &UpdateRow| {
        let UpdateRow {
            pts,
            pts_count,
            peer_id,
            message_id,
            ..
        } = *row;
        let entry = match row.kind.as_str() {
            kind::MESSAGE => match found.remove(&message_id) {
                Some(message) => Entry::Message { message, pts },
                None => Entry::Deleted {
                    message_ids: vec![message_id],
                    pts,
                    pts_count,
                },
            },
            kind::READ_INBOX => {
                let still_unread = row.still_unread;
                Entry::ReadInbox {
                    peer_id,
                    max_id: message_id,
                    still_unread,
                    pts,
                }
            }
            kind::READ_OUTBOX => Entry::ReadOutbox {
                peer_id,
                max_id: message_id,
                pts,
            },
            _ => Entry::Deleted {
                message_ids: row.message_ids.clone(),
                pts,
                pts_count,
            },
        };
        (entry, row.origin)
    };
    Ok(moved.iter().map(entry).collect())
}

/// Peers that look different, in the order of their last change.
pub(super) async fn changing(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    changes: &[PeerChangeRow],
) -> Result<Vec<(Entry, i64)>, Error> {
    let mut entries = Vec::with_capacity(changes.len());
    for row in changes {
        if let Some(key) = row.kind.strip_prefix(change::PRIVACY).and_then(Key::of) {
            let rules = privacy::rules_of(tx, user_id, key).await?;
            entries.push((Entry::Privacy { key, rules }, row.origin));
            continue;
        }
        let entry = match row.kind.as_str() {
            change::USER => Some(Entry::User(row.peer_id)),
            change::SETTINGS => offers(services, tx, user_id, &[row.peer_id])
                .await?
                .pop()
                .map(Entry::Settings),
            change::CHAT => Some(Entry::Chat(row.peer_id)),
            change::MEMBERS => match Peer::of(row.peer_id) {
                Peer::Group(chat_id) => {
                    let list = groups::participants(tx, user_id, chat_id).await?;
                    Some(Entry::Participants(list))
                }
                Peer::User(_) | Peer::Channel(_) => None,
            },
            change::CHANNEL => channels::changed(row.peer_id),
            change::CHANNEL_NEWS => channels::too_long(tx, user_id, row.peer_id).await?,
            change::CHANNEL_READ => channels::read(tx, user_id, row.peer_id).await?,
            _ => {
                let blocked = crate::contacts::is_blocked(tx, user_id, row.peer_id).await?;
                Some(Entry::Blocked {
                    user_id: row.peer_id,
                    blocked,
                })
            }
        };
        entries.extend(entry.map(|entry| (entry, row.origin)));
    }
    Ok(entries)
}

/// What `viewer` is offered in its chats with `user_ids`, in their order; whoever is no user is left out.
///
/// # Errors
/// The store failed.
pub async fn offers(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    user_ids: &[i64],
) -> Result<Vec<Offers>, Error> {
    let views = peers::view_full(services, tx, viewer, user_ids).await?;
    let rows = users::by_ids(tx, user_ids).await?;
    let changed_at: HashMap<i64, i64> = rows
        .into_iter()
        .map(|row| (row.user_id, row.photo_changed_at))
        .collect();
    let blocked = contacts::blocked_among(tx, viewer, user_ids).await?;
    let blocked: BTreeSet<i64> = blocked.into_iter().collect();
    let offers = views.into_iter().map(|(view, pictures)| Offers {
        blocked: blocked.contains(&view.user_id),
        photo_changed_at: changed_at
            .get(&view.user_id)
            .copied()
            .filter(|_| pictures.main.is_some()),
        view,
    });
    Ok(offers.collect())
}

/// Everybody and every picture that entries name.
pub(super) async fn bundle(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    entries: &[(Entry, i64)],
) -> Result<Bundle, Error> {
    let mut rows = Vec::new();
    let mut user_ids = Vec::new();
    for (entry, _) in entries {
        match entry {
            Entry::Message { message, .. } => rows.push(message),
            Entry::ReadInbox { peer_id, .. } | Entry::ReadOutbox { peer_id, .. } => {
                user_ids.push(*peer_id);
            }
            Entry::User(user_id) | Entry::Blocked { user_id, .. } => user_ids.push(*user_id),
            Entry::Settings(offers) => user_ids.push(offers.view.user_id),
            Entry::Participants(list) => user_ids.extend(list.names()),
            Entry::Chat(peer_id) => user_ids.push(*peer_id),
            Entry::Channel { channel_id, news } => {
                user_ids.push(Peer::Channel(*channel_id).number());
                if let InChannel::Message { message, .. } = news {
                    rows.push(message);
                }
            }
            Entry::Privacy { rules, .. } => {
                user_ids.extend(privacy::users_of(rules));
                // A rule names chats by bare ids.
                for id in privacy::chats_of(rules) {
                    user_ids.extend([Peer::Group(id), Peer::Channel(id)].map(Peer::number));
                }
            }
            Entry::Deleted { .. } => {}
        }
    }
    Bundle::of(services, tx, viewer, &rows, &user_ids).await
}
