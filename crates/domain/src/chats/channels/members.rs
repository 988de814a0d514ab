//! Coming into a channel, going, being sent away, and becoming an administrator.

use store::{
    Tx,
    rows::{
        channels as bulk,
        chats::{self as rows, MemberRow},
        contacts, dialogs,
        dialogs::DialogRow,
    },
};

use super::{
    Found, MEMBERS_MAX, NamedPeer, Outcome, Role, TOLD_MEMBERS_MAX, acted, by_call,
    creating::top,
    delivery::{Draft, deliver},
    find, finish, queue,
};
use crate::{
    Error, Refusal, Services,
    chats::willing::{full_of_channels, unwilling},
    messages::{Action, pts},
    peers::{self, Named},
    photos::Caller,
    updates,
};

/// Users that one call may invite. Source: clients send at most 200.
const INVITED_MAX: usize = 200;

/// What `channels.editBanned` is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Banned {
    /// `view_messages`: sent away and kept out.
    Away,
    /// No right is taken: may come again.
    No,
    /// Some other right is taken, or for a time: not built.
    Partly,
}

/// What an invitation did.
#[derive(Clone, Debug)]
pub struct Invited {
    /// To the channel.
    pub outcome: Outcome,
    /// Who could not be brought in.
    pub missing: Vec<i64>,
}

/// # Errors
/// CHANNELS_TOO_MUCH: the account is in as many channels as it may be.
pub(super) async fn room_for_one_more(tx: &mut Tx, user_id: i64) -> Result<(), Error> {
    if full_of_channels(tx, &[user_id]).await?.is_empty() {
        Ok(())
    } else {
        Err(Refusal::CHANNELS_TOO_MUCH.into())
    }
}

/// Whether so few are in a channel that all of them are told of one who comes or goes alone.
async fn is_told(tx: &mut Tx, found: &Found) -> Result<bool, Error> {
    let counts = rows::counts(tx, &[found.chat.chat_id]).await?;
    Ok(counts.iter().all(|(_, count)| *count <= TOLD_MEMBERS_MAX))
}

/// `channels.inviteToChannel`: brings users in. Whoever is there already is passed over; whoever
/// does not want it, was sent away by an administrator while the caller is none, left alone and is no
/// mutual contact of the caller, or is in too many channels, is missing.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN. CHAT_ADMIN_REQUIRED: only administrators invite
/// to a broadcast. USERS_TOO_MUCH: more than two hundred, or more than the channel holds.
/// USER_ID_INVALID, INPUT_USER_DEACTIVATED: one of them.
pub async fn invite(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
    users: &[Named],
) -> Result<Invited, Error> {
    if users.len() > INVITED_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return again(services, tx, caller, (outcome, users)).await;
    }
    let mut found = find(services, &mut tx, caller.user_id, named).await?;
    if !found.role.is_present() {
        return Err(Refusal::CHAT_WRITE_FORBIDDEN.into());
    }
    if found.is_broadcast() {
        found = found.administered()?;
    }
    let user_ids = resolved(services, &mut tx, caller.user_id, users).await?;
    let (added, missing) = sorted(&mut tx, &found, caller.user_id, &user_ids).await?;
    let count = bulk::present_ids(&mut tx, found.chat.chat_id).await?.len();
    if (count + added.len()) as i64 > MEMBERS_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    for user_id in &added {
        enter(services, &mut tx, &found, (*user_id, caller.user_id)).await?;
    }
    let outcome = entered(services, tx, caller, &found, &added).await?;
    Ok(Invited { outcome, missing })
}

/// What an invitation that acted before is answered with: whoever is not there is missing.
async fn again(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    (outcome, users): (Outcome, &[Named]),
) -> Result<Invited, Error> {
    let user_ids = resolved(services, &mut tx, caller.user_id, users).await?;
    let known = rows::members_among(&mut tx, outcome.channel_id, &user_ids).await?;
    let is_there = |user_id: &i64| {
        let row = known.iter().find(|row| row.user_id == *user_id);
        row.is_some_and(|row| Role::of(row).is_present())
    };
    let missing = user_ids.into_iter().filter(|id| !is_there(id)).collect();
    Ok(Invited { outcome, missing })
}

/// The users that a client names, each once.
async fn resolved(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    users: &[Named],
) -> Result<Vec<i64>, Error> {
    let mut user_ids = Vec::new();
    for named in users {
        let user = peers::resolve(services, tx, viewer, *named).await?;
        if user.deleted_at.is_some() {
            return Err(Refusal::INPUT_USER_DEACTIVATED.into());
        }
        if !user_ids.contains(&user.user_id) {
            user_ids.push(user.user_id);
        }
    }
    Ok(user_ids)
}

