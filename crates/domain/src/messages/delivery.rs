//! One message into the boxes it belongs to: ids, `pts`, dialogs, unread counts and journal rows, all in
//! the caller's transaction.

use store::{
    Tx,
    rows::{
        dialogs,
        messages::{self, MessageRow},
    },
};

use super::Action;
use crate::{Error, dialogs::empty, updates};

/// A message on its way into both boxes.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) from: i64,
    /// The same as `from` for saved messages.
    pub(super) to: i64,
    /// Unix seconds.
    pub(super) sent_at: i64,
    pub(super) random_id: Option<i64>,
    pub(super) text: String,
    /// In the stored form.
    pub(super) entities: String,
    /// `message_id` in the sender's box and in the recipient's.
    pub(super) reply_to: (Option<i64>, Option<i64>),
    pub(super) silent: bool,
    /// What a service message tells; `None`: a text.
    pub(super) action: Option<Action>,
    /// The picture it tells of.
    pub(super) photo_id: Option<i64>,
    /// The session that learns of it in its answer; 0: none does.
    pub(super) origin: i64,
}

impl Draft {
    /// An empty message.
    pub(super) fn new(from: i64, to: i64, sent_at: i64) -> Self {
        Self {
            from,
            to,
            sent_at,
            random_id: None,
            text: String::new(),
            entities: String::new(),
            reply_to: (None, None),
            silent: false,
            action: None,
            photo_id: None,
            origin: 0,
        }
    }

    /// Whose boxes it goes into.
    pub(super) fn sides(&self) -> Vec<i64> {
        if self.from == self.to {
            vec![self.from]
        } else {
            vec![self.from, self.to]
        }
    }

    fn row(&self, owner_id: i64, message_id: i64, twin_id: i64) -> MessageRow {
        let sender = owner_id == self.from;
        MessageRow {
            owner_id,
            message_id,
            peer_id: if sender { self.to } else { self.from },
            from_id: self.from,
            sent_at: self.sent_at,
            random_id: self.random_id.filter(|_| sender),
            twin_id,
            text: self.text.clone(),
            entities: self.entities.clone(),
            reply_to: if sender {
                self.reply_to.0
            } else {
                self.reply_to.1
            },
            silent: self.silent,
            photo_id: self.photo_id,
            action: self.action.map_or("", Action::code).to_owned(),
            action_users: Vec::new(),
            shared_id: 0,
        }
    }
}

/// Writes the message; returns the sender's copy and the `pts` of the sender's box after it.
pub(super) async fn deliver(tx: &mut Tx, draft: &Draft) -> Result<(MessageRow, i64), Error> {
    let mut places = Vec::new();
    let mut sides = draft.sides();
    // Always the same order, so that two who write to each other cannot wait for each other.
    sides.sort_unstable();
    for owner_id in sides {
        let (pts, message_id) = messages::advance_box(tx, owner_id, 1, 1).await?;
        places.push((owner_id, pts, message_id));
    }
    let mut sent = None;
    for (owner_id, pts, message_id) in &places {
        let twin_id = places
            .iter()
            .find(|(other, ..)| other != owner_id)
            .map(|place| place.2);
        let row = draft.row(*owner_id, *message_id, twin_id.unwrap_or(*message_id));
        messages::insert(tx, &row).await?;
        let incoming = *owner_id != draft.from;
        put_on_top(tx, &row, incoming).await?;
        let origin = if incoming { 0 } else { draft.origin };
        updates::message_added(tx, (*owner_id, *pts), *message_id, origin, draft.sent_at).await?;
        if !incoming {
            sent = Some((row, *pts));
        }
    }
    // `sides` always holds the sender.
    sent.ok_or(Error::Conflict)
}

/// Moves the chat of a new message to the top of its owner's list.
pub(crate) async fn put_on_top(
    tx: &mut Tx,
    message: &MessageRow,
    incoming: bool,
) -> Result<(), Error> {
    let found = dialogs::find(tx, message.owner_id, message.peer_id).await?;
    let mut dialog = found.unwrap_or_else(|| empty(message.owner_id, message.peer_id));
    dialog.top_message_id = message.message_id;
    dialog.top_sent_at = message.sent_at;
    dialog.unread_count += i64::from(incoming);
    Ok(dialogs::put(tx, &dialog).await?)
}
