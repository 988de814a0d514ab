//! `upload.getFileHashes`: SHA-256 of the blocks of a file, from the block that holds the offset on.
//! upload.getFileHashes#9156982a location:InputFileLocation offset:long = Vector<FileHash>
//! Refuses: OFFSET_INVALID, LOCATION_INVALID, FILE_ID_INVALID, FILE_REFERENCE_EMPTY,
//! FILE_REFERENCE_INVALID, FILE_REFERENCE_EXPIRED. Source: official method page.
//! Chosen: blocks of 128 KiB, 1 MiB of them at most (docs/decisions/0062).

use bytes::Bytes;
use domain::{
    Error,
    files::{self, Window},
};
use tl::{functions::upload::GetFileHashes, types};

use super::{Cx, answers, location};
use crate::rpc::{Rpc, User};

impl Rpc for GetFileHashes {
    type Caller = User;

    async fn handle(self, caller: User, cx: &Cx) -> Result<Self::Output, Error> {
        let window = Window::of_hashes(self.offset)?;
        let location = location(self.location);
        let blocks = files::hashes(&cx.services, caller.id, &location, window).await?;
        let hashes = blocks.into_iter().map(|block| types::FileHash {
            offset: block.offset,
            limit: answers::int(block.bytes),
            hash: Bytes::copy_from_slice(&block.hash),
        });
        Ok(hashes.collect())
    }
}