/// Of the users who are not there: who can be brought in, and who cannot.
async fn sorted(
    tx: &mut Tx,
    found: &Found,
    inviter: i64,
    user_ids: &[i64],
) -> Result<(Vec<i64>, Vec<i64>), Error> {
    let known = rows::members_among(tx, found.chat.chat_id, user_ids).await?;
    let unwilling = unwilling(tx, inviter, user_ids).await?;
    let full = full_of_channels(tx, user_ids).await?;
    let mutual = mutual(tx, inviter, user_ids).await?;
    let (mut added, mut missing) = (Vec::new(), Vec::new());
    for user_id in user_ids {
        let row = known.iter().find(|row| row.user_id == *user_id);
        let role = row.map_or(Role::Stranger, Role::of);
        if role.is_present() {
            continue;
        }
        let kept_out = role == Role::Kicked && !found.role.is_admin();
        let left = role == Role::Left && row.is_some_and(|row| row.invited_by == *user_id);
        let stays_out = left && !mutual.contains(user_id);
        if kept_out || stays_out || full.contains(user_id) || unwilling.contains(user_id) {
            missing.push(*user_id);
        } else {
            added.push(*user_id);
        }
    }
    Ok((added, missing))
}

/// Those of these users who have `user_id` among their contacts and are among its own.
async fn mutual(tx: &mut Tx, user_id: i64, others: &[i64]) -> Result<Vec<i64>, Error> {
    let own = contacts::among(tx, user_id, others).await?;
    let own: Vec<i64> = own.iter().map(|row| row.contact_id).collect();
    let savers = contacts::savers_among(tx, user_id, &own).await?;
    Ok(savers.iter().map(|(owner_id, _)| *owner_id).collect())
}

/// `channels.joinChannel`: the caller comes into a public channel. One who is there already changes
/// nothing.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHANNELS_TOO_MUCH. USERS_TOO_MUCH: the channel is full.
pub async fn join(services: &Services, caller: Caller, named: NamedPeer) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    if found.role.is_present() {
        return finish(services, tx, (caller, found.number()), None, &[]).await;
    }
    room_for_one_more(&mut tx, caller.user_id).await?;
    if bulk::present_ids(&mut tx, found.chat.chat_id).await?.len() as i64 >= MEMBERS_MAX {
        return Err(Refusal::USERS_TOO_MUCH.into());
    }
    enter(services, &mut tx, &found, (caller.user_id, caller.user_id)).await?;
    entered(services, tx, caller, &found, &[caller.user_id]).await
}

/// Makes somebody a member who has read what is there.
async fn enter(
    services: &Services,
    tx: &mut Tx,
    found: &Found,
    (user_id, invited_by): (i64, i64),
) -> Result<(), Error> {
    let member = MemberRow {
        chat_id: found.chat.chat_id,
        user_id,
        role: Role::Member.code().to_owned(),
        invited_by,
        joined_at: services.clock.unix_seconds(),
    };
    rows::put_member(tx, &member).await?;
    let stands = pts(tx, found.number()).await?;
    bulk::set_joined_pts(tx, found.chat.chat_id, user_id, stands).await?;
    let top = top(tx, found.number()).await?;
    let dialog = DialogRow {
        owner_id: user_id,
        peer_id: top.channel,
        top_message_id: top.message_id,
        top_sent_at: top.sent_at,
        unread_count: 0,
        read_inbox_max_id: top.message_id,
        read_outbox_max_id: 0,
    };
    Ok(dialogs::put(tx, &dialog).await?)
}

/// Tells of new members: them that they are in, and in a supergroup everybody who came.
async fn entered(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    found: &Found,
    added: &[i64],
) -> Result<Outcome, Error> {
    let channel = found.number();
    let by = (caller.user_id, caller.session_id);
    updates::channel_changed(services, &mut tx, channel, added, by).await?;
    let alone = added == [caller.user_id];
    let quiet = found.is_broadcast() || added.is_empty();
    if quiet || (alone && !is_told(&mut tx, found).await?) {
        return finish(services, tx, (caller, channel), None, added).await;
    }
    let draft = Draft {
        action: Some(Action::ChatAddUser),
        action_users: added.to_vec(),
        ..found.draft(services, caller.user_id)
    };
    super::announce(services, tx, caller, draft).await
}

/// `channels.leaveChannel`.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. USER_NOT_PARTICIPANT: the caller is not in it. USER_CREATOR: the
/// caller made it and would have to delete it.
pub async fn leave(
    services: &Services,
    caller: Caller,
    named: NamedPeer,
) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    match found.role {
        Role::Creator => return Err(Refusal::USER_CREATOR.into()),
        role if !role.is_present() => return Err(Refusal::USER_NOT_PARTICIPANT.into()),
        _ => {}
    }
    let Some(member) = found.member.clone() else {
        return Err(Refusal::USER_NOT_PARTICIPANT.into());
    };
    // Who left alone comes back with whom it knows.
    let member = MemberRow {
        invited_by: caller.user_id,
        ..member
    };
    gone(services, tx, caller, &found, (member, Role::Left)).await
}

