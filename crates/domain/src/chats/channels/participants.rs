//! Who is in a channel, as far as the caller may know.

use store::{
    Tx,
    rows::{
        channels as bulk,
        chats::{self as rows, MemberRow},
        users,
    },
};

use super::{Found, NamedPeer, Role, find};
use crate::{
    Error, Refusal, Services,
    messages::Bundle,
    peers::{self, Named},
};

/// Members on one page. Source: `limit` of the official server.
const PAGE_MEMBERS_MAX: i64 = 200;

/// Members that are looked through at once for a name.
const SCAN_ROWS: i64 = 500;

/// Which members are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Everybody who is there.
    Present,
    /// The creator and the administrators.
    Admins,
    /// Bots.
    Bots,
    /// Whose name begins a word with this; empty: everybody.
    Named(String),
    /// Who was sent away.
    Kicked,
    /// A kind that does not exist here.
    Nobody,
}

/// A page of members.
#[derive(Clone, Debug)]
pub struct Participants {
    /// In the order of their ids; administrators with the creator first.
    pub members: Vec<MemberRow>,
    /// All of the kind that was asked for.
    pub count: i64,
    /// The channel and everybody on the page.
    pub bundle: Bundle,
}

/// `channels.getParticipants`.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. CHAT_ADMIN_REQUIRED: only administrators see who reads a broadcast,
/// and who was sent away.
pub async fn participants(
    services: &Services,
    viewer: i64,
    named: NamedPeer,
    wanted: &Wanted,
    (skip, limit): (i64, i64),
) -> Result<Participants, Error> {
    let mut tx = services.store.read().await?;
    let found = find(services, &mut tx, viewer, named).await?;
    let secret = found.is_broadcast() || *wanted == Wanted::Kicked;
    if secret && !found.role.is_admin() {
        return Err(Refusal::CHAT_ADMIN_REQUIRED.into());
    }
    let page = (skip.max(0), limit.clamp(0, PAGE_MEMBERS_MAX));
    let (members, count) = of_kind(&mut tx, &found, wanted, page).await?;
    let mut numbers = vec![found.number()];
    numbers.extend(members.iter().flat_map(|row| [row.user_id, row.invited_by]));
    numbers.retain(|number| *number != 0);
    let bundle = Bundle::of(services, &mut tx, viewer, &[], &numbers).await?;
    Ok(Participants {
        members,
        count,
        bundle,
    })
}

async fn of_kind(
    tx: &mut Tx,
    found: &Found,
    wanted: &Wanted,
    (skip, limit): (i64, i64),
) -> Result<(Vec<MemberRow>, i64), Error> {
    let chat_id = found.chat.chat_id;
    match wanted {
        Wanted::Nobody => Ok((Vec::new(), 0)),
        Wanted::Present => present(tx, chat_id, skip, limit).await,
        Wanted::Named(query) if query.trim().is_empty() => present(tx, chat_id, skip, limit).await,
        Wanted::Kicked => {
            let role = Role::Kicked.code();
            let rows = bulk::with_role(tx, (chat_id, role), skip, limit).await?;
            Ok((rows, bulk::count_role(tx, chat_id, role).await?))
        }
        Wanted::Admins => {
            let mut rows = admins(tx, chat_id).await?;
            let count = rows.len() as i64;
            rows = cut(rows, skip, limit);
            Ok((rows, count))
        }
        Wanted::Named(query) => {
            let query = query.trim().trim_start_matches('@').to_lowercase();
            let fits = |user: &users::UserRow| has_name(user, &query);
            scan(tx, chat_id, &fits, (skip, limit)).await
        }
        Wanted::Bots => {
            let fits = |user: &users::UserRow| user.bot_owner_id.is_some();
            scan(tx, chat_id, &fits, (skip, limit)).await
        }
    }
}

async fn present(
    tx: &mut Tx,
    chat_id: i64,
    skip: i64,
    limit: i64,
) -> Result<(Vec<MemberRow>, i64), Error> {
    let count = count(tx, chat_id).await?;
    Ok((bulk::present_page(tx, chat_id, skip, limit).await?, count))
}

async fn count(tx: &mut Tx, chat_id: i64) -> Result<i64, Error> {
    let counts = rows::counts(tx, &[chat_id]).await?;
    Ok(counts.first().map_or(0, |(_, count)| *count))
}

async fn admins(tx: &mut Tx, chat_id: i64) -> Result<Vec<MemberRow>, Error> {
    let mut rows = Vec::new();
    for role in [Role::Creator, Role::Admin] {
        rows.extend(bulk::with_role(tx, (chat_id, role.code()), 0, i64::MAX).await?);
    }
    Ok(rows)
}

/// The present members whose accounts fit. A channel has a bounded number of members.
async fn scan(
    tx: &mut Tx,
    chat_id: i64,
    fits: &(dyn Fn(&users::UserRow) -> bool + Sync),
    (skip, limit): (i64, i64),
) -> Result<(Vec<MemberRow>, i64), Error> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let rows = rows::present(tx, chat_id, after, SCAN_ROWS).await?;
        let Some(last) = rows.last() else { break };
        after = last.user_id;
        let user_ids: Vec<i64> = rows.iter().map(|row| row.user_id).collect();
        let mut fitting: Vec<i64> = users::by_ids(tx, &user_ids)
            .await?
            .into_iter()
            .filter(|user| fits(user))
            .map(|user| user.user_id)
            .collect();
        fitting.sort_unstable();
        found.extend(
            rows.into_iter()
                .filter(|row| fitting.binary_search(&row.user_id).is_ok()),
        );
    }
    let count = found.len() as i64;
    Ok((cut(found, skip, limit), count))
}

fn cut(rows: Vec<MemberRow>, skip: i64, limit: i64) -> Vec<MemberRow> {
    let page = rows.into_iter().skip(skip as usize);
    page.take(limit as usize).collect()
}

fn has_name(user: &users::UserRow, query: &str) -> bool {
    let username = user.username.as_deref().unwrap_or_default().to_lowercase();
    let name = format!("{} {}", user.first_name, user.last_name).to_lowercase();
    username.starts_with(query)
        || name.starts_with(query)
        || name.split_whitespace().any(|word| word.starts_with(query))
}

/// `channels.getParticipant`: what one user is in the channel, and whom that names.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE, USER_ID_INVALID. USER_NOT_PARTICIPANT: was never there, or has gone.
/// CHAT_ADMIN_REQUIRED: somebody else in a broadcast, or who was sent away.
pub async fn participant(
    services: &Services,
    viewer: i64,
    named: NamedPeer,
    user: Named,
) -> Result<(MemberRow, Bundle), Error> {
    let mut tx = services.store.read().await?;
    let found = find(services, &mut tx, viewer, named).await?;
    let user = peers::resolve(services, &mut tx, viewer, user).await?;
    let member = rows::member(&mut tx, found.chat.chat_id, user.user_id).await?;
    let role = member.as_ref().map_or(Role::Stranger, Role::of);
    let secret = (found.is_broadcast() && user.user_id != viewer) || role == Role::Kicked;
    if secret && !found.role.is_admin() {
        return Err(Refusal::CHAT_ADMIN_REQUIRED.into());
    }
    let member = member
        .filter(|_| role.is_present() || role == Role::Kicked)
        .ok_or(Refusal::USER_NOT_PARTICIPANT)?;
    let numbers = [found.number(), member.user_id, member.invited_by];
    let bundle = Bundle::of(services, &mut tx, viewer, &[], &numbers).await?;
    Ok((member, bundle))
}
