//! Everything known about one name, for `cargo xtask schema show`.

use std::fmt::Write;

use crate::model::{Group, Model};
use crate::source::Source;
use crate::{Inputs, Options, Problems, functions, names, read_errors, types};

/// TL lines of all layers, the Rust text, the errors and the handler's file of `name`.
///
/// # Errors
/// The schema is faulty, or nothing has this name.
pub fn show(inputs: Inputs<'_>, name: &str) -> Result<String, Problems> {
    let model = Model::new(inputs, Options::default())?;
    let mut text = String::new();
    for definition in model
        .all
        .iter()
        .filter(|definition| definition.name == name)
    {
        let range = |(first, last): &(i32, i32)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}-{last}")
            }
        };
        let layers: Vec<_> = definition.layers.iter().map(range).collect();
        let _ = writeln!(text, "{} {}", layers.join(","), definition.line);
    }
    if text.is_empty() {
        return Err(Problems::one(format!(
            "nothing in the schema is named `{name}`"
        )));
    }
    let group = model
        .methods
        .get(name)
        .or_else(|| model.constructors.get(name));
    match group {
        None => text.push_str("\nnot selected: add it to schema/select.txt\n"),
        Some(group) => text.push_str(&rust(&model, group)),
    }
    let rows = read_errors(inputs.errors)?;
    let own = rows
        .iter()
        .filter(|row| row.methods.split(' ').any(|method| method == name));
    for row in own {
        let _ = writeln!(text, "{} {}: {}", row.code, row.name, row.meaning);
    }
    if model.methods.contains_key(name) {
        let (space, bare) = names::split(name);
        let folder = space.map_or(String::new(), |space| format!("{space}/"));
        let file = names::snake(bare);
        let _ = writeln!(text, "\nhandler: crates/server/src/rpc/{folder}{file}.rs");
    }
    Ok(text)
}

/// All generated text of each constructor, method or type: what tests keep an eye on.
///
/// # Errors
/// The schema is faulty, or nothing of such a name is selected.
pub fn generated(
    inputs: Inputs<'_>,
    options: Options,
    names: &[&str],
) -> Result<Vec<String>, Problems> {
    let (model, mut problems) = (Model::new(inputs, options)?, Vec::new());
    let texts = names
        .iter()
        .map(|name| text_of(&model, name, &mut problems))
        .collect();
    if problems.is_empty() {
        Ok(texts)
    } else {
        Err(Problems(problems))
    }
}

fn text_of(model: &Model, name: &str, problems: &mut Vec<String>) -> String {
    let mut out = Source::default();
    if let Some(group) = model.methods.get(name) {
        functions::function(model, group, &mut out, problems);
    } else if let Some(group) = model.constructors.get(name) {
        types::constructor(model, group, &mut out, problems);
    } else if model.is_known(name) && !model.is_single(name) {
        types::union(model, name, &mut out, problems);
    } else {
        problems.push(format!("nothing named `{name}` is selected"));
    }
    out.finish()
}

fn rust(model: &Model, group: &Group) -> String {
    let mut out = Source::default();
    types::declaration(model, group, &mut out, &mut Vec::new());
    format!("\n{}\n", out.finish())
}
