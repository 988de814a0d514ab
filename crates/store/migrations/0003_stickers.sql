-- Sticker sets, custom emoji among them, and their files. Rules of 0001_start.sql hold.
--
-- They belong to the host: every account of the server has all of them. A set is small and is read and
-- written as a whole.

CREATE TABLE sticker_sets (
    set_id     BIGINT PRIMARY KEY,        -- positive
    short_name TEXT   NOT NULL,
    title      TEXT   NOT NULL,
    kind       TEXT   NOT NULL,           -- emoji | stickers
    text_color BIGINT NOT NULL,           -- all its emoji take the colour of the text around them
    hash       BIGINT NOT NULL,           -- 31 bits, not 0; another one after every change
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sticker_sets_by_name ON sticker_sets (LOWER(short_name));

-- One sticker: its file, its first picture, and what clients are told of both.
CREATE TABLE documents (
    document_id     BIGINT PRIMARY KEY,   -- positive
    set_id          BIGINT NOT NULL,
    place           BIGINT NOT NULL,      -- in its set, from 0
    created_at      BIGINT NOT NULL,
    file_name       TEXT   NOT NULL,      -- as it was imported
    custom_emoji    BIGINT NOT NULL,      -- 1: its set holds emoji, 0: stickers
    mime_type       TEXT   NOT NULL,
    bytes           BIGINT NOT NULL,
    blob            BYTEA  NOT NULL,
    width           BIGINT NOT NULL,      -- pixels, as are the next three
    height          BIGINT NOT NULL,
    thumb_width     BIGINT NOT NULL,
    thumb_height    BIGINT NOT NULL,
    thumb_bytes     BIGINT NOT NULL,
    thumb_blob      BYTEA  NOT NULL,
    outline         BYTEA,                -- the bytes of photoPathSize
    duration_ms     BIGINT NOT NULL,      -- 0: a still
    free            BIGINT NOT NULL,      -- for everybody, not for subscribers alone
    text_color      BIGINT NOT NULL,      -- it takes the colour of the text around it
    for_profiles    BIGINT NOT NULL,      -- offered for pictures of people
    for_groups      BIGINT NOT NULL,      -- offered for pictures of groups and channels
    for_backgrounds BIGINT NOT NULL       -- offered for what stands behind a profile
);
CREATE UNIQUE INDEX documents_by_set ON documents (set_id, place);
CREATE INDEX documents_by_blob ON documents (blob);
CREATE INDEX documents_by_thumb ON documents (thumb_blob);
CREATE INDEX documents_for_profiles ON documents (for_profiles, set_id, place);
CREATE INDEX documents_for_groups ON documents (for_groups, set_id, place);
CREATE INDEX documents_for_backgrounds ON documents (for_backgrounds, set_id, place);

-- What a sticker stands for. The first one is its `alt`.
CREATE TABLE sticker_emoji (
    document_id BIGINT NOT NULL,
    place       BIGINT NOT NULL,          -- from 0
    emoji       TEXT   NOT NULL,
    PRIMARY KEY (document_id, place)
);
CREATE INDEX sticker_emoji_by_emoji ON sticker_emoji (emoji, document_id);
