//! `messages.getStickerSet`: a set with its stickers, by its id or by the name in a link.
//! messages.getStickerSet#c8a0ec74 stickerset:InputStickerSet hash:int = messages.StickerSet
//! Refuses: STICKERSET_INVALID: a set that is not known, a wrong hash, or a set by what it is for (dice,
//! topic icons, …), since there are none. Source: official method page.

use domain::{Error, stickers};
use tl::{enums, functions::messages::GetStickerSet};

use super::Cx;
use crate::rpc::{Rpc, User, answers, stickers::named_set};

impl Rpc for GetStickerSet {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_set(&self.stickerset);
        let whole = stickers::whole_set(&cx.services, caller.id, &named).await?;
        if self.hash != 0 && i64::from(self.hash) == whole.set.hash {
            return Ok(enums::messages::StickerSet::NotModified);
        }
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::sticker_set(to, &whole).into())
    }
}
