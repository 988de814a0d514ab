//! `account.checkUsername`: whether a username is free.
//! account.checkUsername#2714d86c username:string = Bool
//! Refuses: USERNAME_INVALID. Source: official method page.

use domain::{Error, Peer, accounts};
use tl::functions::account::CheckUsername;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for CheckUsername {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<bool, Error> {
        accounts::check_username(&self.username)?;
        let mut tx = cx.services.store.read().await?;
        let holder = accounts::username_holder(&mut tx, &self.username).await?;
        Ok(holder.is_none_or(|holder| holder == Peer::User(caller.id)))
    }
}
