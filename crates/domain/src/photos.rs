//! Pictures of people: the one a viewer chose for a contact, those on a profile, and suggestions.
//!
//! A picture is made before a transaction begins and its files are durable before a row names them;
//! whether the request may do what it asks is judged before that work, and again with the rows that
//! the transaction sees.

mod change;
mod contact;
mod given;
mod list;
mod page;
mod picture;
mod profile;
mod visible;

pub use change::{Change, Shape, change, combinations, some_action};
pub use contact::{ForContact, change_for_contact};
pub use given::{GivenMedia, Markup};
pub use list::{UserPhotos, user_photos};
pub use page::{PHOTOS_PER_PAGE_MAX, Page};
pub use profile::{ForProfile, delete, reuse_for_profile, take_from_profile, upload_for_profile};
pub(crate) use visible::{may_hold, shown_of};

use store::rows::photos::PhotoRow;

use crate::peers::UserView;

/// Who asks, and in which session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account.
    pub user_id: i64,
    /// The session that sees the result and so needs no update.
    pub session_id: i64,
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
