//! A set as a command reads it from a folder or an archive and sends it to a server.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use clap::Args;
use domain::stickers::{Traits, emoji_of};
use serde::{Deserialize, Serialize};

use super::archive::{Files, MANIFEST, Unpacked, files};
use super::manifest::{Manifest, Offered, SetKind, traits};

/// Most bytes of all files of a set. Chosen: 160 KiB for each sticker of a full set, above what most have; a
/// request over the socket is a third longer.
pub(crate) const SET_BYTES_MAX: usize = 32 * 1024 * 1024;

/// A set on its way to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentSet {
    pub(crate) title: String,
    pub(crate) short_name: String,
    pub(crate) kind: SetKind,
    pub(crate) stickers: Vec<SentSticker>,
}

/// One of its stickers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SentSticker {
    pub(crate) file_name: String,
    pub(crate) file: FileBytes,
    pub(crate) emoji: Vec<String>,
    pub(crate) text_color: bool,
    pub(crate) free: bool,
    pub(crate) offered: Vec<Offered>,
}

impl SentSticker {
    /// What is said of it.
    pub(crate) fn traits(&self) -> Traits {
        traits(self.text_color, self.free, &self.offered)
    }
}

/// A file inside a line of JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) struct FileBytes(pub(crate) Bytes);

impl std::fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl From<FileBytes> for String {
    fn from(file: FileBytes) -> String {
        STANDARD.encode(&file.0)
    }
}

impl TryFrom<String> for FileBytes {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<FileBytes, Self::Error> {
        Ok(FileBytes(STANDARD.decode(text)?.into()))
    }
}

/// What is said of a set beside its files. Its name, title and kind win over a set.json.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub(crate) struct SetWords {
    /// The name in links; else that of the folder or archive.
    #[arg(long)]
    pub(crate) short_name: Option<String>,
    /// For people; else the name of the folder or archive.
    #[arg(long)]
    pub(crate) title: Option<String>,
    /// What it holds; else emoji.
    #[arg(long)]
    pub(crate) kind: Option<SetKind>,
    /// Without a set.json: for files whose names hold no emoji.
    #[arg(long, default_value = "🙂")]
    pub(crate) emoji: String,
    /// Without a set.json: what its emoji are offered for; may be said more than once.
    #[arg(long = "offer", value_name = "WHAT")]
    pub(crate) offered: Vec<Offered>,
}

/// Why a set cannot be sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsendable {
    /// The folder or archive.
    #[error(transparent)]
    Unpacked(#[from] Unpacked),
    /// The manifest.
    #[error("set.json: {0}")]
    Manifest(serde_json::Error),
    /// A file that the manifest names.
    #[error("set.json names {0}, which is not there")]
    Missing(String),
    /// Nothing.
    #[error("there is no .tgs, .webm or .webp in it")]
    Empty,
    /// Too much.
    #[error("the files have {0} bytes, a set has at most {SET_BYTES_MAX}")]
    Large(usize),
}

/// The set at `path`.
///
/// # Errors
/// [`Unsendable`].
pub(crate) fn read(path: &Path, words: &SetWords) -> Result<SentSet, Unsendable> {
    let mut files = files(path)?;
    let mut set = match files.remove(MANIFEST) {
        Some(text) => {
            let manifest = serde_json::from_slice(&text).map_err(Unsendable::Manifest)?;
            by_manifest(&manifest, &mut files)?
        }
        None => by_names(path, files, words),
    };
    if let Some(title) = &words.title {
        set.title.clone_from(title);
    }
    if let Some(short_name) = &words.short_name {
        set.short_name.clone_from(short_name);
    }
    set.kind = words.kind.unwrap_or(set.kind);
    if set.stickers.is_empty() {
        return Err(Unsendable::Empty);
    }
    let bytes = set
        .stickers
        .iter()
        .map(|sticker| sticker.file.0.len())
        .sum();
    if bytes > SET_BYTES_MAX {
        return Err(Unsendable::Large(bytes));
    }
    Ok(set)
}

fn by_manifest(manifest: &Manifest, files: &mut Files) -> Result<SentSet, Unsendable> {
    let mut stickers = Vec::new();
    for entry in &manifest.stickers {
        let file = files.remove(&entry.file);
        let file = file.ok_or_else(|| Unsendable::Missing(entry.file.clone()))?;
        let traits = manifest.traits(entry);
        stickers.push(sent(entry.file.clone(), file, (entry.emoji.list(), traits)));
    }
    Ok(SentSet {
        title: manifest.title.clone(),
        short_name: manifest.short_name.clone(),
        kind: manifest.kind,
        stickers,
    })
}

