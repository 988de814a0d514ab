-- The first form of every table. Read by both engines: BIGINT, TEXT, BYTEA, DOUBLE PRECISION only, ids come from us.
-- Whatever belongs to a user is keyed by that user first. Times are Unix seconds unless a name says otherwise.

CREATE TABLE auth_keys (
    auth_key_id      BIGINT PRIMARY KEY,  -- low 64 bits of SHA1(key)
    auth_key         BYTEA  NOT NULL,     -- 256 bytes
    created_at       BIGINT NOT NULL,
    first_salt       BIGINT NOT NULL,     -- from the nonces of the key exchange
    expires_at       BIGINT,              -- temporary keys only
    perm_auth_key_id BIGINT,              -- temporary keys only: the key it is bound to
    dc_id            BIGINT,              -- the data centre the client said it dials
    user_id          BIGINT,              -- permanent keys only: who is signed in
    layer            BIGINT,              -- of the last invokeWithLayer
    api_id           BIGINT NOT NULL DEFAULT 0,
    device_model     TEXT   NOT NULL DEFAULT '',
    system_version   TEXT   NOT NULL DEFAULT '',
    app_version      TEXT   NOT NULL DEFAULT '',
    system_lang_code TEXT   NOT NULL DEFAULT '',
    lang_pack        TEXT   NOT NULL DEFAULT '',
    lang_code        TEXT   NOT NULL DEFAULT '',
    ip               TEXT   NOT NULL DEFAULT '',
    signed_in_at     BIGINT,
    last_active_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX auth_keys_of_user ON auth_keys (user_id);
CREATE INDEX auth_keys_bound_to ON auth_keys (perm_auth_key_id);
CREATE INDEX auth_keys_by_expiry ON auth_keys (expires_at);

CREATE TABLE login_codes (
    phone        TEXT   NOT NULL,         -- digits only
    code_hash    TEXT   NOT NULL,         -- phone_code_hash handed to the client
    code         TEXT   NOT NULL,
    expires_at   BIGINT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,
    passed_by    BIGINT,                  -- auth_key_id that gave the right code: it may repeat signIn, or signUp
    PRIMARY KEY (phone, code_hash)
);
CREATE INDEX login_codes_by_expiry ON login_codes (expires_at);

CREATE TABLE exported_authorizations (
    token      BYTEA  PRIMARY KEY,        -- SHA-256 of the bytes handed out
    user_id    BIGINT NOT NULL,
    dc_id      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX exported_authorizations_by_expiry ON exported_authorizations (expires_at);
CREATE INDEX exported_authorizations_of_user ON exported_authorizations (user_id);

CREATE TABLE users (
    user_id           BIGINT PRIMARY KEY,
    phone             TEXT,               -- digits only; NULL for bots and deleted accounts
    first_name        TEXT   NOT NULL,
    last_name         TEXT   NOT NULL DEFAULT '',
    about             TEXT   NOT NULL DEFAULT '',
    username          TEXT,
    bot_owner_id      BIGINT,             -- bots only
    created_at        BIGINT NOT NULL,
    deleted_at        BIGINT,
    fallback_photo_id BIGINT,
    photo_changed_at  BIGINT NOT NULL DEFAULT 0,
    online_until      BIGINT NOT NULL DEFAULT 0,
    last_seen_at      BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX users_by_phone ON users (phone);
CREATE UNIQUE INDEX users_by_username ON users (LOWER(username));
CREATE INDEX users_by_fallback_photo ON users (fallback_photo_id)
    WHERE fallback_photo_id IS NOT NULL;

CREATE TABLE contacts (
    owner_id          BIGINT NOT NULL,
    contact_id        BIGINT NOT NULL,
    phone             TEXT   NOT NULL DEFAULT '',
    first_name        TEXT   NOT NULL,
    last_name         TEXT   NOT NULL DEFAULT '',
    added_at          BIGINT NOT NULL,
    personal_photo_id BIGINT,             -- seen by the owner alone
    PRIMARY KEY (owner_id, contact_id)
);
CREATE INDEX contacts_by_personal_photo ON contacts (personal_photo_id)
    WHERE personal_photo_id IS NOT NULL;

-- The reverse list, so that "who has me in contacts" needs no scan across users.
CREATE TABLE contact_of (
    user_id  BIGINT NOT NULL,
    owner_id BIGINT NOT NULL,             -- has user_id among its contacts
    PRIMARY KEY (user_id, owner_id)
);

-- Phone numbers that nobody had registered when they were imported.
CREATE TABLE saved_phones (
    owner_id   BIGINT NOT NULL,
    phone      TEXT   NOT NULL,
    first_name TEXT   NOT NULL,
    last_name  TEXT   NOT NULL DEFAULT '',
    saved_at   BIGINT NOT NULL,
    PRIMARY KEY (owner_id, phone)
);

CREATE INDEX saved_phones_by_phone ON saved_phones (phone);

CREATE TABLE blocks (
    owner_id   BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    blocked_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, blocked_id)
);

CREATE TABLE photos (
    photo_id       BIGINT PRIMARY KEY,    -- positive, rising
    owner_id       BIGINT NOT NULL,       -- who uploaded it
    created_at     BIGINT NOT NULL,
    stripped_photo BYTEA  NOT NULL,       -- size `i` of photo.sizes, at most 40 px
    stripped_user  BYTEA  NOT NULL        -- userProfilePhoto.stripped_thumb, 8 px
);
CREATE INDEX photos_by_age ON photos (created_at);

CREATE TABLE photo_files (
    photo_id BIGINT NOT NULL,
    letter   TEXT   NOT NULL,             -- a, b, c; videos u, p
    width    BIGINT NOT NULL,             -- px
    height   BIGINT NOT NULL,             -- px
    bytes    BIGINT NOT NULL,             -- length of the blob
    blob     BYTEA  NOT NULL,             -- SHA-256 of its bytes
    PRIMARY KEY (photo_id, letter)
);
CREATE INDEX photo_files_by_blob ON photo_files (blob);

-- The pictures on a profile; the highest photo_id is the main one.
CREATE TABLE profile_photos (
    owner_id BIGINT NOT NULL,
    photo_id BIGINT NOT NULL,
    PRIMARY KEY (owner_id, photo_id)
);
CREATE INDEX profile_photos_by_photo ON profile_photos (photo_id);

CREATE TABLE upload_files (
    owner_id    BIGINT NOT NULL,
    file_id     BIGINT NOT NULL,
    total_parts BIGINT NOT NULL,          -- -1: not known yet
    part_bytes  BIGINT NOT NULL,          -- of big files; 0: not known yet
    is_big      BIGINT NOT NULL,
    touched_at  BIGINT NOT NULL,
    PRIMARY KEY (owner_id, file_id)
);
CREATE INDEX upload_files_by_age ON upload_files (touched_at);

CREATE TABLE upload_parts (
    owner_id  BIGINT NOT NULL,
    file_id   BIGINT NOT NULL,
    part      BIGINT NOT NULL,
    bytes     BIGINT NOT NULL,
    spool_key TEXT   NOT NULL,            -- name of the bytes in the spool
    PRIMARY KEY (owner_id, file_id, part)
);

-- One box per account: its private pts sequence and its message ids.
CREATE TABLE boxes (
    owner_id        BIGINT PRIMARY KEY,
    pts             BIGINT NOT NULL,      -- starts at 1
    message_id_last BIGINT NOT NULL       -- starts at 0
);

CREATE TABLE messages (
    owner_id   BIGINT NOT NULL,           -- whose box
    message_id BIGINT NOT NULL,           -- in that box
    peer_id    BIGINT NOT NULL,
    from_id    BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    random_id  BIGINT,                    -- the sender's copy: a repeated send finds the first
    twin_id    BIGINT NOT NULL,           -- message_id of the peer's copy
    text       TEXT   NOT NULL,
    entities   TEXT   NOT NULL DEFAULT '', -- kind,offset,length[,argument] a line; offsets in UTF-16 units
    reply_to   BIGINT,                    -- message_id in this box
    silent     BIGINT NOT NULL DEFAULT 0,
    suggested_photo_id BIGINT,            -- messageActionSuggestProfilePhoto
    PRIMARY KEY (owner_id, message_id)
);
CREATE UNIQUE INDEX messages_by_random_id ON messages (owner_id, random_id)
    WHERE random_id IS NOT NULL;
CREATE INDEX messages_by_peer ON messages (owner_id, peer_id, message_id);
CREATE INDEX messages_by_suggested_photo ON messages (suggested_photo_id, owner_id, message_id)
    WHERE suggested_photo_id IS NOT NULL;

CREATE TABLE dialogs (
    owner_id       BIGINT NOT NULL,
    peer_id        BIGINT NOT NULL,
    top_message_id BIGINT NOT NULL,
    top_sent_at    BIGINT NOT NULL,
    unread_count   BIGINT NOT NULL,
    read_inbox_max_id  BIGINT NOT NULL,
    read_outbox_max_id BIGINT NOT NULL,
    PRIMARY KEY (owner_id, peer_id)
);
CREATE INDEX dialogs_by_age ON dialogs (owner_id, top_sent_at, top_message_id);

-- What moved an account's pts. `kind`: message | deleted | read_inbox | read_outbox.
CREATE TABLE updates (
    owner_id   BIGINT NOT NULL,
    pts        BIGINT NOT NULL,           -- after the update
    pts_count  BIGINT NOT NULL,
    kind       TEXT   NOT NULL,
    message_id BIGINT NOT NULL DEFAULT 0, -- message: the new one; read_*: max_id
    message_ids BYTEA,                    -- deleted: big-endian 64-bit ids
    peer_id    BIGINT NOT NULL DEFAULT 0,
    still_unread BIGINT NOT NULL DEFAULT 0,
    origin     BIGINT NOT NULL DEFAULT 0, -- session_id that learnt of it in its answer; 0: nobody did
    created_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, pts)
);
CREATE INDEX updates_by_age ON updates (created_at);

-- Peers that look different to an account since change_id: updateUser and its like carry no pts.
CREATE TABLE peer_changes (
    owner_id   BIGINT NOT NULL,           -- who is told
    peer_id    BIGINT NOT NULL,           -- who changed
    kind       TEXT   NOT NULL,           -- user | settings | blocked | unblocked
    change_id  BIGINT NOT NULL,           -- rising
    origin     BIGINT NOT NULL DEFAULT 0,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, peer_id, kind)
);
CREATE INDEX peer_changes_by_order ON peer_changes (owner_id, change_id);
CREATE INDEX peer_changes_by_age ON peer_changes (changed_at);

-- Calls that must not act again when a client repeats them: their answer may have been lost with the
-- process that remembered them.
CREATE TABLE acted_calls (
    owner_id BIGINT NOT NULL,
    call_id  BIGINT NOT NULL,             -- digest of key, session and msg_id
    photo_id BIGINT,                      -- what it made
    acted_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, call_id)
);
CREATE INDEX acted_calls_by_age ON acted_calls (acted_at);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    last BIGINT NOT NULL                  -- the last number handed out
);
