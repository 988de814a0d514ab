//! `channels.getMessages`: messages of a channel by id; `messageEmpty` for what is not there.
//! channels.getMessages#ad8c9a23 channel:InputChannel id:Vector<InputMessage> = messages.Messages
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE. Source: official method page. Chosen: names other than ids
//! find nothing.

use domain::{Error, chats::channels, messages::IDS_MAX};
use tl::{enums, functions::channels::GetMessages};

use super::{Cx, User, answers, named_channel};
use crate::rpc::Rpc;

impl Rpc for GetMessages {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let id = |name: &enums::InputMessage| match name {
            enums::InputMessage::ID(message) => i64::from(message.id),
            _ => 0,
        };
        let ids: Vec<i64> = self.id.iter().take(IDS_MAX).map(id).collect();
        let named = named_channel(&self.channel);
        let (entries, bundle, pts) = channels::by_ids(&cx.services, caller.id, named, &ids).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let messages: Vec<enums::Message> = entries
            .into_iter()
            .map(|entry| match entry {
                Ok(row) => answers::message(to, &row, &bundle.photos),
                Err(id) => answers::no_message(id),
            })
            .collect();
        let (pts, count) = (answers::int(pts), answers::int(messages.len() as i64));
        let chats = answers::chats(to, &bundle.chats);
        let users = answers::users(to, &bundle.users);
        Ok(answers::channel_messages(
            pts, count, messages, chats, users,
        ))
    }
}
