//! The small set of moving emoji that comes with cameo: drawn here, packed into `assets/emoji/`.
//! `cargo xtask art` writes the files anew; tidy compares them with what is drawn here. The drawings are
//! the project's, under the licence of the code.

mod faces;
mod lottie;
mod marks;
mod nature;
mod outline;
mod sky;
mod things;

use std::{
    fs,
    io::{Read as _, Write as _},
    path::Path,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};

use crate::tidy::{Finding, Tree};
use lottie::Part;

/// Where the set is.
const FOLDER: &str = "assets/emoji";
/// Bytes of a packed file. Source: what clients accept of an animated sticker.
const FILE_BYTES_MAX: usize = 64 * 1024;
/// Pictures of an animation. Source: the same; three seconds.
const FRAMES_MAX: u32 = 3 * lottie::FPS;

/// One emoji of the set.
struct Emoji {
    /// The name of its file, without the ending.
    file: &'static str,
    /// The character that stands for it.
    emoji: &'static str,
    /// The last part of its document's id, which stays the same for ever.
    number: u32,
    /// A shape in one colour, which clients replace by that of the text.
    text_color: bool,
    /// The lists of suggestions it stands in.
    defaults: &'static [&'static str],
    /// Length in pictures.
    frames: u32,
    draw: fn() -> Part,
}

/// Before the numbers of the set: far from where a server's own ids begin, and below 2^53, so that
/// every reader of JSON keeps all digits.
const ID_BASE: i64 = 0x000C_A3E0_0000_0000;

/// The set, in its order.
const SET: &[Emoji] = &[
    coloured(1, "cameo", "👤", 180, things::cameo),
    coloured(2, "smile", "🙂", 180, faces::smile),
    coloured(3, "heart", "❤️", 90, things::heart),
    coloured(4, "star", "⭐", 120, sky::star),
    coloured(5, "sun", "☀️", 180, sky::sun),
    coloured(6, "moon", "🌙", 180, sky::moon),
    coloured(7, "cat", "🐱", 150, faces::cat),
    coloured(8, "fox", "🦊", 150, faces::fox),
    coloured(9, "flower", "🌸", 150, nature::flower),
    coloured(10, "coffee", "☕", 120, things::coffee),
    coloured(11, "rocket", "🚀", 80, things::rocket),
    coloured(12, "leaf", "🍃", 144, nature::leaf),
    plain(13, "check", "✅", 150, marks::check),
    plain(14, "bolt", "⚡", 90, marks::bolt),
    plain(15, "note", "🎵", 120, marks::note),
    plain(16, "paw", "🐾", 120, marks::paw),
];

const fn coloured(
    number: u32,
    file: &'static str,
    emoji: &'static str,
    frames: u32,
    draw: fn() -> Part,
) -> Emoji {
    Emoji {
        file,
        emoji,
        number,
        text_color: false,
        defaults: &["profile", "group"],
        frames,
        draw,
    }
}

const fn plain(
    number: u32,
    file: &'static str,
    emoji: &'static str,
    frames: u32,
    draw: fn() -> Part,
) -> Emoji {
    Emoji {
        text_color: true,
        // Chosen: clients tint the pattern behind a name; a picture in many colours would lose them.
        defaults: &["profile", "group", "background"],
        ..coloured(number, file, emoji, frames, draw)
    }
}

impl Emoji {
    fn path(&self) -> String {
        format!("{FOLDER}/{}.tgs", self.file)
    }

    fn lottie(&self) -> String {
        lottie::animation(self.file, self.frames, &(self.draw)())
    }
}

/// Writes the set into the tree. A file whose drawing is the same stays as it is, however it was packed.
///
/// # Errors
/// A file cannot be read or written, or clients would not accept it.
pub fn run() -> crate::Outcome {
    let root = crate::root();
    fs::create_dir_all(root.join(FOLDER))?;
    for emoji in SET {
        let (path, drawn) = (root.join(emoji.path()), emoji.lottie());
        if unpacked(&path).is_some_and(|kept| kept == drawn) {
            continue;
        }
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(drawn.as_bytes())?;
        let packed = packer.finish()?;
        if packed.len() > FILE_BYTES_MAX || emoji.frames > FRAMES_MAX {
            return Err(format!("{}: too large or too long", emoji.file).into());
        }
        fs::write(&path, packed)?;
    }
    fs::write(root.join(FOLDER).join("set.json"), manifest())?;
    Ok(())
}

/// Files of the set that are not what is drawn here.
pub(crate) fn drawn(tree: &Tree) -> Vec<Finding> {
    let differ = |path: &str| format!("{path}: not what `cargo xtask art` draws");
    let mut found: Vec<Finding> = SET
        .iter()
        .filter(|emoji| unpacked(&tree.root.join(emoji.path())) != Some(emoji.lottie()))
        .map(|emoji| differ(&emoji.path()))
        .collect();
    let list = format!("{FOLDER}/set.json");
    if fs::read_to_string(tree.root.join(&list)).ok() != Some(manifest()) {
        found.push(differ(&list));
    }
    found
}

/// What a server reads to seed the set.
fn manifest() -> String {
    let stickers: Vec<String> = SET
        .iter()
        .map(|emoji| {
            format!(
                "    {{ \"file\": \"{}.tgs\", \"emoji\": \"{}\", \"id\": {}, \"text_color\": {}, \
                 \"defaults\": {:?} }}",
                emoji.file,
                emoji.emoji,
                ID_BASE + i64::from(emoji.number),
                emoji.text_color,
                emoji.defaults
            )
        })
        .collect();
    format!(
        "{{\n  \"title\": \"Cameo\",\n  \"short_name\": \"CameoEmoji\",\n  \"kind\": \"emoji\",\n  \
         \"stickers\": [\n{}\n  ]\n}}\n",
        stickers.join(",\n")
    )
}

/// The text in a packed file; `None`: there is no such file, or it is not one of ours.
fn unpacked(path: &Path) -> Option<String> {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).ok()?)
        .read_to_string(&mut text)
        .ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_emoji_has_a_name_and_a_number_of_its_own() {
        let files: BTreeSet<_> = SET.iter().map(|emoji| emoji.file).collect();
        let numbers: BTreeSet<_> = SET.iter().map(|emoji| emoji.number).collect();
        assert_eq!((files.len(), numbers.len()), (SET.len(), SET.len()));
    }

    #[test]
    fn nothing_moves_after_the_end() {
        for emoji in SET {
            let drawn = emoji.lottie();
            let late = drawn.split("\"t\":").skip(1).find(|rest| {
                let digits = rest.split(|end: char| !end.is_ascii_digit()).next();
                digits.and_then(|frame| frame.parse().ok()) > Some(emoji.frames)
            });
            assert_eq!(late, None, "{}", emoji.file);
        }
    }

    #[test]
    fn a_shape_that_takes_the_colour_of_text_is_drawn_in_white_alone() {
        for emoji in SET.iter().filter(|emoji| emoji.text_color) {
            let drawn = emoji.lottie();
            let colours = drawn.matches("\"c\":{").count();
            let white = drawn.matches("\"c\":{\"a\":0,\"k\":[1,1,1]}").count();
            assert!(colours > 0 && colours == white, "{}", emoji.file);
            assert!(!drawn.contains("\"gf\""), "{}", emoji.file);
        }
    }
}
