//! `messages.getDialogUnreadMarks`: chats cannot be marked as unread here, so none is.
//! messages.getDialogUnreadMarks#21202222 flags:# parent_peer:flags.0?InputPeer
//! = Vector<DialogPeer>
//! Source: official method page.

use domain::Error;
use tl::{enums, functions::messages::GetDialogUnreadMarks};

use super::{Cx, Human};
use crate::rpc::Rpc;

impl Rpc for GetDialogUnreadMarks {
    type Caller = Human;

    async fn handle(self, _: Human, _: &Cx) -> Result<Vec<enums::DialogPeer>, Error> {
        Ok(Vec::new())
    }
}
