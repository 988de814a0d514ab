//! `messages.sendMessage`: a text to one person, to oneself, or to a group.

use std::collections::HashMap;

use store::{
    Tx,
    rows::{
        contacts, dialogs,
        messages::{self, MessageRow},
        users,
    },
};

use super::{
    Bundle, Doer, Entity, EntityKind,
    delivery::{Draft, deliver},
    entities,
};
use crate::{
    Error, Peer, Refusal, Services,
    chats::{self, NamedPeer, channels, groups},
    peers::{self, Named},
    updates,
};

/// Source: config `message_length_max`.
const MESSAGE_CHARS_MAX: usize = 4096;

/// A text that somebody wants to send.
#[derive(Clone, Debug)]
pub struct Post {
    /// To whom, or where.
    pub peer: NamedPeer,
    /// What.
    pub text: String,
    /// Its formatting, and the users that it mentions as the caller names them.
    pub entities: Vec<Entity>,
    /// By place in `entities`: whom it mentions. Read instead of the entity's own id.
    pub mentions: HashMap<usize, Named>,
    /// To which message of the caller's box.
    pub reply_to: ReplyTo,
    /// Made up by the client; a repeated one is the same message.
    pub random_id: i64,
    /// Without a sound.
    pub silent: bool,
}

/// What a message answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReplyTo {
    /// Nothing.
    #[default]
    Nothing,
    /// A message in the caller's box.
    Message(i64),
}

/// A message that stands in the caller's box.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The caller's copy.
    pub message: MessageRow,
    /// After it.
    pub pts: i64,
    /// Users that it names.
    pub bundle: Bundle,
}

/// Sends a text. The same `random_id` again is answered with the first message and sends nothing.
///
/// # Errors
/// MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID, ENTITY_MENTION_USER_INVALID: the text.
/// RANDOM_ID_EMPTY, RANDOM_ID_DUPLICATE: no number, or that of another message.
/// PEER_ID_INVALID, INPUT_USER_DEACTIVATED, USER_IS_BOT, USER_IS_BLOCKED, YOU_BLOCKED_USER: the other
/// side.
/// CHAT_WRITE_FORBIDDEN: a group or channel that the sender is not in. CHANNEL_INVALID, CHANNEL_PRIVATE,
/// CHAT_ADMIN_REQUIRED: the channel.
///
/// Source: official method page. Chosen: a reply to a message that is not in the chat, perhaps because
/// it has just been deleted, is sent without the reply (docs/decisions/0074).
pub async fn send(services: &Services, doer: Doer, post: Post) -> Result<Sent, Error> {
    let text = words(&post.text)?;
    let entities = mentions_known(services, doer.user_id, post.entities, &post.mentions)?;
    let entities = entities::write(&entities::checked(&text, entities)?);
    if post.random_id == 0 {
        return Err(Refusal::RANDOM_ID_EMPTY.into());
    }
    let to = match chats::peer(services, doer.user_id, post.peer)? {
        Peer::User(user_id) => user_id,
        chat @ (Peer::Group(_) | Peer::Channel(_)) => {
            let written = Written {
                text,
                entities,
                reply_to: post.reply_to,
                random_id: post.random_id,
                silent: post.silent,
            };
            return match chat {
                Peer::Group(chat_id) => groups::send(services, doer, chat_id, written).await,
                _ => channels::send(services, doer, post.peer, written).await,
            };
        }
    };
    let mut tx = services.store.begin_for(&[doer.user_id, to]).await?;
    if let Some(first) = messages::by_random_id(&mut tx, doer.user_id, post.random_id).await? {
        if first.peer_id != to || first.text != text {
            return Err(Refusal::RANDOM_ID_DUPLICATE.into());
        }
        return sent_before(services, &mut tx, first).await;
    }
    may_write(&mut tx, doer.user_id, to).await?;
    let draft = Draft {
        random_id: Some(post.random_id),
        text,
        entities,
        reply_to: reply(&mut tx, (doer.user_id, to), post.reply_to).await?,
        silent: post.silent,
        origin: doer.origin,
        ..Draft::new(doer.user_id, to, services.clock.unix_seconds())
    };
    let (message, pts) = deliver(&mut tx, &draft).await?;
    let bundle = Bundle::of(services, &mut tx, doer.user_id, &[&message], &[]).await?;
    services.commit(tx, &draft.sides()).await?;
    Ok(Sent {
        message,
        pts,
        bundle,
    })
}

