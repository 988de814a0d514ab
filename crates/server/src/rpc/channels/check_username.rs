//! `channels.checkUsername`: whether a channel could have this name.
//! channels.checkUsername#10e6bd2c channel:InputChannel username:string = Bool
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
//! USERNAME_INVALID. Source: official method page. Chosen: a channel that is still being made
//! (`inputChannelEmpty`) is not asked for, because there is no list of names to begin with.

use domain::{Error, chats::channels};
use tl::functions::channels::CheckUsername;

use super::{Cx, Human, named_channel};
use crate::rpc::Rpc;

impl Rpc for CheckUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        channels::check_username(&cx.services, caller.id, named, &self.username).await
    }
}
