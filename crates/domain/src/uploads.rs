//! Parts of files that clients upload: what is taken, what is kept, and how parts become a file again.
//!
//! An upload belongs to an account, not to a connection. The bytes of a part go to the spool as they
//! arrived, without a copy or a hash; rows say which parts there are.

mod assemble;
mod parts;
mod save;

pub use assemble::{GivenFile, GivenParts};
pub(crate) use assemble::{md5_matches, read};
pub use parts::{PART_BYTES_MAX, PART_BYTES_MIN};
pub use save::{Part, save, save_big};
