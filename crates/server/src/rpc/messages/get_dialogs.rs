//! `messages.getDialogs`: a page of the caller's chats, latest first.
//! messages.getDialogs#a0f4cb4f flags:# exclude_pinned:flags.0?true folder_id:flags.1?int
//! offset_date:int offset_id:int offset_peer:InputPeer limit:int hash:long = messages.Dialogs
//! Refuses: FOLDER_ID_INVALID. Source: official method page and page on pagination.
//! Chosen: an `offset_peer` that names nothing leaves out all chats with this time and id; `hash` is not
//! read, no page says how it is made; folder 1 (the archive) is empty.

use domain::{
    Error, Refusal,
    dialogs::{self, Offset},
};
use tl::{enums, functions::messages::GetDialogs, types};

use super::{Cx, Human, answers, named_chat};
use crate::rpc::Rpc;

const FOLDER_MAIN: i32 = 0;
const FOLDER_ARCHIVE: i32 = 1;

impl Rpc for GetDialogs {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        match self.folder_id {
            None | Some(FOLDER_MAIN) => {}
            Some(FOLDER_ARCHIVE) => return Ok(archive()),
            Some(_) => return Err(Refusal::FOLDER_ID_INVALID.into()),
        }
        let offset = Offset {
            date: self.offset_date.into(),
            message_id: self.offset_id.into(),
            peer: Some(named_chat(&self.offset_peer)),
        };
        let list = dialogs::page(&cx.services, caller.id, offset, self.limit.into()).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let dialogs = answers::dialogs(&list.dialogs, &list.pts);
        let messages = answers::messages(to, &list.messages, &list.bundle);
        let chats = answers::chats(to, &list.bundle.chats);
        let users = answers::users(to, &list.bundle.users);
        if dialogs.len() as i64 == list.count {
            return Ok(types::messages::Dialogs {
                dialogs,
                messages,
                chats,
                users,
            }
            .into());
        }
        let count = answers::int(list.count);
        Ok(types::messages::DialogsSlice {
            count,
            dialogs,
            messages,
            chats,
            users,
        }
        .into())
    }
}

fn archive() -> enums::messages::Dialogs {
    let (dialogs, messages, chats, users) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    types::messages::Dialogs {
        dialogs,
        messages,
        chats,
        users,
    }
    .into()
}
