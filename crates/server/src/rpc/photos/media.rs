//! The picture in a request, from TL to the words of the rules.

use domain::{
    photos::{GivenMedia, Markup},
    uploads::{GivenFile, GivenParts},
};
use tl::enums::{InputFile, VideoSize};

use crate::rpc::stickers::named_set;

/// The fields of a request that hold its picture.
pub(super) struct Fields {
    pub(super) file: Option<InputFile>,
    pub(super) video: Option<InputFile>,
    pub(super) video_start_ts: Option<f64>,
    pub(super) video_emoji_markup: Option<VideoSize>,
}

pub(super) fn given(fields: Fields) -> GivenMedia {
    GivenMedia {
        file: fields.file.map(file),
        video: fields.video.map(file),
        video_start_ts: fields.video_start_ts,
        markup: fields.video_emoji_markup.map(markup),
    }
}

fn file(file: InputFile) -> GivenFile {
    match file {
        InputFile::InputFile(file) => GivenFile::Uploaded(GivenParts {
            file_id: file.id,
            parts: file.parts,
            name: file.name,
            md5: file.md5_checksum,
        }),
        InputFile::Big(file) => GivenFile::Uploaded(GivenParts {
            file_id: file.id,
            parts: file.parts,
            name: file.name,
            md5: String::new(),
        }),
        InputFile::StoryDocument(_) => GivenFile::NotUploaded,
    }
}

fn markup(markup: VideoSize) -> Markup {
    match markup {
        VideoSize::EmojiMarkup(emoji) => Markup::Emoji {
            emoji_id: emoji.emoji_id,
            colours: emoji.background_colors,
        },
        VideoSize::StickerMarkup(sticker) => Markup::Sticker {
            set: named_set(&sticker.stickerset),
            sticker_id: sticker.sticker_id,
            colours: sticker.background_colors,
        },
        VideoSize::VideoSize(_) => Markup::File,
    }
}
