//! `channels.getParticipants`: a page of those who are in a channel.
//! channels.getParticipants#77ced9d0 channel:InputChannel filter:ChannelParticipantsFilter offset:int
//!   limit:int hash:long = channels.ChannelParticipants
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_ADMIN_REQUIRED. Source: official method page.
//! Chosen: `hash` is not read, no page says how it is made; nobody is restricted without being sent away,
//! and mentions are not looked for.

use domain::{
    Error,
    chats::channels::{self, Wanted},
};
use tl::{enums::ChannelParticipantsFilter as Filter, functions::channels::GetParticipants, types};

use super::{Cx, User, answers, named_channel};
use crate::rpc::Rpc;

impl Rpc for GetParticipants {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let wanted = wanted(self.filter);
        let named = named_channel(&self.channel);
        let page = (self.offset.into(), self.limit.into());
        let found = channels::participants(&cx.services, caller.id, named, &wanted, page).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let member = |row| answers::participant(caller.id, row);
        Ok(types::channels::ChannelParticipants {
            count: answers::int(found.count),
            participants: found.members.iter().map(member).collect(),
            chats: answers::chats(to, &found.bundle.chats),
            users: answers::users(to, &found.bundle.users),
        }
        .into())
    }
}

fn wanted(filter: Filter) -> Wanted {
    match filter {
        Filter::ChannelParticipantsRecent => Wanted::Present,
        Filter::ChannelParticipantsAdmins => Wanted::Admins,
        Filter::ChannelParticipantsBots => Wanted::Bots,
        Filter::ChannelParticipantsSearch(search) => Wanted::Named(search.q),
        Filter::ChannelParticipantsKicked(_) => Wanted::Kicked,
        Filter::ChannelParticipantsBanned(_)
        | Filter::ChannelParticipantsContacts(_)
        | Filter::ChannelParticipantsMentions(_) => Wanted::Nobody,
    }
}
