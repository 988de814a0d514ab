//! Reading a chat: pages of its history, and messages by their ids.

use std::collections::HashMap;

use store::{
    Tx,
    rows::messages::{self, MessageRow, Window},
};

use super::{Bundle, Page, Place, page::Run, place, pts};
use crate::{Error, Peer, Services, chats::NamedPeer};

/// Messages that one call may ask for by id. Source: clients cut their lists at 100 and 200.
pub const IDS_MAX: usize = 200;

/// Messages of one account with what they name.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Newest first.
    pub messages: Vec<MessageRow>,
    /// Of the whole list, of which `messages` is a page.
    pub count: i64,
    /// Where the box stands, if it is that of a channel.
    pub channel_pts: Option<i64>,
    /// Users and photos that they name.
    pub bundle: Bundle,
}

impl Listed {
    /// The page is the whole list.
    pub fn is_whole(&self) -> bool {
        self.messages.len() as i64 >= self.count
    }

    /// The hash by which a client says which page it has.
    ///
    /// Source: official page on pagination, "hash generation", over the ids in order.
    pub fn hash(&self) -> i64 {
        let mix = |mut hash: u64, row: &MessageRow| {
            hash ^= hash >> 21;
            hash ^= hash << 35;
            hash ^= hash >> 4;
            hash.wrapping_add(row.message_id.cast_unsigned())
        };
        self.messages.iter().fold(0, mix).cast_signed()
    }
}

/// `messages.getHistory`.
///
/// # Errors
/// PEER_ID_INVALID, CHANNEL_PRIVATE.
pub async fn history(
    services: &Services,
    viewer: i64,
    named: impl Into<NamedPeer>,
    page: Page,
) -> Result<Listed, Error> {
    let named = named.into();
    let mut tx = services.store.read().await?;
    let Place { owner_id, peer_id } = place(services, &mut tx, viewer, named).await?;
    let count = messages::count(&mut tx, owner_id, peer_id, 0, i64::MAX).await?;
    let messages = of_page(&mut tx, owner_id, peer_id, page).await?;
    let rows: Vec<&MessageRow> = messages.iter().collect();
    let bundle = Bundle::of(services, &mut tx, viewer, &rows, &[peer_id]).await?;
    Ok(Listed {
        messages,
        count,
        channel_pts: channel_pts(&mut tx, owner_id).await?,
        bundle,
    })
}

/// Where a box stands, if it is that of a channel.
pub(super) async fn channel_pts(tx: &mut Tx, owner_id: i64) -> Result<Option<i64>, Error> {
    match Peer::of(owner_id) {
        Peer::Channel(_) => Ok(Some(pts(tx, owner_id).await?)),
        Peer::User(_) | Peer::Group(_) => Ok(None),
    }
}

/// The rows of a page, newest first.
pub(super) async fn of_page(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    page: Page,
) -> Result<Vec<MessageRow>, Error> {
    let boundary = boundary(tx, owner_id, peer_id, page).await?;
    let runs = page.runs();
    let window = |above: i64, below: i64, run: Run| Window {
        above: above.max(page.above()),
        below: below.min(page.below()),
        skip: run.skip,
        limit: run.take,
    };
    let mut rows = Vec::new();
    if runs.newer.take > 0 && boundary < i64::MAX {
        let newer = window(boundary - 1, i64::MAX, runs.newer);
        rows = messages::oldest_first(tx, owner_id, peer_id, newer).await?;
        rows.reverse();
    }
    if runs.older.take > 0 {
        let older = window(0, boundary, runs.older);
        rows.extend(messages::newest_first(tx, owner_id, peer_id, older).await?);
    }
    Ok(rows)
}

/// Messages below this id are older than the page's offset.
pub(super) async fn boundary(
    tx: &mut Tx,
    owner_id: i64,
    peer_id: i64,
    page: Page,
) -> Result<i64, Error> {
    if page.offset_id > 0 {
        Ok(page.offset_id)
    } else if page.offset_date > 0 {
        Ok(messages::last_before(tx, owner_id, peer_id, page.offset_date).await? + 1)
    } else {
        Ok(i64::MAX)
    }
}

/// `messages.getMessages`: one entry per id, in order; `Err` holds an id that names no message.
///
/// # Errors
/// The store failed. Ids behind the two hundredth are not looked up.
pub async fn by_ids(
    services: &Services,
    viewer: i64,
    message_ids: &[i64],
) -> Result<(Vec<Result<MessageRow, i64>>, Bundle), Error> {
    let mut tx = services.store.read().await?;
    let message_ids = &message_ids[..message_ids.len().min(IDS_MAX)];
    let found = by_names(&mut tx, viewer, message_ids).await?;
    let rows: Vec<&MessageRow> = found.values().collect();
    let bundle = Bundle::of(services, &mut tx, viewer, &rows, &[]).await?;
    let entries = message_ids
        .iter()
        .map(|id| found.get(id).cloned().ok_or(*id))
        .collect();
    Ok((entries, bundle))
}

/// The messages of a box by their ids.
///
/// # Errors
/// The store failed.
pub async fn by_names(
    tx: &mut Tx,
    owner_id: i64,
    message_ids: &[i64],
) -> Result<HashMap<i64, MessageRow>, Error> {
    let rows = messages::by_ids(tx, owner_id, message_ids).await?;
    Ok(rows.into_iter().map(|row| (row.message_id, row)).collect())
}
