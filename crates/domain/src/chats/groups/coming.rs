//! Who comes into a group and who goes: `messages.addChatUser`, `messages.deleteChatUser`, and the end of
//! an account.

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        contacts,
    },
};

use super::{
    Inside, MEMBERS_MAX, Outcome, acted, announce, begin, boxes, delivery::Draft, ids,
    list_changed, making::Added, outcome, participants, present,
};
use crate::{
    Error, Refusal, Services,
    chats::{
        ChatKind, Role,
        willing::{full_of_groups, unwilling},
    },
    messages::{self, Action, Doer},
    peers::{self, Named},
    photos::Caller,
    updates::{self, Entry},
};

/// Who is to come into which group.
#[derive(Clone, Copy, Debug)]
pub struct Adding {
    /// The group.
    pub chat_id: i64,
    /// The newcomer; somebody who left may come back alone.
    pub user: Named,
    /// The caller's layer can be told who could not be added.
    pub tells_missing: bool,
}

/// Brings somebody into a group. Every member may.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. USER_ID_INVALID, INPUT_USER_DEACTIVATED: the newcomer.
/// USER_ALREADY_PARTICIPANT. USERS_TOO_MUCH: the group is full. USER_NOT_MUTUAL_CONTACT: somebody who
/// left comes back alone, or with a mutual contact. CHAT_ADMIN_REQUIRED: somebody who was removed comes
/// back with an administrator. USER_PRIVACY_RESTRICTED: who cannot be added, if the caller cannot be
/// told otherwise. CHANNELS_TOO_MUCH: the caller comes back and is in as many groups as it may be.
///
/// Chosen: newcomers see nothing of what was written before, `fwd_limit` is not read.
pub async fn add_user(services: &Services, caller: Caller, adding: Adding) -> Result<Added, Error> {
    let Adding { chat_id, user, .. } = adding;
    let newcomer = peers::known(services, caller.user_id, user)?;
    let mut tx = begin(services, chat_id, &[newcomer]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(only(outcome));
    }
    let returns = newcomer == caller.user_id;
    let newcomer = peers::resolve(services, &mut tx, caller.user_id, user).await?;
    if newcomer.deleted_at.is_some() {
        return Err(Refusal::INPUT_USER_DEACTIVATED.into());
    }
    let newcomer = newcomer.user_id;
    let inside = if returns {
        returning(&mut tx, caller.user_id, chat_id).await?
    } else {
        Inside::of(&mut tx, caller.user_id, chat_id).await?
    };
    if inside.has(newcomer).is_some() {
        return Err(Refusal::USER_ALREADY_PARTICIPANT.into());
    }
    if inside.members.len() >= MEMBERS_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    let full = full_of_groups(&mut tx, &[newcomer]).await?;
    if returns && !full.is_empty() {
        return Err(Refusal::CHANNELS_TOO_MUCH.into());
    }
    if !returns {
        may_bring(&mut tx, &inside, newcomer).await?;
        let mut missing = unwilling(&mut tx, caller.user_id, &[newcomer]).await?;
        missing.extend(full);
        missing.dedup();
        if !missing.is_empty() && !adding.tells_missing {
            return Err(Refusal::USER_PRIVACY_RESTRICTED.into());
        }
        if !missing.is_empty() {
            let outcome = None;
            return Ok(Added { outcome, missing });
        }
    }
    put(services, &mut tx, &inside.chat, caller.user_id, newcomer).await?;
    let mut members = inside.user_ids();
    members.push(newcomer);
    let draft = Draft {
        action_users: vec![newcomer],
        ..Draft::telling(services, chat_id, caller.user_id, Action::ChatAddUser)
    };
    let sent = announce(services, &mut tx, caller, &members, draft).await?;
    list_changed(services, &mut tx, caller, chat_id, &members).await?;
    let list = participants(&mut tx, caller.user_id, chat_id).await?;
    let outcome = outcome(services, &mut tx, caller, sent, Some(list)).await?;
    services.commit(tx, &members).await?;
    Ok(only(outcome))
}

fn only(outcome: Outcome) -> Added {
    Added {
        outcome: Some(outcome),
        missing: Vec::new(),
    }
}

