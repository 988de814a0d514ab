//! `channels.readHistory`: the caller has seen a channel up to a message.
//! channels.readHistory#cc104937 channel:InputChannel max_id:int = Bool
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE. Source: official method page.
//! Chosen: true also where nothing was unread.

use domain::{Error, chats::channels};
use tl::functions::channels::ReadHistory;

use super::{Cx, Human, doer, named_channel};
use crate::rpc::Rpc;

impl Rpc for ReadHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let doer = doer(caller.id, &caller.origin);
        channels::read_history(&cx.services, doer, named, self.max_id.into()).await?;
        Ok(true)
    }
}
