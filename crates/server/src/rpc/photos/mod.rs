//! `photos.*`: pictures on profiles, pictures that one viewer sees of a contact, suggestions.

mod delete_photos;
mod get_user_photos;
mod media;
mod update_profile_photo;
mod upload_contact_profile_photo;
mod upload_profile_photo;

use domain::{
    chats::NewPhoto,
    photos::{Caller, Changed, NamedPhoto, call_id, combinations},
};
use tl::{
    enums,
    functions::photos::{
        DeletePhotos, GetUserPhotos, UpdateProfilePhoto, UploadContactProfilePhoto,
        UploadProfilePhoto,
    },
    types,
};

use super::{Cx, Method, Origin, answers};

pub(super) const METHODS: &[Method] = &[
    Method::of::<DeletePhotos>(),
    Method::of::<GetUserPhotos>(),
    Method::of::<UpdateProfilePhoto>(),
    Method::of::<UploadContactProfilePhoto>(),
    Method::of::<UploadProfilePhoto>(),
];

/// Who asks, for the rules.
pub(super) fn caller(user_id: i64, origin: &Origin) -> Caller {
    Caller {
        user_id,
        session_id: origin.session_id,
        call_id: call_id(origin.auth_key_id, origin.session_id, origin.msg_id),
    }
}

/// A photo as the client names it.
fn named_photo(photo: types::InputPhoto) -> NamedPhoto {
    let types::InputPhoto {
        id,
        access_hash,
        file_reference,
    } = photo;
    NamedPhoto {
        photo_id: id,
        access_hash,
        file_reference,
    }
}

/// What a request makes of a chat's picture.
pub(super) fn chat_photo(cx: &Cx, origin: &Origin, photo: enums::InputChatPhoto) -> NewPhoto {
    match photo {
        enums::InputChatPhoto::InputChatUploadedPhoto(uploaded) => {
            let rule = cx.services.rules.media_combinations;
            NewPhoto::Uploaded {
                combinations: combinations(rule, &origin.lang_pack),
                media: media::given(media::Fields {
                    file: uploaded.file,
                    video: uploaded.video,
                    video_start_ts: uploaded.video_start_ts,
                    video_emoji_markup: uploaded.video_emoji_markup,
                }),
            }
        }
        enums::InputChatPhoto::InputChatPhoto(known) => match known.id {
            enums::InputPhoto::InputPhoto(photo) => NewPhoto::Known(named_photo(photo)),
            enums::InputPhoto::Empty => NewPhoto::Nothing,
        },
        enums::InputChatPhoto::Empty => NewPhoto::Nothing,
    }
}

/// `photos.photo`: the new photo, or none, and the users as the caller sees them now.
fn changed(cx: &Cx, caller: Caller, origin: &Origin, changed: &Changed) -> types::photos::Photo {
    let to = answers::For::caller(caller.user_id, origin, &cx.services);
    let photo = changed.photo.as_ref();
    types::photos::Photo {
        photo: photo.map_or_else(answers::no_photo, |row| answers::photo(to, row)),
        users: answers::users(to, &changed.users),
    }
}
