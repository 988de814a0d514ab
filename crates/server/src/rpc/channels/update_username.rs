//! `channels.updateUsername`: a public name, or none.
//! channels.updateUsername#3514b3de channel:InputChannel username:string = Bool
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
//! USERNAME_INVALID, USERNAME_OCCUPIED, USERNAME_NOT_MODIFIED. Source: official method page.

use domain::{Error, chats::channels};
use tl::functions::channels::UpdateUsername;

use super::{Cx, Human, named_channel};
use crate::rpc::{Rpc, photos};

impl Rpc for UpdateUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        channels::update_username(&cx.services, who, named, &self.username).await?;
        Ok(true)
    }
}
