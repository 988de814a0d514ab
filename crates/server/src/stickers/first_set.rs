//! The set that is part of the program, with what was found in its files when they were drawn: a start
//! decodes nothing and needs no child.

use std::collections::BTreeMap;

use bytes::Bytes;
use domain::Fault;
use domain::stickers::{GivenSticker, NewSet, NewSticker, Seed};
use motion::{Sticker, StickerKind};
use serde::Deserialize;

use super::manifest::{Entry, Manifest};

/// The id of the set; those of its stickers are in its manifest and follow it. Chosen: far below the ids
/// that are handed out, which begin with the time.
const SET_ID: i64 = 3_557_882_188_529_664;

/// `set.json`, written beside the drawings.
const MANIFEST: &str = include_str!("../../../../assets/emoji/set.json");
/// What was found in each file; a test writes it and compares it.
const FACTS: &str = include_str!("../../../../assets/emoji/facts.json");

// `FILES`: the stickers and their first pictures, by name.
include!(concat!(env!("OUT_DIR"), "/first_set.rs"));

/// What was found in one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Facts {
    width_px: u32,
    height_px: u32,
    duration_ms: u32,
    thumb_width_px: u32,
    thumb_height_px: u32,
    /// The bytes of `photoPathSize`, in hexadecimal digits.
    outline: Option<String>,
}

/// The set.
///
/// # Errors
/// The program was built from files that do not belong together.
pub fn first_set() -> Result<Seed, Fault> {
    let doing = "read the first sticker set";
    let manifest: Manifest = serde_json::from_str(MANIFEST).map_err(Fault::doing(doing))?;
    let facts: BTreeMap<String, Facts> =
        serde_json::from_str(FACTS).map_err(Fault::doing(doing))?;
    let mut seed = Seed {
        set_id: SET_ID,
        document_ids: Vec::new(),
        set: NewSet {
            short_name: manifest.short_name.clone(),
            title: manifest.title.clone(),
            kind: manifest.kind.into(),
            stickers: Vec::new(),
        },
    };
    for entry in &manifest.stickers {
        let missing = || format!("{} is not complete", entry.file);
        let facts = facts.get(&entry.file).ok_or_else(missing);
        let sticker = facts.and_then(|facts| sticker(&manifest, entry, facts).ok_or_else(missing));
        seed.set
            .stickers
            .push(sticker.map_err(Fault::doing(doing))?);
        seed.document_ids
            .push(entry.id.ok_or_else(missing).map_err(Fault::doing(doing))?);
    }
    Ok(seed)
}

fn sticker(manifest: &Manifest, entry: &Entry, facts: &Facts) -> Option<NewSticker> {
    let thumb = format!("thumbs/{}.webp", entry.file.strip_suffix(".tgs")?);
    let outline = match &facts.outline {
        Some(digits) => Some(hex::decode(digits).ok()?.into()),
        None => None,
    };
    Some(NewSticker {
        given: GivenSticker {
            file_name: entry.file.clone(),
            file: file(&entry.file)?,
            emoji: entry.emoji.list(),
            traits: manifest.traits(entry),
        },
        facts: Sticker {
            kind: StickerKind::Tgs,
            width_px: facts.width_px,
            height_px: facts.height_px,
            duration_ms: facts.duration_ms,
            thumb: file(&thumb)?,
            thumb_width_px: facts.thumb_width_px,
            thumb_height_px: facts.thumb_height_px,
            outline,
        },
    })
}

fn file(name: &str) -> Option<Bytes> {
    let found = FILES.iter().find(|(known, _)| *known == name);
    found.map(|(_, bytes)| Bytes::from_static(bytes))
}
