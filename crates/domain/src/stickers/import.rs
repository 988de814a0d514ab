//! How sets come and go: a host imports one, puts another in its place, deletes it (docs/decisions/0171).

use bytes::Bytes;
use motion::{Sticker, StickerKind};
use sha2::{Digest, Sha256};
use store::Tx;
use store::blobs::BlobKey;
use store::rows::stickers::{self as rows, DocumentRow, SetRow, ThumbRow};

use super::{EMOJI_MAX, GivenSticker, Kind, SETS_MAX, Whole, all_sets, is_emoji};
use crate::{Error, Fault, Services};

/// Most stickers of a set. Source: official page on stickers, for custom emoji; other sets have fewer there.
pub const STICKERS_MAX: usize = 200;
/// Longest short name, in characters. Source: official page of stickers.createStickerSet.
const SHORT_NAME_CHARS_MAX: usize = 64;
/// Files that an error names. Chosen: a line that a person reads to its end.
const FILES_SHOWN_MAX: usize = 10;
/// Longest title, in characters. Source: official page of stickers.createStickerSet.
const TITLE_CHARS_MAX: usize = 64;

/// A set that a host brings.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSet {
    /// The name in links.
    pub short_name: String,
    /// For people.
    pub title: String,
    /// What it holds.
    pub kind: Kind,
    /// In the order in which they are shown.
    pub stickers: Vec<NewSticker>,
}

/// One sticker of a new set.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSticker {
    /// As it was given.
    pub given: GivenSticker,
    /// What was found in its file.
    pub facts: Sticker,
}

/// What a host says of one sticker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits {
    /// For everybody, not for subscribers alone.
    pub free: bool,
    /// It takes the colour of the text around it.
    pub text_color: bool,
    /// Offered for pictures of people.
    pub for_profiles: bool,
    /// Offered for pictures of groups and channels.
    pub for_groups: bool,
    /// Offered for what stands behind a profile.
    pub for_backgrounds: bool,
}

/// Why a set is not taken. Nothing of it was kept but files, which a sweep removes.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The name in links.
    #[error(
        "a short name has 1 to 64 letters, digits and underscores, begins with a letter, and has no two \
         underscores in a row or at its end"
    )]
    ShortName,
    /// The title.
    #[error("a title has 1 to 64 characters")]
    Title,
    /// Nothing in it, or too much.
    #[error("a set has 1 to {STICKERS_MAX} stickers, this one {0}")]
    Count(usize),
    /// Files that cannot be used.
    #[error("{} of {all} files cannot be used: {}", wrong.len(), some(wrong))]
    Files {
        /// How many files there are.
        all: usize,
        /// Each bad one and why.
        wrong: Vec<String>,
    },
    /// Nobody could look into the files.
    #[error("no file was looked into: {0}")]
    Unseen(jail::Undone),
    /// What a sticker stands for.
    #[error("{0}: a sticker stands for 1 to {EMOJI_MAX} emoji")]
    Emoji(String),
    /// Another set has that name.
    #[error("there is a set with the short name {0}; --replace puts this one in its place")]
    Occupied(String),
    /// There are too many sets.
    #[error("there are {SETS_MAX} sets already, which is the most that a server has")]
    TooMany,
    /// The store or the files failed.
    #[error(transparent)]
    Error(#[from] Error),
}

/// The first of many, as one line.
fn some(wrong: &[String]) -> String {
    let shown = &wrong[..wrong.len().min(FILES_SHOWN_MAX)];
    let more = wrong.len() - shown.len();
    let mut text = shown.join("; ");
    if more > 0 {
        text.push_str(&format!("; and {more} more"));
    }
    text
}

impl From<store::StoreError> for NotTaken {
    fn from(error: store::StoreError) -> Self {
        Self::Error(error.into())
    }
}

/// What of a new set can be judged without a store.
///
/// # Errors
/// [`NotTaken`], all that need neither the files nor the store.
pub fn sound(new: &NewSet) -> Result<(), NotTaken> {
    let stickers = new.stickers.iter().map(|sticker| &sticker.given);
    words_are_sound(&new.short_name, &new.title, stickers)
}

/// The same before anybody looked into the files.
pub(super) fn words_are_sound<'a>(
    short_name: &str,
    title: &str,
    mut stickers: impl ExactSizeIterator<Item = &'a GivenSticker>,
) -> Result<(), NotTaken> {
    if !is_short_name(short_name) {
        return Err(NotTaken::ShortName);
    }
    let title = title.trim();
    if title.is_empty() || title.chars().count() > TITLE_CHARS_MAX {
        return Err(NotTaken::Title);
    }
    if !(1..=STICKERS_MAX).contains(&stickers.len()) {
        return Err(NotTaken::Count(stickers.len()));
    }
    let wrong = stickers.find(|GivenSticker { emoji, .. }| {
        !(1..=EMOJI_MAX).contains(&emoji.len()) || !emoji.iter().all(|emoji| is_emoji(emoji))
    });
    match wrong {
        Some(sticker) => Err(NotTaken::Emoji(sticker.file_name.clone())),
        None => Ok(()),
    }
}

