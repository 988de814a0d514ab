//! `contacts.addContact`: saves a user under a name; a personal picture that is there stays.
//! contacts.addContact#d9ba2e54 flags:# add_phone_privacy_exception:flags.0?true id:InputUser
//! first_name:string last_name:string phone:string note:flags.1?TextWithEntities = Updates
//! Refuses: CONTACT_NAME_EMPTY, CONTACT_ID_INVALID. Source: official method page.

use domain::{
    Error,
    accounts::Names,
    contacts::{self, Adding},
    updates::Offers,
};
use tl::functions::contacts::AddContact;

use super::{Cx, settings_changed};
use crate::rpc::{Human, Rpc, users::named};

impl Rpc for AddContact {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let owner = (caller.id, caller.origin.session_id);
        let names = Names {
            first: self.first_name,
            last: self.last_name,
        };
        let named = named(&self.id);
        let adding = Adding {
            names: &names,
            phone: &self.phone,
            share_phone: self.add_phone_privacy_exception,
        };
        let view = contacts::add(&cx.services, owner, named, adding).await?;
        // A contact is offered neither to be added nor to be blocked.
        let offers = Offers {
            view,
            blocked: false,
            photo_changed_at: None,
        };
        Ok(settings_changed(cx, &caller, &[offers]))
    }
}
