//! `account.getDefaultBackgroundEmojis`: custom emoji that are offered for the pattern behind a profile.
//! account.getDefaultBackgroundEmojis#a60ab9ce hash:long = EmojiList
//! Source: official method page. Chosen: what is offered is the host's choice (docs/decisions/0170).

use domain::{
    Error,
    stickers::{self, Use},
};
use tl::functions::account::GetDefaultBackgroundEmojis;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetDefaultBackgroundEmojis {
    type Caller = Human;

    async fn handle(self, _: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let offered = stickers::offered(&cx.services, Use::Backgrounds).await?;
        Ok(answers::emoji_list(offered, self.hash))
    }
}
