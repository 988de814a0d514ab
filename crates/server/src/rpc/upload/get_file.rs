//! `upload.getFile`: a stretch of a file that the caller may see now.
//! upload.getFile#be5335be flags:# precise:flags.0?true cdn_supported:flags.1?true
//!   location:InputFileLocation offset:long limit:int = upload.File
//! Refuses: OFFSET_INVALID, LIMIT_INVALID, LOCATION_INVALID, FILE_ID_INVALID, FILE_REFERENCE_EMPTY,
//! FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED. Source: official page on files.
//! Chosen: never a redirect to a CDN; who may see what (docs/decisions/0062).

use domain::{
    Error,
    files::{self, FileKind, Window},
};
use tl::{enums::storage::FileType, functions::upload::GetFile, types};

use super::{Cx, answers, location};
use crate::rpc::{Rpc, User};

impl Rpc for GetFile {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let window = Window::of(self.offset, self.limit, self.precise)?;
        let location = location(self.location);
        let stretch = files::read(&cx.services, caller.id, &location, window).await?;
        let r#type = match stretch.kind {
            FileKind::Jpeg => FileType::FileJpeg,
            FileKind::Mp4 => FileType::FileMp4,
            FileKind::Webp => FileType::FileWebp,
            FileKind::Unknown => FileType::FileUnknown,
        };
        let mtime = answers::int(stretch.made_at);
        Ok(types::upload::File {
            r#type,
            mtime,
            bytes: stretch.bytes,
        }
        .into())
    }
}
