//! Statements that judge whole tables, for checks of the data. Each looks at a stretch of one table by its
//! key and says which rows break a rule; what the rules are for is the domain's to say.

use crate::{Row, StoreError, Tx, Value};

/// A look through one table.
#[derive(Debug)]
pub struct Look {
    /// The columns of its key, all integers.
    pub keys: &'static [&'static str],
    /// Answers the key and whether the row is wrong, for rows behind a key, in its order.
    sql: &'static str,
}

/// A row that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Its key.
    pub key: Vec<i64>,
    /// It breaks the rule.
    pub wrong: bool,
}

impl Look {
    /// The rows behind `after` (`None`: from the first), at most `limit`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Broken`].
    pub async fn stretch(
        &self,
        tx: &mut Tx,
        after: Option<&[i64]>,
        limit: i64,
    ) -> Result<Vec<Judged>, StoreError> {
        let first = vec![i64::MIN; self.keys.len()];
        let after = after.unwrap_or(&first);
        let mut args: Vec<Value> = after.iter().map(|part| Value::Int(*part)).collect();
        args.push(limit.into());
        let judged = |row: &Row| {
            let key: Result<_, _> = (0..self.keys.len()).map(|part| row.i64(part)).collect();
            Ok(Judged {
                key: key?,
                wrong: row.bool(self.keys.len())?,
            })
        };
        tx.rows(self.sql, &args).await?.iter().map(judged).collect()
    }
}

/// Photos whose id is not positive.
pub const PHOTO_ID: Look = Look {
    keys: &["photo_id"],
    sql: "SELECT p.photo_id, p.photo_id <= 0 FROM photos p
          WHERE p.photo_id > $1 ORDER BY p.photo_id LIMIT $2",
};

/// Photos without a date.
pub const PHOTO_DATE: Look = Look {
    keys: &["photo_id"],
    sql: "SELECT p.photo_id, p.created_at <= 0 FROM photos p
          WHERE p.photo_id > $1 ORDER BY p.photo_id LIMIT $2",
};

/// Photos without size a or without size c.
pub const PHOTO_SIZES: Look = Look {
    keys: &["photo_id"],
    sql: "SELECT p.photo_id,
            NOT EXISTS (SELECT 1 FROM photo_files f
              WHERE f.photo_id = p.photo_id AND f.letter = 'a')
            OR NOT EXISTS (SELECT 1 FROM photo_files f
              WHERE f.photo_id = p.photo_id AND f.letter = 'c')
          FROM photos p WHERE p.photo_id > $1 ORDER BY p.photo_id LIMIT $2",
};

/// Photos that are drawn, have a start or a small film, but no size u.
pub const PHOTO_FILM: Look = Look {
    keys: &["photo_id"],
    sql: "SELECT p.photo_id, (p.markup_document_id IS NOT NULL OR p.video_start_ts IS NOT NULL
              OR EXISTS (SELECT 1 FROM photo_files f
                WHERE f.photo_id = p.photo_id AND f.letter = 'p'))
            AND NOT EXISTS (SELECT 1 FROM photo_files f
              WHERE f.photo_id = p.photo_id AND f.letter = 'u')
          FROM photos p WHERE p.photo_id > $1 ORDER BY p.photo_id LIMIT $2",
};

/// Sizes of no photo.
pub const FILE_PHOTO: Look = Look {
    keys: &["photo_id"],
    sql: "SELECT DISTINCT f.photo_id,
            NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = f.photo_id)
          FROM photo_files f WHERE f.photo_id > $1 ORDER BY f.photo_id LIMIT $2",
};

/// Pictures on profiles that do not exist.
pub const PROFILE_PHOTO: Look = Look {
    keys: &["owner_id", "photo_id"],
    sql: "SELECT r.owner_id, r.photo_id,
            NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = r.photo_id)
          FROM profile_photos r WHERE (r.owner_id, r.photo_id) > ($1, $2)
          ORDER BY r.owner_id, r.photo_id LIMIT $3",
};

