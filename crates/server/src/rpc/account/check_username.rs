//! `account.checkUsername`: whether a username is free.
//! account.checkUsername#2714d86c username:string = Bool
//! Refuses: USERNAME_INVALID. Source: official method page.

use domain::{Error, accounts};
use store::rows::{chats, users};
use tl::functions::account::CheckUsername;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for CheckUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        accounts::check_username(&self.username)?;
        let mut tx = cx.services.store.read().await?;
        let holder = users::by_username(&mut tx, &self.username).await?;
        let channel = chats::by_username(&mut tx, &self.username).await?;
        Ok(channel.is_none() && holder.is_none_or(|user| user.user_id == caller.id))
    }
}
