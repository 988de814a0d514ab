//! `channels.getChannels`: channels as the caller sees them.
//! channels.getChannels#a7f6bbb id:Vector<InputChannel> = messages.Chats
//! Refuses: CHANNEL_INVALID, LIMIT_INVALID (more than a hundred). Source: official method page.

use domain::{
    Error, Refusal,
    chats::{NamedPeer, channels},
};
use tl::{functions::channels::GetChannels, types};

use super::{Cx, User, answers, named_channel};
use crate::rpc::Rpc;

/// Channels that one call may ask for. Chosen: clients ask for a handful.
const CHANNELS_MAX: usize = 100;

impl Rpc for GetChannels {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        if self.id.len() > CHANNELS_MAX {
            return Err(Refusal::LIMIT_INVALID.into());
        }
        let named: Vec<NamedPeer> = self.id.iter().map(named_channel).collect();
        let views = channels::named(&cx.services, caller.id, &named).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::messages::Chats {
            chats: answers::chats(to, &views),
        }
        .into())
    }
}
