//! `photos.getUserPhotos`: the list of somebody's pictures, and fresh references of single ones.
//! photos.getUserPhotos#91cd32a8 user_id:InputUser offset:int max_id:long limit:int = photos.Photos
//! Refuses: USER_ID_INVALID, MAX_ID_INVALID. Source: official pages on the method and on file
//! references. Chosen: docs/decisions/0064 (the whole list and slices, the refresh of one photo).

use domain::{
    Error,
    photos::{self, Page},
};
use tl::{functions::photos::GetUserPhotos, types};

use super::{Cx, answers};
use crate::rpc::{Rpc, User, users};

impl Rpc for GetUserPhotos {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let page = Page {
            offset: self.offset,
            max_id: self.max_id,
            limit: self.limit,
        };
        let named = users::named(&self.user_id);
        let found = photos::user_photos(&cx.services, caller.id, named, page).await?;
        let to = answers::For::caller(caller.id, &caller.origin, &cx.services);
        let photos = found
            .photos
            .iter()
            .map(|row| answers::photo(to, row))
            .collect();
        let users = answers::users(to, &found.users);
        Ok(if found.whole {
            types::photos::Photos { photos, users }.into()
        } else {
            let count = answers::int(found.count);
            types::photos::PhotosSlice {
                count,
                photos,
                users,
            }
            .into()
        })
    }
}
