//! `channels.createChannel`: a broadcast or a supergroup with the caller as its creator.
//! channels.createChannel#91006707 flags:# broadcast:flags.0?true megagroup:flags.1?true
//!   for_import:flags.3?true forum:flags.5?true title:string about:string geo_point:flags.2?InputGeoPoint
//!   address:flags.2?string ttl_period:flags.4?int = Updates
//! Refuses: CHAT_TITLE_EMPTY, CHAT_ABOUT_TOO_LONG, CHANNELS_TOO_MUCH, NOT_IMPLEMENTED (topics, a place,
//! messages that go by themselves). Source: official method page.
//! Chosen: neither flag makes a broadcast, as both old clients and new ones expect.

use domain::{
    Error, Refusal,
    chats::channels::{self, NewChannel},
};
use tl::functions::channels::CreateChannel;

use super::{Cx, Human, answers, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for CreateChannel {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let ttl = self.ttl_period.is_some_and(|seconds| seconds != 0);
        if self.forum || self.geo_point.is_some() || ttl {
            return Err(Refusal::NOT_IMPLEMENTED.into());
        }
        let new = NewChannel {
            megagroup: self.megagroup,
            title: self.title,
            about: self.about,
        };
        let who = photos::caller(caller.id, &caller.origin);
        let created = channels::create(&cx.services, who, new).await?;
        let answer = outcome(cx, (caller.id, &caller.origin), created);
        Ok(answers::with_message_id(answer, cx.services.ids.rising()))
    }
}
