//! `messages.getStickers`: the stickers that stand for an emoji.
//! messages.getStickers#d5a5d3a1 emoticon:string hash:long = messages.Stickers
//! Source: official method page.

use domain::{Error, stickers};
use tl::{enums, functions::messages::GetStickers, types};

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetStickers {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let found = stickers::stickers_like(&cx.services, &self.emoticon).await?;
        if self.hash != 0 && self.hash == found.hash {
            return Ok(enums::messages::Stickers::NotModified);
        }
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let documents = answers::documents(to, &found.entries);
        Ok(types::messages::Stickers::new(found.hash, documents).into())
    }
}