/// Source: official page of stickers.checkShortName.
fn is_short_name(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(allowed)
        && name.len() <= SHORT_NAME_CHARS_MAX
        && !name.contains("__")
        && !name.ends_with('_')
}

/// Takes a set. One of the same short name is left alone, or is replaced: then it keeps its id, and so does
/// each sticker whose file is in both, so that what clients remember of them holds.
///
/// # Errors
/// [`NotTaken`]; then nothing changed.
pub async fn import(services: &Services, new: &NewSet, replace: bool) -> Result<Whole, NotTaken> {
    sound(new)?;
    let files = keep_files(services, new).await?;
    let mut tx = services.store.begin().await?;
    let there = rows::set_by_name(&mut tx, &new.short_name).await?;
    let (set_id, mut known) = match there {
        Some(_) if !replace => return Err(NotTaken::Occupied(new.short_name.clone())),
        Some(set) => {
            let known = rows::of_set(&mut tx, set.set_id).await?;
            rows::delete_set(&mut tx, set.set_id).await?;
            (set.set_id, known)
        }
        None => {
            if all_sets(&mut tx).await?.len() >= SETS_MAX {
                return Err(NotTaken::TooMany);
            }
            (services.ids.rising(), Vec::new())
        }
    };
    let mut ids = Vec::with_capacity(new.stickers.len());
    for (blob, _) in &files {
        let same = known.iter().position(|row| row.blob == *blob);
        ids.push(match same {
            Some(at) => known.swap_remove(at).document_id,
            None => services.ids.rising(),
        });
    }
    let whole = insert(services, &mut tx, new, (set_id, &ids, &files)).await?;
    services.commit(tx, &[]).await?;
    Ok(whole)
}

/// The files of a set, kept before a row names them: of each sticker its own and its first picture.
pub(super) async fn keep_files(
    services: &Services,
    new: &NewSet,
) -> Result<Vec<(BlobKey, BlobKey)>, Error> {
    let mut keeping = tokio::task::JoinSet::new();
    for (place, sticker) in new.stickers.iter().enumerate() {
        let blobs = services.blobs.clone();
        let (file, thumb) = (sticker.given.file.clone(), sticker.facts.thumb.clone());
        keeping.spawn(async move {
            let kept = (blobs.put(file).await?, blobs.put(thumb).await?);
            Ok::<_, store::blobs::BlobError>((place, kept))
        });
    }
    let mut kept = Vec::with_capacity(new.stickers.len());
    while let Some(done) = keeping.join_next().await {
        let done = done.map_err(Fault::doing("keep the files of stickers"))?;
        kept.push(done.map_err(Fault::doing("keep the files of stickers"))?);
    }
    kept.sort_unstable_by_key(|(place, _)| *place);
    Ok(kept.into_iter().map(|(_, files)| files).collect())
}

/// Writes the rows of a set whose ids and files are settled.
pub(super) async fn insert(
    services: &Services,
    tx: &mut Tx,
    new: &NewSet,
    (set_id, ids, files): (i64, &[i64], &[(BlobKey, BlobKey)]),
) -> Result<Whole, Error> {
    let created_at = services.clock.unix_seconds();
    let all = new.stickers.iter().zip(0_i64..).zip(ids.iter().zip(files));
    let documents: Vec<DocumentRow> = all
        .map(|((sticker, place), (document_id, files))| DocumentRow {
            document_id: *document_id,
            set_id,
            place,
            created_at,
            custom_emoji: new.kind == Kind::Emoji,
            ..document(sticker, files)
        })
        .collect();
    let set = SetRow {
        set_id,
        short_name: new.short_name.clone(),
        title: new.title.trim().to_owned(),
        kind: new.kind.word().to_owned(),
        text_color: documents.iter().all(|row| row.text_color),
        hash: hash(new, &documents),
        created_at,
    };
    rows::insert_set(tx, &set).await?;
    rows::insert_documents(tx, &documents).await?;
    Ok(Whole { set, documents })
}

/// What a new sticker itself makes of its row.
fn document(
    NewSticker { given, facts }: &NewSticker,
    (blob, thumb): &(BlobKey, BlobKey),
) -> DocumentRow {
    let bytes = |file: &Bytes| i64::try_from(file.len()).unwrap_or(i64::MAX);
    let traits = given.traits;
    DocumentRow {
        document_id: 0,
        set_id: 0,
        place: 0,
        created_at: 0,
        file_name: given.file_name.clone(),
        custom_emoji: false,
        mime_type: mime_type(facts.kind).to_owned(),
        bytes: bytes(&given.file),
        blob: *blob,
        width: facts.width_px.into(),
        height: facts.height_px.into(),
        thumb: ThumbRow {
            width: facts.thumb_width_px.into(),
            height: facts.thumb_height_px.into(),
            bytes: bytes(&facts.thumb),
            blob: *thumb,
        },
        outline: facts.outline.as_ref().map(|outline| outline.to_vec()),
        duration_ms: facts.duration_ms.into(),
        free: traits.free,
        text_color: traits.text_color,
        for_profiles: traits.for_profiles,
        for_groups: traits.for_groups,
        for_backgrounds: traits.for_backgrounds,
        emoji: given.emoji.clone(),
    }
}

