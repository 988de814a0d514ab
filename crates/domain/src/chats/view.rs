//! Groups and channels as one viewer sees them; every answer and every update takes them from here.

use std::collections::HashMap;

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        photos::{self, PhotoRow},
    },
};

use crate::{Error, Peer, Seen, Services, peers::ShownPhoto};

/// What kind of chat it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// A basic group: every member has a copy of each message.
    Group,
    /// A supergroup: a channel in which all members write.
    Megagroup,
    /// A channel in which administrators write.
    Broadcast,
}

const KINDS: [(ChatKind, &str); 3] = [
    (ChatKind::Group, "group"),
    (ChatKind::Megagroup, "megagroup"),
    (ChatKind::Broadcast, "broadcast"),
];

impl ChatKind {
    /// The word in the store.
    pub fn code(self) -> &'static str {
        KINDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("", |(_, code)| code)
    }

    /// The kind of a stored chat.
    pub fn of(row: &ChatRow) -> Self {
        KINDS
            .iter()
            .find(|(_, code)| *code == row.kind)
            .map_or(Self::Group, |(kind, _)| *kind)
    }

    /// The peer of a chat of this kind.
    pub fn peer(self, chat_id: i64) -> Peer {
        match self {
            Self::Group => Peer::Group(chat_id),
            Self::Megagroup | Self::Broadcast => Peer::Channel(chat_id),
        }
    }
}

/// What somebody is in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Made it.
    Creator,
    /// May change it.
    Admin,
    /// Is in it.
    Member,
    /// Went away.
    Left,
    /// Was sent away.
    Kicked,
    /// Was never there.
    Stranger,
}

const ROLES: [(Role, &str); 5] = [
    (Role::Creator, "creator"),
    (Role::Admin, "admin"),
    (Role::Member, "member"),
    (Role::Left, "left"),
    (Role::Kicked, "kicked"),
];

impl Role {
    /// The word in the store; strangers have no row.
    pub fn code(self) -> &'static str {
        ROLES
            .iter()
            .find(|(role, _)| *role == self)
            .map_or("", |(_, code)| code)
    }

    /// The role in a stored row.
    pub fn of(row: &MemberRow) -> Self {
        ROLES
            .iter()
            .find(|(_, code)| *code == row.role)
            .map_or(Self::Stranger, |(role, _)| *role)
    }

    /// Is in the chat now.
    pub fn is_present(self) -> bool {
        matches!(self, Self::Creator | Self::Admin | Self::Member)
    }

    /// May change what the chat shows.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Creator | Self::Admin)
    }
}

/// A group or channel as `viewer` sees it.
#[derive(Clone, Debug)]
pub struct ChatView {
    /// `chat_id` or `channel_id`.
    pub chat_id: i64,
    /// Which of them.
    pub kind: ChatKind,
    /// For the viewer alone; groups have none, it is 0.
    pub access_hash: i64,
    /// Its name.
    pub title: String,
    /// Without `@`.
    pub username: Option<String>,
    /// Its picture, if the viewer may see it.
    pub photo: Option<ShownPhoto>,
    /// Members now.
    pub members: i64,
    /// Of the list of members.
    pub version: i64,
    /// Unix seconds: when the viewer joined, else when it was made.
    pub date: i64,
    /// It has ended.
    pub is_deleted: bool,
    /// What the viewer is there.
    pub role: Role,
}

impl ChatView {
    /// The chat as a peer.
    pub fn peer(&self) -> Peer {
        self.kind.peer(self.chat_id)
    }

    /// The viewer may see members, picture and what goes on: it is in the chat, or anybody may look.
    pub fn is_open(&self) -> bool {
        self.role.is_present() || (self.username.is_some() && self.role != Role::Kicked)
    }
}

/// Those of `peers` that are groups or channels, as `viewer` sees them, in the order asked for; unknown
/// ones are left out, doubles too. Costs the same number of queries for one as for a hundred.
///
/// # Errors
/// The store failed.
pub async fn view(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    peers: &[Peer],
) -> Result<Vec<ChatView>, Error> {
    let mut ids: Vec<i64> = Vec::new();
    for peer in peers {
        if let Peer::Group(id) | Peer::Channel(id) = peer
            && !ids.contains(id)
        {
            ids.push(*id);
        }
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let chats: HashMap<i64, ChatRow> = rows::by_ids(tx, &ids)
        .await?
        .into_iter()
        .filter(|row| peers.contains(&ChatKind::of(row).peer(row.chat_id)))
        .map(|row| (row.chat_id, row))
        .collect();
    let members: HashMap<i64, MemberRow> = rows::memberships(tx, viewer, &ids)
        .await?
        .into_iter()
        .map(|row| (row.chat_id, row))
        .collect();
    let counts: HashMap<i64, i64> = rows::counts(tx, &ids).await?.into_iter().collect();
    let photo_ids: Vec<i64> = chats.values().filter_map(|row| row.photo_id).collect();
    let photos: HashMap<i64, PhotoRow> = photos::by_ids(tx, &photo_ids)
        .await?
        .into_iter()
        .map(|row| (row.photo_id, row))
        .collect();
    let seen = ids.iter().filter_map(|id| chats.get(id)).map(|row| {
        let members_now = counts.get(&row.chat_id).copied().unwrap_or_default();
        let photo = row.photo_id.and_then(|id| photos.get(&id));
        seen(
            services,
            viewer,
            (row, members.get(&row.chat_id)),
            photo,
            members_now,
        )
    });
    Ok(seen.collect())
}

/// One of them; `None`: no such chat.
///
/// # Errors
/// The store failed.
pub async fn view_one(
    services: &Services,
    tx: &mut Tx,
    viewer: i64,
    peer: Peer,
) -> Result<Option<ChatView>, Error> {
    Ok(view(services, tx, viewer, &[peer]).await?.pop())
}

fn seen(
    services: &Services,
    viewer: i64,
    (row, member): (&ChatRow, Option<&MemberRow>),
    photo: Option<&PhotoRow>,
    members: i64,
) -> ChatView {
    let kind = ChatKind::of(row);
    let role = member.map_or(Role::Stranger, Role::of);
    let mut view = ChatView {
        chat_id: row.chat_id,
        kind,
        access_hash: match kind {
            ChatKind::Group => 0,
            _ => services
                .hashes
                .access_hash(Seen::channel(viewer, row.chat_id)),
        },
        title: row.title.clone(),
        username: row.username.clone(),
        photo: None,
        members,
        version: row.version,
        date: member.map_or(row.created_at, |member| member.joined_at),
        is_deleted: row.deleted_at.is_some(),
        role,
    };
    if view.is_open() {
        view.photo = photo.map(|photo| ShownPhoto {
            photo_id: photo.photo_id,
            personal: false,
            has_video: photo.has_video(),
            stripped: photo.stripped_user.clone(),
        });
    }
    view
}
