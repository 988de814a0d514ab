//! Pictures of people: the one a viewer chose for a contact, those on a profile, and suggestions.
//!
//! A picture is made before a transaction begins and its files are durable before a row names them;
//! whether the request may do what it asks is judged before that work, and again with the rows that
//! the transaction sees.

mod change;
mod contact;
mod given;
mod list;
mod moving;
mod page;
mod picture;
mod profile;
mod repeated;
mod visible;

pub use change::{Change, Shape, change, combinations, some_action};
pub use contact::{ForContact, change_for_contact};
pub use given::{GivenMedia, Markup};
pub use list::{UserPhotos, user_photos};
pub use page::{PHOTOS_PER_PAGE_MAX, Page};
pub(crate) use picture::{Picture, make};
pub use profile::{ForProfile, delete, reuse_for_profile, take_from_profile, upload_for_profile};
pub(crate) use visible::{may_hold, shown_of};

use sha2::{Digest, Sha256};
use store::rows::photos::PhotoRow;

use crate::peers::UserView;

/// Who asks, and in which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: i64,
    /// The session that sees the result and so needs no update.
    pub session_id: i64,
    /// The same for a call and its repetitions, different for any other: see [`call_id`].
    pub call_id: i64,
}

/// The number of a call: a digest of the key, the session and the message that hold it.
pub fn call_id(auth_key_id: i64, session_id: i64, msg_id: i64) -> i64 {
    let mut digest = Sha256::new();
    for number in [auth_key_id, session_id, msg_id] {
        digest.update(number.to_be_bytes());
    }
    let digest = digest.finalize();
    digest[..8]
        .iter()
        .fold(0, |id, byte| (id << 8) | i64::from(*byte))
}

/// A photo as a client names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPhoto {
    /// Its id.
    pub photo_id: i64,
    /// Proof that the caller was shown it.
    pub access_hash: i64,
    /// Where the caller has it from.
    pub file_reference: bytes::Bytes,
}

/// What a request did.
#[derive(Clone, Debug)]
pub struct Changed {
    /// The new photo; `None`: one was taken away.
    pub photo: Option<PhotoRow>,
    /// Its subject, as the caller sees it now; then the caller, where a message was sent.
    pub users: Vec<UserView>,
}
