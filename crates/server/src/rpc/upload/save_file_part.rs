//! `upload.saveFilePart`: one part of a file whose parts are counted when it is used.
//! upload.saveFilePart#b304a621 file_id:long file_part:int bytes:bytes = Bool
//! Refuses: FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG. Source: official page on files.
//! Chosen: lengths are compared when the file is used (docs/decisions/0061).

use domain::{
    Error,
    uploads::{self, Part},
};
use tl::functions::upload::SaveFilePart;

use super::Cx;
use crate::rpc::{Rpc, User};

impl Rpc for SaveFilePart {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let part = Part {
            file_id: self.file_id,
            part: self.file_part,
            bytes: self.bytes,
        };
        uploads::save(&cx.services, caller.id, part).await?;
        Ok(true)
    }
}
