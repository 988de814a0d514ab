//! `upload.getWebFile`: no web file is ever handed out here, so there is no place that could be right.
//! upload.getWebFile#24e6818d location:InputWebFileLocation offset:int limit:int = upload.WebFile
//! Refuses: LOCATION_INVALID. Source: official method page.

use domain::{Error, Refusal};
use tl::functions::upload::GetWebFile;

use super::Cx;
use crate::rpc::{Human, Rpc};

impl Rpc for GetWebFile {
    type Caller = Human;

    async fn handle(self, _: Human, _: &Cx) -> Result<Self::Output, Error> {
        Err(Refusal::LOCATION_INVALID.into())
    }
}
