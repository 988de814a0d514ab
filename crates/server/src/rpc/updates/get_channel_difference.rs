//! `updates.getChannelDifference`: there are no channels here, so nobody has missed anything in one.
//! updates.getChannelDifference#3173d78 flags:# force:flags.0?true channel:InputChannel
//! filter:ChannelMessagesFilter pts:int limit:int = updates.ChannelDifference
//! Refuses: CHANNEL_INVALID. Source: official method page.

use domain::{Error, Refusal};
use tl::functions::updates::GetChannelDifference;

use super::{Cx, User};
use crate::rpc::Rpc;

impl Rpc for GetChannelDifference {
    type Caller = User;

    async fn handle(self, _: User, _: &Cx) -> Result<Self::Output, Error> {
        Err(Refusal::CHANNEL_INVALID.into())
    }
}