/// Source: official page on stickers.
fn mime_type(kind: StickerKind) -> &'static str {
    match kind {
        StickerKind::Tgs => "application/x-tgsticker",
        StickerKind::WebM => "video/webm",
        StickerKind::WebP => "image/webp",
    }
}

/// 31 bits that say which state of a set a client has; never 0, which means "none".
fn hash(new: &NewSet, documents: &[DocumentRow]) -> i64 {
    let mut digest = Sha256::new();
    let mut add = |bytes: &[u8]| {
        digest.update(bytes.len().to_be_bytes());
        digest.update(bytes);
    };
    for text in [&new.short_name, new.title.trim(), new.kind.word()] {
        add(text.as_bytes());
    }
    for row in documents {
        add(&row.document_id.to_be_bytes());
        add(&row.blob.0);
        add(&[u8::from(row.free), u8::from(row.text_color)]);
        for emoji in &row.emoji {
            add(emoji.as_bytes());
        }
    }
    let digest = digest.finalize();
    let bits = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) & 0x7fff_ffff;
    i64::from(bits.max(1))
}

/// Deletes the set of this name and says what it was. Pictures that were drawn from its stickers keep their
/// files, and clients are still told which sticker it was; they find it no more.
///
/// # Errors
/// STICKERSET_INVALID: there is no such set.
pub async fn delete(services: &Services, short_name: &str) -> Result<(SetRow, usize), Error> {
    let mut tx = services.store.begin().await?;
    let set = rows::set_by_name(&mut tx, short_name).await?;
    let set = set.ok_or(crate::Refusal::STICKERSET_INVALID)?;
    let gone = rows::delete_set(&mut tx, set.set_id).await?;
    services.commit(tx, &[]).await?;
    Ok((set, gone.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Sticker {
        Sticker {
            kind: StickerKind::Tgs,
            width_px: 512,
            height_px: 512,
            duration_ms: 1000,
            thumb: Bytes::from_static(b"thumb"),
            thumb_width_px: 128,
            thumb_height_px: 128,
            outline: None,
        }
    }

    fn set(emoji: &[&str]) -> NewSet {
        NewSet {
            short_name: "Smiles".into(),
            title: "Smiles".into(),
            kind: Kind::Emoji,
            stickers: vec![NewSticker {
                given: GivenSticker {
                    file_name: "a.tgs".into(),
                    file: Bytes::from_static(b"file"),
                    emoji: emoji.iter().map(|one| (*one).to_owned()).collect(),
                    traits: Traits {
                        free: true,
                        text_color: false,
                        for_profiles: true,
                        for_groups: true,
                        for_backgrounds: true,
                    },
                },
                facts: facts(),
            }],
        }
    }

    #[test]
    fn short_names_are_words_for_links() {
        for name in ["a", "Smiles", "Big_Cats_2"] {
            assert!(is_short_name(name), "{name}");
        }
        let long = "a".repeat(65);
        for name in ["", "2cats", "_a", "a__b", "a_", "a-b", "ä", &long] {
            assert!(!is_short_name(name), "{name}");
        }
    }

    #[test]
    fn a_set_says_what_is_wrong_with_it() {
        let says = |set: &NewSet| sound(set).map_err(|why| why.to_string());
        assert_eq!(says(&set(&["🙂"])), Ok(()));
        let named = NewSet {
            short_name: "a b".into(),
            ..set(&["🙂"])
        };
        assert!(says(&named).unwrap_err().contains("short name"));
        for title in ["", "  ", &"x".repeat(65)] {
            let title = title.to_owned();
            let titled = NewSet {
                title,
                ..set(&["🙂"])
            };
            assert!(says(&titled).unwrap_err().contains("title"));
        }
        let empty = NewSet {
            stickers: Vec::new(),
            ..set(&[])
        };
        assert!(says(&empty).unwrap_err().ends_with("this one 0"));
        for emoji in [&[][..], &["smile"], &["🙂"; 11]] {
            assert!(says(&set(emoji)).unwrap_err().starts_with("a.tgs: "));
        }
    }

    #[test]
    fn the_hash_changes_with_what_clients_see() {
        let row = |set: &NewSet| document(&set.stickers[0], &(BlobKey([1; 32]), BlobKey([2; 32])));
        let of = |set: &NewSet| hash(set, &[row(set)]);
        let one = set(&["🙂"]);
        assert_eq!(of(&one), of(&one.clone()));
        assert!((1..=i64::from(i32::MAX)).contains(&of(&one)));
        let retitled = NewSet {
            title: "Grins".into(),
            ..one.clone()
        };
        assert_ne!(of(&one), of(&retitled));
        let stickers = NewSet {
            kind: Kind::Stickers,
            ..one.clone()
        };
        assert_ne!(of(&one), of(&stickers));
        assert_ne!(of(&one), of(&set(&["🙂", "😀"])));
    }
}
