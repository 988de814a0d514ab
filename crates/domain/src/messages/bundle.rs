//! What messages name: people and pictures, fetched once for all of them.

use std::collections::HashMap;

use store::{
    Tx,
    rows::{
        messages::MessageRow,
        photos::{self, PhotoRow},
    },
};

use super::entities::{self, EntityKind};
use crate::{
    Error, Peer, Services,
    chats::{self, ChatView},
    peers::{self, UserView},
};

/// Everything that some messages name, as one account sees it.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// Both sides of each message and mentioned people.
    pub users: Vec<UserView>,
    /// Groups and channels that messages stand in or come from.
    pub chats: Vec<ChatView>,
    /// Pictures that service messages tell of, by their id.
    pub photos: HashMap<i64, PhotoRow>,
}

impl Bundle {
    /// What `messages` name, and `more` peers.
    pub(crate) async fn of(
        services: &Services,
        tx: &mut Tx,
        viewer: i64,
        messages: &[&MessageRow],
        more: &[i64],
    ) -> Result<Self, Error> {
        let mut numbers = more.to_vec();
        for message in messages {
            numbers.extend([message.owner_id, message.peer_id, message.from_id]);
            numbers.extend(mentioned(message));
            numbers.extend(&message.action_users);
        }
        numbers.sort_unstable();
        numbers.dedup();
        let peers: Vec<Peer> = numbers.into_iter().map(Peer::of).collect();
        let user_ids: Vec<i64> = peers
            .iter()
            .filter_map(|peer| match peer {
                Peer::User(user_id) => Some(*user_id),
                _ => None,
            })
            .collect();
        let chats = chats::view(services, tx, viewer, &peers).await?;
        let photo_ids: Vec<i64> = messages
            .iter()
            .filter(|message| may_see_picture(&chats, message))
            .filter_map(|message| message.photo_id)
            .collect();
        let mut photos = HashMap::new();
        if !photo_ids.is_empty() {
            let rows = photos::by_ids(tx, &photo_ids).await?;
            photos.extend(rows.into_iter().map(|row| (row.photo_id, row)));
        }
        let users = if user_ids.is_empty() {
            Vec::new()
        } else {
            peers::view(services, tx, viewer, &user_ids).await?
        };
        Ok(Self {
            users,
            chats,
            photos,
        })
    }
}

/// What a group's messages show is for those who are in the group (docs/decisions/0120).
fn may_see_picture(chats: &[ChatView], message: &MessageRow) -> bool {
    match Peer::of(message.peer_id) {
        Peer::Group(chat_id) => chats.iter().any(|view| {
            view.peer() == Peer::Group(chat_id) && view.role.is_present() && !view.is_deleted
        }),
        Peer::User(_) | Peer::Channel(_) => true,
    }
}

fn mentioned(message: &MessageRow) -> impl Iterator<Item = i64> + use<> {
    entities::read(&message.entities)
        .into_iter()
        .filter_map(|entity| match entity.kind {
            EntityKind::MentionName(user_id) => Some(user_id),
            _ => None,
        })
}
