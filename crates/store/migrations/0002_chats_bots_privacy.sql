-- Groups and channels, bots, and who may see what. Rules of 0001_start.sql hold.
--
-- A peer is one signed number from here on, wherever a column is called peer_id or owner_id of a box: a user
-- is its user_id, a group is -chat_id, a channel is -1000000000000 - chat_id.

CREATE TABLE chats (
    chat_id    BIGINT PRIMARY KEY,        -- positive; groups and channels share one sequence
    kind       TEXT   NOT NULL,           -- group | megagroup | broadcast
    creator_id BIGINT NOT NULL,
    title      TEXT   NOT NULL,
    about      TEXT   NOT NULL DEFAULT '',
    username   TEXT,                      -- channels only
    photo_id   BIGINT,                    -- the picture that members see
    version    BIGINT NOT NULL,           -- of the list of members, from 1
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE UNIQUE INDEX chats_by_username ON chats (LOWER(username));
CREATE INDEX chats_by_photo ON chats (photo_id)
    WHERE photo_id IS NOT NULL;

CREATE TABLE chat_members (
    chat_id    BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    role       TEXT   NOT NULL,           -- creator | admin | member | left | kicked
    invited_by BIGINT NOT NULL,
    joined_at  BIGINT NOT NULL,
    joined_pts BIGINT NOT NULL DEFAULT 0, -- channels: where the channel's box stood then
    PRIMARY KEY (chat_id, user_id)
);

-- The reverse list: in which chats somebody is or was.
CREATE TABLE chats_of (
    user_id BIGINT NOT NULL,
    chat_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, chat_id)
);

-- A service message says something other than a text; its picture may be a suggestion or a chat's.
ALTER TABLE messages RENAME COLUMN suggested_photo_id TO photo_id;
ALTER TABLE messages ADD COLUMN action TEXT NOT NULL DEFAULT '';  -- '': a text
ALTER TABLE messages ADD COLUMN action_users BYTEA;               -- big-endian 64-bit user ids
ALTER TABLE messages ADD COLUMN shared_id BIGINT NOT NULL DEFAULT 0; -- the same in all copies; 0: not a group
UPDATE messages SET action = 'suggest_photo' WHERE photo_id IS NOT NULL;
CREATE INDEX messages_by_shared_id ON messages (shared_id, owner_id)
    WHERE shared_id <> 0;
-- The history of a chat's pictures.
CREATE INDEX messages_with_photo ON messages (owner_id, peer_id, message_id)
    WHERE photo_id IS NOT NULL;

CREATE TABLE bots (
    user_id      BIGINT PRIMARY KEY,
    owner_id     BIGINT NOT NULL,
    token_hash   BYTEA  NOT NULL,         -- SHA-256 of the token's secret part
    revoked_hash BYTEA,                   -- the digest of the token before that
    created_at   BIGINT NOT NULL
);
CREATE INDEX bots_by_owner ON bots (owner_id, user_id);
-- Raised with whatever a profile tells of a bot, so that clients ask again.
ALTER TABLE users ADD COLUMN bot_info_version BIGINT NOT NULL DEFAULT 1;

-- What a bot tells of itself in one language. The default one (lang_code '') has its name and about
-- text in `users`.
CREATE TABLE bot_texts (
    user_id     BIGINT NOT NULL,
    lang_code   TEXT   NOT NULL,
    name        TEXT   NOT NULL,          -- '': as in the default language, as are the next two
    about       TEXT   NOT NULL,
    description TEXT   NOT NULL,
    PRIMARY KEY (user_id, lang_code)
);

CREATE TABLE bot_commands (
    user_id   BIGINT NOT NULL,
    scope     TEXT   NOT NULL,            -- for whom: default, users, peer:7, …
    lang_code TEXT   NOT NULL,
    commands  TEXT   NOT NULL,            -- command, space, description, one a line
    PRIMARY KEY (user_id, scope, lang_code)
);

CREATE TABLE privacy_rules (
    owner_id BIGINT NOT NULL,
    key      TEXT   NOT NULL,             -- profile_photo, phone_number, …
    rules    TEXT   NOT NULL,             -- one a line, first match decides
    PRIMARY KEY (owner_id, key)
);

ALTER TABLE contacts ADD COLUMN close_friend BIGINT NOT NULL DEFAULT 0;

-- What a repeated call is answered with.
ALTER TABLE acted_calls ADD COLUMN peer_id BIGINT;    -- the channel that it changed or made
ALTER TABLE acted_calls ADD COLUMN removed BYTEA;     -- big-endian 64-bit ids of photos it took off a list

-- Ids of top messages are unique in one box only, and channels have boxes of their own.
DROP INDEX dialogs_by_age;
CREATE INDEX dialogs_by_age ON dialogs (owner_id, top_sent_at, top_message_id, peer_id);
