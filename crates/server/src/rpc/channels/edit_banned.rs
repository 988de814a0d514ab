//! `channels.editBanned`: sends somebody away, or lets them come again.
//! channels.editBanned#96e6cd81 channel:InputChannel participant:InputPeer
//!   banned_rights:ChatBannedRights = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED, USER_ID_INVALID,
//! PARTICIPANT_ID_INVALID (no user), USER_ADMIN_INVALID, NOT_IMPLEMENTED (any other restriction, or one
//! that ends). Source: official method page.

use domain::{
    Error, Refusal,
    chats::channels::{self, Banned},
};
use tl::{functions::channels::EditBanned, types};

use super::{Cx, User, named_channel, named_peer, outcome, photos};
use crate::rpc::{Rpc, channels::is_user};

/// A time that is further away is for ever. Source: official page of `chatBannedRights`.
const FOR_EVER_S: i64 = 366 * 24 * 60 * 60;

impl Rpc for EditBanned {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        if !is_user(&self.participant) {
            return Err(Refusal::PARTICIPANT_ID_INVALID.into());
        }
        let whom = (named_channel(&self.channel), named_peer(&self.participant));
        let banned = banned(&self.banned_rights, cx.services.clock.unix_seconds());
        let who = photos::caller(caller.id, &caller.origin);
        let edited = channels::edit_banned(&cx.services, who, whom, banned).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), edited))
    }
}

fn banned(rights: &types::ChatBannedRights, now: i64) -> Banned {
    let until = i64::from(rights.until_date);
    let ends = until > 0 && until < now + FOR_EVER_S;
    let nothing = types::ChatBannedRights::new(rights.until_date);
    match rights {
        rights if *rights == nothing => Banned::No,
        rights if rights.view_messages && !ends => Banned::Away,
        _ => Banned::Partly,
    }
}
