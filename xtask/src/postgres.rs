//! A throw-away PostgreSQL for tests, started by `.ci/postgres.sh`.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::shell::{command, output, run as run_command};

/// Folders of this process are told apart by a number.
static STARTED: AtomicU32 = AtomicU32::new(0);

/// A PostgreSQL that lives as long as this value.
pub(crate) struct Postgres {
    /// `postgres://…`
    pub(crate) url: String,
    folder: String,
}

impl Postgres {
    /// The one that `CAMEO_TEST_POSTGRES` names, or a throw-away one.
    pub(crate) fn named_or_fresh() -> Result<Self, Box<dyn std::error::Error>> {
        match std::env::var("CAMEO_TEST_POSTGRES") {
            Ok(url) => Ok(Self {
                url,
                folder: String::new(),
            }),
            Err(_) => Self::fresh(),
        }
    }

    /// A throw-away one.
    pub(crate) fn fresh() -> Result<Self, Box<dyn std::error::Error>> {
        // Not below the build folder: the server's own user must be able to enter.
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let name = format!("cameo-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir()
            .join(name)
            .to_string_lossy()
            .into_owned();
        let url = output(command(".ci/postgres.sh", &["start", &folder]))?;
        Ok(Self {
            url: url.trim().to_owned(),
            folder,
        })
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.folder.is_empty() {
            return;
        }
        if let Err(problem) = run_command(command(".ci/postgres.sh", &["stop", &self.folder])) {
            eprintln!("{problem}");
        }
    }
}
