//! `messages.receivedMessages`: a client says that it has got messages; only notifications by other
//! means would need to know, and there are none.
//! messages.receivedMessages#5a954c0 max_id:int = Vector<ReceivedNotifyMessage>
//! Source: official method page.

use domain::Error;
use tl::{functions::messages::ReceivedMessages, types};

use super::{Cx, Human};
use crate::rpc::Rpc;

impl Rpc for ReceivedMessages {
    type Caller = Human;

    async fn handle(self, _: Human, _: &Cx) -> Result<Vec<types::ReceivedNotifyMessage>, Error> {
        Ok(Vec::new())
    }
}
