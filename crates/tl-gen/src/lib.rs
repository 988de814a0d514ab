//! Reads TL schema lines and writes the Rust text of the codec; used at build time by `tl` and by
//! `cargo xtask schema`. Strict: a line it does not understand or a change between layers that
//! nobody decided about is an error, never a warning.

mod convert;
mod crc;
mod decode;
mod encode;
mod errors;
mod functions;
mod import;
mod model;
mod names;
mod parse;
mod rules;
mod samples;
mod show;
mod source;
mod types;

use std::path::Path;

pub use errors::{ErrorRow, read_errors};
pub use import::{ImportReport, import, merge};
pub use model::{LAYER_MIN, Model};
pub use parse::{Definition, Field, FlagBit, Type, parse_line, parse_schema};
pub use show::{generated, show};

/// Everything wrong with the schema, the selection or the rules, one line each.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct Problems(pub Vec<String>);

impl Problems {
    /// A single problem.
    pub fn one(text: impl Into<String>) -> Self {
        Self(vec![text.into()])
    }
}

/// The texts that the codec is made from, as they stand in `schema/`.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// `api.tl`: every definition once, with the layers that have it.
    pub api: &'a str,
    /// `extra.tl`: definitions outside the numbered layers.
    pub extra: &'a str,
    /// `select.txt`: what is generated.
    pub select: &'a str,
    /// `rules.txt`: what was decided about fields that differ between layers.
    pub rules: &'a str,
    /// `errors.tsv`: the error names.
    pub errors: &'a str,
}

/// Which parts beyond the server's need are generated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also read answers and write requests.
    pub client: bool,
    /// Also build example values for tests.
    pub samples: bool,
}

/// The generated source files.
#[derive(Clone, Debug)]
pub struct Generated {
    /// Structs, one per constructor.
    pub types: String,
    /// Enums, one per type with several constructors.
    pub enums: String,
    /// Structs, one per method, with the tables of ids and names.
    pub functions: String,
}

impl Generated {
    /// Writes the files into `folder`.
    ///
    /// # Errors
    /// Whatever the disk says.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        std::fs::write(folder.join("types.rs"), &self.types)?;
        std::fs::write(folder.join("enums.rs"), &self.enums)?;
        std::fs::write(folder.join("functions.rs"), &self.functions)
    }
}

/// Turns the schema into Rust text.
///
/// # Errors
/// [`Problems`]: all that was found, not only the first.
pub fn generate(inputs: Inputs<'_>, options: Options) -> Result<Generated, Problems> {
    let model = Model::new(inputs, options)?;
    let mut problems = Vec::new();
    let generated = Generated {
        types: types::structs(&model, &mut problems),
        enums: types::enums(&model, &mut problems),
        functions: functions::functions(&model, &mut problems),
    };
    if options.client {
        // Only with both directions is every rule asked for.
        problems.extend(model.rules.unused());
    }
    problems.sort();
    problems.dedup();
    if problems.is_empty() {
        Ok(generated)
    } else {
        Err(Problems(problems))
    }
}
