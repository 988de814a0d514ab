//! `messages.getMessages`: messages of the caller's box by id; `messageEmpty` for what is not there.
//! messages.getMessages#63c66506 id:Vector<InputMessage> = messages.Messages
//! Source: official method page. Chosen: no message is pinned and none has buttons, so such names find
//! nothing.

use domain::{Error, messages};
use tl::{enums, functions::messages::GetMessages, types};

use super::{Cx, User, answers};
use crate::rpc::Rpc;

impl Rpc for GetMessages {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        // Cut before anything is looked up: each name may cost a row of the box.
        let named = &self.id[..self.id.len().min(messages::IDS_MAX)];
        let ids: Vec<i64> = ids(cx, caller.id, named).await?;
        let (entries, bundle) = messages::by_ids(&cx.services, caller.id, &ids).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let messages = entries.into_iter().map(|entry| match entry {
            Ok(row) => answers::message(to, &row, &bundle.photos),
            Err(id) => answers::no_message(id),
        });
        Ok(types::messages::Messages {
            messages: messages.collect(),
            chats: answers::chats(to, &bundle.chats),
            users: answers::users(to, &bundle.users),
        }
        .into())
    }
}

/// The ids behind the names: a message itself, or the one that it answers.
async fn ids(cx: &Cx, caller: i64, named: &[enums::InputMessage]) -> Result<Vec<i64>, Error> {
    let replies: Vec<i64> = named
        .iter()
        .filter_map(|name| match name {
            enums::InputMessage::ReplyTo(reply) => Some(reply.id.into()),
            _ => None,
        })
        .collect();
    let mut tx = cx.services.store.read().await?;
    let found = messages::by_names(&mut tx, caller, &replies).await?;
    let id = |name: &enums::InputMessage| match name {
        enums::InputMessage::ID(message) => i64::from(message.id),
        enums::InputMessage::ReplyTo(reply) => found
            .get(&reply.id.into())
            .and_then(|row| row.reply_to)
            .unwrap_or(0),
        _ => 0,
    };
    Ok(named.iter().map(id).collect())
}
