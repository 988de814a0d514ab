//! `channels.inviteToChannel`: brings users in.
//! channels.inviteToChannel#c9e33d54 channel:InputChannel users:Vector<InputUser>
//!   = messages.InvitedUsers
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USERS_TOO_MUCH,
//! USER_ID_INVALID. Source: official method page.

use domain::{Error, chats::channels, peers::Named};
use tl::{functions::channels::InviteToChannel, types};

use super::{Cx, Human, named, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for InviteToChannel {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let users: Vec<Named> = self.users.iter().map(named).collect();
        let channel = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let invited = channels::invite(&cx.services, who, channel, &users).await?;
        let missing_invitees = invited
            .missing
            .into_iter()
            .map(types::MissingInvitee::new)
            .collect();
        Ok(types::messages::InvitedUsers {
            updates: outcome(cx, (caller.id, &caller.origin), invited.outcome),
            missing_invitees,
        })
    }
}
