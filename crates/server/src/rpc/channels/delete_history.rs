//! `channels.deleteHistory`: not built, neither for the caller alone nor for everybody.
//! channels.deleteHistory#9baa9647 flags:# for_everyone:flags.0?true channel:InputChannel max_id:int
//!   = Updates
//! Refuses: NOT_IMPLEMENTED. Source: official method page.

use domain::{Error, Refusal};
use tl::functions::channels::DeleteHistory;

use super::{Cx, Human};
use crate::rpc::Rpc;

impl Rpc for DeleteHistory {
    type Caller = Human;

    async fn handle(self, _: Human, _: &Cx) -> Result<Self::Output, Error> {
        Err(Refusal::NOT_IMPLEMENTED.into())
    }
}
