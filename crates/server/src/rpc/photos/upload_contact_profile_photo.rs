//! `photos.uploadContactProfilePhoto`: set, take away or suggest the picture of a contact.
//! photos.uploadContactProfilePhoto#e14c4a71 flags:# suggest:flags.3?true save:flags.4?true
//!   user_id:InputUser file:flags.0?InputFile video:flags.1?InputFile video_start_ts:flags.2?double
//!   video_emoji_markup:flags.5?VideoSize = photos.Photo
//! Refuses: USER_ID_INVALID, NEED_ACTION_MISSING, INPUT_USER_DEACTIVATED, CONTACT_MISSING,
//! YOU_BLOCKED_USER, USER_IS_BLOCKED, PHOTO_INVALID, PHOTO_FILE_MISSING, VIDEO_FILE_INVALID,
//! EMOJI_MARKUP_INVALID, STICKERSET_INVALID, STICKER_MIME_INVALID, PHOTO_EXT_INVALID,
//! FILE_PARTS_INVALID, FILE_PART_X_MISSING, FILE_PART_SIZE_INVALID, MD5_CHECKSUM_INVALID,
//! PHOTO_SAVE_FILE_INVALID, PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED, FLOOD_WAIT_X (full queue),
//! NOT_IMPLEMENTED (no jail on this machine). Source: official method page; the official apps.
//! Chosen: docs/decisions/0060 (flags, order of checks), 0174 (what a picture is made of).

use domain::{
    Error,
    photos::{self, ForContact},
};
use tl::functions::photos::UploadContactProfilePhoto;

use super::{Cx, media};
use crate::rpc::{Human, Rpc, users};

impl Rpc for UploadContactProfilePhoto {
    type Caller = Human;

    async fn handle(self, caller: Human, cx: &Cx) -> Result<Self::Output, Error> {
        let rule = cx.services.rules.media_combinations;
        let asked = ForContact {
            target: users::named(&self.user_id),
            suggest: self.suggest,
            save: self.save,
            media: media::given(media::Fields {
                file: self.file,
                video: self.video,
                video_start_ts: self.video_start_ts,
                video_emoji_markup: self.video_emoji_markup,
            }),
            combinations: photos::combinations(rule, &caller.origin.lang_pack),
        };
        let who = super::caller(caller.id, &caller.origin);
        let outcome = photos::change_for_contact(&cx.services, who, asked).await?;
        Ok(super::changed(cx, who, &caller.origin, &outcome))
    }
}
