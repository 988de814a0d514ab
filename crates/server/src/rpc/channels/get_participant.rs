//! `channels.getParticipant`: what somebody is in a channel.
//! channels.getParticipant#a0ab6cc6 channel:InputChannel participant:InputPeer
//!   = channels.ChannelParticipant
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, PARTICIPANT_ID_INVALID (no user), USER_ID_INVALID,
//! USER_NOT_PARTICIPANT, CHAT_ADMIN_REQUIRED. Source: official method page.

use domain::{Error, Refusal, chats::channels};
use tl::{functions::channels::GetParticipant, types};

use super::{Cx, User, answers, named_channel, named_peer};
use crate::rpc::{Rpc, channels::is_user};

impl Rpc for GetParticipant {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        if !is_user(&self.participant) {
            return Err(Refusal::PARTICIPANT_ID_INVALID.into());
        }
        let (channel, user) = (named_channel(&self.channel), named_peer(&self.participant));
        let found = channels::participant(&cx.services, caller.id, channel, user).await?;
        let (row, bundle) = found;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::channels::ChannelParticipant {
            participant: answers::participant(caller.id, &row),
            chats: answers::chats(to, &bundle.chats),
            users: answers::users(to, &bundle.users),
        })
    }
}