/// A text that was judged, on its way to a group or channel.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    /// In the stored form.
    pub(crate) entities: String,
    pub(crate) reply_to: ReplyTo,
    /// Not 0.
    pub(crate) random_id: i64,
    pub(crate) silent: bool,
}

/// The text as it is stored.
fn words(text: &str) -> Result<String, Refusal> {
    // One engine cannot store NUL; the space keeps the places of entities.
    let text = text.replace('\0', " ");
    if text.trim().is_empty() {
        return Err(Refusal::MESSAGE_EMPTY);
    }
    if text.chars().count() > MESSAGE_CHARS_MAX {
        return Err(Refusal::MESSAGE_TOO_LONG);
    }
    Ok(text)
}

fn mentions_known(
    services: &Services,
    viewer: i64,
    mut entities: Vec<Entity>,
    mentions: &HashMap<usize, Named>,
) -> Result<Vec<Entity>, Refusal> {
    for (place, named) in mentions {
        let known = peers::known(services, viewer, *named);
        let user_id = known.map_err(|_| Refusal::ENTITY_MENTION_USER_INVALID)?;
        if let Some(entity) = entities.get_mut(*place) {
            entity.kind = EntityKind::MentionName(user_id);
        }
    }
    Ok(entities)
}

/// The answer to a call whose first answer was lost.
pub(crate) async fn sent_before(
    services: &Services,
    tx: &mut Tx,
    message: MessageRow,
) -> Result<Sent, Error> {
    let owner_id = message.owner_id;
    let pts = updates::pts_of_message(tx, owner_id, message.message_id).await?;
    let bundle = Bundle::of(services, tx, owner_id, &[&message], &[]).await?;
    Ok(Sent {
        message,
        pts,
        bundle,
    })
}

/// Whether `from` may write to `to` at all.
///
/// # Errors
/// PEER_ID_INVALID: nobody, or somebody who never wrote to the bot that wants to write.
/// INPUT_USER_DEACTIVATED. USER_IS_BOT: a bot to a bot, itself too. USER_IS_BLOCKED, YOU_BLOCKED_USER.
///
/// Source: official page on bots: people write first, and bots do not hear each other.
async fn may_write(tx: &mut Tx, from: i64, to: i64) -> Result<(), Error> {
    let sides = users::by_ids(tx, &[from, to]).await?;
    let side = |id: i64| sides.iter().find(|user| user.user_id == id);
    let user = side(to).ok_or(Refusal::PEER_ID_INVALID)?;
    if user.deleted_at.is_some() {
        return Err(Refusal::INPUT_USER_DEACTIVATED.into());
    }
    if side(from).is_some_and(|sender| sender.bot_owner_id.is_some()) {
        if user.bot_owner_id.is_some() {
            return Err(Refusal::USER_IS_BOT.into());
        }
        // A bot never writes first, so a chat is there only after the other side wrote.
        if dialogs::find(tx, from, to).await?.is_none() {
            return Err(Refusal::PEER_ID_INVALID.into());
        }
    }
    if from == to {
        return Ok(());
    }
    if !contacts::blocked_among(tx, to, &[from]).await?.is_empty() {
        return Err(Refusal::USER_IS_BLOCKED.into());
    }
    if !contacts::blocked_among(tx, from, &[to]).await?.is_empty() {
        return Err(Refusal::YOU_BLOCKED_USER.into());
    }
    Ok(())
}

/// The answered message in the sender's box and in the recipient's, as far as it is still there.
async fn reply(
    tx: &mut Tx,
    (from, to): (i64, i64),
    reply_to: ReplyTo,
) -> Result<(Option<i64>, Option<i64>), Error> {
    let ReplyTo::Message(message_id) = reply_to else {
        return Ok((None, None));
    };
    let answered = messages::by_ids(tx, from, &[message_id]).await?.pop();
    let Some(answered) = answered.filter(|row| row.peer_id == to) else {
        return Ok((None, None));
    };
    let twin = messages::by_ids(tx, to, &[answered.twin_id]).await?.pop();
    let twin = twin
        .filter(|row| row.peer_id == from)
        .map(|row| row.message_id);
    Ok((Some(message_id), twin))
}
