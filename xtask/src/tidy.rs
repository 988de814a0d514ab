//! House rules that no compiler checks, run inside `cargo test`. Each check returns what it found wrong,
//! one line per place; an empty list is a pass.

mod docs;
mod edges;
mod errors;
pub mod matrix;
mod methods;
mod sources;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One place that breaks a rule: file, line if there is one, and the rule.
pub type Finding = String;

/// A check by its name.
pub type Check = (&'static str, fn(&Tree) -> Vec<Finding>);

/// Whether every row of the matrix and every refusal must have its test by now. `false` is for the time in
/// which the rules of a method are there before the method is.
const COMPLETE: bool = true;

/// Every check there is.
pub const CHECKS: &[Check] = &[
    ("every source file says what it is for", sources::headers),
    ("files stay short", sources::lengths),
    ("lines stay short", sources::widths),
    ("no module is a drawer", sources::names),
    ("unsafe code stands in one file", sources::unsafety),
    (
        "log texts are lowercase without a full stop",
        sources::log_texts,
    ),
    ("nothing is left unfinished", sources::unfinished),
    ("the project speaks of itself alone", sources::foreign_words),
    ("crates import only what the map allows", edges::crates),
    ("decoders of others are called in the jail", edges::jailed),
    ("every dependency says what it is for", edges::reasons),
    ("every file is part of a crate", edges::dead_files),
    ("every method has its file and its row", methods::rows),
    (
        "every row of the acceptance matrix has its tests",
        matrix::rows,
    ),
    ("every refusal is heard in a test", errors::heard),
    (
        "documented errors of pictures are accounted for",
        errors::documented,
    ),
    (
        "the emoji that come along are drawn here",
        crate::art::drawn,
    ),
    ("the map shows the tree", docs::map),
    (
        "decision records are numbered once and stay short",
        docs::decisions,
    ),
];

/// Prints every finding.
///
/// # Errors
/// All findings, a line each.
pub fn run() -> crate::Outcome {
    let tree = Tree::read(&crate::root())?;
    let findings: Vec<String> = CHECKS
        .iter()
        .flat_map(|(name, check)| {
            check(&tree)
                .into_iter()
                .map(move |found| format!("{name}: {found}"))
        })
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(findings.join("\n").into())
    }
}

/// The checkout: its root and the text of every file that git would keep.
pub struct Tree {
    /// Where it is.
    pub root: PathBuf,
    /// Paths from the root, with `/`, and contents; only text files.
    pub files: Vec<(String, String)>,
}

/// What tools made.
const SKIPPED: [&str; 8] = [
    "target",
    ".git",
    "node_modules",
    "cameo-data",
    "__pycache__",
    ".venv",
    "corpus",
    "artifacts",
];

impl Tree {
    /// A tree that is nowhere, to try checks on.
    pub fn of(files: &[(&str, &str)]) -> Self {
        let files = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Self {
            root: "/nowhere".into(),
            files: files.collect(),
        }
    }

    /// Reads the checkout.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn read(root: &Path) -> std::io::Result<Self> {
        let mut files = Vec::new();
        collect(root, root, &mut files)?;
        files.sort();
        Ok(Self {
            root: root.to_owned(),
            files,
        })
    }

    fn rust(&self) -> impl Iterator<Item = &(String, String)> {
        self.files.iter().filter(|(path, _)| path.ends_with(".rs"))
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.files
            .iter()
            .find(|(found, _)| found == path)
            .map(|(_, text)| text.as_str())
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        // In a second checkout `.git` is a file.
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(text) = fs::read_to_string(&path) {
            let from_root = path.strip_prefix(root).unwrap_or(&path);
            files.push((from_root.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}
