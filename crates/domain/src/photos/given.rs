//! What a client hands over as a picture, and what of it can be refused without opening a file.

use super::change::Shape;
use crate::{
    Refusal,
    stickers::NamedSet,
    uploads::{GivenFile, GivenParts},
};

/// Most background colours of a drawn picture. Source: official page on profile pictures, 1 to 4.
const COLOURS_MAX: usize = 4;

/// Endings of file names that are taken; a name may also have none. The bytes decide what a file
/// really is. Chosen: U25 of the profile picture rules.
const EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

/// The picture in a request, as far as it is there.
#[derive(Clone, Debug, Default)]
pub struct GivenMedia {
    /// A still picture.
    pub file: Option<GivenFile>,
    /// A square MP4.
    pub video: Option<GivenFile>,
    /// Seconds into what moves, where its still frame is.
    pub video_start_ts: Option<f64>,
    /// A sticker or emoji on a coloured ground.
    pub markup: Option<Markup>,
}

/// A picture that is drawn instead of uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markup {
    /// `videoSizeEmojiMarkup`.
    Emoji {
        /// The custom emoji.
        emoji_id: i64,
        /// 0xRRGGBB; one is plain, more are a gradient.
        colours: Vec<i32>,
    },
    /// `videoSizeStickerMarkup`.
    Sticker {
        /// Its set.
        set: NamedSet,
        /// The sticker.
        sticker_id: i64,
        /// Like those of an emoji.
        colours: Vec<i32>,
    },
    /// `videoSize`, which describes a file and draws nothing.
    File,
}

impl GivenMedia {
    /// Which of its fields are there.
    pub fn shape(&self) -> Shape {
        Shape {
            file: self.file.is_some(),
            video: self.video.is_some(),
            start: self.video_start_ts.is_some(),
            markup: self.markup.is_some(),
        }
    }

    /// The uploads of the request, once everything that can be read off it is in order.
    ///
    /// # Errors
    /// VIDEO_FILE_INVALID: a start that is no time, or a video that is no upload.
    /// EMOJI_MARKUP_INVALID, STICKERSET_INVALID: a markup that draws nothing (see [`Markup`]).
    /// PHOTO_INVALID: a still that is no upload. PHOTO_EXT_INVALID: a name that says the file is no
    /// picture. PHOTO_FILE_MISSING: no upload.
    pub(crate) fn uploads(&self) -> Result<PictureUploads<'_>, Refusal> {
        if self
            .video_start_ts
            .is_some_and(|at| !at.is_finite() || at < 0.0)
        {
            return Err(Refusal::VIDEO_FILE_INVALID);
        }
        if let Some(markup) = &self.markup {
            return Err(markup.refusal());
        }
        let video = match &self.video {
            Some(GivenFile::NotUploaded) => return Err(Refusal::VIDEO_FILE_INVALID),
            Some(GivenFile::Uploaded(parts)) => Some(parts),
            None => None,
        };
        let still = self.file.as_ref().map(still_parts).transpose()?;
        match (video, still) {
            (Some(video), _) => Ok(PictureUploads::Clip(video)),
            (None, Some(still)) => Ok(PictureUploads::Still(still)),
            (None, None) => Err(Refusal::PHOTO_FILE_MISSING),
        }
    }
}

