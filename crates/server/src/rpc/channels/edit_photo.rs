//! `channels.editPhoto`: another picture or none, and a message that tells of it.
//! channels.editPhoto#f12e57c9 channel:InputChannel photo:InputChatPhoto = Updates
//! Refuses: CHANNEL_INVALID, CHANNEL_PRIVATE, CHAT_WRITE_FORBIDDEN, CHAT_ADMIN_REQUIRED,
//! CHAT_NOT_MODIFIED, PHOTO_FILE_MISSING, PHOTO_INVALID, VIDEO_FILE_INVALID, EMOJI_MARKUP_INVALID,
//! STICKERSET_INVALID, STICKER_MIME_INVALID, PHOTO_EXT_INVALID, FILE_PARTS_INVALID,
//! FILE_PART_X_MISSING, FILE_PART_SIZE_INVALID, MD5_CHECKSUM_INVALID, PHOTO_SAVE_FILE_INVALID,
//! PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED, FLOOD_WAIT_X (full queue), NOT_IMPLEMENTED (no jail on
//! this machine), FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED.
//! Source: official method page.

use domain::{Error, chats::channels};
use tl::functions::channels::EditPhoto;

use super::{Cx, User, named_channel, outcome, photos};
use crate::rpc::Rpc;

impl Rpc for EditPhoto {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let named = named_channel(&self.channel);
        let who = photos::caller(caller.id, &caller.origin);
        let new = photos::chat_photo(cx, &caller.origin, self.photo);
        let edited = channels::edit_photo(&cx.services, who, named, new).await?;
        Ok(outcome(cx, (caller.id, &caller.origin), edited))
    }
}
