//! Reading a channel: what it says of itself, messages by id, and how far a member has read.

use store::{
    Tx,
    rows::{
        channels as bulk,
        chats::{self as rows, ChatRow},
        dialogs::{self, DialogRow},
        messages::{self, MessageRow},
        photos::{self, PhotoRow},
    },
};

use super::{Found, NamedPeer, Role, find, id};
use crate::{
    Error, Refusal, Services,
    chats::{self, ChatView},
    dialogs::empty,
    messages::{Bundle, Doer, IDS_MAX, by_names, pts},
    updates,
};

/// Everything that `channels.getFullChannel` tells.
#[derive(Clone, Debug)]
pub struct About {
    /// The channel itself.
    pub chat: ChatRow,
    /// As the viewer sees it.
    pub view: ChatView,
    /// Its picture.
    pub photo: Option<PhotoRow>,
    /// How far the viewer has read; all zero for one who is not in it.
    pub dialog: DialogRow,
    /// Of the channel's box.
    pub pts: i64,
    /// The creator and administrators.
    pub admins: i64,
    /// Sent away.
    pub kicked: i64,
}

/// `channels.getFullChannel`.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE.
pub async fn about(services: &Services, viewer: i64, named: NamedPeer) -> Result<About, Error> {
    let mut tx = services.store.read().await?;
    let found = find(services, &mut tx, viewer, named).await?;
    let view = chats::view_one(services, &mut tx, viewer, found.peer()).await?;
    let view = view.ok_or(Refusal::CHANNEL_INVALID)?;
    let (chat_id, channel) = (found.chat.chat_id, found.number());
    let photo = match found.chat.photo_id {
        Some(photo_id) => photos::by_id(&mut tx, photo_id).await?,
        None => None,
    };
    let dialog = dialogs::find(&mut tx, viewer, channel).await?;
    let mut admins = 0;
    for role in [Role::Creator, Role::Admin] {
        admins += bulk::count_role(&mut tx, chat_id, role.code()).await?;
    }
    Ok(About {
        view,
        photo,
        dialog: dialog.unwrap_or_else(|| empty(viewer, channel)),
        pts: pts(&mut tx, channel).await?,
        admins,
        kicked: bulk::count_role(&mut tx, chat_id, Role::Kicked.code()).await?,
        chat: found.chat,
    })
}

/// `channels.getChannels`: those of the named channels that the viewer has a right name for, in order.
///
/// # Errors
/// CHANNEL_INVALID: one of the names is wrong.
pub async fn named(
    services: &Services,
    viewer: i64,
    named: &[NamedPeer],
) -> Result<Vec<ChatView>, Error> {
    let mut peers = Vec::new();
    for named in named {
        peers.push(crate::Peer::Channel(id(services, viewer, *named)?));
    }
    let mut tx = services.store.read().await?;
    chats::view(services, &mut tx, viewer, &peers).await
}

/// The public channel that has this name, in any case.
///
/// # Errors
/// The store failed.
pub async fn by_username(
    services: &Services,
    viewer: i64,
    username: &str,
) -> Result<Option<ChatView>, Error> {
    let mut tx = services.store.read().await?;
    let name = username.trim().trim_start_matches('@');
    let Some(chat) = rows::by_username(&mut tx, name).await? else {
        return Ok(None);
    };
    let peer = crate::Peer::Channel(chat.chat_id);
    let view = chats::view_one(services, &mut tx, viewer, peer).await?;
    Ok(view.filter(ChatView::is_open))
}

/// `channels.getMessages`: one entry per id, in order; `Err` holds an id that names no message.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE. Ids behind the two hundredth are not looked up.
pub async fn by_ids(
    services: &Services,
    viewer: i64,
    named: NamedPeer,
    message_ids: &[i64],
) -> Result<(Vec<Result<MessageRow, i64>>, Bundle, i64), Error> {
    let mut tx = services.store.read().await?;
    let channel = find(services, &mut tx, viewer, named).await?.number();
    let message_ids = &message_ids[..message_ids.len().min(IDS_MAX)];
    let found = by_names(&mut tx, channel, message_ids).await?;
    let rows: Vec<&MessageRow> = found.values().collect();
    let bundle = Bundle::of(services, &mut tx, viewer, &rows, &[channel]).await?;
    let entries = message_ids
        .iter()
        .map(|id| found.get(id).cloned().ok_or(*id))
        .collect();
    Ok((entries, bundle, pts(&mut tx, channel).await?))
}

/// `channels.readHistory`: the caller has seen the channel up to `max_id` (0: all of it); its other
/// sessions are told. Never goes back. False: nothing was unread there.
///
/// # Errors
/// CHANNEL_INVALID, CHANNEL_PRIVATE.
///
/// Chosen: the writers of a supergroup are not told who has read what.
pub async fn read_history(
    services: &Services,
    doer: Doer,
    named: NamedPeer,
    max_id: i64,
) -> Result<bool, Error> {
    let mut tx = services.store.begin_for(&[doer.user_id]).await?;
    let found = find(services, &mut tx, doer.user_id, named).await?;
    let Some(dialog) = unread_up_to(&mut tx, &found, doer.user_id, max_id).await? else {
        return Ok(false);
    };
    dialogs::put(&mut tx, &dialog).await?;
    let channel = found.number();
    updates::channel_read(services, &mut tx, channel, (doer.user_id, doer.origin)).await?;
    services.commit(tx, &[doer.user_id]).await?;
    Ok(true)
}

/// How the member's list looks when it has read up to `max_id`; `None`: as before.
async fn unread_up_to(
    tx: &mut Tx,
    found: &Found,
    user_id: i64,
    max_id: i64,
) -> Result<Option<DialogRow>, Error> {
    let channel = found.number();
    let Some(dialog) = dialogs::find(tx, user_id, channel).await? else {
        return Ok(None);
    };
    let wanted = if max_id > 0 { max_id } else { i64::MAX };
    let last = messages::box_of(tx, channel).await?;
    let read = wanted.min(last.map_or(0, |row| row.message_id_last));
    if read <= dialog.read_inbox_max_id {
        return Ok(None);
    }
    Ok(Some(DialogRow {
        read_inbox_max_id: read,
        unread_count: bulk::unread(tx, channel, read, user_id).await?,
        ..dialog
    }))
}
