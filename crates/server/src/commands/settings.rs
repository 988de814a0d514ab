//! `cameo settings`: every setting with its default, unit and limits, from the table itself.

use std::io::Write as _;

use crate::settings::{SETTINGS, Setting};
use crate::start::StartError;

/// Prints the table to stdout.
pub(super) fn run() -> Result<(), StartError> {
    let mut text = String::from(
        "Each setting can be given as a flag, as a variable, or by its name in the TOML file that\n\
         --config (or CAMEO_CONFIG) names. A flag wins over a variable, a variable over the file,\n\
         the file over the default.\n",
    );
    for row in SETTINGS {
        text.push_str(&describe(row));
    }
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(StartError::Output)
}

fn describe(row: &Setting) -> String {
    let unit = if row.unit().is_empty() {
        String::new()
    } else {
        format!(" {}", row.unit())
    };
    format!(
        "\n{}\n    {}\n    default: {}{unit}\n    limits: {}{unit}\n    flag: {}   variable: {}\n",
        row.name,
        row.doc,
        row.default_text(),
        row.limits(),
        row.flag(),
        row.variable(),
    )
}
