//! Rules for the text of source files.

use super::{Finding, Tree};

/// Lines of a file, tests included, above which it must be split.
const FILE_LINES_MAX: usize = 800;
/// Characters of a line.
const LINE_CHARS_MAX: usize = 100;
/// Names that say nothing about what is inside.
const DRAWERS: [&str; 6] = ["utils", "util", "helpers", "common", "manager", "misc"];
/// The files that may hold `unsafe`, each with its reason in the file.
const UNSAFE_FILES: [&str; 1] = ["crates/mtproto/src/crypto/aes_ige.rs"];

pub(super) fn headers(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|(_, text)| !text.trim_start().starts_with("//!"))
        .map(|(path, _)| format!("{path}: the first line is not a `//!` header"))
        .collect()
}

pub(super) fn lengths(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(path, lines)| format!("{path}: {lines} lines, at most {FILE_LINES_MAX}"))
        .collect()
}

pub(super) fn widths(tree: &Tree) -> Vec<Finding> {
    // Definitions of the schema are quoted whole in comments; a string may not be broken either.
    each_line(tree, |line| {
        let quoted = line.trim_start().starts_with("//") || line.contains('"');
        let wide = line.chars().count() > LINE_CHARS_MAX && !quoted;
        wide.then(|| format!("more than {LINE_CHARS_MAX} characters"))
    })
}

pub(super) fn names(tree: &Tree) -> Vec<Finding> {
    tree.rust()
        .filter(|(path, _)| {
            let stem = path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
            DRAWERS.contains(&stem.rsplit('/').next().unwrap_or_default())
        })
        .map(|(path, _)| format!("{path}: the name does not say what is inside"))
        .collect()
}

pub(super) fn unsafety(tree: &Tree) -> Vec<Finding> {
    let marks = [
        concat!("unsa", "fe {"),
        concat!("unsa", "fe fn"),
        concat!("unsa", "fe impl"),
    ];
    tree.rust()
        .filter(|(path, _)| !UNSAFE_FILES.contains(&path.as_str()))
        .filter(|(_, text)| marks.iter().any(|mark| text.contains(mark)))
        .map(|(path, _)| format!("{path}: unsafe code belongs into {UNSAFE_FILES:?}"))
        .collect()
}

pub(super) fn log_texts(tree: &Tree) -> Vec<Finding> {
    each_line(tree, |line| {
        let call = ["trace!(", "debug!(", "info!(", "warn!(", "error!("];
        if !call
            .iter()
            .any(|call| line.contains(&format!("tracing::{call}")))
        {
            return None;
        }
        let text = line.rsplit('"').nth(1)?;
        // An abbreviation may begin a text: `TLS handshake failed`.
        let mut letters = text.chars();
        let capital = letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && letters.next().is_some_and(|c| c.is_ascii_lowercase());
        let bad = text.ends_with('.') || capital;
        bad.then(|| format!("log text {text:?}"))
    })
}

pub(super) fn unfinished(tree: &Tree) -> Vec<Finding> {
    let marks = [
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
        concat!("#[ig", "nore"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
    ];
    each_line(tree, |line| {
        marks
            .iter()
            .find(|mark| line.contains(**mark))
            .map(|mark| format!("found {mark}"))
    })
}

/// Words of a workplace have no meaning for those who read the project.
pub(super) fn foreign_words(tree: &Tree) -> Vec<Finding> {
    let words = [
        concat!("/wo", "rk/"),
        concat!("/fa", "rm/"),
        concat!(".lib", "rary/"),
    ];
    let mut found = Vec::new();
    for (path, text) in &tree.files {
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                found.push(format!("{path}:{}: {word}", number + 1));
            }
        }
    }
    found
}

fn each_line(tree: &Tree, check: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.rust() {
        for (number, line) in text.lines().enumerate() {
            if let Some(what) = check(line) {
                found.push(format!("{path}:{}: {what}", number + 1));
            }
        }
    }
    found
}
