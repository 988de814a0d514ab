//! What can be wrong with a setting, worded for the person who wrote it.

use std::fmt;
use std::path::PathBuf;

/// Where a value was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody wrote it.
    Default,
    /// A key of the settings file.
    File(PathBuf),
    /// An environment variable, by name.
    Variable(String),
    /// A flag, by name with its dashes.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => write!(out, "default"),
            Origin::File(path) => write!(out, "file {}", path.display()),
            Origin::Variable(name) => write!(out, "variable {name}"),
            Origin::Flag(name) => write!(out, "flag {name}"),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// The value does not have the form that the setting wants.
    #[error("setting {name} (from {origin}): {problem}")]
    Value {
        /// The setting's name.
        name: &'static str,
        /// Where the value was written.
        origin: Origin,
        /// What is wrong with it.
        problem: String,
    },
    /// The settings file names a setting that does not exist.
    #[error("settings file {}: there is no setting \"{key}\"{}", path.display(), hint(suggestion))]
    Unknown {
        /// The settings file.
        path: PathBuf,
        /// The key as written.
        key: String,
        /// A setting with a similar name.
        suggestion: Option<&'static str>,
    },
    /// The settings file cannot be read.
    #[error("settings file {}: {problem}", path.display())]
    File {
        /// The settings file.
        path: PathBuf,
        /// Why it cannot be read, in one line.
        problem: String,
    },
    /// A setting that only makes sense with another value of a second one.
    #[error("setting {name} needs {needed}")]
    Lacks {
        /// The setting and its value.
        name: &'static str,
        /// What it needs.
        needed: &'static str,
    },
    /// Two settings that only make sense together.
    #[error("setting {first} needs {second}, and the other way round")]
    Together {
        /// One of them.
        first: &'static str,
        /// The other one.
        second: &'static str,
    },
}

fn hint(suggestion: &Option<&'static str>) -> String {
    suggestion
        .map(|name| format!("; did you mean \"{name}\"?"))
        .unwrap_or_default()
}
