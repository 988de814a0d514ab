//! `channels.deleteMessages`: for everybody; own ones, or any by an administrator.
//! channels.deleteMessages#84c1fd4e channel:InputChannel id:Vector<int> = messages.AffectedMessages
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, LIMIT_INVALID,
//! MESSAGE_DELETE_FORBIDDEN. Source: official method page.

use domain::{Error, chats::channels};
use tl::{functions::channels::DeleteMessages, types};

use super::{Cx, User, answers, doer, named_channel};
use crate::rpc::Rpc;

impl Rpc for DeleteMessages {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let ids: Vec<i64> = self.id.iter().copied().map(i64::from).collect();
        let named = named_channel(&self.channel);
        let doer = doer(caller.id, &caller.origin);
        let affected = channels::delete_messages(&cx.services, doer, named, &ids).await?;
        Ok(types::messages::AffectedMessages {
            pts: answers::int(affected.pts),
            pts_count: answers::int(affected.pts_count),
        })
    }
}
