//! What a client hands over as a picture, and what of it can be refused without opening a file.

use super::change::Shape;
use crate::{
    Refusal,
    stickers::NamedSet,
    uploads::{GivenFile, GivenParts},
};

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

/// A picture that is drawn from a sticker.
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

/// What a picture is made from, once everything that can be read off a request is in order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sources<'a> {
    /// A still; beside something that moves it is what stands for it where nothing moves.
    pub(super) still: Option<&'a GivenParts>,
    /// A square MP4; beside a sticker it is what was drawn from it.
    pub(super) clip: Option<&'a GivenParts>,
    /// A sticker on a ground of one to four colours.
    pub(super) markup: Option<&'a Markup>,
    /// Seconds into what moves, where its still is.
    pub(super) start_s: Option<f64>,
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

    /// What the picture is made from: at least one of still, clip and sticker.
    ///
    /// # Errors
    /// VIDEO_FILE_INVALID: a start that is no time, or a video that is no upload.
    /// PHOTO_INVALID: a still that is no upload. PHOTO_EXT_INVALID: a name that says the file is no
    /// picture. PHOTO_FILE_MISSING: nothing.
    pub(crate) fn sources(&self) -> Result<Sources<'_>, Refusal> {
        let start_s = self.video_start_ts;
        if start_s.is_some_and(|at| !at.is_finite() || at < 0.0) {
            return Err(Refusal::VIDEO_FILE_INVALID);
        }
        let clip = match &self.video {
            Some(GivenFile::NotUploaded) => return Err(Refusal::VIDEO_FILE_INVALID),
            Some(GivenFile::Uploaded(parts)) => Some(parts),
            None => None,
        };
        let still = self.file.as_ref().map(still_parts).transpose()?;
        let markup = self.markup.as_ref();
        if clip.is_none() && still.is_none() && markup.is_none() {
            return Err(Refusal::PHOTO_FILE_MISSING);
        }
        Ok(Sources {
            still,
            clip,
            markup,
            start_s,
        })
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

    fn refused(media: GivenMedia) -> Refusal {
        media.sources().expect_err("it must be refused")
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
            assert!(media.sources().is_ok(), "{name}");
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

    /// What comes together stays together; the name of a still is looked at beside anything.
    #[test]
    fn everything_that_was_given_is_a_source() {
        let media = GivenMedia {
            file: file("x.jpg"),
            video: file("x.mp4"),
            video_start_ts: Some(1.5),
            markup: Some(Markup::Emoji {
                emoji_id: 5,
                colours: vec![1],
            }),
        };
        let sources = media.sources().expect("a picture");
        assert_eq!(
            sources.still.map(|parts| parts.name.as_str()),
            Some("x.jpg")
        );
        assert_eq!(sources.clip.map(|parts| parts.name.as_str()), Some("x.mp4"));
        assert_eq!(sources.markup, media.markup.as_ref());
        assert_eq!(sources.start_s, Some(1.5));
        let media = GivenMedia {
            file: file("x.pdf"),
            ..media
        };
        assert_eq!(refused(media), Refusal::PHOTO_EXT_INVALID);
        assert_eq!(refused(GivenMedia::default()), Refusal::PHOTO_FILE_MISSING);
    }
}
