//! `users.getFullUser`: a user with all pictures that the caller may see.
//! users.getFullUser#b60f5918 id:InputUser = users.UserFull
//! Refuses: USER_ID_INVALID. Source: official method page.

use domain::{Error, Refusal, bots, contacts, peers};
use tl::{functions::users::GetFullUser, types};

use super::{Cx, named};
use crate::rpc::{Rpc, User, answers};

impl Rpc for GetFullUser {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let mut tx = cx.services.store.read().await?;
        let user = peers::resolve(&cx.services, &mut tx, caller.id, named(&self.id)).await?;
        let seen = peers::view_one(&cx.services, &mut tx, caller.id, user.user_id).await?;
        let (view, pictures) = seen.ok_or(Refusal::USER_ID_INVALID)?;
        let lang_code = &caller.origin.lang_code;
        let bot = match view.is_bot && !view.is_deleted {
            true => Some(bots::profile(&mut tx, &user, caller.id, lang_code).await?),
            false => None,
        };
        let about = answers::About {
            view: &view,
            pictures: &pictures,
            bot: bot.as_ref(),
            blocked: contacts::is_blocked(&mut tx, caller.id, user.user_id).await?,
            photo_changed_at: pictures.main.as_ref().map(|_| user.photo_changed_at),
        };
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        Ok(types::users::UserFull {
            full_user: answers::user_full(to, &about),
            chats: Vec::new(),
            users: vec![answers::user(to, &view)],
        })
    }
}
