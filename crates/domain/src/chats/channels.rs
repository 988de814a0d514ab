//! Supergroups and broadcast channels: one box for all of their members, which is read where it stands.
//!
//! Whoever changes a channel writes its journal and, for every member, the word "look again" into the
//! member's own (docs/decisions/0130).

mod creating;
mod deleting;
mod delivery;
mod editing;
mod members;
mod participants;
mod reading;
mod sending;

pub use creating::{NewChannel, create, delete};
pub use deleting::delete_messages;
pub(crate) use deleting::take_out;
pub use editing::{check_username, edit_about, edit_photo, edit_title, update_username};
pub use members::{Banned, Invited, edit_admin, edit_banned, invite, join, leave};
pub use participants::{Participants, Wanted, participant, participants};
pub use reading::{About, about, by_ids, by_username, named, read_history};
pub(crate) use sending::send;

use store::{
    Tx,
    rows::{
        calls::{self, ActedRow},
        chats::{self as rows, ChatRow, MemberRow},
        messages::{self, MessageRow},
    },
};

use super::{ChatKind, NamedPeer, Role};
use crate::{
    Error, Peer, Refusal, Services,
    messages::{Action, Bundle},
    photos::Caller,
    updates,
};
use delivery::{Draft, deliver};

/// Members of one channel. Chosen: every message writes a row for each of them (docs/decisions/0130).
const MEMBERS_MAX: i64 = 10_000;

/// Members up to whom a supergroup tells of one who joins or leaves alone. Chosen: as many as a group
/// holds; beyond that everybody could make everybody's list move.
const TOLD_MEMBERS_MAX: i64 = 200;

/// What a call did to a channel, as its answer tells it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which one.
    pub channel_id: i64,
    /// The service message that was written, and the channel's `pts` after it.
    pub told: Option<(MessageRow, i64)>,
    /// The channel, and whoever the message names.
    pub bundle: Bundle,
    /// Unix seconds.
    pub date: i64,
}

/// A channel that exists, and what the caller is there.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) chat: ChatRow,
    pub(crate) member: Option<MemberRow>,
    pub(crate) role: Role,
}

impl Found {
    pub(crate) fn peer(&self) -> Peer {
        Peer::Channel(self.chat.chat_id)
    }

    /// The owner of its box.
    pub(crate) fn number(&self) -> i64 {
        self.peer().number()
    }

    pub(crate) fn is_broadcast(&self) -> bool {
        ChatKind::of(&self.chat) == ChatKind::Broadcast
    }

    /// The caller may change what the channel shows.
    ///
    /// # Errors
    /// CHAT_WRITE_FORBIDDEN: it only looks in. CHAT_ADMIN_REQUIRED: it is a member like any other.
    fn administered(self) -> Result<Self, Refusal> {
        if !self.role.is_present() {
            return Err(Refusal::CHAT_WRITE_FORBIDDEN);
        }
        if !self.role.is_admin() {
            return Err(Refusal::CHAT_ADMIN_REQUIRED);
        }
        Ok(self)
    }

    /// What `author` does here, as its message begins.
    fn draft(&self, services: &Services, author: i64) -> Draft {
        Draft {
            channel: self.number(),
            author,
            from_id: if self.is_broadcast() {
                self.number()
            } else {
                author
            },
            sent_at: services.clock.unix_seconds(),
            ..Draft::default()
        }
    }
}

/// The channel that `viewer` names, if it may look into it.
///
/// # Errors
/// CHANNEL_INVALID: no such channel, or a hash made for somebody else. CHANNEL_PRIVATE: it has ended, or
/// the viewer may not look into it.
pub(crate) async fn find(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: NamedPeer,
) -> Result<Found, Error> {
    let found = exists(services, tx, viewer, named).await?;
    let public = found.chat.username.is_some() && found.role != Role::Kicked;
    if found.role.is_present() || public {
        Ok(found)
    } else {
        Err(Refusal::CHANNEL_PRIVATE.into())
    }
}

