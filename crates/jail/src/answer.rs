//! Whether an answer can be one to what was asked. The bytes of a clip may have taken the child over, so its
//! counts, sides and kinds of files are looked at again on this side.

use media::{Kind, SIZES, Stills};
use motion::{Film, STICKER_THUMB_PX, Sticker};

use crate::wire::{Asked, Garbled, Said};
use crate::{Done, Job};

/// Longest stripped thumbnail. Chosen: 40 by 40 pixels come to some 500 bytes.
const STRIPPED_BYTES_MAX: usize = 4096;
/// Longest side of a film or a sticker. Chosen: what a 16 bit field of their files holds.
const SIDE_PX_MAX: u32 = u16::MAX as u32;
/// Longest outline of a sticker. Chosen: clients are sent it with every message that shows the sticker.
const OUTLINE_BYTES_MAX: usize = 64 * 1024;
/// Longest a sticker may say that it lasts. Chosen: a day, far above every rule on stickers.
const DURATION_MS_MAX: u32 = 86_400_000;

/// Longest text of a child that goes on. Chosen: one line of a log.
const TEXT_CHARS_MAX: usize = 200;

/// Accepts `said` as an answer to `asked`, or says what is wrong with it.
pub(crate) fn judge(asked: &Asked, said: &Said) -> Result<(), Garbled> {
    match (asked, said) {
        (Asked::Job(_), Said::Refused(_))
        | (Asked::Probe(_), Said::Refused(_) | Said::Probed(_)) => Ok(()),
        (
            Asked::Job(Job::Clip {
                stills: wanted,
                limits,
                ..
            }),
            Said::Done(Done::Clip(moving)),
        ) => {
            stills(*wanted, moving.stills.as_ref())?;
            film(&moving.big)?;
            if !(limits.side_px_min..=limits.side_px_max).contains(&moving.big.side_px) {
                return Err(Garbled("a film beyond its limits"));
            }
            moving.small.as_ref().map_or(Ok(()), film)
        }
        (Asked::Job(Job::Draw(drawing)), Said::Done(Done::Draw(drawn))) => {
            stills(drawing.stills, drawn.stills.as_ref())?;
            wanted(drawing.film, drawn.big.is_some())?;
            drawn.big.as_ref().map_or(Ok(()), film)
        }
        (Asked::Job(Job::Sticker(_)), Said::Done(Done::Sticker(told))) => sticker(told),
        _ => Err(Garbled("an answer to something else")),
    }
}

/// A text of a child as it may stand in a log: one line, printable, short.
pub(crate) fn plain(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    let line = line.unwrap_or("nothing").chars().take(TEXT_CHARS_MAX);
    line.map(|c| {
        if c == ' ' || c.is_ascii_graphic() {
            c
        } else {
            '?'
        }
    })
    .collect()
}

fn wanted(wanted: bool, given: bool) -> Result<(), Garbled> {
    if wanted == given {
        Ok(())
    } else {
        Err(Garbled("more or less than was wanted"))
    }
}

fn stills(asked: bool, given: Option<&Stills>) -> Result<(), Garbled> {
    wanted(asked, given.is_some())?;
    let Some(stills) = given else {
        return Ok(());
    };
    for (still, (letter, side_px_max)) in stills.sizes.iter().zip(SIZES) {
        let side_px = still.side_px;
        let fits = still.letter == letter && (1..=side_px_max).contains(&side_px);
        let square = Kind::Jpeg {
            width_px: side_px,
            height_px: side_px,
        };
        if !fits || media::probe(&still.jpeg) != Ok(square) {
            return Err(Garbled("a still of another size"));
        }
    }
    for stripped in [&stills.stripped_photo, &stills.stripped_user] {
        if !(1..=STRIPPED_BYTES_MAX).contains(&stripped.len()) {
            return Err(Garbled("a stripped thumbnail of no or great length"));
        }
    }
    Ok(())
}

fn film(film: &Film) -> Result<(), Garbled> {
    if !(1..=SIDE_PX_MAX).contains(&film.side_px) {
        return Err(Garbled("a film with impossible sides"));
    }
    if film.mp4.get(4..8) != Some(b"ftyp".as_slice()) {
        return Err(Garbled("a film that is no MP4 file"));
    }
    Ok(())
}

fn sticker(sticker: &Sticker) -> Result<(), Garbled> {
    let within = |px: u32, most: u32| (1..=most).contains(&px);
    let (width_px, height_px) = (sticker.thumb_width_px, sticker.thumb_height_px);
    let sides = within(sticker.width_px, SIDE_PX_MAX) && within(sticker.height_px, SIDE_PX_MAX);
    let thumb = within(width_px, STICKER_THUMB_PX) && within(height_px, STICKER_THUMB_PX);
    if !sides || !thumb || sticker.duration_ms > DURATION_MS_MAX {
        return Err(Garbled("a sticker with impossible sides or length"));
    }
    let kind = Kind::WebP {
        width_px,
        height_px,
    };
    if media::probe(&sticker.thumb) != Ok(kind) {
        return Err(Garbled("a thumbnail of another kind or size"));
    }
    let outline = sticker.outline.as_ref().map_or(0, bytes::Bytes::len);
    if outline > OUTLINE_BYTES_MAX {
        return Err(Garbled("an outline of great length"));
    }
    Ok(())
}
