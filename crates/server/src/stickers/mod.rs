//! Sticker sets on their way in: from a folder or an archive of the host, and the one that is part of the
//! program. What a set may be is the domain's to say.

mod archive;
mod first_set;
mod manifest;
mod pack;

pub use first_set::first_set;
pub(crate) use pack::{SentSet, SentSticker, SetWords, read};