/// What a picture is to be made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PictureUploads<'a> {
    /// A still.
    Still(&'a GivenParts),
    /// A square MP4, with or without a still of its own.
    Clip(&'a GivenParts),
}

impl Markup {
    /// Why it is not drawn. Nobody has custom emoji or stickers here, so no id can name one: that is said
    /// as it will be said of unknown ids (docs/decisions/0140).
    fn refusal(&self) -> Refusal {
        match self {
            Self::Sticker { colours, .. } if (1..=COLOURS_MAX).contains(&colours.len()) => {
                Refusal::STICKERSET_INVALID
            }
            Self::Emoji { .. } | Self::Sticker { .. } | Self::File => Refusal::EMOJI_MARKUP_INVALID,
        }
    }
}

fn still_parts(file: &GivenFile) -> Result<&GivenParts, Refusal> {
    let GivenFile::Uploaded(parts) = file else {
        return Err(Refusal::PHOTO_INVALID);
    };
    let name = parts.name.rsplit(['/', '\\']).next().unwrap_or_default();
    let taken = match name.rsplit_once('.') {
        None | Some((_, "")) => true,
        Some((_, ending)) => EXTENSIONS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known)),
    };
    if taken {
        Ok(parts)
    } else {
        Err(Refusal::PHOTO_EXT_INVALID)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Option<GivenFile> {
        let name = name.to_owned();
        Some(GivenFile::Uploaded(GivenParts {
            file_id: 1,
            parts: 1,
            name,
            md5: String::new(),
        }))
    }

    fn emoji(colours: usize) -> Option<Markup> {
        Some(Markup::Emoji {
            emoji_id: 5,
            colours: vec![0x00ff_0000; colours],
        })
    }

    fn refused(media: GivenMedia) -> Refusal {
        media.uploads().expect_err("it must be refused")
    }

    /// P60 and U25.
    #[test]
    fn the_ending_of_the_name_is_judged_and_nothing_else_of_it() {
        for name in [
            "x.jpg",
            "X.JPEG",
            "a.b.png",
            "photo",
            "",
            "x.",
            "v1.2/photo",
            "x.WebP",
        ] {
            let media = GivenMedia {
                file: file(name),
                ..GivenMedia::default()
            };
            assert!(media.uploads().is_ok(), "{name}");
        }
        for name in ["x.pdf", "x.jpg.exe", "x.mp4", "dir\\x.heic"] {
            let media = GivenMedia {
                file: file(name),
                ..GivenMedia::default()
            };
            assert_eq!(refused(media), Refusal::PHOTO_EXT_INVALID, "{name}");
        }
    }

    /// P71.
    #[test]
    fn a_story_is_no_upload() {
        let story = || Some(GivenFile::NotUploaded);
        let media = GivenMedia {
            file: story(),
            ..GivenMedia::default()
        };
        assert_eq!(refused(media), Refusal::PHOTO_INVALID);
        let media = GivenMedia {
            video: story(),
            ..GivenMedia::default()
        };
        assert_eq!(refused(media), Refusal::VIDEO_FILE_INVALID);
    }

    #[test]
    fn a_start_must_be_a_time() {
        for at in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.5] {
            let video = file("x.mp4");
            let media = GivenMedia {
                video,
                video_start_ts: Some(at),
                ..GivenMedia::default()
            };
            assert_eq!(refused(media), Refusal::VIDEO_FILE_INVALID, "{at}");
        }
    }

    /// P50, P51.
    #[test]
    fn markup_draws_on_one_to_four_colours() {
        for colours in [0, 5, 100] {
            let media = GivenMedia {
                markup: emoji(colours),
                ..GivenMedia::default()
            };
            assert_eq!(refused(media), Refusal::EMOJI_MARKUP_INVALID, "{colours}");
        }
        let media = GivenMedia {
            markup: Some(Markup::File),
            ..GivenMedia::default()
        };
        assert_eq!(refused(media), Refusal::EMOJI_MARKUP_INVALID);
    }

    /// P52, and its like for stickers: nobody has any.
    #[test]
    fn no_emoji_and_no_sticker_is_known() {
        let media = GivenMedia {
            markup: emoji(4),
            ..GivenMedia::default()
        };
        assert_eq!(refused(media), Refusal::EMOJI_MARKUP_INVALID);
        let sticker = Some(Markup::Sticker {
            set: NamedSet::Other,
            sticker_id: 5,
            colours: vec![1, 2, 3, 4],
        });
        let media = GivenMedia {
            file: file("x.jpg"),
            markup: sticker,
            ..GivenMedia::default()
        };
        assert_eq!(refused(media), Refusal::STICKERSET_INVALID);
    }

    /// A clip is judged as such, also beside a still, whose name is looked at, too.
    #[test]
    fn a_video_makes_it_a_clip() {
        let media = GivenMedia {
            file: file("x.jpg"),
            video: file("x.mp4"),
            ..GivenMedia::default()
        };
        assert!(
            matches!(media.uploads(), Ok(PictureUploads::Clip(video)) if video.name == "x.mp4")
        );
        let media = GivenMedia {
            file: file("x.pdf"),
            ..media
        };
        assert_eq!(refused(media), Refusal::PHOTO_EXT_INVALID);
    }
}
