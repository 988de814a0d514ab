//! `channels.joinChannel`: the caller comes into a public channel.
//! channels.joinChannel#7f6a1e22 channel:InputChannel = messages.ChatInviteJoinResult
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHANNELS_TOO_MUCH, USERS_TOO_MUCH.
//! Source: official method page.

use domain::{Error, chats::channels};
use tl::{functions::channels::JoinChannel, types};

use super::{Cx, Human, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for JoinChannel {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let joined = channels::join(&cx.services, who, named).await?;
        let updates = outcome(cx, (caller.id, &caller.origin), joined);
        Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
    }
}
