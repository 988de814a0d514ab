//! `messages.editChatPhoto`: gives a group a picture, or takes it away.
//! messages.editChatPhoto#35ddd674 chat_id:long photo:InputChatPhoto = Updates
//! Refuses: PEER_ID_INVALID, CHAT_ID_INVALID, CHAT_NOT_MODIFIED, PHOTO_INVALID, PHOTO_EXT_INVALID,
//! VIDEO_FILE_INVALID, EMOJI_MARKUP_INVALID, STICKERSET_INVALID, STICKER_MIME_INVALID,
//! FILE_PARTS_INVALID, FILE_PART_X_MISSING, FILE_PART_SIZE_INVALID, MD5_CHECKSUM_INVALID,
//! PHOTO_SAVE_FILE_INVALID, PHOTO_CROP_SIZE_SMALL, IMAGE_PROCESS_FAILED, FLOOD_WAIT_X (full queue),
//! NOT_IMPLEMENTED (no jail on this machine), FILE_REFERENCE_EMPTY, FILE_REFERENCE_INVALID,
//! FILE_REFERENCE_EXPIRED. Source: official method page.

use domain::{Error, chats::groups};
use tl::functions::messages::EditChatPhoto;

use super::{Cx, User, groups::told};
use crate::rpc::{Rpc, photos};

impl Rpc for EditChatPhoto {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let who = photos::caller(caller.id, &caller.origin);
        let photo = photos::chat_photo(cx, &caller.origin, self.photo);
        let outcome = groups::edit_photo(&cx.services, who, self.chat_id, photo).await?;
        Ok(told(cx, caller.id, &caller.origin, &outcome))
    }
}
