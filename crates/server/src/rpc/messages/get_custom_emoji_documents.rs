//! `messages.getCustomEmojiDocuments`: custom emoji by their ids; unknown ids are left out.
//! messages.getCustomEmojiDocuments#d9ab0f54 document_id:Vector<long> = Vector<Document>
//! Refuses: LIMIT_INVALID: more than two hundred ids. Source: official method page.

use domain::{Error, stickers};
use tl::functions::messages::GetCustomEmojiDocuments;

use super::Cx;
use crate::rpc::{Rpc, User, answers};

impl Rpc for GetCustomEmojiDocuments {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let found = stickers::custom_emoji(&cx.services, &self.document_id).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(answers::documents(to, &found))
    }
}
