//! `channels.leaveChannel`: the caller goes.
//! channels.leaveChannel#f836aa95 channel:InputChannel = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, USER_NOT_PARTICIPANT, USER_CREATOR.
//! Source: official method page.

use domain::{Error, chats::channels};
use tl::functions::channels::LeaveChannel;

use super::{Cx, User, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for LeaveChannel {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let left = channels::leave(&cx.services, who, named).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), left))
    }
}
