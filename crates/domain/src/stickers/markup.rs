//! Which sticker a markup asks to be drawn, and on which colours.

use store::blobs::BlobKey;
use store::rows::stickers::{self as rows, DocumentRow};

use super::find_set;
use crate::photos::Markup;
use crate::{Error, Refusal, Services};

/// Most background colours of a drawn picture. Source: official page on profile pictures, 1 to 4.
const COLOURS_MAX: usize = 4;
/// What counts of a colour. Source: clients mask it so; TDLib sends plain RGB.
const COLOUR_BITS: i32 = 0x00ff_ffff;
/// Kinds of files that can be drawn. Source: official page on stickers.
const DRAWABLE: [&str; 3] = ["application/x-tgsticker", "video/webm", "image/webp"];

/// A sticker that a picture can be drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawableSticker {
    /// `emoji_id` or `sticker_id`.
    pub document_id: i64,
    /// Its set.
    pub set_id: i64,
    /// It was named as a custom emoji, not as a sticker of a set: the markup is echoed as it came.
    pub as_emoji: bool,
    /// The file of the sticker.
    pub blob: BlobKey,
    /// Length of that file.
    pub bytes: i64,
    /// It takes the colour of text, which is white in pictures.
    pub white: bool,
    /// One to four, 0xRRGGBB.
    pub colours: Vec<u32>,
}

/// The sticker that `viewer` asks to be drawn.
///
/// # Errors
/// EMOJI_MARKUP_INVALID: no colours, or more than four; a custom emoji that is not known; a sticker that
/// its set does not have; a markup that describes a file. STICKERSET_INVALID: a set that is not known.
/// STICKER_MIME_INVALID: a file of a kind that is not drawn.
pub async fn for_markup(
    services: &Services,
    viewer: i64,
    markup: &Markup,
) -> Result<DrawableSticker, Error> {
    let colours = colours(markup)?;
    let mut tx = services.store.read().await?;
    let (row, as_emoji) = match markup {
        Markup::Emoji { emoji_id, .. } => {
            let found = rows::by_id(&mut tx, *emoji_id).await?;
            (found.filter(|row| row.custom_emoji), true)
        }
        Markup::Sticker {
            set, sticker_id, ..
        } => {
            let set = find_set(services, &mut tx, viewer, set).await?;
            let found = rows::by_id(&mut tx, *sticker_id).await?;
            (found.filter(|row| row.set_id == set.set_id), false)
        }
        Markup::File => (None, false),
    };
    drawable(row.ok_or(Refusal::EMOJI_MARKUP_INVALID)?, as_emoji, colours)
}

fn drawable(row: DocumentRow, as_emoji: bool, colours: Vec<u32>) -> Result<DrawableSticker, Error> {
    if !DRAWABLE.contains(&row.mime_type.as_str()) {
        return Err(Refusal::STICKER_MIME_INVALID.into());
    }
    Ok(DrawableSticker {
        document_id: row.document_id,
        set_id: row.set_id,
        as_emoji,
        blob: row.blob,
        bytes: row.bytes,
        white: row.text_color,
        colours,
    })
}

/// The colours of a markup without the bits that mean nothing.
fn colours(markup: &Markup) -> Result<Vec<u32>, Refusal> {
    let (Markup::Emoji { colours, .. } | Markup::Sticker { colours, .. }) = markup else {
        return Err(Refusal::EMOJI_MARKUP_INVALID);
    };
    if !(1..=COLOURS_MAX).contains(&colours.len()) {
        return Err(Refusal::EMOJI_MARKUP_INVALID);
    }
    let plain = |colour: &i32| (colour & COLOUR_BITS).cast_unsigned();
    Ok(colours.iter().map(plain).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emoji(colours: &[i32]) -> Markup {
        Markup::Emoji {
            emoji_id: 5,
            colours: colours.to_vec(),
        }
    }

    /// P50, P51.
    #[test]
    fn a_markup_has_one_to_four_colours() {
        for count in [1, 4] {
            assert_eq!(colours(&emoji(&vec![7; count])), Ok(vec![7; count]));
        }
        for count in [0, 5, 100] {
            let refused = colours(&emoji(&vec![7; count]));
            assert_eq!(refused, Err(Refusal::EMOJI_MARKUP_INVALID), "{count}");
        }
        assert_eq!(colours(&Markup::File), Err(Refusal::EMOJI_MARKUP_INVALID));
    }

    /// P54.
    #[test]
    fn colours_have_24_bits() {
        let opaque = 0xff11_2233_u32.cast_signed();
        assert_eq!(
            colours(&emoji(&[opaque, -1])),
            Ok(vec![0x11_2233, 0xff_ffff])
        );
    }
}
