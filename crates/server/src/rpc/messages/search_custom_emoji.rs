//! `messages.searchCustomEmoji`: the custom emoji that stand for an emoji.
//! messages.searchCustomEmoji#2c11c0d7 emoticon:string hash:long = EmojiList
//! Source: official method page.

use domain::{Error, stickers};
use tl::functions::messages::SearchCustomEmoji;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for SearchCustomEmoji {
    type Caller = Human;

    async fn handle(self, _: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let found = stickers::emoji_like(&cx.services, &self.emoticon).await?;
        Ok(answers::emoji_list(found, self.hash))
    }
}
