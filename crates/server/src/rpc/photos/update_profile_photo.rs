//! `photos.updateProfilePhoto`: a photo that exists becomes the main one or the fallback, or one of
//! them goes.
//! photos.updateProfilePhoto#9e82039 flags:# fallback:flags.0?true bot:flags.1?InputUser
//!   id:InputPhoto = photos.Photo
//! Refuses: BOT_FALLBACK_UNSUPPORTED, BOT_INVALID, PHOTO_ID_INVALID, FILE_REFERENCE_EMPTY,
//! FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED, ALBUM_PHOTOS_TOO_MANY. Source: official method page.
//! Chosen: a photo that is used again gets a new id, and after the main one the next of the list is the
//! main one (docs/decisions/0063).

use domain::{
    Error,
    photos::{self, ForProfile},
};
use tl::{enums, functions::photos::UpdateProfilePhoto};

use super::Cx;
use crate::rpc::{Rpc, User, users};

impl Rpc for UpdateProfilePhoto {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let bot = self.bot.as_ref().map(users::named);
        let place = ForProfile {
            bot,
            fallback: self.fallback,
        };
        let who = super::caller(caller.id, &caller.origin);
        let outcome = match self.id {
            enums::InputPhoto::Empty => photos::take_from_profile(&cx.services, who, place).await?,
            enums::InputPhoto::InputPhoto(photo) => {
                let photo = super::named_photo(photo);
                photos::reuse_for_profile(&cx.services, who, place, &photo).await?
            }
        };
        Ok(super::changed(cx, who, &caller.origin, &outcome))
    }
}
