//! `upload.saveBigFilePart`: one part of a file whose number of parts comes with it, or of a stream.
//! upload.saveBigFilePart#de7b673d file_id:long file_part:int file_total_parts:int bytes:bytes = Bool
//! Refuses: FILE_PARTS_INVALID, FILE_PART_INVALID, FILE_PART_EMPTY, FILE_PART_TOO_BIG,
//! FILE_PART_SIZE_INVALID, FILE_PART_SIZE_CHANGED. Source: official page on files.
//! Chosen: how a stream ends (docs/decisions/0061).

use domain::{
    Error,
    uploads::{self, Part},
};
use tl::functions::upload::SaveBigFilePart;

use super::Cx;
use crate::rpc::{Rpc, User};

impl Rpc for SaveBigFilePart {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<bool, Error> {
        let part = Part {
            file_id: self.file_id,
            part: self.file_part,
            bytes: self.bytes,
        };
        uploads::save_big(&cx.services, caller.id, part, self.file_total_parts).await?;
        Ok(true)
    }
}
