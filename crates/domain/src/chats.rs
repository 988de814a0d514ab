//! Groups and channels: who is in them, what they show, how they are named.

pub mod channels;
pub mod groups;
mod photo;
mod view;
mod willing;

pub use photo::NewPhoto;
pub(crate) use photo::{apply, ready};
pub use view::{ChatKind, ChatView, Role, view, view_one};

use store::{
    Tx,
    rows::{
        chats::{self as rows, ChatRow, MemberRow},
        messages::{self, MessageRow},
    },
};

use crate::{
    Error, Peer, Refusal, Seen, Services,
    peers::{self, Named},
};

/// Characters of a title. Source: official page on channels; clients cut there.
const TITLE_CHARS_MAX: usize = 128;
/// Characters of the words about a chat. Source: official method page of `messages.editChatAbout`.
const ABOUT_CHARS_MAX: usize = 255;

/// How a client names the other side of a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedPeer {
    /// A private chat, or saved messages.
    User(Named),
    /// `inputPeerChat`: groups have no hash, being a member is what counts.
    Group(i64),
    /// `inputPeerChannel`.
    Channel {
        /// The channel.
        channel_id: i64,
        /// Proof that the caller was shown it.
        access_hash: i64,
    },
    /// `inputPeerEmpty` and whatever else names nothing.
    Nothing,
}

impl From<Named> for NamedPeer {
    fn from(named: Named) -> Self {
        Self::User(named)
    }
}

/// The peer that `viewer` names: its hash is checked, not whether it exists or what the viewer may do
/// there.
///
/// # Errors
/// PEER_ID_INVALID: nothing, an id that cannot be, or a hash made for somebody else.
pub fn peer(services: &Services, viewer: i64, named: NamedPeer) -> Result<Peer, Refusal> {
    match named {
        NamedPeer::User(named) => peers::known(services, viewer, named)
            .map(Peer::User)
            .map_err(|_| Refusal::PEER_ID_INVALID),
        NamedPeer::Group(chat_id) if groups::can_be(chat_id) => Ok(Peer::Group(chat_id)),
        NamedPeer::Channel {
            channel_id,
            access_hash,
        } if channel_id > 0
            && services
                .hashes
                .access_hash(Seen::channel(viewer, channel_id))
                == access_hash =>
        {
            Ok(Peer::Channel(channel_id))
        }
        NamedPeer::Group(_) | NamedPeer::Channel { .. } | NamedPeer::Nothing => {
            Err(Refusal::PEER_ID_INVALID)
        }
    }
}

/// A chat and what `viewer` is there now; `None`: no such chat, or it has ended, or the viewer is not in
/// it.
///
/// # Errors
/// The store failed.
pub async fn joined(
    tx: &mut Tx,
    viewer: i64,
    chat_id: i64,
) -> Result<Option<(ChatRow, MemberRow)>, Error> {
    let Some(chat) = rows::by_id(tx, chat_id).await? else {
        return Ok(None);
    };
    let member = rows::member(tx, chat_id, viewer).await?;
    let member = member.filter(|row| Role::of(row).is_present() && chat.deleted_at.is_none());
    Ok(member.map(|member| (chat, member)))
}

/// Whether `viewer` may see what a chat shows: it is in it, or anybody may look.
pub(crate) async fn may_look(tx: &mut Tx, viewer: i64, chat: &ChatRow) -> Result<bool, Error> {
    if chat.deleted_at.is_some() {
        return Ok(false);
    }
    let member = rows::member(tx, chat.chat_id, viewer).await?;
    let role = member.as_ref().map_or(Role::Stranger, Role::of);
    Ok(role.is_present() || (chat.username.is_some() && role != Role::Kicked))
}

/// Whether `viewer` may see the picture of a message in its own box: that of a group only while it is
/// in the group.
pub(crate) async fn may_see_message(
    tx: &mut Tx,
    viewer: i64,
    message: &MessageRow,
) -> Result<bool, Error> {
    match Peer::of(message.peer_id) {
        Peer::Group(chat_id) => Ok(joined(tx, viewer, chat_id).await?.is_some()),
        Peer::User(_) | Peer::Channel(_) => Ok(true),
    }
}

/// Whether a chat into which `viewer` may look shows this photo, now or in a channel's history.
pub(crate) async fn shows(tx: &mut Tx, viewer: i64, photo_id: i64) -> Result<bool, Error> {
    let mut chats = rows::with_photo(tx, photo_id).await?;
    let first_channel = Peer::Channel(0).number();
    let boxes = messages::boxes_with_photo(tx, photo_id, first_channel).await?;
    let channels: Vec<i64> = boxes
        .into_iter()
        .filter_map(|number| match Peer::of(number) {
            Peer::Channel(channel_id) => Some(channel_id),
            _ => None,
        })
        .collect();
    chats.extend(rows::by_ids(tx, &channels).await?);
    for chat in &chats {
        if may_look(tx, viewer, chat).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The title of a group or a channel as it is kept.
///
/// # Errors
/// CHAT_TITLE_EMPTY: nothing but space.
///
/// Chosen: a longer title is cut, no page names an error for it.
fn title(given: &str) -> Result<String, Refusal> {
    let given = given.replace('\0', " ");
    let cut: String = given.trim().chars().take(TITLE_CHARS_MAX).collect();
    if cut.is_empty() {
        Err(Refusal::CHAT_TITLE_EMPTY)
    } else {
        Ok(cut.trim_end().to_owned())
    }
}

/// The words about a group or a channel as they are kept.
///
/// # Errors
/// CHAT_ABOUT_TOO_LONG.
fn about(given: &str) -> Result<String, Refusal> {
    let about = given.replace('\0', " ").trim().to_owned();
    if about.chars().count() > ABOUT_CHARS_MAX {
        Err(Refusal::CHAT_ABOUT_TOO_LONG)
    } else {
        Ok(about)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_lose_the_space_around_them_and_are_cut() {
        assert_eq!(title("  Tea at\u{0}five ").unwrap(), "Tea at five");
        assert_eq!(title(&"ä".repeat(300)).unwrap().chars().count(), 128);
        for empty in ["", "  ", "\u{0}", " \u{0} "] {
            assert_eq!(title(empty), Err(Refusal::CHAT_TITLE_EMPTY));
        }
        // Cut behind a space: groups and channels keep none at the end.
        let spaced = format!("{} b", "a".repeat(127));
        assert_eq!(title(&spaced).unwrap(), "a".repeat(127));
    }

    #[test]
    fn words_about_a_chat_are_kept_whole_or_refused() {
        assert_eq!(about("  "), Ok(String::new()));
        assert_eq!(about(&"ä".repeat(255)), Ok("ä".repeat(255)));
        assert_eq!(about(&"ä".repeat(256)), Err(Refusal::CHAT_ABOUT_TOO_LONG));
    }
}
