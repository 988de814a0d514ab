//! `messages.search`: looks through the texts of one chat or of the whole box.

use store::{
    Tx,
    rows::{
        dialogs,
        messages::{self, MessageRow, Window},
    },
};

use super::{
    Action, Bundle, EntityKind, Listed, Page, entities, history::channel_pts, peer, place,
};
use crate::{Error, Services, chats::NamedPeer, peers::Named};

/// Messages that are read at once.
const SCAN_ROWS: i64 = 500;

/// Messages that one search looks through, newest first. Chosen: enough for years of one person's chats;
/// older ones are not found, which a search index would change.
const SCAN_ROWS_MAX: usize = 50_000;

/// Chats that a search over the whole box looks through, the latest ones.
const SCAN_DIALOGS_MAX: i64 = 200;

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// In which chat; `None`: in all of the viewer's own box.
    pub peer: Option<NamedPeer>,
    /// Part of the text in any case; empty: any text.
    pub text: String,
    /// Written by whom.
    pub from: Option<Named>,
    /// Which messages at all.
    pub hits: Hits,
    /// Sent after then, Unix seconds; 0: any time.
    pub min_date: i64,
    /// Sent before then, Unix seconds; 0: any time.
    pub max_date: i64,
    /// Which of the hits.
    pub page: Page,
}

/// Which kind of message is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hits {
    /// Any.
    All,
    /// With an address in its text.
    Links,
    /// That give a chat its picture.
    ChatPhotos,
    /// A kind that does not exist here: pinned ones, media, calls.
    None,
}

impl Hits {
    fn fit(self, row: &MessageRow) -> bool {
        match self {
            Self::All => true,
            Self::Links => has_link(row),
            Self::ChatPhotos => Action::of(row) == Some(Action::ChatEditPhoto),
            Self::None => false,
        }
    }
}

/// `messages.search`.
///
/// # Errors
/// PEER_ID_INVALID, CHANNEL_PRIVATE: the chat or the writer.
pub async fn search(services: &Services, viewer: i64, wanted: &Search) -> Result<Listed, Error> {
    let from_id = wanted
        .from
        .map(|named| peer(services, viewer, named))
        .transpose()?;
    let mut tx = services.store.read().await?;
    let place = match wanted.peer {
        Some(named) => Some(place(services, &mut tx, viewer, named).await?),
        None => None,
    };
    let owner_id = place.map_or(viewer, |place| place.owner_id);
    let peers = match place {
        _ if wanted.hits == Hits::None => Vec::new(),
        Some(place) => vec![place.peer_id],
        None => latest(&mut tx, viewer).await?,
    };
    let needle = wanted.text.trim().to_lowercase();
    let fits = |row: &MessageRow| {
        from_id.is_none_or(|from_id| row.from_id == from_id)
            && (wanted.min_date <= 0 || row.sent_at > wanted.min_date)
            && (wanted.max_date <= 0 || row.sent_at < wanted.max_date)
            && wanted.hits.fit(row)
            && (needle.is_empty() || row.text.to_lowercase().contains(&needle))
    };
    let mut hits = Vec::new();
    let mut left = SCAN_ROWS_MAX;
    for peer_id in peers {
        scan(&mut tx, (owner_id, peer_id), &mut left, &mut |row| {
            if fits(row) {
                hits.push(row.message_id);
            }
        })
        .await?;
    }
    hits.sort_unstable_by(|a, b| b.cmp(a));
    let boundary = if wanted.page.offset_id > 0 {
        wanted.page.offset_id
    } else {
        i64::MAX
    };
    let page = wanted.page.of(&hits, boundary);
    let mut rows = messages::by_ids(&mut tx, owner_id, &page).await?;
    rows.sort_unstable_by_key(|row| -row.message_id);
    let named: Vec<&MessageRow> = rows.iter().collect();
    let more: Vec<i64> = place.iter().map(|place| place.peer_id).collect();
    let bundle = Bundle::of(services, &mut tx, viewer, &named, &more).await?;
    Ok(Listed {
        messages: rows,
        count: hits.len() as i64,
        channel_pts: channel_pts(&mut tx, owner_id).await?,
        bundle,
    })
}

async fn latest(tx: &mut Tx, viewer: i64) -> Result<Vec<i64>, Error> {
    let rows = dialogs::page(tx, viewer, (i64::MAX, i64::MAX, i64::MAX), SCAN_DIALOGS_MAX).await?;
    Ok(rows.into_iter().map(|row| row.peer_id).collect())
}

/// Shows every message of a chat, newest first, until `left` is used up.
async fn scan(
    tx: &mut Tx,
    (owner_id, peer_id): (i64, i64),
    left: &mut usize,
    show: &mut (dyn FnMut(&MessageRow) + Send),
) -> Result<(), Error> {
    let mut below = i64::MAX;
    while *left > 0 {
        let window = Window {
            above: 0,
            below,
            skip: 0,
            limit: SCAN_ROWS,
        };
        let rows = messages::newest_first(tx, owner_id, peer_id, window).await?;
        let Some(oldest) = rows.last() else { break };
        below = oldest.message_id;
        rows.iter().take(*left).for_each(&mut *show);
        *left = left.saturating_sub(rows.len());
    }
    Ok(())
}

fn has_link(row: &MessageRow) -> bool {
    entities::read(&row.entities)
        .iter()
        .any(|entity| matches!(entity.kind, EntityKind::Url | EntityKind::TextUrl(_)))
}
