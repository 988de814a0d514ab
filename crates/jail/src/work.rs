//! One job to its result, by the decoders. Runs in a child, or on a thread where there are no strangers.

use crate::{Done, Job};

/// Does the job.
///
/// # Errors
/// Why the bytes are refused, in words.
pub(crate) fn work(job: Job) -> Result<Done, String> {
    match job {
        Job::Clip {
            source,
            limits,
            start_s,
            stills,
        } => motion::clip(&source, &limits, start_s, stills)
            .map(Done::Clip)
            .map_err(|error| error.to_string()),
        Job::Draw(drawing) => motion::draw(&drawing)
            .map(Done::Draw)
            .map_err(|error| error.to_string()),
        Job::Sticker(source) => motion::sticker(&source)
            .map(Done::Sticker)
            .map_err(|error| error.to_string()),
    }
}
