//! `messages.deleteMessages`: from the caller's box, with `revoke` from the other side's or all members' too.
//! messages.deleteMessages#e58e95d2 flags:# revoke:flags.0?true id:Vector<int>
//! = messages.AffectedMessages
//! Refuses: LIMIT_INVALID, MESSAGE_DELETE_FORBIDDEN. Source: official method page.

use domain::{Error, messages};
use tl::functions::messages::DeleteMessages;

use super::{Cx, User, affected, doer};
use crate::rpc::Rpc;

impl Rpc for DeleteMessages {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let ids: Vec<i64> = self.id.iter().copied().map(i64::from).collect();
        let doer = doer(caller.id, &caller.origin);
        Ok(affected(
            messages::delete(&cx.services, doer, &ids, self.revoke).await?,
        ))
    }
}
