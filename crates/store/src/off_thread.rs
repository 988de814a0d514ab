//! Blocking file work on threads where waiting harms nobody, a bounded number at a time.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::blobs::BlobError;

/// Chosen: enough for a disk to order its work, few enough that files never starve the rest.
const FILE_JOBS_MAX: usize = 16;

/// Makes a folder, and those above it, for their owner only. One that is there is fine.
pub(crate) fn private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// A bounded gate to the runtime's blocking threads.
#[derive(Debug)]
pub(crate) struct OffThread {
    turns: Arc<Semaphore>,
}

impl Default for OffThread {
    fn default() -> Self {
        OffThread {
            turns: Arc::new(Semaphore::new(FILE_JOBS_MAX)),
        }
    }
}

impl OffThread {
    /// Runs `job` to its end, even when the caller stops waiting.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, BlobError> + Send + 'static,
    ) -> Result<T, BlobError> {
        let ended = |_| BlobError::Unavailable {
            doing: "run a file job",
            source: std::io::Error::other("the job ended early"),
        };
        let turn = self.turns.clone().acquire_owned().await;
        let job = move || {
            let _turn = turn;
            job()
        };
        tokio::task::spawn_blocking(job).await.map_err(ended)?
    }
}