async fn exists(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    named: NamedPeer,
) -> Result<Found, Error> {
    let channel_id = id(services, viewer, named)?;
    let chat = rows::by_id(tx, channel_id).await?;
    let chat = chat
        .filter(|chat| ChatKind::of(chat) != ChatKind::Group)
        .ok_or(Refusal::CHANNEL_INVALID)?;
    if chat.deleted_at.is_some() {
        return Err(Refusal::CHANNEL_PRIVATE.into());
    }
    let member = rows::member(tx, channel_id, viewer).await?;
    let role = member.as_ref().map_or(Role::Stranger, Role::of);
    Ok(Found { chat, member, role })
}

/// The id in a name whose hash is right.
fn id(services: &Services, viewer: i64, named: NamedPeer) -> Result<i64, Refusal> {
    match super::peer(services, viewer, named) {
        Ok(Peer::Channel(channel_id)) => Ok(channel_id),
        _ => Err(Refusal::CHANNEL_INVALID),
    }
}

/// The number that a transaction about this channel is queued under.
fn queue(named: NamedPeer) -> i64 {
    match named {
        NamedPeer::Channel { channel_id, .. } => Peer::Channel(channel_id.max(1)).number(),
        _ => 0,
    }
}

/// The outcome of a call that acted before its answer was lost: its message bears the call's number.
async fn acted(services: &Services, tx: &mut Tx, caller: Caller) -> Result<Option<Outcome>, Error> {
    let acted = calls::find(tx, caller.user_id, caller.call_id).await?;
    let Some(channel) = acted.and_then(|acted| acted.peer_id) else {
        return Ok(None);
    };
    let message = messages::by_random_id(tx, channel, caller.call_id).await?;
    let message = message.filter(|message| message.twin_id == caller.user_id && !leaves(message));
    let told = match message {
        Some(message) => {
            let pts = updates::pts_of_message(tx, channel, message.message_id).await?;
            Some((message, pts))
        }
        None => None,
    };
    let outcome = outcome(services, tx, (caller.user_id, channel), told).await?;
    Ok(Some(outcome))
}

/// The message tells that its writer went, which only those who stay are told.
fn leaves(message: &MessageRow) -> bool {
    Action::of(message) == Some(Action::ChatDeleteUser) && message.action_users == [message.twin_id]
}

/// Writes a service message, tells everybody, commits, and says what the caller sees of it.
async fn announce(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    draft: Draft,
) -> Result<Outcome, Error> {
    let draft = by_call(caller, draft);
    let delivered = deliver(services, &mut tx, &draft).await?;
    let told = Some((delivered.message, delivered.pts));
    finish(services, tx, (caller, draft.channel), told, &delivered.wake).await
}

/// A service message of this call.
fn by_call(caller: Caller, draft: Draft) -> Draft {
    Draft {
        random_id: Some(caller.call_id),
        origin: caller.session_id,
        ..draft
    }
}

/// Notes that the call has acted, commits, and says what the caller sees of it.
async fn finish(
    services: &Services,
    mut tx: Tx,
    (caller, channel): (Caller, i64),
    told: Option<(MessageRow, i64)>,
    wake: &[i64],
) -> Result<Outcome, Error> {
    let acted = ActedRow {
        peer_id: Some(channel),
        ..ActedRow::default()
    };
    let now = services.clock.unix_seconds();
    calls::put(&mut tx, caller.user_id, caller.call_id, &acted, now).await?;
    let outcome = outcome(services, &mut tx, (caller.user_id, channel), told).await?;
    services.commit(tx, wake).await?;
    Ok(outcome)
}

async fn outcome(
    services: &Services,
    tx: &mut Tx,
    (viewer, channel): (i64, i64),
    told: Option<(MessageRow, i64)>,
) -> Result<Outcome, Error> {
    let rows: Vec<&MessageRow> = told.iter().map(|(row, _)| row).collect();
    let bundle = Bundle::of(services, tx, viewer, &rows, &[channel]).await?;
    let (Peer::Channel(channel_id) | Peer::Group(channel_id) | Peer::User(channel_id)) =
        Peer::of(channel);
    Ok(Outcome {
        channel_id,
        told,
        bundle,
        date: services.clock.unix_seconds(),
    })
}
