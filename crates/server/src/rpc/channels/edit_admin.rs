//! `channels.editAdmin`: makes a member an administrator, or takes that away.
//! channels.editAdmin#9a98ad68 flags:# channel:InputChannel user_id:InputUser
//!   admin_rights:ChatAdminRights rank:flags.0?string = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_ADMIN_REQUIRED, USER_ID_INVALID, USER_NOT_PARTICIPANT.
//! Source: official method page. Chosen: any right makes an administrator, with the rights that all of
//! them have here (docs/decisions/0131); ranks are not kept.

use domain::{Error, chats::channels};
use tl::{functions::channels::EditAdmin, types};

use super::{Cx, User, named, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for EditAdmin {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let whom = (named_channel(&self.channel), named(&self.user_id));
        let admin = self.admin_rights != types::ChatAdminRights::new();
        let who = photos::caller(caller.id, &caller.origin);
        let edited = channels::edit_admin(&cx.services, who, whom, admin).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), edited))
    }
}
