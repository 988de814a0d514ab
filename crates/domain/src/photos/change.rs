//! What the flags of `photos.uploadContactProfilePhoto` ask for: the truth table, in plain values.

use crate::{MediaCombinations, Refusal};

/// Which fields of a request are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// A still picture.
    pub file: bool,
    /// A moving one.
    pub video: bool,
    /// `video_start_ts`.
    pub start: bool,
    /// `video_emoji_markup`.
    pub markup: bool,
}

/// What a request about a contact's picture asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Take the personal photo away; there may be none.
    Remove,
    /// Set or replace the personal photo.
    Set,
    /// Send the picture as a suggestion; the personal photo stays as it is.
    Suggest,
    /// Both, with one photo.
    SetAndSuggest,
}

impl Change {
    /// The personal photo becomes the new one.
    pub fn sets(self) -> bool {
        matches!(self, Self::Set | Self::SetAndSuggest)
    }

    /// A message with the new photo is sent.
    pub fn suggests(self) -> bool {
        matches!(self, Self::Suggest | Self::SetAndSuggest)
    }
}

impl Shape {
    /// How many of `file`, `video` and markup are there.
    fn media(self) -> u32 {
        u32::from(self.file) + u32::from(self.video) + u32::from(self.markup)
    }

    /// Whether what is there makes one picture.
    ///
    /// # Errors
    /// PHOTO_INVALID: a start without anything that moves, or several media where `combinations` are
    /// not taken. PHOTO_FILE_MISSING: no media.
    pub fn one_picture(self, combinations: bool) -> Result<(), Refusal> {
        if self.start && !self.video && !self.markup {
            return Err(Refusal::PHOTO_INVALID);
        }
        match self.media() {
            0 => Err(Refusal::PHOTO_FILE_MISSING),
            1 => Ok(()),
            _ if combinations => Ok(()),
            _ => Err(Refusal::PHOTO_INVALID),
        }
    }
}

/// The first look at a request, before its subject is judged.
///
/// # Errors
/// NEED_ACTION_MISSING: neither flag and no media.
pub fn some_action(suggest: bool, save: bool, shape: Shape) -> Result<(), Refusal> {
    let nothing = !suggest && !save && shape.media() == 0;
    if nothing {
        Err(Refusal::NEED_ACTION_MISSING)
    } else {
        Ok(())
    }
}

/// What the flags and media ask for together; `combinations`: several media are one picture.
///
/// Source: the method's page ("otherwise, will set a personal profile picture") and the official apps,
/// which send `save` with every picture they set. Chosen: docs/decisions/0060.
///
/// # Errors
/// NEED_ACTION_MISSING: neither flag and no media. PHOTO_FILE_MISSING: a suggestion of nothing.
/// PHOTO_INVALID: fields that exclude each other.
pub fn change(
    suggest: bool,
    save: bool,
    shape: Shape,
    combinations: bool,
) -> Result<Change, Refusal> {
    some_action(suggest, save, shape)?;
    if shape == Shape::default() && save && !suggest {
        return Ok(Change::Remove);
    }
    shape.one_picture(combinations)?;
    Ok(match (suggest, save) {
        (false, _) => Change::Set,
        (true, false) => Change::Suggest,
        (true, true) => Change::SetAndSuggest,
    })
}

