//! The list of checks: a name that stays, the rule in words, and where it is looked at. `I1` to `I9` are
//! the invariants of pictures that clients rely on.

use super::files::Keeper;
use store::rows::checks::{self as rows, Look};

/// One check.
#[derive(Debug)]
pub struct Check {
    /// Stays the same in every version.
    pub name: &'static str,
    /// What is true of healthy data.
    pub about: &'static str,
    pub(super) run: Run,
}

#[derive(Debug)]
pub(super) enum Run {
    /// The engine judges its own file.
    Engine,
    /// A look through one table.
    Rows(&'static Look),
    /// Rows of photos or stickers against their files.
    Blobs(Keeper),
    /// Rows of upload parts against their bytes.
    Parts,
}

/// Every check, in the order in which it makes sense to repair what they find.
pub const CHECKS: &[Check] = &[
    Check {
        name: "engine",
        about: "the database finds nothing wrong with its own file",
        run: Run::Engine,
    },
    Check {
        name: "blobs",
        about: "every file that a photo names is there, with its length and its SHA-256",
        run: Run::Blobs(Keeper::Photos),
    },
    Check {
        name: "sticker_blobs",
        about: "every file that a sticker names is there, with its length and its SHA-256",
        run: Run::Blobs(Keeper::Stickers),
    },
    Check {
        name: "upload_parts",
        about: "the bytes of every part of an upload are there",
        run: Run::Parts,
    },
    row(
        "upload_part_files",
        "every part belongs to an upload",
        &rows::PART_FILE,
    ),
    row(
        "photo_ids",
        "ids of photos are positive (I1)",
        &rows::PHOTO_ID,
    ),
    row(
        "photo_sizes",
        "every photo has sizes a and c (I5)",
        &rows::PHOTO_SIZES,
    ),
    row(
        "photo_films",
        "every picture that moves or is drawn has size u (I7)",
        &rows::PHOTO_FILM,
    ),
    row(
        "photo_dates",
        "every photo has a date (I6)",
        &rows::PHOTO_DATE,
    ),
    row(
        "photo_files",
        "every size belongs to a photo",
        &rows::FILE_PHOTO,
    ),
    row(
        "profile_photos",
        "every picture on a profile exists",
        &rows::PROFILE_PHOTO,
    ),
    row(
        "profile_owners",
        "every picture on a profile belongs to its owner",
        &rows::PROFILE_OWNER,
    ),
    row(
        "fallback_photos",
        "every public picture exists",
        &rows::FALLBACK_PHOTO,
    ),
    row(
        "fallback_owners",
        "every public picture belongs to its owner",
        &rows::FALLBACK_OWNER,
    ),
    row(
        "personal_photos",
        "every personal picture exists",
        &rows::PERSONAL_PHOTO,
    ),
    row(
        "personal_owners",
        "every personal picture belongs to the one who sees it (I9)",
        &rows::PERSONAL_OWNER,
    ),
    row(
        "message_photos",
        "the picture of every message exists",
        &rows::MESSAGE_PHOTO,
    ),
    row(
        "chat_photos",
        "the picture of every chat exists",
        &rows::CHAT_PHOTO,
    ),
    row(
        "contacts_reversed",
        "every contact stands in the reverse list",
        &rows::CONTACT_REVERSE,
    ),
    row(
        "reversed_contacts",
        "every entry of the reverse list is a contact",
        &rows::REVERSE_CONTACT,
    ),
    row(
        "members_reversed",
        "every member stands in the reverse list",
        &rows::MEMBER_REVERSE,
    ),
    row(
        "reversed_members",
        "every entry of the reverse list is a member",
        &rows::REVERSE_MEMBER,
    ),
    row(
        "member_chats",
        "members are in chats that exist",
        &rows::MEMBER_CHAT,
    ),
    row("user_boxes", "every account has a box", &rows::USER_BOX),
    row(
        "box_messages",
        "no message has an id above those that its box handed out",
        &rows::BOX_MESSAGES,
    ),
    row(
        "box_pts",
        "the journal of a box ends at its pts",
        &rows::BOX_PTS,
    ),
    row(
        "journal_gaps",
        "the journal of a box has no gap",
        &rows::JOURNAL_GAP,
    ),
    row(
        "dialog_tops",
        "the top message of every dialog stands in that chat",
        &rows::DIALOG_TOP,
    ),
    row(
        "message_twins",
        "both copies of a private message point at each other",
        &rows::MESSAGE_TWIN,
    ),
    row(
        "deleted_users",
        "deleted accounts have no number and no pictures",
        &rows::DELETED_USER,
    ),
    row(
        "documents",
        "every sticker has a positive id and stands for an emoji",
        &rows::DOCUMENT_ID,
    ),
    row(
        "document_sets",
        "every sticker is in a set of its kind",
        &rows::DOCUMENT_SET,
    ),
    row(
        "sticker_sets",
        "every sticker set has a first sticker",
        &rows::SET_FIRST,
    ),
    row(
        "sticker_emoji",
        "every emoji of a sticker belongs to one",
        &rows::EMOJI_DOCUMENT,
    ),
    row("logins", "whoever is signed in exists", &rows::LOGIN_USER),
    row("bots", "every bot has its account", &rows::BOT_USER),
    row(
        "user_counter",
        "no account has an id above those that were handed out",
        &rows::USER_COUNTER,
    ),
    row(
        "chat_counter",
        "no chat has an id above those that were handed out",
        &rows::CHAT_COUNTER,
    ),
];

const fn row(name: &'static str, about: &'static str, look: &'static Look) -> Check {
    Check {
        name,
        about,
        run: Run::Rows(look),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_has_a_name_of_its_own() {
        let mut names: Vec<&str> = CHECKS.iter().map(|check| check.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }
}
