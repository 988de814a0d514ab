//! Writing a message into the boxes of a group's members: one copy each, in the caller's transaction.

use std::collections::HashMap;

use store::{
    Tx,
    rows::messages::{self, MessageRow},
};

use crate::{
    Error, Services,
    messages::{Action, put_on_top},
    updates,
};

/// A message on its way to the members of a group.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) chat_id: i64,
    pub(super) from: i64,
    /// Unix seconds.
    pub(super) sent_at: i64,
    /// The sender's copy only.
    pub(super) random_id: Option<i64>,
    /// The title, for a service message that tells of one.
    pub(super) text: String,
    /// In the stored form.
    pub(super) entities: String,
    /// By box: the copy of the message that this one answers.
    pub(super) replies: HashMap<i64, i64>,
    pub(super) silent: bool,
    /// What a service message tells; `None`: a text.
    pub(super) action: Option<Action>,
    pub(super) action_users: Vec<i64>,
    /// The picture that it tells of.
    pub(super) photo_id: Option<i64>,
    /// The session that learns of it in its answer; 0: none does.
    pub(super) origin: i64,
}

impl Draft {
    /// An empty message.
    pub(super) fn new(services: &Services, chat_id: i64, from: i64) -> Self {
        Self {
            chat_id,
            from,
            sent_at: services.clock.unix_seconds(),
            random_id: None,
            text: String::new(),
            entities: String::new(),
            replies: HashMap::new(),
            silent: false,
            action: None,
            action_users: Vec::new(),
            photo_id: None,
            origin: 0,
        }
    }

    /// An empty service message.
    pub(super) fn telling(services: &Services, chat_id: i64, from: i64, action: Action) -> Self {
        Self {
            action: Some(action),
            ..Self::new(services, chat_id, from)
        }
    }

    fn copy(&self, owner_id: i64, message_id: i64, shared_id: i64) -> MessageRow {
        let sender = owner_id == self.from;
        MessageRow {
            owner_id,
            message_id,
            peer_id: -self.chat_id,
            from_id: self.from,
            sent_at: self.sent_at,
            random_id: self.random_id.filter(|_| sender),
            // Copies of groups are found by `shared_id`.
            twin_id: message_id,
            text: self.text.clone(),
            entities: self.entities.clone(),
            reply_to: self.replies.get(&owner_id).copied(),
            silent: self.silent,
            photo_id: self.photo_id,
            action: self.action.map_or("", Action::code).to_owned(),
            action_users: self.action_users.clone(),
            shared_id,
        }
    }
}

/// Writes a copy into the box of each of `owners`, the sender among them; returns the sender's copy and
/// the `pts` of the sender's box after it.
pub(super) async fn deliver(
    services: &Services,
    tx: &mut Tx,
    owners: &[i64],
    draft: &Draft,
) -> Result<(MessageRow, i64), Error> {
    let shared_id = services.ids.rising();
    let mut owners = owners.to_vec();
    // Always the same order, so that two who write at once cannot wait for each other.
    owners.sort_unstable();
    owners.dedup();
    let mut sent = None;
    for owner_id in owners {
        let (pts, message_id) = messages::advance_box(tx, owner_id, 1, 1).await?;
        let copy = draft.copy(owner_id, message_id, shared_id);
        messages::insert(tx, &copy).await?;
        let incoming = owner_id != draft.from;
        put_on_top(tx, &copy, incoming).await?;
        let origin = if incoming { 0 } else { draft.origin };
        updates::message_added(tx, (owner_id, pts), message_id, origin, draft.sent_at).await?;
        if !incoming {
            sent = Some((copy, pts));
        }
    }
    // The sender is a member; one who was removed meanwhile tries again and is refused.
    sent.ok_or(Error::Conflict)
}