/// Whether this caller's `file`, `video` and markup may come together.
///
/// Source: the Android and iOS apps send such combinations, every other client sends one medium.
pub fn combinations(rule: MediaCombinations, lang_pack: &str) -> bool {
    match rule {
        MediaCombinations::Never => false,
        MediaCombinations::Always => true,
        MediaCombinations::MobileApps => ["android", "ios"]
            .iter()
            .any(|app| lang_pack.starts_with(app)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One row of the table in the method's contract: flags, number of media, outcome.
    /// `None` in a flag: any.
    type Row = (Option<bool>, Option<bool>, Media, Result<Change, Refusal>);

    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Media {
        /// `video_start_ts` without video and markup.
        StrayStart,
        None,
        One,
        Several,
    }

    /// Read from the top, the first row that fits decides.
    fn table(combinations: bool) -> Vec<Row> {
        use Media::{None as Nothing, One, Several, StrayStart};
        let (no, yes, any) = (Some(false), Some(true), None);
        let mut rows: Vec<Row> = vec![
            (any, any, StrayStart, Err(Refusal::PHOTO_INVALID)),
            (no, no, Nothing, Err(Refusal::NEED_ACTION_MISSING)),
            (no, yes, Nothing, Ok(Change::Remove)),
            (yes, any, Nothing, Err(Refusal::PHOTO_FILE_MISSING)),
        ];
        if !combinations {
            rows.push((any, any, Several, Err(Refusal::PHOTO_INVALID)));
        }
        for media in [One, Several] {
            rows.push((no, no, media, Ok(Change::Set)));
            rows.push((no, yes, media, Ok(Change::Set)));
            rows.push((yes, no, media, Ok(Change::Suggest)));
            rows.push((yes, yes, media, Ok(Change::SetAndSuggest)));
        }
        rows
    }

    fn media(shape: Shape) -> Media {
        if shape.start && !shape.video && !shape.markup {
            return Media::StrayStart;
        }
        match shape.media() {
            0 => Media::None,
            1 => Media::One,
            _ => Media::Several,
        }
    }

    /// The row of the table that fits, and what it says.
    fn expected(suggest: bool, save: bool, shape: Shape, combos: bool) -> Result<Change, Refusal> {
        // A request that names neither an action nor a picture is refused at its flags, before
        // anybody looks at the rest of it (order of validation, 3.6).
        if !suggest && !save && shape.media() == 0 {
            return Err(Refusal::NEED_ACTION_MISSING);
        }
        let fits = |flag: Option<bool>, value: bool| flag.is_none_or(|flag| flag == value);
        let row = table(combos)
            .into_iter()
            .find(|(s, v, m, _)| fits(*s, suggest) && fits(*v, save) && *m == media(shape));
        row.map(|(.., outcome)| outcome)
            .expect("the table has a row for every request")
    }

    /// P12, P26, P28, P46, P55-P57 and everything between them: all 64 combinations, for callers
    /// whose media may and may not be combined.
    #[test]
    fn every_combination_of_flags_and_media_follows_the_table() {
        let mut seen = 0;
        for bits in 0..64_u32 {
            let bit = |at: u32| bits >> at & 1 == 1;
            let (suggest, save) = (bit(0), bit(1));
            let shape = Shape {
                file: bit(2),
                video: bit(3),
                start: bit(4),
                markup: bit(5),
            };
            for combos in [false, true] {
                assert_eq!(
                    change(suggest, save, shape, combos),
                    expected(suggest, save, shape, combos),
                    "suggest {suggest}, save {save}, {shape:?}, combinations {combos}"
                );
                seen += 1;
            }
        }
        assert_eq!(seen, 128);
    }

    #[test]
    fn the_lines_of_the_contract_word_by_word() {
        let none = Shape::default();
        let file = Shape { file: true, ..none };
        let both = Shape {
            file: true,
            video: true,
            ..none
        };
        let stray = Shape {
            start: true,
            ..none
        };
        let says = |suggest, save, shape| change(suggest, save, shape, false);
        assert_eq!(says(false, false, file), Ok(Change::Set));
        assert_eq!(says(false, false, none), Err(Refusal::NEED_ACTION_MISSING));
        assert_eq!(says(false, true, none), Ok(Change::Remove));
        assert_eq!(says(false, true, file), Ok(Change::Set));
        assert_eq!(says(true, false, file), Ok(Change::Suggest));
        assert_eq!(says(true, true, file), Ok(Change::SetAndSuggest));
        assert_eq!(says(true, false, none), Err(Refusal::PHOTO_FILE_MISSING));
        assert_eq!(says(true, true, none), Err(Refusal::PHOTO_FILE_MISSING));
        assert_eq!(says(false, true, both), Err(Refusal::PHOTO_INVALID));
        assert_eq!(says(false, true, stray), Err(Refusal::PHOTO_INVALID));
        assert_eq!(
            says(
                false,
                true,
                Shape {
                    start: true,
                    ..file
                }
            ),
            Err(Refusal::PHOTO_INVALID)
        );
    }

    #[test]
    fn combinations_are_taken_from_mobile_apps_only() {
        use MediaCombinations::{Always, MobileApps, Never};
        for (rule, lang_pack, taken) in [
            (MobileApps, "android", true),
            (MobileApps, "android_x", true),
            (MobileApps, "ios", true),
            (MobileApps, "tdesktop", false),
            (MobileApps, "", false),
            (Never, "ios", false),
            (Always, "", true),
        ] {
            assert_eq!(
                combinations(rule, lang_pack),
                taken,
                "{rule:?} {lang_pack:?}"
            );
        }
    }
}
