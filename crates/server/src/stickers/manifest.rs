//! `set.json`: what a set says of itself and of its stickers.

use clap::ValueEnum;
use domain::stickers::{Kind, Traits};
use serde::{Deserialize, Serialize};

/// What a set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SetKind {
    /// Custom emoji.
    Emoji,
    /// Stickers.
    Stickers,
}

impl From<SetKind> for Kind {
    fn from(kind: SetKind) -> Kind {
        match kind {
            SetKind::Emoji => Kind::Emoji,
            SetKind::Stickers => Kind::Stickers,
        }
    }
}

/// What custom emoji are offered for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Offered {
    /// Pictures of people.
    Profile,
    /// Pictures of groups and channels.
    Group,
    /// The pattern behind a profile.
    Background,
}

/// The whole file. What is misspelt is refused, so that nothing is left out unnoticed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub(super) title: String,
    pub(super) short_name: String,
    pub(super) kind: SetKind,
    /// For all stickers that say nothing else, as are the next two.
    #[serde(default)]
    text_color: bool,
    #[serde(default = "yes")]
    free: bool,
    #[serde(default)]
    defaults: Vec<Offered>,
    pub(super) stickers: Vec<Entry>,
}

/// One sticker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The name of its file.
    pub(super) file: String,
    pub(super) emoji: Emoji,
    /// Fixed in the set of the program; others are given one.
    #[serde(default)]
    pub(super) id: Option<i64>,
    text_color: Option<bool>,
    free: Option<bool>,
    defaults: Option<Vec<Offered>>,
}

/// What a sticker stands for: one text with all of it, or a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum Emoji {
    Text(String),
    List(Vec<String>),
}

fn yes() -> bool {
    true
}

impl Manifest {
    /// What the set says of one of its stickers.
    pub(super) fn traits(&self, entry: &Entry) -> Traits {
        traits(
            entry.text_color.unwrap_or(self.text_color),
            entry.free.unwrap_or(self.free),
            entry.defaults.as_ref().unwrap_or(&self.defaults),
        )
    }
}

impl Emoji {
    /// One by one, as written.
    pub(super) fn list(&self) -> Vec<String> {
        match self {
            Emoji::Text(text) => domain::stickers::emoji_of(text),
            Emoji::List(list) => list.clone(),
        }
    }
}

/// What is said of a sticker.
pub(super) fn traits(text_color: bool, free: bool, offered: &[Offered]) -> Traits {
    Traits {
        free,
        text_color,
        for_profiles: offered.contains(&Offered::Profile),
        for_groups: offered.contains(&Offered::Group),
        for_backgrounds: offered.contains(&Offered::Background),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sticker_says_what_its_set_does_not() {
        let text = r#"{ "title": "T", "short_name": "t", "kind": "stickers", "text_color": true,
            "defaults": ["profile"], "stickers": [
                { "file": "a.tgs", "emoji": "🙂😀" },
                { "file": "b.webp", "emoji": ["⭐"], "text_color": false, "defaults": ["group"] } ] }"#;
        let manifest: Manifest = serde_json::from_str(text).unwrap();
        let [one, other] = &manifest.stickers[..] else {
            panic!("two stickers")
        };
        assert_eq!(one.emoji.list(), ["🙂", "😀"]);
        assert_eq!(
            manifest.traits(one),
            traits(true, true, &[Offered::Profile])
        );
        assert_eq!(other.emoji.list(), ["⭐"]);
        let traits = manifest.traits(other);
        assert!(!traits.text_color && traits.for_groups && !traits.for_profiles);
    }

    #[test]
    fn what_is_misspelt_is_refused() {
        for text in [
            r#"{ "title": "T", "short_name": "t", "kind": "emoji", "stikers": [] }"#,
            r#"{ "title": "T", "short_name": "t", "kind": "gifs", "stickers": [] }"#,
            r#"{ "title": "T", "short_name": "t", "kind": "emoji", "stickers": [{ "file": "a" }] }"#,
        ] {
            assert!(serde_json::from_str::<Manifest>(text).is_err(), "{text}");
        }
    }
}
