//! `account.updateProfile`: names and the words about oneself; what is absent stays.
//! account.updateProfile#78515775 flags:# first_name:flags.0?string last_name:flags.1?string
//! about:flags.2?string = User
//! Refuses: FIRSTNAME_INVALID, LASTNAME_INVALID, ABOUT_TOO_LONG. Source: official method page.

use domain::{
    Error,
    accounts::{self, ProfileChange},
};
use tl::functions::account::UpdateProfile;

use super::{Cx, itself};
use crate::rpc::{Human, Rpc};

impl Rpc for UpdateProfile {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let change = ProfileChange {
            first_name: self.first_name,
            last_name: self.last_name,
            about: self.about,
        };
        let origin = caller.origin.session_id;
        accounts::update_profile(&cx.services, caller.id, change, origin).await?;
        itself(cx, &caller).await
    }
}
