//! `account.getDefaultGroupPhotoEmojis`: custom emoji that are offered for pictures of groups and channels.
//! account.getDefaultGroupPhotoEmojis#915860ae hash:long = EmojiList
//! Source: official method page. Chosen: what is offered is the host's choice (docs/decisions/0170).

use domain::{
    Error,
    stickers::{self, Use},
};
use tl::functions::account::GetDefaultGroupPhotoEmojis;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetDefaultGroupPhotoEmojis {
    type Caller = Human;

    async fn handle(self, _: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let offered = stickers::offered(&cx.services, Use::Groups).await?;
        Ok(answers::emoji_list(offered, self.hash))
    }
}
