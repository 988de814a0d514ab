//! `messages.createChat`: a new group of the caller and others.
//! messages.createChat#92ceddd4 flags:# users:Vector<InputUser> title:string ttl_period:flags.0?int
//! = messages.InvitedUsers
//! Refuses: CHAT_TITLE_EMPTY, USERS_TOO_FEW, USERS_TOO_MUCH, USER_ID_INVALID, INPUT_USER_DEACTIVATED.
//! Source: official method page. Chosen: messages do not end by themselves, `ttl_period` is not read.

use domain::{
    Error,
    chats::groups::{self, Creation},
};
use tl::functions::messages::CreateChat;

use super::{Cx, Human, answers, groups::added, groups::tells_missing};
use crate::rpc::{Rpc, photos, users::named};

impl Rpc for CreateChat {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let creation = Creation {
            title: self.title,
            users: self.users.iter().map(named).collect(),
            tells_missing: tells_missing(&caller.origin),
        };
        let who = photos::caller(caller.id, &caller.origin);
        let made = groups::create(&cx.services, who, creation).await?;
        let mut answer = added(cx, &caller, &made);
        answer.updates = answers::with_message_id(answer.updates, cx.services.ids.rising());
        Ok(answer)
    }
}
