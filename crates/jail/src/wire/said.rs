//! What a child says: that it is confined, what it has made, or why it refuses. A child that a stranger's
//! bytes have taken over says what they want, so whether an answer makes sense is judged in `answer.rs`.

use bytes::Bytes;
use media::{Still, Stills};
use motion::{Drawn, Film, Moving, Sticker, StickerKind};

use super::{Garbled, Reader, Writer};
use crate::{Done, Walls};

/// What a child says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Said {
    /// It waits for jobs.
    Ready(Walls),
    /// It cannot be confined, in words.
    Unfit(String),
    Done(Done),
    /// What a probe gives back.
    Probed(Bytes),
    /// The bytes of the job are refused, in words.
    Refused(String),
}

impl Said {
    /// The message, its length before it.
    pub(crate) fn write(&self) -> Result<Vec<u8>, Garbled> {
        let writer = match self {
            Said::Ready(walls) => {
                let mut writer = Writer::new(0);
                writer.flag(walls.filter);
                writer.flag(walls.landlock);
                writer
            }
            Said::Unfit(why) => text(1, why),
            Said::Refused(why) => text(2, why),
            Said::Probed(bytes) => {
                let mut writer = Writer::new(3);
                writer.bytes(bytes);
                writer
            }
            Said::Done(Done::Clip(moving)) => {
                let mut writer = Writer::new(4);
                writer.option(moving.stills.as_ref(), write_stills);
                write_film(&mut writer, &moving.big);
                writer.option(moving.small.as_ref(), write_film);
                writer
            }
            Said::Done(Done::Draw(drawn)) => {
                let mut writer = Writer::new(5);
                writer.option(drawn.stills.as_ref(), write_stills);
                writer.option(drawn.big.as_ref(), write_film);
                writer
            }
            Said::Done(Done::Sticker(sticker)) => write_sticker(sticker),
        };
        writer.finish()
    }

    /// Reads a message without its length.
    pub(crate) fn read(message: Bytes) -> Result<Said, Garbled> {
        let mut reader = Reader(message);
        let said = match reader.u8()? {
            0 => Said::Ready(Walls {
                filter: reader.flag()?,
                landlock: reader.flag()?,
            }),
            1 => Said::Unfit(read_text(&mut reader)?),
            2 => Said::Refused(read_text(&mut reader)?),
            3 => Said::Probed(reader.bytes()?),
            4 => Said::Done(Done::Clip(Moving {
                stills: reader.option(read_stills)?,
                big: read_film(&mut reader)?,
                small: reader.option(read_film)?,
            })),
            5 => Said::Done(Done::Draw(Drawn {
                stills: reader.option(read_stills)?,
                big: reader.option(read_film)?,
            })),
            6 => Said::Done(Done::Sticker(read_sticker(&mut reader)?)),
            _ => return Err(Garbled("of no known kind")),
        };
        reader.end()?;
        Ok(said)
    }
}

fn text(tag: u8, text: &str) -> Writer {
    let mut writer = Writer::new(tag);
    writer.bytes(text.as_bytes());
    writer
}

fn read_text(reader: &mut Reader) -> Result<String, Garbled> {
    let bytes = reader.bytes()?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Garbled("a text that is none"))?;
    Ok(text.to_owned())
}

fn write_stills(writer: &mut Writer, stills: &Stills) {
    for still in &stills.sizes {
        writer.u32(still.letter.into());
        writer.u32(still.side_px);
        writer.bytes(&still.jpeg);
    }
    writer.bytes(&stills.stripped_photo);
    writer.bytes(&stills.stripped_user);
}

fn read_stills(reader: &mut Reader) -> Result<Stills, Garbled> {
    let sizes = [
        read_still(reader)?,
        read_still(reader)?,
        read_still(reader)?,
    ];
    Ok(Stills {
        sizes,
        stripped_photo: reader.bytes()?.to_vec(),
        stripped_user: reader.bytes()?.to_vec(),
    })
}

fn read_still(reader: &mut Reader) -> Result<Still, Garbled> {
    Ok(Still {
        letter: char::from_u32(reader.u32()?).ok_or(Garbled("a letter that is none"))?,
        side_px: reader.u32()?,
        jpeg: reader.bytes()?.to_vec(),
    })
}

fn write_film(writer: &mut Writer, film: &Film) {
    writer.u32(film.side_px);
    writer.bytes(&film.mp4);
}

fn read_film(reader: &mut Reader) -> Result<Film, Garbled> {
    Ok(Film {
        side_px: reader.u32()?,
        mp4: reader.bytes()?,
    })
}

fn write_sticker(sticker: &Sticker) -> Writer {
    let mut writer = Writer::new(6);
    writer.u8(match sticker.kind {
        StickerKind::Tgs => 0,
        StickerKind::WebM => 1,
        StickerKind::WebP => 2,
    });
    writer.u32(sticker.width_px);
    writer.u32(sticker.height_px);
    writer.u32(sticker.duration_ms);
    writer.bytes(&sticker.thumb);
    writer.u32(sticker.thumb_width_px);
    writer.u32(sticker.thumb_height_px);
    writer.option(sticker.outline.as_ref(), |writer, outline| {
        writer.bytes(outline);
    });
    writer
}

fn read_sticker(reader: &mut Reader) -> Result<Sticker, Garbled> {
    let kind = match reader.u8()? {
        0 => StickerKind::Tgs,
        1 => StickerKind::WebM,
        2 => StickerKind::WebP,
        _ => return Err(Garbled("a sticker of no known kind")),
    };
    Ok(Sticker {
        kind,
        width_px: reader.u32()?,
        height_px: reader.u32()?,
        duration_ms: reader.u32()?,
        thumb: reader.bytes()?,
        thumb_width_px: reader.u32()?,
        thumb_height_px: reader.u32()?,
        outline: reader.option(Reader::bytes)?,
    })
}
