//! Groups as their members see them: the list of members, the whole group, several groups.

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        photos::{self, PhotoRow},
    },
};

use super::{checked, present};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, ChatKind, ChatView, Role},
    messages::Bundle,
};

/// Groups that one call may ask for. Chosen: as many as of users.
const GROUPS_MAX: usize = 200;

/// Who is in a group, for somebody who is or was in it.
#[derive(Clone, Debug)]
pub struct Participants {
    /// The group.
    pub chat_id: i64,
    /// Of the list.
    pub version: i64,
    /// By user id; `None`: the viewer is not in the group, so the list is not for it.
    pub members: Option<Vec<MemberRow>>,
}

impl Participants {
    /// The numbers of all peers that the list names.
    pub(crate) fn names(&self) -> Vec<i64> {
        let members = self.members.iter().flatten();
        members
            .flat_map(|row| [row.user_id, row.invited_by])
            .chain([-self.chat_id])
            .collect()
    }
}

/// The list of a group's members as `viewer` may see it.
pub(crate) async fn participants(
    tx: &mut Tx,
    viewer: i64,
    chat_id: i64,
) -> Result<Participants, Error> {
    let (version, members) = match chats::joined(tx, viewer, chat_id).await? {
        Some((chat, _)) => (chat.version, Some(present(tx, chat_id).await?)),
        None => (0, None),
    };
    Ok(Participants {
        chat_id,
        version,
        members,
    })
}

/// `messages.getFullChat`.
#[derive(Clone, Debug)]
pub struct FullGroup {
    /// The group; its picture and its words about itself only for those who are in it.
    pub chat: ChatRow,
    /// Who is in it.
    pub participants: Participants,
    /// Its picture.
    pub photo: Option<PhotoRow>,
    /// Whom it names, and the group itself.
    pub bundle: Bundle,
}

/// All that `viewer` may know of a group.
///
/// # Errors
/// PEER_ID_INVALID: not the id of a group. CHAT_ID_INVALID: no group, or one that the viewer was never in.
pub async fn full(services: &Services, viewer: i64, chat_id: i64) -> Result<FullGroup, Error> {
    checked(chat_id)?;
    let mut tx = services.store.read().await?;
    let chat = rows::by_id(&mut tx, chat_id).await?;
    let chat = chat.filter(|chat| ChatKind::of(chat) == ChatKind::Group);
    let member = rows::member(&mut tx, chat_id, viewer).await?;
    let (Some(mut chat), Some(_)) = (chat, member) else {
        return Err(Refusal::CHAT_ID_INVALID.into());
    };
    let participants = participants(&mut tx, viewer, chat_id).await?;
    if participants.members.is_none() {
        chat.about.clear();
        chat.photo_id = None;
    }
    let photo = match chat.photo_id {
        Some(photo_id) => photos::by_id(&mut tx, photo_id).await?,
        None => None,
    };
    let bundle = Bundle::of(services, &mut tx, viewer, &[], &participants.names()).await?;
    Ok(FullGroup {
        chat,
        participants,
        photo,
        bundle,
    })
}

/// `messages.getChats`: one entry per id, in order; `Err` holds an id of which the viewer may not even
/// know whether it is a group.
///
/// # Errors
/// The store failed. Ids behind the two hundredth are not looked up.
pub async fn groups(
    services: &Services,
    viewer: i64,
    chat_ids: &[i64],
) -> Result<Vec<Result<ChatView, i64>>, Error> {
    let chat_ids = &chat_ids[..chat_ids.len().min(GROUPS_MAX)];
    let peers: Vec<Peer> = chat_ids.iter().map(|id| Peer::Group(*id)).collect();
    let mut tx = services.store.read().await?;
    let views = chats::view(services, &mut tx, viewer, &peers).await?;
    let of = |chat_id: &i64| {
        let view = views.iter().find(|view| view.chat_id == *chat_id);
        let view = view.filter(|view| view.role != Role::Stranger);
        view.cloned().ok_or(*chat_id)
    };
    Ok(chat_ids.iter().map(of).collect())
}
