//! One message into the box of a channel: its id and `pts`, the lists and unread counts of all members,
//! and the word to look again for each of them, in the caller's transaction.

use store::{
    Tx,
    rows::{
        channels::{self, Top},
        messages::{self, MessageRow},
    },
};

use crate::{Error, Peer, Services, messages::Action, updates};

/// A message on its way into a channel.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// The channel's number.
    pub(super) channel: i64,
    /// The account that does it.
    pub(super) author: i64,
    /// Who is shown as its writer: the author, or the channel for its own posts.
    pub(super) from_id: i64,
    /// Unix seconds.
    pub(super) sent_at: i64,
    pub(super) random_id: Option<i64>,
    pub(super) text: String,
    /// In the stored form.
    pub(super) entities: String,
    pub(super) reply_to: Option<i64>,
    pub(super) silent: bool,
    /// What a service message tells; `None`: a text.
    pub(super) action: Option<Action>,
    pub(super) action_users: Vec<i64>,
    pub(super) photo_id: Option<i64>,
    /// The author's session that learns of it in its answer; 0: none does.
    pub(super) origin: i64,
}

/// What was written.
pub(super) struct Delivered {
    pub(super) message: MessageRow,
    /// Of the channel, after it.
    pub(super) pts: i64,
    /// Everybody who must look again.
    pub(super) wake: Vec<i64>,
}

/// Writes the message.
pub(super) async fn deliver(
    services: &Services,
    tx: &mut Tx,
    draft: &Draft,
) -> Result<Delivered, Error> {
    let (pts, message_id) = messages::advance_box(tx, draft.channel, 1, 1).await?;
    let message = MessageRow {
        owner_id: draft.channel,
        message_id,
        peer_id: draft.channel,
        from_id: draft.from_id,
        sent_at: draft.sent_at,
        random_id: draft.random_id,
        twin_id: draft.author,
        text: draft.text.clone(),
        entities: draft.entities.clone(),
        reply_to: draft.reply_to,
        silent: draft.silent,
        photo_id: draft.photo_id,
        action: draft.action.map_or("", Action::code).to_owned(),
        action_users: draft.action_users.clone(),
        shared_id: 0,
    };
    messages::insert(tx, &message).await?;
    let by = (draft.author, draft.origin);
    updates::channel_message_added(tx, &message, pts, by).await?;
    let members = members(tx, draft.channel).await?;
    let top = Top {
        channel: draft.channel,
        message_id,
        sent_at: draft.sent_at,
    };
    channels::message_on_top(tx, top, draft.author, &members).await?;
    updates::channel_news(services, tx, draft.channel, &members).await?;
    Ok(Delivered {
        message,
        pts,
        wake: members,
    })
}

/// Who is in a channel now.
pub(super) async fn members(tx: &mut Tx, channel: i64) -> Result<Vec<i64>, Error> {
    match Peer::of(channel) {
        Peer::Channel(channel_id) => Ok(channels::present_ids(tx, channel_id).await?),
        Peer::User(_) | Peer::Group(_) => Ok(Vec::new()),
    }
}
