//! `messages.createChat`: a new group and the first people in it.

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        counters,
        users::UserRow,
    },
};

use super::{MEMBERS_MAX, Outcome, acted, announce, delivery::Draft, outcome, participants};
use crate::{
    Error, Refusal, Services,
    chats::{
        self, ChatKind, Role,
        willing::{full_of_groups, unwilling},
    },
    messages::Action,
    peers::{self, Named},
    photos::Caller,
    updates,
};

/// The counter from which groups and channels take their ids.
const CHAT_IDS: &str = "chat_id";

/// What a new group is to be.
#[derive(Clone, Debug)]
pub struct Creation {
    /// Its name.
    pub title: String,
    /// Who is to be in it besides the caller.
    pub users: Vec<Named>,
    /// The caller's layer can be told who could not be added.
    pub tells_missing: bool,
}

/// A change that brings people into a group.
#[derive(Clone, Debug)]
pub struct Added {
    /// What happened; `None`: nobody could be added, so nothing did.
    pub outcome: Option<Outcome>,
    /// Who could not be added, because of a block or their privacy.
    pub missing: Vec<i64>,
}

/// Makes a group of the caller and those of the named who can be added.
///
/// # Errors
/// CHAT_TITLE_EMPTY. USERS_TOO_FEW: nobody is named, or nobody can be added and the caller could not be
/// told. USERS_TOO_MUCH: more than fit into a group. CHANNELS_TOO_MUCH: the caller is in as many groups
/// as it may be; others who are, are missing. USER_ID_INVALID, INPUT_USER_DEACTIVATED.
///
/// Source: official method page. Chosen: where the caller can be told who is missing, a group of the
/// caller alone is made, as the official server does.
pub async fn create(
    services: &Services,
    caller: Caller,
    creation: Creation,
) -> Result<Added, Error> {
    let title = chats::title(&creation.title)?;
    let mut tx = services.store.read().await?;
    let named = resolved(services, &mut tx, caller.user_id, &creation.users).await?;
    drop(tx);
    let mut owners = named.clone();
    owners.push(caller.user_id);
    owners.sort_unstable();
    let mut tx = services.store.begin_for(&owners).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        let outcome = Some(outcome);
        let missing = unwilling(&mut tx, caller.user_id, &named).await?;
        return Ok(Added { outcome, missing });
    }
    let full = full_of_groups(&mut tx, &owners).await?;
    if full.contains(&caller.user_id) {
        return Err(Refusal::CHANNELS_TOO_MUCH.into());
    }
    let mut missing = unwilling(&mut tx, caller.user_id, &named).await?;
    missing.extend(full);
    missing.sort_unstable();
    missing.dedup();
    let added: Vec<i64> = named
        .into_iter()
        .filter(|id| !missing.contains(id))
        .collect();
    if added.is_empty() && !creation.tells_missing {
        return Err(Refusal::USERS_TOO_FEW.into());
    }
    let chat_id = put_group(services, &mut tx, caller.user_id, &title, &added).await?;
    let mut members = vec![caller.user_id];
    members.extend(&added);
    let draft = Draft {
        text: title,
        action_users: members.clone(),
        ..Draft::telling(services, chat_id, caller.user_id, Action::ChatCreate)
    };
    let sent = announce(services, &mut tx, caller, &members, draft).await?;
    let by = (caller.user_id, caller.session_id);
    updates::members_changed(services, &mut tx, &members, -chat_id, by).await?;
    let list = participants(&mut tx, caller.user_id, chat_id).await?;
    let outcome = outcome(services, &mut tx, caller, sent, Some(list)).await?;
    services.commit(tx, &members).await?;
    Ok(Added {
        outcome: Some(outcome),
        missing,
    })
}

/// The people that a client names, each once, the caller left out.
async fn resolved(
    services: &Services,
    tx: &mut Tx,
    caller_id: i64,
    users: &[Named],
) -> Result<Vec<i64>, Error> {
    if users.len() > MEMBERS_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    let mut ids = Vec::with_capacity(users.len());
    for named in users {
        let user: UserRow = peers::resolve(services, tx, caller_id, *named).await?;
        if user.deleted_at.is_some() {
            return Err(Refusal::INPUT_USER_DEACTIVATED.into());
        }
        if user.user_id != caller_id && !ids.contains(&user.user_id) {
            ids.push(user.user_id);
        }
    }
    if ids.is_empty() {
        return Err(Refusal::USERS_TOO_FEW.into());
    }
    if ids.len() >= MEMBERS_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    Ok(ids)
}

async fn put_group(
    services: &Services,
    tx: &mut Tx,
    creator_id: i64,
    title: &str,
    added: &[i64],
) -> Result<i64, Error> {
    let chat_id = counters::next(tx, CHAT_IDS).await?;
    let now = services.clock.unix_seconds();
    let row = ChatRow {
        chat_id,
        kind: ChatKind::Group.code().to_owned(),
        creator_id,
        title: title.to_owned(),
        version: 1,
        created_at: now,
        ..ChatRow::default()
    };
    rows::insert(tx, &row).await?;
    for user_id in std::iter::once(creator_id).chain(added.iter().copied()) {
        let role = if user_id == creator_id {
            Role::Creator
        } else {
            Role::Member
        };
        let member = MemberRow {
            chat_id,
            user_id,
            role: role.code().to_owned(),
            invited_by: creator_id,
            joined_at: now,
        };
        rows::put_member(tx, &member).await?;
    }
    Ok(chat_id)
}
