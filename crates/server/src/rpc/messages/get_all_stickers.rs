//! `messages.getAllStickers`: the sets of stickers, which everybody has.
//! messages.getAllStickers#b8a0a1a8 hash:long = messages.AllStickers
//! Source: official method page. Chosen: every set of the host is installed (docs/decisions/0170).

use domain::{
    Error,
    stickers::{self, Kind},
};
use tl::functions::messages::GetAllStickers;

use super::Cx;
use crate::rpc::{Human, Rpc, answers};

impl Rpc for GetAllStickers {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let sets = stickers::installed(&cx.services, Kind::Stickers).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::all_stickers(to, &sets, self.hash))
    }
}