/// Pictures on profiles that belong to somebody else.
pub const PROFILE_OWNER: Look = Look {
    keys: &["owner_id", "photo_id"],
    sql: "SELECT r.owner_id, r.photo_id, EXISTS (SELECT 1 FROM photos p
            WHERE p.photo_id = r.photo_id AND p.owner_id <> r.owner_id)
          FROM profile_photos r WHERE (r.owner_id, r.photo_id) > ($1, $2)
          ORDER BY r.owner_id, r.photo_id LIMIT $3",
};

/// Fallbacks that do not exist.
pub const FALLBACK_PHOTO: Look = Look {
    keys: &["user_id"],
    sql: "SELECT u.user_id, u.fallback_photo_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = u.fallback_photo_id)
          FROM users u WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2",
};

/// Fallbacks that belong to somebody else.
pub const FALLBACK_OWNER: Look = Look {
    keys: &["user_id"],
    sql: "SELECT u.user_id, EXISTS (SELECT 1 FROM photos p
            WHERE p.photo_id = u.fallback_photo_id AND p.owner_id <> u.user_id)
          FROM users u WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2",
};

/// Personal pictures that do not exist.
pub const PERSONAL_PHOTO: Look = Look {
    keys: &["owner_id", "contact_id"],
    sql: "SELECT c.owner_id, c.contact_id, c.personal_photo_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = c.personal_photo_id)
          FROM contacts c WHERE (c.owner_id, c.contact_id) > ($1, $2)
          ORDER BY c.owner_id, c.contact_id LIMIT $3",
};

/// Personal pictures that somebody else than their setter uploaded.
pub const PERSONAL_OWNER: Look = Look {
    keys: &["owner_id", "contact_id"],
    sql: "SELECT c.owner_id, c.contact_id, EXISTS (SELECT 1 FROM photos p
            WHERE p.photo_id = c.personal_photo_id AND p.owner_id <> c.owner_id)
          FROM contacts c WHERE (c.owner_id, c.contact_id) > ($1, $2)
          ORDER BY c.owner_id, c.contact_id LIMIT $3",
};

/// Messages whose picture does not exist.
pub const MESSAGE_PHOTO: Look = Look {
    keys: &["owner_id", "message_id"],
    sql: "SELECT m.owner_id, m.message_id, m.photo_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = m.photo_id)
          FROM messages m WHERE (m.owner_id, m.message_id) > ($1, $2)
          ORDER BY m.owner_id, m.message_id LIMIT $3",
};

/// Chats whose picture does not exist.
pub const CHAT_PHOTO: Look = Look {
    keys: &["chat_id"],
    sql: "SELECT c.chat_id, c.photo_id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM photos p WHERE p.photo_id = c.photo_id)
          FROM chats c WHERE c.chat_id > $1 ORDER BY c.chat_id LIMIT $2",
};

/// Contacts that the reverse list lacks.
pub const CONTACT_REVERSE: Look = Look {
    keys: &["owner_id", "contact_id"],
    sql: "SELECT c.owner_id, c.contact_id, NOT EXISTS (SELECT 1 FROM contact_of o
            WHERE o.user_id = c.contact_id AND o.owner_id = c.owner_id)
          FROM contacts c WHERE (c.owner_id, c.contact_id) > ($1, $2)
          ORDER BY c.owner_id, c.contact_id LIMIT $3",
};

/// Entries of the reverse list without their contact.
pub const REVERSE_CONTACT: Look = Look {
    keys: &["user_id", "owner_id"],
    sql: "SELECT o.user_id, o.owner_id, NOT EXISTS (SELECT 1 FROM contacts c
            WHERE c.owner_id = o.owner_id AND c.contact_id = o.user_id)
          FROM contact_of o WHERE (o.user_id, o.owner_id) > ($1, $2)
          ORDER BY o.user_id, o.owner_id LIMIT $3",
};

/// Members that the reverse list lacks.
pub const MEMBER_REVERSE: Look = Look {
    keys: &["chat_id", "user_id"],
    sql: "SELECT m.chat_id, m.user_id, NOT EXISTS (SELECT 1 FROM chats_of o
            WHERE o.user_id = m.user_id AND o.chat_id = m.chat_id)
          FROM chat_members m WHERE (m.chat_id, m.user_id) > ($1, $2)
          ORDER BY m.chat_id, m.user_id LIMIT $3",
};

