//! Basic groups: making and changing them, who comes and goes, and the copies of their messages.
//!
//! Every present member has a copy of each message in the own box; all copies share one `shared_id`.
//! Who may do what is decided with the rows that the transaction sees.

mod boxes;
mod coming;
mod delivery;
mod editing;
mod making;
mod reading;
mod seeing;

pub use boxes::listeners;
pub(crate) use boxes::{copies, send};
pub(crate) use coming::forget_user;
pub use coming::{Adding, Removing, add_user, delete_user};
pub use editing::{delete, edit_about, edit_admin, edit_photo, edit_title};
pub use making::{Added, Creation, create};
pub(crate) use reading::tell_writers;
pub(crate) use seeing::participants;
pub use seeing::{FullGroup, Participants, full, groups};

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        messages::{self, MessageRow},
    },
};

use self::delivery::Draft;
use super::{ChatKind, Role};
use crate::{
    Error, Peer, Refusal, Services,
    messages::Bundle,
    photos::Caller,
    updates::{self, Entry},
};

/// People in one group, its creator among them. Source: config `chat_size_max`.
pub const MEMBERS_MAX: usize = 200;

/// What the answer to a change tells the caller.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// In the order in which clients read them.
    pub entries: Vec<Entry>,
    /// Whom and what they name.
    pub bundle: Bundle,
    /// Unix seconds.
    pub date: i64,
}

/// A group as one transaction sees it, with somebody who is in it.
struct Inside {
    chat: ChatRow,
    /// The caller's own row.
    caller: MemberRow,
    /// Everybody who is in it, by user id.
    members: Vec<MemberRow>,
}

impl Inside {
    /// The group that `caller_id` is in.
    ///
    /// # Errors
    /// PEER_ID_INVALID: not the id of a group. CHAT_ID_INVALID: no group, or one that the caller is not
    /// in, which must not be told apart.
    async fn of(tx: &mut Tx, caller_id: i64, chat_id: i64) -> Result<Self, Error> {
        checked(chat_id)?;
        let found = super::joined(tx, caller_id, chat_id).await?;
        let found = found.filter(|(chat, _)| ChatKind::of(chat) == ChatKind::Group);
        let (chat, caller) = found.ok_or(Refusal::CHAT_ID_INVALID)?;
        let members = present(tx, chat_id).await?;
        Ok(Self {
            chat,
            caller,
            members,
        })
    }

    fn role(&self) -> Role {
        Role::of(&self.caller)
    }

    fn peer_id(&self) -> i64 {
        -self.chat.chat_id
    }

    fn user_ids(&self) -> Vec<i64> {
        ids(&self.members)
    }

    fn has(&self, user_id: i64) -> Option<&MemberRow> {
        self.members.iter().find(|row| row.user_id == user_id)
    }
}

/// Whether a group can have this id at all.
pub(super) fn can_be(chat_id: i64) -> bool {
    chat_id > 0 && Peer::of(-chat_id) == Peer::Group(chat_id)
}

fn checked(chat_id: i64) -> Result<(), Refusal> {
    if can_be(chat_id) {
        Ok(())
    } else {
        Err(Refusal::PEER_ID_INVALID)
    }
}

fn ids(members: &[MemberRow]) -> Vec<i64> {
    members.iter().map(|row| row.user_id).collect()
}

/// Everybody who is in a group, by user id.
async fn present(tx: &mut Tx, chat_id: i64) -> Result<Vec<MemberRow>, Error> {
    let limit = i64::try_from(MEMBERS_MAX).unwrap_or(i64::MAX);
    Ok(rows::present(tx, chat_id, 0, limit).await?)
}

/// Begins a change of a group and waits for others that write to the same boxes. `more`: boxes of people
/// who come by this change.
///
/// # Errors
/// PEER_ID_INVALID: not the id of a group.
pub(crate) async fn begin(services: &Services, chat_id: i64, more: &[i64]) -> Result<Tx, Error> {
    checked(chat_id)?;
    let mut tx = services.store.read().await?;
    let mut owners = ids(&present(&mut tx, chat_id).await?);
    drop(tx);
    owners.push(-chat_id);
    owners.extend(more);
    owners.sort_unstable();
    owners.dedup();
    Ok(services.store.begin_for(&owners).await?)
}

/// The outcome of a call that acted before its answer was lost: its message bears the call's number.
async fn acted(services: &Services, tx: &mut Tx, caller: Caller) -> Result<Option<Outcome>, Error> {
    let found = messages::by_random_id(tx, caller.user_id, caller.call_id).await?;
    let Some(message) = found else {
        return Ok(None);
    };
    let pts = updates::pts_of_message(tx, caller.user_id, message.message_id).await?;
    Ok(Some(
        outcome(services, tx, caller, (message, pts), None).await?,
    ))
}

/// Writes a service message of the caller into the boxes of `owners` and says what the caller is told.
async fn announce(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    owners: &[i64],
    draft: Draft,
) -> Result<(MessageRow, i64), Error> {
    let draft = Draft {
        random_id: Some(caller.call_id),
        origin: caller.session_id,
        ..draft
    };
    delivery::deliver(services, tx, owners, &draft).await
}

/// What the caller is told: its copy of the message, and the list of members if that changed.
async fn outcome(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    (message, pts): (MessageRow, i64),
    list: Option<Participants>,
) -> Result<Outcome, Error> {
    let more = list.as_ref().map(Participants::names).unwrap_or_default();
    let bundle = Bundle::of(services, tx, caller.user_id, &[&message], &more).await?;
    let mut entries: Vec<Entry> = list.into_iter().map(Entry::Participants).collect();
    entries.push(Entry::Message { message, pts });
    Ok(Outcome {
        entries,
        bundle,
        date: services.clock.unix_seconds(),
    })
}

/// Counts a change of the list of members and journals it for `told`.
async fn list_changed(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    chat_id: i64,
    told: &[i64],
) -> Result<(), Error> {
    rows::next_version(tx, chat_id).await?;
    let by = (caller.user_id, caller.session_id);
    updates::members_changed(services, tx, told, -chat_id, by).await
}
