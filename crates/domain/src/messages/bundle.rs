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
    Error, Services,
    peers::{self, UserView},
};

/// Everything that some messages name, as one account sees it.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// Both sides of each message and mentioned people.
    pub users: Vec<UserView>,
    /// Pictures that service messages tell of, by their id.
    pub photos: HashMap<i64, PhotoRow>,
}

impl Bundle {
    /// What `messages` name, and `more` users.
    pub(crate) async fn of(
        services: &Services,
        tx: &mut Tx,
        viewer: i64,
        messages: &[&MessageRow],
        more: &[i64],
    ) -> Result<Self, Error> {
        let mut user_ids = more.to_vec();
        for message in messages {
            user_ids.extend([message.owner_id, message.peer_id, message.from_id]);
            user_ids.extend(mentioned(message));
        }
        user_ids.sort_unstable();
        user_ids.dedup();
        let photo_ids: Vec<i64> = messages
            .iter()
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
        Ok(Self { users, photos })
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
