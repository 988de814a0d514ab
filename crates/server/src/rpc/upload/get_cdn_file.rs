//! `upload.getCdnFile`: files are never moved to a CDN, so there is no token that could be right.
//! upload.getCdnFile#395f69da file_token:bytes offset:long limit:int = upload.CdnFile
//! Refuses: FILE_TOKEN_INVALID. Source: official method page.

use domain::{Error, Refusal};
use tl::functions::upload::GetCdnFile;

use super::Cx;
use crate::rpc::{Anyone, Rpc};

impl Rpc for GetCdnFile {
    type Caller = Anyone;

    async fn handle(self, _: Anyone, _: &Cx) -> Result<Self::Output, Error> {
        Err(Refusal::FILE_TOKEN_INVALID.into())
    }
}
