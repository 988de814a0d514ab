//! `photos.deletePhotos`: take photos off the own list; says which were on it.
//! photos.deletePhotos#87cf7f2f id:Vector<InputPhoto> = Vector<long>
//! Refuses: nothing of its own. Source: official method page.
//! Chosen: what is not on the list is passed over (docs/decisions/0063).

use domain::{
    Error,
    photos::{self, NamedPhoto},
};
use tl::{enums, functions::photos::DeletePhotos};

use super::Cx;
use crate::rpc::{Rpc, User};

impl Rpc for DeletePhotos {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Vec<i64>, Error> {
        let named = self.id.into_iter().filter_map(|photo| match photo {
            enums::InputPhoto::InputPhoto(photo) => Some(super::named_photo(photo)),
            enums::InputPhoto::Empty => None,
        });
        let named: Vec<NamedPhoto> = named.collect();
        let who = super::caller(caller.id, &caller.origin);
        photos::delete(&cx.services, who, &named).await
    }
}
