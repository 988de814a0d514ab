//! `channels.deleteChannel`: ends a channel for everybody.
//! channels.deleteChannel#c0111fe3 channel:InputChannel = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_ADMIN_REQUIRED. Source: official method page.

use domain::{Error, chats::channels};
use tl::functions::channels::DeleteChannel;

use super::{Cx, Human, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for DeleteChannel {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let deleted = channels::delete(&cx.services, who, named).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), deleted))
    }
}