/// Entries of the reverse list without their member.
pub const REVERSE_MEMBER: Look = Look {
    keys: &["user_id", "chat_id"],
    sql: "SELECT o.user_id, o.chat_id, NOT EXISTS (SELECT 1 FROM chat_members m
            WHERE m.chat_id = o.chat_id AND m.user_id = o.user_id)
          FROM chats_of o WHERE (o.user_id, o.chat_id) > ($1, $2)
          ORDER BY o.user_id, o.chat_id LIMIT $3",
};

/// Members of chats that do not exist.
pub const MEMBER_CHAT: Look = Look {
    keys: &["chat_id", "user_id"],
    sql: "SELECT m.chat_id, m.user_id, NOT EXISTS (SELECT 1 FROM chats c
            WHERE c.chat_id = m.chat_id)
          FROM chat_members m WHERE (m.chat_id, m.user_id) > ($1, $2)
          ORDER BY m.chat_id, m.user_id LIMIT $3",
};

/// Dialogs of private chats and groups whose top message does not stand in that chat. Those of channels
/// tell of a box that all members share, and may lag behind it.
pub const DIALOG_TOP: Look = Look {
    keys: &["owner_id", "peer_id"],
    sql: "SELECT d.owner_id, d.peer_id, d.peer_id > -1000000000000 AND d.top_message_id <> 0
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.owner_id = d.owner_id
              AND m.message_id = d.top_message_id AND m.peer_id = d.peer_id)
          FROM dialogs d WHERE (d.owner_id, d.peer_id) > ($1, $2)
          ORDER BY d.owner_id, d.peer_id LIMIT $3",
};

/// Messages of private chats whose copy in the other box does not point back.
pub const MESSAGE_TWIN: Look = Look {
    keys: &["owner_id", "message_id"],
    sql: "SELECT m.owner_id, m.message_id, m.peer_id > 0 AND EXISTS (SELECT 1 FROM messages t
            WHERE t.owner_id = m.peer_id AND t.message_id = m.twin_id
              AND (t.twin_id <> m.message_id OR t.peer_id <> m.owner_id))
          FROM messages m WHERE (m.owner_id, m.message_id) > ($1, $2)
          ORDER BY m.owner_id, m.message_id LIMIT $3",
};

/// Boxes whose pts is not that of their last journalled update.
pub const BOX_PTS: Look = Look {
    keys: &["owner_id"],
    sql: "SELECT b.owner_id,
            COALESCE((SELECT MAX(u.pts) FROM updates u
              WHERE u.owner_id = b.owner_id), b.pts) <> b.pts
          FROM boxes b WHERE b.owner_id > $1 ORDER BY b.owner_id LIMIT $2",
};

/// Boxes that hold a message above the highest id that they handed out.
pub const BOX_MESSAGES: Look = Look {
    keys: &["owner_id"],
    sql: "SELECT b.owner_id, COALESCE((SELECT MAX(m.message_id) FROM messages m
            WHERE m.owner_id = b.owner_id), 0) > b.message_id_last
          FROM boxes b WHERE b.owner_id > $1 ORDER BY b.owner_id LIMIT $2",
};

/// Accounts without a box.
pub const USER_BOX: Look = Look {
    keys: &["user_id"],
    sql: "SELECT u.user_id, NOT EXISTS (SELECT 1 FROM boxes b WHERE b.owner_id = u.user_id)
          FROM users u WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2",
};

/// Journalled updates that do not begin where the one before them ended.
pub const JOURNAL_GAP: Look = Look {
    keys: &["owner_id", "pts"],
    sql: "SELECT u.owner_id, u.pts, COALESCE((SELECT MAX(b.pts) FROM updates b
            WHERE b.owner_id = u.owner_id AND b.pts < u.pts), u.pts - u.pts_count)
            <> u.pts - u.pts_count
          FROM updates u WHERE (u.owner_id, u.pts) > ($1, $2)
          ORDER BY u.owner_id, u.pts LIMIT $3",
};

/// Deleted accounts that still have a number, a picture, or somebody's picture for them.
pub const DELETED_USER: Look = Look {
    keys: &["user_id"],
    sql: "SELECT u.user_id, u.deleted_at IS NOT NULL AND (u.phone IS NOT NULL
            OR u.fallback_photo_id IS NOT NULL
            OR EXISTS (SELECT 1 FROM profile_photos r WHERE r.owner_id = u.user_id)
            OR EXISTS (SELECT 1 FROM contacts c WHERE c.owner_id IN
                (SELECT o.owner_id FROM contact_of o WHERE o.user_id = u.user_id)
              AND c.contact_id = u.user_id AND c.personal_photo_id IS NOT NULL))
          FROM users u WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2",
};

