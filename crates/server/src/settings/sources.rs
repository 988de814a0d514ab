//! Where values are written and who wins: flag, variable, file, default.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Settings;
use super::error::{Origin, SettingError};
use super::table::{SETTINGS, Setting};

/// The name of the setting that names the settings file; it cannot stand in that file itself.
pub(crate) const CONFIG: &str = "config";

/// What was written outside the settings file.
#[derive(Debug, Default)]
pub struct Sources {
    flags: Vec<(&'static str, String)>,
    variables: Vec<(String, OsString)>,
    config_flag: Option<PathBuf>,
}

impl Sources {
    /// No flags, no variables: the defaults alone.
    pub fn new() -> Sources {
        Sources::default()
    }

    /// The variables of this process.
    #[must_use]
    pub fn with_environment(mut self) -> Sources {
        self.variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
            .filter(|(name, _)| name.starts_with("CAMEO_"))
            .collect();
        self
    }

    /// One variable, by its whole name.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Sources {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// One flag, by the setting's name.
    #[must_use]
    pub fn with_flag(mut self, name: &'static str, value: String) -> Sources {
        self.flags.push((name, value));
        self
    }

    /// The settings file named by `--config`.
    #[must_use]
    pub fn with_config(mut self, path: PathBuf) -> Sources {
        self.config_flag = Some(path);
        self
    }

    /// `CAMEO_…` variables that belong to no setting: most likely misspelt.
    pub fn unknown_variables(&self) -> Vec<&str> {
        let known = |name: &str| {
            name == variable_of(CONFIG) || SETTINGS.iter().any(|row| row.variable() == name)
        };
        self.variables
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| !known(name))
            .collect()
    }

    pub(super) fn resolve(&self) -> Result<Settings, SettingError> {
        let mut settings = Settings::default();
        if let Some(path) = self.config() {
            apply_file(&mut settings, &path)?;
        }
        for row in SETTINGS {
            let name = row.variable();
            let written = self
                .variables
                .iter()
                .find(|(variable, _)| *variable == name);
            let Some((_, value)) = written else { continue };
            let origin = Origin::Variable(name);
            match value.to_str() {
                Some(text) => apply(&mut settings, row, text, origin)?,
                None => return Err(bad(row, origin, "the value is not UTF-8".to_owned())),
            }
        }
        for (name, text) in &self.flags {
            if let Some(row) = SETTINGS.iter().find(|row| row.name == *name) {
                apply(&mut settings, row, text, Origin::Flag(row.flag()))?;
            }
        }
        Ok(settings)
    }

    fn config(&self) -> Option<PathBuf> {
        let wanted = variable_of(CONFIG);
        let variable = || self.variables.iter().find(|(name, _)| *name == wanted);
        self.config_flag
            .clone()
            .or_else(|| variable().map(|(_, path)| PathBuf::from(path)))
    }
}

pub(super) fn variable_of(name: &str) -> String {
    format!("CAMEO_{}", name.to_ascii_uppercase())
}

fn apply(
    settings: &mut Settings,
    row: &'static Setting,
    text: &str,
    origin: Origin,
) -> Result<(), SettingError> {
    row.write(settings, text)
        .map_err(|problem| bad(row, origin, problem))
}

fn bad(row: &'static Setting, origin: Origin, problem: String) -> SettingError {
    SettingError::Value {
        name: row.name,
        origin,
        problem,
    }
}

fn apply_file(settings: &mut Settings, path: &Path) -> Result<(), SettingError> {
    let unreadable = |problem| SettingError::File {
        path: path.to_owned(),
        problem,
    };
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
    let table: toml::Table = text
        .parse()
        .map_err(|error| unreadable(one_line(&text, &error)))?;
    for (key, value) in &table {
        let Some(row) = SETTINGS.iter().find(|row| row.name == key) else {
            let suggestion = nearest(key);
            return Err(SettingError::Unknown {
                path: path.to_owned(),
                key: key.clone(),
                suggestion,
            });
        };
        let origin = Origin::File(path.to_owned());
        match text_of(value) {
            Some(text) => apply(settings, row, &text, origin)?,
            None => {
                return Err(bad(
                    row,
                    origin,
                    format!("a {} does not fit", value.type_str()),
                ));
            }
        }
    }
    Ok(())
}

fn one_line(text: &str, error: &toml::de::Error) -> String {
    let before = error
        .span()
        .map_or("", |span| text.get(..span.start).unwrap_or(""));
    let line = before.matches('\n').count() + 1;
    format!(
        "line {line}: {}",
        error.message().lines().next().unwrap_or("not TOML")
    )
}

/// A value of the file as one would write it in a flag; lists get commas.
fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<String>> = items.iter().map(text_of).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

fn nearest(key: &str) -> Option<&'static str> {
    let close = |row: &&Setting| distance(row.name, key) <= 2;
    SETTINGS
        .iter()
        .filter(close)
        .min_by_key(|row| distance(row.name, key))
        .map(|row| row.name)
}

/// How many letters must be added, dropped or changed to get from one word to the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in right.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}
