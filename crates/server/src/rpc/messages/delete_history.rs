//! `messages.deleteHistory`: the messages of a private chat or group, all or up to one.
//! messages.deleteHistory#b08f922a flags:# just_clear:flags.0?true revoke:flags.1?true
//! peer:InputPeer max_id:int min_date:flags.2?int max_date:flags.3?int = messages.AffectedHistory
//! Refuses: PEER_ID_INVALID. Source: official method page.

use domain::{
    Error,
    messages::{self, Clearing},
};
use tl::{functions::messages::DeleteHistory, types};

use super::{Cx, Human, answers, doer, named_chat};
use crate::rpc::Rpc;

impl Rpc for DeleteHistory {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let clearing = Clearing {
            peer: named_chat(&self.peer),
            max_id: self.max_id.into(),
            min_date: self.min_date.map(i64::from),
            max_date: self.max_date.map(i64::from),
            revoke: self.revoke,
        };
        let doer = doer(caller.id, &caller.origin);
        let cleared = messages::delete_history(&cx.services, doer, clearing).await?;
        Ok(types::messages::AffectedHistory {
            pts: answers::int(cleared.affected.pts),
            pts_count: answers::int(cleared.affected.pts_count),
            // Not 0: the client calls again.
            offset: i32::from(cleared.more),
        })
    }
}
