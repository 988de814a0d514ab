//! `photos.uploadProfilePhoto`: a new picture at the head of the own list, or a new fallback.
//! photos.uploadProfilePhoto#388a3b5 flags:# fallback:flags.3?true bot:flags.5?InputUser
//!   file:flags.0?InputFile video:flags.1?InputFile video_start_ts:flags.2?double
//!   video_emoji_markup:flags.4?VideoSize = photos.Photo
//! Refuses: BOT_FALLBACK_UNSUPPORTED, BOT_INVALID, PHOTO_FILE_MISSING, PHOTO_INVALID,
//! ALBUM_PHOTOS_TOO_MANY, VIDEO_FILE_INVALID, EMOJI_MARKUP_INVALID, STICKERSET_INVALID,
//! STICKER_MIME_INVALID, PHOTO_EXT_INVALID, FILE_PARTS_INVALID, FILE_PART_X_MISSING,
//! FILE_PART_SIZE_INVALID, MD5_CHECKSUM_INVALID, PHOTO_SAVE_FILE_INVALID, PHOTO_CROP_SIZE_SMALL,
//! IMAGE_PROCESS_FAILED, FLOOD_WAIT_X (full queue), NOT_IMPLEMENTED (no jail on this machine).
//! Source: official method page. Chosen: no media is PHOTO_FILE_MISSING (docs/decisions/0060);
//! what a picture is made of (docs/decisions/0174).

use domain::{
    Error,
    photos::{self, ForProfile},
};
use tl::functions::photos::UploadProfilePhoto;

use super::{Cx, media};
use crate::rpc::{Rpc, User, users};

impl Rpc for UploadProfilePhoto {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let rule = cx.services.rules.media_combinations;
        let combinations = photos::combinations(rule, &caller.origin.lang_pack);
        let bot = self.bot.as_ref().map(users::named);
        let place = ForProfile {
            bot,
            fallback: self.fallback,
        };
        let given = media::given(media::Fields {
            file: self.file,
            video: self.video,
            video_start_ts: self.video_start_ts,
            video_emoji_markup: self.video_emoji_markup,
        });
        let who = super::caller(caller.id, &caller.origin);
        let outcome =
            photos::upload_for_profile(&cx.services, who, place, &given, combinations).await?;
        Ok(super::changed(cx, who, &caller.origin, &outcome))
    }
}
