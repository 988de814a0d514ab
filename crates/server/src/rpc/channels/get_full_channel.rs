//! `channels.getFullChannel`: a channel with its picture, its counters and how far the caller has read.
//! channels.getFullChannel#8736a09 channel:InputChannel = messages.ChatFull
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE. Source: official method page.

use domain::{Error, chats::channels};
use tl::{functions::channels::GetFullChannel, types};

use super::{Cx, User, answers, named_channel};
use crate::rpc::Rpc;

impl Rpc for GetFullChannel {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let about = channels::about(&cx.services, caller.id, named).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::ChatFull {
            full_chat: answers::channel_full(to, &about).into(),
            chats: answers::chats(to, std::slice::from_ref(&about.view)),
            users: Vec::new(),
        })
    }
}