/// The group to which somebody who left wants to return.
async fn returning(tx: &mut Tx, user_id: i64, chat_id: i64) -> Result<Inside, Error> {
    if let Ok(inside) = Inside::of(tx, user_id, chat_id).await {
        return Ok(inside);
    }
    let chat = rows::by_id(tx, chat_id).await?;
    let chat =
        chat.filter(|chat| ChatKind::of(chat) == ChatKind::Group && chat.deleted_at.is_none());
    let caller = rows::member(tx, chat_id, user_id).await?;
    let caller = caller.filter(|row| Role::of(row) == Role::Left);
    let (Some(chat), Some(caller)) = (chat, caller) else {
        return Err(Refusal::CHAT_ID_INVALID.into());
    };
    let members = present(tx, chat_id).await?;
    Ok(Inside {
        chat,
        caller,
        members,
    })
}

/// Whether the caller may bring back somebody who was in the group before.
async fn may_bring(tx: &mut Tx, inside: &Inside, newcomer: i64) -> Result<(), Error> {
    let caller_id = inside.caller.user_id;
    let was = rows::member(tx, inside.chat.chat_id, newcomer).await?;
    match was.as_ref().map(Role::of) {
        Some(Role::Kicked) if !inside.role().is_admin() => Err(Refusal::CHAT_ADMIN_REQUIRED.into()),
        Some(Role::Left) => {
            let knows = contacts::find(tx, caller_id, newcomer).await?.is_some();
            let known = contacts::find(tx, newcomer, caller_id).await?.is_some();
            if knows && known {
                Ok(())
            } else {
                Err(Refusal::USER_NOT_MUTUAL_CONTACT.into())
            }
        }
        _ => Ok(()),
    }
}

async fn put(
    services: &Services,
    tx: &mut Tx,
    chat: &ChatRow,
    invited_by: i64,
    user_id: i64,
) -> Result<(), Error> {
    let role = if chat.creator_id == user_id {
        Role::Creator
    } else {
        Role::Member
    };
    let row = MemberRow {
        chat_id: chat.chat_id,
        user_id,
        role: role.code().to_owned(),
        invited_by,
        joined_at: services.clock.unix_seconds(),
    };
    Ok(rows::put_member(tx, &row).await?)
}

/// Who is to go from which group.
#[derive(Clone, Copy, Debug)]
pub struct Removing {
    /// The group.
    pub chat_id: i64,
    /// Whoever is to go; the caller leaves.
    pub user: Named,
    /// What they wrote is to go for everybody, too: as far as it stands among the newest of the box.
    pub revoke_history: bool,
}

/// Removes somebody from a group, or leaves it. The message about it is the last that they get.
///
/// # Errors
/// PEER_ID_INVALID, CHAT_ID_INVALID: the group. USER_ID_INVALID, USER_NOT_PARTICIPANT: nobody there.
/// CHAT_ADMIN_REQUIRED: only the creator removes everybody, administrators remove members, and whoever
/// brought a member in may remove it.
///
/// Source: official page on rights in basic groups. Chosen: the creator may leave, the group goes on.
pub async fn delete_user(
    services: &Services,
    caller: Caller,
    removing: Removing,
) -> Result<Outcome, Error> {
    let Removing { chat_id, user, .. } = removing;
    let gone = peers::known(services, caller.user_id, user)?;
    let mut tx = begin(services, chat_id, &[]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        drop(tx);
        if removing.revoke_history {
            revoke_rest(services, caller, chat_id, gone).await?;
        }
        return Ok(outcome);
    }
    let inside = Inside::of(&mut tx, caller.user_id, chat_id).await?;
    let row = inside.has(gone).ok_or(Refusal::USER_NOT_PARTICIPANT)?;
    may_remove(&inside, row)?;
    let everybody = inside.user_ids();
    let mut wake = everybody.clone();
    let mut entries = Vec::new();
    if removing.revoke_history {
        let place = (caller.user_id, inside.peer_id());
        let (entry, changed) = revoke(services, &mut tx, caller, place, gone).await?;
        entries.extend(entry);
        // Who left before has copies, too.
        wake.extend(changed);
        wake.sort_unstable();
        wake.dedup();
    }
    let draft = Draft {
        action_users: vec![gone],
        ..Draft::telling(services, chat_id, caller.user_id, Action::ChatDeleteUser)
    };
    let sent = announce(services, &mut tx, caller, &everybody, draft).await?;
    let role = if gone == caller.user_id {
        Role::Left
    } else {
        Role::Kicked
    };
    let role = role.code().to_owned();
    let row = MemberRow {
        role,
        ..row.clone()
    };
    rows::put_member(&mut tx, &row).await?;
    list_changed(services, &mut tx, caller, chat_id, &everybody).await?;
    let list = participants(&mut tx, caller.user_id, chat_id).await?;
    let mut outcome = outcome(services, &mut tx, caller, sent, Some(list)).await?;
    entries.append(&mut outcome.entries);
    services.commit(tx, &wake).await?;
    if removing.revoke_history {
        revoke_rest(services, caller, chat_id, gone).await?;
    }
    Ok(Outcome { entries, ..outcome })
}