/// Keys on which nobody that exists is signed in.
pub const LOGIN_USER: Look = Look {
    keys: &["auth_key_id"],
    sql: "SELECT k.auth_key_id, k.user_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM users u
            WHERE u.user_id = k.user_id AND u.deleted_at IS NULL)
          FROM auth_keys k WHERE k.auth_key_id > $1 ORDER BY k.auth_key_id LIMIT $2",
};

/// Bots whose account says otherwise.
pub const BOT_USER: Look = Look {
    keys: &["user_id"],
    sql: "SELECT b.user_id, NOT EXISTS (SELECT 1 FROM users u
            WHERE u.user_id = b.user_id AND u.bot_owner_id = b.owner_id)
          FROM bots b WHERE b.user_id > $1 ORDER BY b.user_id LIMIT $2",
};

/// Accounts above the highest id that was handed out.
pub const USER_COUNTER: Look = Look {
    keys: &["user_id"],
    sql: "SELECT u.user_id, u.user_id > COALESCE((SELECT c.last FROM counters c
            WHERE c.name = 'user_id'), 0)
          FROM users u WHERE u.user_id > $1 ORDER BY u.user_id LIMIT $2",
};

/// Chats above the highest id that was handed out.
pub const CHAT_COUNTER: Look = Look {
    keys: &["chat_id"],
    sql: "SELECT h.chat_id, h.chat_id > COALESCE((SELECT c.last FROM counters c
            WHERE c.name = 'chat_id'), 0)
          FROM chats h WHERE h.chat_id > $1 ORDER BY h.chat_id LIMIT $2",
};

/// Stickers whose id is not positive, or that stand for nothing.
pub const DOCUMENT_ID: Look = Look {
    keys: &["document_id"],
    sql: "SELECT d.document_id, d.document_id <= 0 OR NOT EXISTS (SELECT 1 FROM sticker_emoji e
            WHERE e.document_id = d.document_id AND e.place = 0)
          FROM documents d WHERE d.document_id > $1 ORDER BY d.document_id LIMIT $2",
};

/// Stickers of no set, or of one of another kind.
pub const DOCUMENT_SET: Look = Look {
    keys: &["document_id"],
    sql: "SELECT d.document_id, NOT EXISTS (SELECT 1 FROM sticker_sets s
            WHERE s.set_id = d.set_id AND (s.kind = 'emoji') = (d.custom_emoji = 1))
          FROM documents d WHERE d.document_id > $1 ORDER BY d.document_id LIMIT $2",
};

/// Sets without a first sticker.
pub const SET_FIRST: Look = Look {
    keys: &["set_id"],
    sql: "SELECT s.set_id, NOT EXISTS (SELECT 1 FROM documents d
            WHERE d.set_id = s.set_id AND d.place = 0)
          FROM sticker_sets s WHERE s.set_id > $1 ORDER BY s.set_id LIMIT $2",
};

/// Emoji of no sticker.
pub const EMOJI_DOCUMENT: Look = Look {
    keys: &["document_id", "place"],
    sql: "SELECT e.document_id, e.place,
            NOT EXISTS (SELECT 1 FROM documents d WHERE d.document_id = e.document_id)
          FROM sticker_emoji e WHERE (e.document_id, e.place) > ($1, $2)
          ORDER BY e.document_id, e.place LIMIT $3",
};

/// Parts of uploads that do not exist.
pub const PART_FILE: Look = Look {
    keys: &["owner_id", "file_id", "part"],
    sql: "SELECT p.owner_id, p.file_id, p.part, NOT EXISTS (SELECT 1 FROM upload_files f
            WHERE f.owner_id = p.owner_id AND f.file_id = p.file_id)
          FROM upload_parts p WHERE (p.owner_id, p.file_id, p.part) > ($1, $2, $3)
          ORDER BY p.owner_id, p.file_id, p.part LIMIT $4",
};
