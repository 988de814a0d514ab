//! Messages: what stands in the boxes of accounts, and how it gets there, is read and goes away.
//!
//! Every account has a box of its own with its own ids and its own `pts`; a private message stands in
//! both boxes as two rows that know each other (`twin_id`).

mod action;
mod bundle;
mod deleting;
mod delivery;
mod entities;
mod history;
mod page;
mod reading;
mod searching;
mod sending;

pub use action::Action;
pub use bundle::Bundle;
pub(crate) use deleting::delete_everywhere;
pub(crate) use deleting::take_out_of_all;
pub use deleting::{Cleared, Clearing, delete, delete_history};
pub(crate) use deleting::{DELETE_IDS_MAX, REVOKED_MESSAGES_MAX};
pub(crate) use delivery::put_on_top;
pub use entities::{Entity, EntityKind};
pub use history::{IDS_MAX, Listed, by_ids, by_names, history};
pub use page::Page;
pub use reading::read_history;
pub use searching::{Hits, Search, search};
pub use sending::{Post, ReplyTo, Sent, send};
pub(crate) use sending::{Written, sent_before};

use store::{Tx, rows::messages as rows};

use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer, Role},
    peers::{self, Named},
};

/// How a call moved the caller's own box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// After it.
    pub pts: i64,
    /// By so much; 0: nothing happened.
    pub pts_count: i64,
}

/// Who does something in a box: the account, and the session that learns of it in its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Doer {
    /// The account.
    pub user_id: i64,
    /// `session_id`; 0: no session knows of it yet.
    pub origin: i64,
}

/// Writes the suggestion of a picture as a service message into both boxes, each with its own id and
/// `pts`, and tells every session of both, the caller's too. Returns whom to wake after the commit.
///
/// # Errors
/// The store failed. Whether `from` may suggest is the caller's to decide.
///
/// Source: official page on `messageActionSuggestProfilePhoto`. Chosen: it counts as unread like any
/// message (U45), and no session is left out, because the answer of the call carries no message.
pub async fn suggest(
    services: &Services,
    tx: &mut Tx,
    from: i64,
    to: i64,
    photo_id: i64,
) -> Result<Vec<i64>, Error> {
    let draft = delivery::Draft {
        action: Some(Action::SuggestPhoto),
        photo_id: Some(photo_id),
        ..delivery::Draft::new(from, to, services.clock.unix_seconds())
    };
    delivery::deliver(tx, &draft).await?;
    Ok(draft.sides())
}

/// Where the messages of a chat stand: in whose box, under which peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The viewer, or the channel by its number.
    pub owner_id: i64,
    /// The peer's number.
    pub peer_id: i64,
}

/// The place that `viewer` names, if it may read there.
///
/// # Errors
/// PEER_ID_INVALID: nothing, or a group that the viewer was never in. CHANNEL_PRIVATE: a channel that
/// it cannot look into.
pub async fn place(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: NamedPeer,
) -> Result<Place, Error> {
    let peer = chats::peer(services, viewer, named)?;
    let peer_id = peer.number();
    match peer {
        Peer::User(_) => Ok(Place {
            owner_id: viewer,
            peer_id,
        }),
        Peer::Group(_) => {
            let known = chats::view_one(services, tx, viewer, peer).await?;
            // Whoever left keeps the copies in the own box.
            known
                .filter(|view| view.role != Role::Stranger)
                .ok_or(Refusal::PEER_ID_INVALID)?;
            Ok(Place {
                owner_id: viewer,
                peer_id,
            })
        }
        Peer::Channel(_) => {
            let known = chats::view_one(services, tx, viewer, peer).await?;
            known
                .filter(|view| view.is_open() && !view.is_deleted)
                .ok_or(Refusal::CHANNEL_PRIVATE)?;
            Ok(Place {
                owner_id: peer_id,
                peer_id,
            })
        }
    }
}

/// The other side of a private chat that `viewer` names; itself for saved messages.
///
/// # Errors
/// PEER_ID_INVALID: nobody, a group or channel, an unknown id, or a hash made for somebody else.
pub fn peer(services: &Services, viewer: i64, named: Named) -> Result<i64, Refusal> {
    peers::known(services, viewer, named).map_err(|_| Refusal::PEER_ID_INVALID)
}

/// Where the box of an account stands; at least 1.
pub(crate) async fn pts(tx: &mut Tx, owner_id: i64) -> Result<i64, Error> {
    Ok(rows::box_of(tx, owner_id).await?.map_or(1, |row| row.pts))
}
