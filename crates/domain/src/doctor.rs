//! Checks of a whole data folder: rows against rows, rows against files. Reads a stretch at a time, each
//! in a transaction of its own, so that it may run beside a server and needs little memory; what changed
//! between two looks is looked at again before it is called wrong.

mod checks;
mod files;

pub use checks::{CHECKS, Check};

use store::Store;

use crate::{Error, Services};
use checks::Run;

/// Rows, blobs or parts looked at in one transaction. Chosen: some milliseconds.
const STRETCH: i64 = 500;
/// Findings of one check that are written out; the others are counted.
pub const FINDINGS_SHOWN_MAX: usize = 20;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// How many rows or files were looked at.
    pub checked: u64,
    /// How many of them are wrong.
    pub found: u64,
    /// The first of those, a line each, at most [`FINDINGS_SHOWN_MAX`].
    pub findings: Vec<String>,
    /// Why the check could not go on to its end.
    pub error: Option<String>,
    /// Bytes of what was looked at; checks of files only.
    pub bytes: u64,
}

impl Outcome {
    fn find(&mut self, finding: String) {
        self.found += 1;
        if self.findings.len() < FINDINGS_SHOWN_MAX {
            self.findings.push(finding);
        }
    }

    /// Nothing is wrong, and everything was looked at.
    pub fn is_healthy(&self) -> bool {
        self.found == 0 && self.error.is_none()
    }
}

/// How thorough a check is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Read no file and trust its length.
    pub quick: bool,
    /// Files cannot be seen from here: they are in the memory of a server.
    pub no_files: bool,
}

/// Runs one check to its end. A store that fails is part of the outcome: the other checks still tell
/// something.
pub async fn run(services: &Services, check: &Check, depth: Depth) -> Outcome {
    let mut outcome = Outcome::default();
    let run = match &check.run {
        Run::Engine => engine(&services.store, depth, &mut outcome).await,
        Run::Rows(look) => rows(&services.store, look, &mut outcome).await,
        Run::Blobs(_) | Run::Parts if depth.no_files => Ok(()),
        Run::Blobs(keeper) => files::blobs(services, *keeper, depth.quick, &mut outcome).await,
        Run::Parts => files::parts(services, &mut outcome).await,
    };
    if let Err(error) = run {
        outcome.error = Some(whole(&error));
    }
    outcome
}

/// Files that no row names, which is no fault: a sweep removes them. Number and bytes of blobs, then of
/// parts of uploads.
///
/// # Errors
/// The store, the blobs or the spool failed.
pub async fn unnamed(services: &Services) -> Result<[(u64, u64); 2], Error> {
    let blobs = files::unnamed_blobs(services).await?;
    let parts = files::unnamed_parts(services).await?;
    Ok([blobs, parts])
}

async fn engine(store: &Store, depth: Depth, outcome: &mut Outcome) -> Result<(), Error> {
    if let Some(damage) = store.damage(!depth.quick).await? {
        outcome.checked = 1;
        damage.into_iter().for_each(|line| outcome.find(line));
    }
    Ok(())
}

async fn rows(
    store: &Store,
    look: &store::rows::checks::Look,
    outcome: &mut Outcome,
) -> Result<(), Error> {
    let mut after: Option<Vec<i64>> = None;
    loop {
        let mut tx = store.read().await?;
        let judged = look.stretch(&mut tx, after.as_deref(), STRETCH).await?;
        drop(tx);
        outcome.checked += judged.len() as u64;
        for row in judged.iter().filter(|row| row.wrong) {
            let parts = look.keys.iter().zip(&row.key);
            let parts: Vec<String> = parts.map(|(name, part)| format!("{name}={part}")).collect();
            outcome.find(parts.join(" "));
        }
        match judged.last() {
            Some(last) => after = Some(last.key.clone()),
            None => return Ok(()),
        }
    }
}

/// An error with its causes.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
