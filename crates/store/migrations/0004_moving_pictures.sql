-- What a picture that moves or is drawn is told by beyond its files: rules of 0001_start.sql hold.

ALTER TABLE photos ADD COLUMN video_start_ts BIGINT;     -- bits of the double as it was sent: seconds into the film
ALTER TABLE photos ADD COLUMN markup_document_id BIGINT; -- the custom emoji or sticker it is drawn from
ALTER TABLE photos ADD COLUMN markup_set_id BIGINT;      -- the set of the sticker; a custom emoji is named without
ALTER TABLE photos ADD COLUMN markup_colours BYTEA;      -- big-endian 32-bit 0xRRGGBB of the ground
