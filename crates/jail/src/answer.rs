//! Whether an answer can be one to what was asked. The bytes of a clip may have taken the child over, so its
//! counts, sides and kinds of files are looked at again on this side.

use media::{Kind, SIZES, Stills};
use motion::{Film, OUTLINE_BYTES_MAX, STICKER_THUMB_PX, Sticker};

use crate::wire::{Asked, Garbled, Said};
use crate::{Done, Job};

/// Longest stripped thumbnail. Chosen: 40 by 40 pixels come to some 500 bytes.
const STRIPPED_BYTES_MAX: usize = 4096;
/// Longest side of a film or a sticker. Chosen: what a 16 bit field of their files holds.
const SIDE_PX_MAX: u32 = u16::MAX as u32;
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use media::stills_of;
    use motion::{ClipLimits, Drawing, Drawn, Moving, StickerKind};

    use super::*;

    fn honest_film(side_px: u32) -> Film {
        Film {
            side_px,
            mp4: Bytes::from_static(b"\0\0\0\x08ftyp"),
        }
    }

    fn honest_moving() -> Moving {
        Moving {
            stills: Some(stills_of(16, &[90; 16 * 16 * 3])),
            big: honest_film(640),
            small: Some(honest_film(160)),
        }
    }

    fn honest_sticker() -> Sticker {
        // A lossless WebP file of 128 by 64 pixels, as far as its header goes.
        let mut thumb = b"RIFF\x11\0\0\0WEBPVP8L\x05\0\0\0\x2f".to_vec();
        thumb.extend_from_slice(&(127_u32 | 63 << 14).to_le_bytes());
        thumb.push(0);
        Sticker {
            kind: StickerKind::WebM,
            width_px: 512,
            height_px: 256,
            duration_ms: 3000,
            thumb: thumb.into(),
            thumb_width_px: 128,
            thumb_height_px: 64,
            outline: Some(Bytes::from_static(b"line")),
        }
    }

    fn clip(stills: bool) -> Asked {
        Asked::Job(Job::Clip {
            source: Bytes::new(),
            limits: ClipLimits::default(),
            start_s: None,
            stills,
        })
    }

    fn draw(stills: bool, film: bool) -> Asked {
        Asked::Job(Job::Draw(Drawing {
            sticker: Bytes::new(),
            colours: vec![0],
            white: false,
            start_s: None,
            stills,
            film,
        }))
    }

    #[test]
    fn honest_answers_are_taken() {
        let moving = |stills: bool| {
            let mut moving = honest_moving();
            moving.stills = moving.stills.filter(|_| stills);
            Said::Done(Done::Clip(moving))
        };
        let sticker = Said::Done(Done::Sticker(honest_sticker()));
        let drawn = Said::Done(Done::Draw(Drawn {
            stills: None,
            big: Some(honest_film(640)),
        }));
        assert_eq!(judge(&clip(true), &moving(true)), Ok(()));
        assert_eq!(judge(&clip(false), &moving(false)), Ok(()));
        assert_eq!(judge(&draw(false, true), &drawn), Ok(()));
        assert_eq!(
            judge(&Asked::Job(Job::Sticker(Bytes::new())), &sticker),
            Ok(())
        );
        assert_eq!(judge(&clip(true), &Said::Refused("no".to_owned())), Ok(()));
    }

    #[test]
    fn an_answer_to_something_else_is_a_lie() {
        let moving = || Said::Done(Done::Clip(honest_moving()));
        for (asked, said) in [
            (clip(false), moving()),
            (draw(true, true), moving()),
            (Asked::Job(Job::Sticker(Bytes::new())), moving()),
            (clip(true), Said::Probed(Bytes::new())),
            (clip(true), Said::Ready(crate::Walls::default())),
            (clip(true), Said::Unfit(String::new())),
        ] {
            assert!(judge(&asked, &said).is_err(), "{asked:?}");
        }
        for (stills, film) in [(true, true), (false, false)] {
            let drawn = Said::Done(Done::Draw(Drawn {
                stills: None,
                big: Some(honest_film(640)),
            }));
            assert!(judge(&draw(stills, film), &drawn).is_err());
        }
    }

    #[test]
    fn every_lie_about_a_clip_is_found() {
        let still = |lie: fn(&mut Stills)| {
            let mut moving = honest_moving();
            moving.stills.as_mut().map(lie).unwrap();
            moving
        };
        let lies = [
            still(|stills| stills.sizes[0].letter = 'b'),
            still(|stills| stills.sizes.swap(0, 2)),
            still(|stills| stills.sizes[1].side_px = 17),
            still(|stills| stills.sizes[2].side_px = 0),
            still(|stills| stills.sizes[0].jpeg.clear()),
            still(|stills| stills.sizes[0].jpeg.insert(0, 0)),
            still(|stills| stills.stripped_user.clear()),
            still(|stills| stills.stripped_photo.resize(STRIPPED_BYTES_MAX + 1, 0)),
            Moving {
                big: honest_film(159),
                ..honest_moving()
            },
            Moving {
                big: honest_film(1281),
                ..honest_moving()
            },
            Moving {
                small: Some(honest_film(0)),
                ..honest_moving()
            },
            Moving {
                big: Film {
                    side_px: 640,
                    mp4: Bytes::from_static(b"<html>"),
                },
                ..honest_moving()
            },
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            let said = Said::Done(Done::Clip(lie));
            assert!(judge(&clip(true), &said).is_err(), "lie {number}");
        }
    }

    #[test]
    fn every_lie_about_a_sticker_is_found() {
        let lies: [fn(&mut Sticker); 7] = [
            |sticker| sticker.width_px = 0,
            |sticker| sticker.height_px = SIDE_PX_MAX + 1,
            |sticker| sticker.duration_ms = u32::MAX,
            |sticker| sticker.thumb_width_px = STICKER_THUMB_PX + 1,
            |sticker| sticker.thumb_height_px = 63,
            |sticker| sticker.thumb = Bytes::from_static(b"GIF89a"),
            |sticker| sticker.outline = Some(vec![0; OUTLINE_BYTES_MAX + 1].into()),
        ];
        for (number, lie) in lies.into_iter().enumerate() {
            let mut sticker = honest_sticker();
            lie(&mut sticker);
            let said = Said::Done(Done::Sticker(sticker));
            let asked = Asked::Job(Job::Sticker(Bytes::new()));
            assert!(judge(&asked, &said).is_err(), "lie {number}");
        }
    }

    #[test]
    fn words_of_a_child_become_one_plain_line() {
        assert_eq!(plain("\n  a\u{1b}[31m b\u{e9}\nsecond"), "a?[31m b?");
        assert_eq!(plain(""), "nothing");
        assert_eq!(plain(&"x".repeat(999)).len(), TEXT_CHARS_MAX);
    }
}