/// Goes on where a removal took what fits into one transaction. No answer tells of this, so every session
/// of the caller learns it like any other.
async fn revoke_rest(
    services: &Services,
    caller: Caller,
    chat_id: i64,
    writer: i64,
) -> Result<(), Error> {
    let nowhere = Caller {
        session_id: 0,
        ..caller
    };
    loop {
        let mut tx = begin(services, chat_id, &[caller.user_id, writer]).await?;
        let place = (caller.user_id, -chat_id);
        let (entry, changed) = revoke(services, &mut tx, nowhere, place, writer).await?;
        if changed.is_empty() {
            return Ok(());
        }
        drop(entry);
        services.commit(tx, &changed).await?;
    }
}

fn may_remove(inside: &Inside, row: &MemberRow) -> Result<(), Refusal> {
    let itself = row.user_id == inside.caller.user_id;
    let brought = row.invited_by == inside.caller.user_id;
    let may = match (inside.role(), Role::of(row)) {
        _ if itself => true,
        (Role::Creator, _) => true,
        (Role::Admin, Role::Member) => true,
        (Role::Member, Role::Member) => brought,
        _ => false,
    };
    if may {
        Ok(())
    } else {
        Err(Refusal::CHAT_ADMIN_REQUIRED)
    }
}

/// Takes what somebody wrote last out of all boxes; says what left the caller's, and whose boxes changed.
async fn revoke(
    services: &Services,
    tx: &mut Tx,
    caller: Caller,
    (owner_id, peer_id): (i64, i64),
    writer: i64,
) -> Result<(Option<Entry>, Vec<i64>), Error> {
    // Either of them may have cleared the own box.
    let places = ([owner_id, writer], peer_id);
    let written = boxes::written_by(tx, places, writer).await?;
    let all = boxes::copies_of(tx, &written).await?;
    let own = all.get(&caller.user_id).into_iter().flatten();
    let message_ids: Vec<i64> = own.map(|row| row.message_id).collect();
    let doer = Doer {
        user_id: caller.user_id,
        origin: caller.session_id,
    };
    let now = services.clock.unix_seconds();
    let moved = messages::take_out_of_all(tx, doer, &all, now).await?;
    let entry = (!message_ids.is_empty()).then_some(Entry::Deleted {
        message_ids,
        pts: moved.pts,
        pts_count: moved.pts_count,
    });
    Ok((entry, all.into_keys().collect()))
}

/// An account that ends leaves its groups and channels, without a message; returns whom to wake.
///
/// Chosen: a deleted account cannot read, so it is no member any more; what it wrote stays.
pub(crate) async fn forget_user(
    services: &Services,
    tx: &mut Tx,
    user_id: i64,
) -> Result<Vec<i64>, Error> {
    let mut told = Vec::new();
    for chat_id in rows::leave_all(tx, user_id).await? {
        rows::next_version(tx, chat_id).await?;
        let members = ids(&present(tx, chat_id).await?);
        updates::members_changed(services, tx, &members, -chat_id, (user_id, 0)).await?;
        told.extend(members);
    }
    told.sort_unstable();
    told.dedup();
    Ok(told)
}
