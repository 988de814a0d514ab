//! `updates.getChannelDifference`: what the caller has missed in one channel, in slices.
//! updates.getChannelDifference#3173d78 flags:# force:flags.0?true channel:InputChannel
//! filter:ChannelMessagesFilter pts:int limit:int = updates.ChannelDifference
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, PERSISTENT_TIMESTAMP_INVALID.
//! Source: official method page and page on updates.

use domain::{
    Error,
    updates::{self, ChannelDifference, ChannelDiffering, Entry, InChannel},
};
use tl::{enums, functions::updates::GetChannelDifference, types};

use super::{Cx, User, answers};
use crate::rpc::{Rpc, answers::For, users::named_channel};

impl Rpc for GetChannelDifference {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let asked = (self.pts.into(), self.limit.into());
        let mut tx = cx.services.store.read().await?;
        let difference =
            updates::channel_difference(&cx.services, &mut tx, caller.id, named, asked).await?;
        let to = For::caller(caller.id, &caller.origin, &cx.services);
        Ok(match difference {
            ChannelDifference::Empty { pts, ask_again_s } => {
                types::updates::ChannelDifferenceEmpty {
                    r#final: true,
                    pts: answers::int(pts),
                    timeout: Some(answers::int(ask_again_s)),
                }
                .into()
            }
            ChannelDifference::Some(differing) => some(to, &differing).into(),
            ChannelDifference::TooLong {
                dialog,
                pts,
                messages,
                bundle,
                ask_again_s,
            } => types::updates::ChannelDifferenceTooLong {
                r#final: true,
                timeout: Some(answers::int(ask_again_s)),
                dialog: answers::dialog(&dialog, Some(pts)),
                messages: answers::messages(to, &messages, &bundle),
                chats: answers::chats(to, &bundle.chats),
                users: answers::users(to, &bundle.users),
            }
            .into(),
        })
    }
}

/// New messages stand for themselves; everything else stays an update.
fn some(to: For<'_>, differing: &ChannelDiffering) -> types::updates::ChannelDifference {
    let (mut new_messages, mut other_updates) = (Vec::new(), Vec::new());
    for entry in &differing.entries {
        match entry {
            Entry::Channel {
                news: InChannel::Message { message, .. },
                ..
            } => new_messages.push(answers::message(to, message, &differing.bundle.photos)),
            other => other_updates.push(answers::update(to, other, &differing.bundle)),
        }
    }
    let chats: Vec<enums::Chat> = answers::chats(to, &differing.bundle.chats);
    types::updates::ChannelDifference {
        r#final: differing.is_all,
        pts: answers::int(differing.pts),
        timeout: Some(answers::int(differing.ask_again_s)),
        new_messages,
        other_updates,
        chats,
        users: answers::users(to, &differing.bundle.users),
    }
}
