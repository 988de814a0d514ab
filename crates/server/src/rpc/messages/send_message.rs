//! `messages.sendMessage`: a text to one person, to oneself or into a chat.
//! messages.sendMessage#fef48f62 flags:# no_webpage:flags.1?true silent:flags.5?true … peer:InputPeer
//! reply_to:flags.0?InputReplyTo message:string random_id:long … entities:flags.3?Vector<MessageEntity>
//! schedule_date:flags.10?int … = Updates
//! Refuses: PEER_ID_INVALID, MESSAGE_EMPTY, MESSAGE_TOO_LONG, ENTITY_BOUNDS_INVALID,
//! ENTITY_MENTION_USER_INVALID, RANDOM_ID_EMPTY, RANDOM_ID_DUPLICATE, INPUT_USER_DEACTIVATED,
//! USER_IS_BOT, USER_IS_BLOCKED, YOU_BLOCKED_USER, CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN,
//! CHAT_ADMIN_REQUIRED, NOT_IMPLEMENTED (a time to send at). Source: official method page.
//! Chosen: the answer is `updates` with `updateMessageID` and `updateNewMessage`, which every client
//! reads, also where the official server sends the short form.

use std::collections::HashMap;

use domain::{
    Error, Refusal,
    messages::{self, Entity, EntityKind, Post, ReplyTo},
    peers::Named,
    updates::Entry,
};
use tl::{enums, enums::MessageEntity as Formatted, functions::messages::SendMessage, types};

use super::{Cx, User, answers, doer, named_chat};
use crate::rpc::{Rpc, users::named};

impl Rpc for SendMessage {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        if self.schedule_date.is_some() {
            return Err(Refusal::NOT_IMPLEMENTED.into());
        }
        let (entities, mentions) = entities(self.entities.as_deref().unwrap_or_default());
        let random_id = self.random_id;
        let post = Post {
            peer: named_chat(&self.peer),
            text: self.message,
            entities,
            mentions,
            reply_to: reply_to(self.reply_to.as_ref()),
            random_id,
            silent: self.silent,
        };
        let sent = messages::send(&cx.services, doer(caller.id, &caller.origin), post).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let (id, date) = (answers::int(sent.message.message_id), sent.message.sent_at);
        let entry = Entry::new_message(sent.message, sent.pts);
        let new = answers::update(to, &entry, &sent.bundle);
        let known_as = types::UpdateMessageID { id, random_id }.into();
        Ok(answers::updates(
            to,
            vec![known_as, new],
            &sent.bundle,
            date,
        ))
    }
}

fn reply_to(reply_to: Option<&enums::InputReplyTo>) -> ReplyTo {
    match reply_to {
        Some(enums::InputReplyTo::Message(reply)) if reply.reply_to_msg_id > 0 => {
            ReplyTo::Message(reply.reply_to_msg_id.into())
        }
        _ => ReplyTo::Nothing,
    }
}

/// Formatting in our words, and by its place whom it mentions. What we have no word for is left out.
fn entities(formatted: &[Formatted]) -> (Vec<Entity>, HashMap<usize, Named>) {
    let mut entities = Vec::with_capacity(formatted.len());
    let mut mentions = HashMap::new();
    for formatted in formatted {
        if let Formatted::InputMessageEntityMentionName(mention) = formatted {
            mentions.insert(entities.len(), named(&mention.user_id));
        }
        entities.extend(entity(formatted));
    }
    (entities, mentions)
}

fn entity(formatted: &Formatted) -> Option<Entity> {
    let placed = |kind: EntityKind, offset: i32, length: i32| {
        Some(Entity {
            kind,
            offset: offset.into(),
            length: length.into(),
        })
    };
    match formatted {
        Formatted::Bold(at) => placed(EntityKind::Bold, at.offset, at.length),
        Formatted::Italic(at) => placed(EntityKind::Italic, at.offset, at.length),
        Formatted::Underline(at) => placed(EntityKind::Underline, at.offset, at.length),
        Formatted::Strike(at) => placed(EntityKind::Strike, at.offset, at.length),
        Formatted::Spoiler(at) => placed(EntityKind::Spoiler, at.offset, at.length),
        Formatted::Code(at) => placed(EntityKind::Code, at.offset, at.length),
        Formatted::Mention(at) => placed(EntityKind::Mention, at.offset, at.length),
        Formatted::Hashtag(at) => placed(EntityKind::Hashtag, at.offset, at.length),
        Formatted::Cashtag(at) => placed(EntityKind::Cashtag, at.offset, at.length),
        Formatted::BotCommand(at) => placed(EntityKind::BotCommand, at.offset, at.length),
        Formatted::Url(at) => placed(EntityKind::Url, at.offset, at.length),
        Formatted::Email(at) => placed(EntityKind::Email, at.offset, at.length),
        Formatted::Phone(at) => placed(EntityKind::Phone, at.offset, at.length),
        Formatted::BankCard(at) => placed(EntityKind::BankCard, at.offset, at.length),
        Formatted::Pre(at) => placed(EntityKind::Pre(at.language.clone()), at.offset, at.length),
        Formatted::TextUrl(at) => placed(EntityKind::TextUrl(at.url.clone()), at.offset, at.length),
        Formatted::CustomEmoji(at) => placed(
            EntityKind::CustomEmoji(at.document_id),
            at.offset,
            at.length,
        ),
        Formatted::Blockquote(at) => placed(
            EntityKind::Blockquote {
                collapsed: at.collapsed,
            },
            at.offset,
            at.length,
        ),
        // Whom it mentions is checked against the caller's access; the number here is not read.
        Formatted::InputMessageEntityMentionName(at) => {
            placed(EntityKind::MentionName(0), at.offset, at.length)
        }
        // A client may only mention with the form above, which proves that it knows the user.
        _ => None,
    }
}