/// Files in the order of their names, which may hold the emoji.
fn by_names(path: &Path, files: Files, words: &SetWords) -> SentSet {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.split('.').next().unwrap_or_default();
    let stickers = files.into_iter().map(|(name, file)| {
        let mut emoji = emoji_of(&name);
        if emoji.is_empty() {
            emoji = emoji_of(&words.emoji);
        }
        let traits = traits(false, true, &words.offered);
        sent(name, file, (emoji, traits))
    });
    SentSet {
        title: stem.to_owned(),
        short_name: short_name(stem),
        kind: SetKind::Emoji,
        stickers: stickers.collect(),
    }
}

/// What of a name can stand in a link.
fn short_name(stem: &str) -> String {
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    words.join("_")
}

fn sent(file_name: String, file: Vec<u8>, (emoji, traits): (Vec<String>, Traits)) -> SentSticker {
    let offered = [
        (traits.for_profiles, Offered::Profile),
        (traits.for_groups, Offered::Group),
        (traits.for_backgrounds, Offered::Background),
    ];
    let offered = offered.iter().filter(|(is, _)| *is).map(|(_, what)| *what);
    SentSticker {
        file_name,
        file: FileBytes(file.into()),
        emoji,
        text_color: traits.text_color,
        free: traits.free,
        offered: offered.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("Big cats (2).d");
        std::fs::create_dir(&folder).unwrap();
        for (name, text) in files {
            std::fs::write(folder.join(name), text).unwrap();
        }
        parent
    }

    fn set(files: &[(&str, &str)], words: &SetWords) -> Result<SentSet, Unsendable> {
        let parent = folder(files);
        read(&parent.path().join("Big cats (2).d"), words)
    }

    #[test]
    fn without_a_manifest_names_say_everything() {
        let words = SetWords {
            emoji: "⭐".to_owned(),
            offered: vec![Offered::Group],
            ..SetWords::default()
        };
        let files = [("02.webp", "two"), ("01 🙂😀.tgs", "one")];
        let found = set(&files, &words).unwrap();
        assert_eq!(
            (&*found.title, &*found.short_name),
            ("Big cats (2)", "Big_cats_2")
        );
        assert_eq!(found.kind, SetKind::Emoji);
        let emoji: Vec<_> = found.stickers.iter().map(|one| one.emoji.clone()).collect();
        assert_eq!(emoji, [vec!["🙂", "😀"], vec!["⭐"]]);
        assert!(found.stickers[0].traits().for_groups && !found.stickers[0].traits().for_profiles);
        let words = SetWords {
            title: Some("Cats".to_owned()),
            short_name: Some("cats".to_owned()),
            kind: Some(SetKind::Stickers),
            ..SetWords::default()
        };
        let found = set(&files, &words).unwrap();
        assert_eq!((&*found.title, &*found.short_name), ("Cats", "cats"));
        assert_eq!(found.kind, SetKind::Stickers);
    }

    #[test]
    fn a_manifest_orders_its_files_and_must_be_right() {
        let list = |file: &str| {
            format!(
                r#"{{ "title": "T", "short_name": "t", "kind": "emoji", "stickers":
                    [{{ "file": "{file}", "emoji": "⭐" }}, {{ "file": "a.tgs", "emoji": "🙂" }}] }}"#
            )
        };
        let files = [
            ("a.tgs", "one"),
            ("b.tgs", "two"),
            ("set.json", &list("b.tgs")),
        ];
        let found = set(&files, &SetWords::default()).unwrap();
        let names: Vec<&str> = found.stickers.iter().map(|one| &*one.file_name).collect();
        assert_eq!(names, ["b.tgs", "a.tgs"]);
        let says = |files: &[(&str, &str)]| {
            let refused = set(files, &SetWords::default()).unwrap_err();
            refused.to_string()
        };
        let missing = [("a.tgs", "one"), ("set.json", &list("c.tgs"))];
        assert!(says(&missing).contains("c.tgs"));
        assert!(says(&[("set.json", "{")]).starts_with("set.json: "));
        assert!(says(&[("readme.txt", "x")]).contains("no .tgs"));
    }

    #[test]
    fn a_set_is_read_back_as_it_was_sent() {
        let sent = set(&[("🙂.tgs", "\u{0}one")], &SetWords::default()).unwrap();
        let text = serde_json::to_string(&sent).unwrap();
        let read: SentSet = serde_json::from_str(&text).unwrap();
        assert_eq!(read, sent);
        assert!(serde_json::from_str::<FileBytes>("\"?\"").is_err());
    }
}
