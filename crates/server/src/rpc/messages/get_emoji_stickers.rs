//! `messages.getEmojiStickers`: the sets of custom emoji, which everybody has.
//! messages.getEmojiStickers#fbfca18f hash:long = messages.AllStickers
//! Source: official method page. Chosen: every set of the host is installed (docs/decisions/0170).

use domain::{
    Error,
    stickers::{self, Kind},
};
use tl::functions::messages::GetEmojiStickers;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetEmojiStickers {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let sets = stickers::installed(&cx.services, Kind::Emoji).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::all_stickers(to, &sets, self.hash))
    }
}