/// Takes somebody out of the list, tells them, and in a supergroup everybody who stays.
async fn gone(
    services: &Services,
    mut tx: Tx,
    caller: Caller,
    found: &Found,
    (member, role): (MemberRow, Role),
) -> Result<Outcome, Error> {
    let (channel, user_id) = (found.number(), member.user_id);
    let was = Role::of(&member);
    let row = MemberRow {
        role: role.code().to_owned(),
        ..member
    };
    let alone = user_id == caller.user_id;
    let told_of =
        was.is_present() && !found.is_broadcast() && (!alone || is_told(&mut tx, found).await?);
    rows::put_member(&mut tx, &row).await?;
    if was == Role::Stranger {
        // Must not learn by this that the channel exists.
        return finish(services, tx, (caller, channel), None, &[]).await;
    }
    dialogs::delete(&mut tx, user_id, channel).await?;
    let by = (caller.user_id, caller.session_id);
    updates::channel_changed(services, &mut tx, channel, &[user_id], by).await?;
    let mut wake = vec![user_id];
    let mut told = None;
    if told_of {
        let draft = Draft {
            action: Some(Action::ChatDeleteUser),
            action_users: vec![user_id],
            ..found.draft(services, caller.user_id)
        };
        let delivered = deliver(services, &mut tx, &by_call(caller, draft)).await?;
        wake.extend(delivered.wake);
        // Whoever left does not see what comes after.
        told = (!alone).then_some((delivered.message, delivered.pts));
    }
    finish(services, tx, (caller, channel), told, &wake).await
}

/// `channels.editAdmin`: makes a member an administrator, or takes that away. An administrator may do
/// everything but this (docs/decisions/0131).
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. CHAT_ADMIN_REQUIRED: the caller did not make the channel.
/// USER_ID_INVALID: nobody, or the caller. USER_NOT_PARTICIPANT: not a member.
pub async fn edit_admin(
    services: &Services,
    caller: Caller,
    (named, user): (NamedPeer, Named),
    admin: bool,
) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    if found.role != Role::Creator {
        return Err(Refusal::CHAT_ADMIN_REQUIRED.into());
    }
    let user = peers::resolve(services, &mut tx, caller.user_id, user).await?;
    if user.user_id == caller.user_id {
        return Err(Refusal::USER_ID_INVALID.into());
    }
    let member = rows::member(&mut tx, found.chat.chat_id, user.user_id).await?;
    let member = member
        .filter(|row| Role::of(row).is_present())
        .ok_or(Refusal::USER_NOT_PARTICIPANT)?;
    let role = if admin { Role::Admin } else { Role::Member };
    let row = MemberRow {
        role: role.code().to_owned(),
        ..member
    };
    rows::put_member(&mut tx, &row).await?;
    let (channel, told) = (found.number(), [user.user_id]);
    let by = (caller.user_id, caller.session_id);
    updates::channel_changed(services, &mut tx, channel, &told, by).await?;
    finish(services, tx, (caller, channel), None, &told).await
}

/// `channels.editBanned`: sends somebody away, or lets them come again.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED. USER_ID_INVALID: nobody.
/// USER_ADMIN_INVALID: the creator, or an administrator whom only the creator may send away.
/// NOT_IMPLEMENTED: a restriction that leaves them in.
pub async fn edit_banned(
    services: &Services,
    caller: Caller,
    (named, user): (NamedPeer, Named),
    banned: Banned,
) -> Result<Outcome, Error> {
    let mut tx = services.store.begin_for(&[queue(named)]).await?;
    if let Some(outcome) = acted(services, &mut tx, caller).await? {
        return Ok(outcome);
    }
    let found = find(services, &mut tx, caller.user_id, named).await?;
    let found = found.administered()?;
    let user = peers::resolve(services, &mut tx, caller.user_id, user).await?;
    let chat_id = found.chat.chat_id;
    let member = rows::member(&mut tx, chat_id, user.user_id).await?;
    let role = member.as_ref().map_or(Role::Stranger, Role::of);
    let member = member.unwrap_or(MemberRow {
        chat_id,
        user_id: user.user_id,
        ..MemberRow::default()
    });
    if role == Role::Creator || (role == Role::Admin && found.role != Role::Creator) {
        return Err(Refusal::USER_ADMIN_INVALID.into());
    }
    let channel = found.number();
    match banned {
        Banned::Partly => Err(Refusal::NOT_IMPLEMENTED.into()),
        Banned::Away if role != Role::Kicked => {
            let member = MemberRow {
                invited_by: caller.user_id,
                ..member
            };
            gone(services, tx, caller, &found, (member, Role::Kicked)).await
        }
        Banned::No if role == Role::Kicked && member.joined_at == 0 => {
            // Was never there, so it is a stranger again.
            rows::forget_member(&mut tx, chat_id, user.user_id).await?;
            finish(services, tx, (caller, channel), None, &[]).await
        }
        Banned::No if role == Role::Kicked => {
            let row = MemberRow {
                role: Role::Left.code().to_owned(),
                ..member
            };
            rows::put_member(&mut tx, &row).await?;
            finish(services, tx, (caller, channel), None, &[]).await
        }
        Banned::Away | Banned::No => finish(services, tx, (caller, channel), None, &[]).await,
    }
}
