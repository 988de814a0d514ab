//! Telling the writers of a group's messages that somebody has read them.

use std::collections::HashMap;

use store::{
    Tx,
    rows::{
        dialogs,
        messages::{self, MessageRow, Window},
    },
};

use super::{ids, present};
use crate::{
    Error,
    updates::{self, ReadUpTo},
};

/// Messages whose writers are looked for when a chat is read. Chosen: who wrote before them learns it
/// from the next reader at the latest.
const READ_ROWS_MAX: i64 = 1_000;

/// Tells whoever wrote the messages of `reader`'s box with ids above `above` and up to `max_id` how far
/// they have been read. Returns whom to wake.
///
/// Source: `updateReadHistoryOutbox`: in a group the first reader counts.
pub(crate) async fn tell_writers(
    tx: &mut Tx,
    (reader, chat_id): (i64, i64),
    (above, max_id): (i64, i64),
    now: i64,
) -> Result<Vec<i64>, Error> {
    let window = Window {
        above,
        below: max_id + 1,
        skip: 0,
        limit: READ_ROWS_MAX,
    };
    let rows = messages::newest_first(tx, reader, -chat_id, window).await?;
    let mut last: HashMap<i64, MessageRow> = HashMap::new();
    for row in rows {
        // Newest first: the first of each writer stays.
        last.entry(row.from_id).or_insert(row);
    }
    let mut told = Vec::new();
    // In rising order of owners, as everywhere.
    for writer in ids(&present(tx, chat_id).await?) {
        let Some(row) = last.get(&writer).filter(|_| writer != reader) else {
            continue;
        };
        let copy = messages::by_shared_id(tx, row.shared_id, &[writer])
            .await?
            .pop();
        let dialog = dialogs::find(tx, writer, -chat_id).await?;
        let (Some(copy), Some(mut dialog)) = (copy, dialog) else {
            continue;
        };
        if dialog.read_outbox_max_id >= copy.message_id {
            continue;
        }
        dialog.read_outbox_max_id = copy.message_id;
        dialogs::put(tx, &dialog).await?;
        let (pts, _) = messages::advance_box(tx, writer, 1, 0).await?;
        let read = ReadUpTo {
            owner_id: writer,
            pts,
            peer_id: -chat_id,
            max_id: copy.message_id,
            still_unread: None,
            origin: 0,
        };
        updates::read_up_to(tx, read, now).await?;
        told.push(writer);
    }
    Ok(told)
}
