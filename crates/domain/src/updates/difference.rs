//! `updates.getDifference`: what a client that was away has missed, in slices.

use std::collections::{HashMap, HashSet};

use store::{
    Tx,
    rows::{
        dialogs,
        updates::{self as rows, PeerChangeRow},
    },
};

use super::{Entry, State, journal, state};
use crate::{Error, Refusal, Services, messages::Bundle};

/// Journal rows in one answer. Chosen: a hundred long messages are about a megabyte.
const SLICE_ROWS: i64 = 100;

/// Changed peers in one answer.
const SLICE_CHANGES: i64 = 200;

/// Seconds by which a client's date is taken to be earlier, because a change gets its time before its
/// commit. Chosen: telling a change twice does no harm.
const CHANGE_SLACK_S: i64 = 10;

/// What a client says it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Of its last update.
    pub pts: i64,
    /// Unix seconds: of its last state.
    pub date: i64,
    /// No more than this in one answer.
    pub pts_limit: Option<i64>,
    /// More than this in all: it would rather fetch everything again.
    pub pts_total_limit: Option<i64>,
}

/// What it has missed.
#[derive(Debug)]
pub enum Difference {
    /// Nothing.
    Empty {
        /// Unix seconds.
        date: i64,
    },
    /// All of it.
    All(Box<Differing>),
    /// The first part; the state is where the next one begins.
    Slice(Box<Differing>),
    /// More than can be told: fetch everything again, from this `pts`.
    TooLong {
        /// Of the box now.
        pts: i64,
    },
}

/// What has happened up to a state.
#[derive(Debug)]
pub struct Differing {
    /// In the order in which it happened, changed peers last.
    pub entries: Vec<Entry>,
    /// Users and photos that the entries name.
    pub bundle: Bundle,
    /// Where the client stands with this.
    pub state: State,
}

/// `updates.getDifference`.
///
/// # Errors
/// PERSISTENT_TIMESTAMP_INVALID: a `pts` below 1.
///
/// Source: official page on updates. Chosen: a `pts` that the box has not reached yet (the data was
/// restored from a copy) and one that the journal does not reach back to are answered "too long"
/// (docs/decisions/0071).
pub async fn difference(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
    asked: Asked,
) -> Result<Difference, Error> {
    if asked.pts < 1 {
        return Err(Refusal::PERSISTENT_TIMESTAMP_INVALID.into());
    }
    let now = state(services, tx, user_id).await?;
    let missed = now.pts - asked.pts;
    if missed < 0
        || asked
            .pts_total_limit
            .is_some_and(|limit| limit > 0 && missed > limit)
    {
        return Ok(Difference::TooLong { pts: now.pts });
    }
    let limit = asked
        .pts_limit
        .filter(|limit| *limit > 0)
        .unwrap_or(i64::MAX)
        .min(SLICE_ROWS);
    let mut moved = Vec::new();
    if missed > 0 {
        moved = rows::after(tx, user_id, asked.pts, limit + 1).await?;
        if !journal::continues(&moved, asked.pts) {
            return Ok(Difference::TooLong { pts: now.pts });
        }
    }
    if moved.len() as i64 > limit {
        moved.truncate(limit as usize);
        let pts = moved.last().map_or(asked.pts, |row| row.pts);
        let entries = journal::moving(tx, user_id, &moved).await?;
        let differing = Differing {
            bundle: journal::bundle(services, tx, user_id, &entries).await?,
            entries: missed_by_a_stranger(entries),
            state: State {
                pts,
                date: asked.date.max(1),
                ..now
            },
        };
        return Ok(Difference::Slice(Box::new(differing)));
    }
    let since = asked.date - CHANGE_SLACK_S;
    let changes = rows::changes_since(tx, user_id, since, SLICE_CHANGES + 1).await?;
    let Some((changes, date)) = part(changes, now.date) else {
        return Ok(Difference::TooLong { pts: now.pts });
    };
    if moved.is_empty() && changes.is_empty() {
        return Ok(Difference::Empty { date: now.date });
    }
    let mut entries = journal::moving(tx, user_id, &moved).await?;
    count_again(tx, user_id, &mut entries).await?;
    entries.extend(journal::changing(services, tx, user_id, &changes).await?);
    let differing = Box::new(Differing {
        bundle: journal::bundle(services, tx, user_id, &entries).await?,
        entries: missed_by_a_stranger(entries),
        state: State {
            date: date.unwrap_or(now.date),
            ..now
        },
    });
    Ok(if date.is_some() {
        Difference::Slice(differing)
    } else {
        Difference::All(differing)
    })
}

/// A client that was away does not mind who caused a change, nor that a message came and went.
fn missed_by_a_stranger(entries: Vec<(Entry, i64)>) -> Vec<Entry> {
    entries.into_iter().map(|(entry, _)| entry).collect()
}

/// The changes of one answer, oldest first, and the date from which the next answer goes on; `None`:
/// they cannot be cut, too many have the same time.
fn part(mut changes: Vec<PeerChangeRow>, now: i64) -> Option<(Vec<PeerChangeRow>, Option<i64>)> {
    if changes.len() as i64 <= SLICE_CHANGES {
        return Some((changes, None));
    }
    // The second that is cut belongs to the next answer as a whole.
    let cut_at = changes.last().map_or(0, |change| change.changed_at);
    changes.retain(|change| change.changed_at < cut_at);
    let date = changes.last()?.changed_at + CHANGE_SLACK_S + 1;
    (date <= now).then_some((changes, Some(date)))
}

/// How many messages stay unread was true when a chat was read; what came later stands in the same
/// answer, and clients take the number as it is. So the last entry of each chat gets today's number.
async fn count_again(tx: &mut Tx, user_id: i64, entries: &mut [(Entry, i64)]) -> Result<(), Error> {
    let peers: HashSet<i64> = entries
        .iter()
        .filter_map(|(entry, _)| match entry {
            Entry::ReadInbox { peer_id, .. } => Some(*peer_id),
            _ => None,
        })
        .collect();
    let peers: Vec<i64> = peers.into_iter().collect();
    let unread: HashMap<i64, i64> = dialogs::among(tx, user_id, &peers)
        .await?
        .into_iter()
        .map(|row| (row.peer_id, row.unread_count))
        .collect();
    for (entry, _) in entries {
        if let Entry::ReadInbox {
            peer_id,
            still_unread,
            ..
        } = entry
        {
            *still_unread = unread.get(peer_id).copied().unwrap_or(0);
        }
    }
    Ok(())
}
