//! Makes `api.tl` from one schema file per layer, for `cargo xtask schema import`.
//! Only facts are taken over: ids, names, fields and layers.

use std::collections::BTreeMap;
use std::path::Path;

use crate::Problems;
use crate::parse::{Definition, parse_schema};

/// Definitions that every schema text repeats and the wire code has by hand.
const BUILT_IN: &[&str] = &["boolFalse", "boolTrue", "error", "null", "true", "vector"];

/// What [`import`] made.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The text of `api.tl`.
    pub text: String,
    /// Layers in it.
    pub layers: Vec<i32>,
    /// Distinct ids.
    pub ids: usize,
}

/// Reads every `api-NNN.tl` in `folder` and adds their layers to `api`, an earlier `api.tl`.
///
/// # Errors
/// Unreadable files, and everything that [`merge`] refuses.
pub fn import(api: &str, folder: &Path) -> Result<ImportReport, Problems> {
    merge(api, &read_folder(folder)?)
}

fn read_folder(folder: &Path) -> Result<BTreeMap<i32, String>, Problems> {
    let unreadable =
        |error: std::io::Error| Problems::one(format!("{}: {error}", folder.display()));
    let mut layers = BTreeMap::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        let number = name
            .strip_prefix("api-")
            .and_then(|rest| rest.strip_suffix(".tl"));
        if let Some(layer) = number.and_then(|number| number.parse::<i32>().ok()) {
            layers.insert(layer, std::fs::read_to_string(&path).map_err(unreadable)?);
        }
    }
    if layers.is_empty() {
        return Err(Problems::one(format!(
            "{}: no api-NNN.tl",
            folder.display()
        )));
    }
    Ok(layers)
}

/// Ids with the layers that have them; the text is that of the newest layer, which has the most
/// true-flags.
#[derive(Default)]
struct Merged {
    rows: BTreeMap<(bool, String, u32), (Definition, Vec<i32>)>,
    known: Vec<i32>,
    problems: Vec<String>,
}

/// Adds the schema texts of several layers to `api`: every id once, with the layers that have it.
///
/// # Errors
/// Lines that are not understood, ids that are not the checksum of their line, one id with two
/// wire layouts, a layer that `api` has already with other ids.
pub fn merge(api: &str, layers: &BTreeMap<i32, String>) -> Result<ImportReport, Problems> {
    let mut merged = Merged::default();
    for definition in parse_schema(api)? {
        let own: Vec<i32> = definition
            .layers
            .iter()
            .flat_map(|range| range.0..=range.1)
            .collect();
        merged.known.extend(&own);
        let key = (definition.method, definition.name.clone(), definition.id);
        merged.rows.insert(key, (definition, own));
    }
    merged.known.sort_unstable();
    merged.known.dedup();
    for (layer, text) in layers {
        merged.add(*layer, text);
    }
    if !merged.problems.is_empty() {
        return Err(Problems(merged.problems));
    }
    let (ids, known) = (merged.rows.len(), merged.known.clone());
    Ok(ImportReport {
        text: merged.print(),
        layers: known,
        ids,
    })
}

impl Merged {
    fn add(&mut self, layer: i32, text: &str) {
        let is_built_in = |line: &&str| {
            let name = line.split(['#', ' ']).next().unwrap_or_default();
            BUILT_IN.contains(&name)
        };
        let lines: Vec<&str> = text.lines().filter(|line| !is_built_in(line)).collect();
        let definitions = match parse_schema(&lines.join("\n")) {
            Ok(definitions) => definitions,
            Err(Problems(lines)) => {
                let lines = lines
                    .into_iter()
                    .map(|line| format!("layer {layer}: {line}"));
                return self.problems.extend(lines);
            }
        };
        let before = self
            .rows
            .values()
            .filter(|row| row.1.contains(&layer))
            .count();
        if before > 0 && before != definitions.len() {
            self.problems
                .push(format!("layer {layer} is known with {before} other ids"));
        }
        for definition in definitions {
            self.add_definition(layer, definition);
        }
        if !self.known.contains(&layer) {
            self.known.push(layer);
            self.known.sort_unstable();
        }
    }

    fn add_definition(&mut self, layer: i32, definition: Definition) {
        let name = &definition.name;
        if definition.crc32() != definition.id {
            self.problems
                .push(format!("layer {layer}: {name}: id is not the checksum"));
        }
        let key = (definition.method, name.clone(), definition.id);
        let row = self
            .rows
            .entry(key)
            .or_insert_with(|| (definition.clone(), Vec::new()));
        if layout(&row.0) != layout(&definition) {
            self.problems
                .push(format!("layer {layer}: {name}: other layout"));
        }
        if row.1.iter().all(|known| *known < layer) {
            row.0 = definition;
        }
        if !row.1.contains(&layer) {
            row.1.push(layer);
            row.1.sort_unstable();
        }
    }

    fn print(self) -> String {
        let (first, last) = (
            self.known.first().unwrap_or(&0),
            self.known.last().unwrap_or(&0),
        );
        let mut text = format!(
            "// The Telegram API in all layers from {first} to {last}: every id once, behind the \
             layers that have it.\n\
             // Made by `cargo xtask schema import`, not edited by hand. Origin: README.md.\n"
        );
        let mut rows: Vec<_> = self.rows.into_values().collect();
        rows.sort_by(|(a, a_layers), (b, b_layers)| {
            (a.method, &a.name, a_layers.first()).cmp(&(b.method, &b.name, b_layers.first()))
        });
        let mut in_methods = false;
        for (definition, layers) in rows {
            if definition.method && !in_methods {
                in_methods = true;
                text.push_str("---functions---\n");
            }
            text.push_str(&format!(
                "{} {}\n",
                ranges(&layers, &self.known),
                definition.line
            ));
        }
        text
    }
}

/// What an id fixes: everything but true-flags.
fn layout(definition: &Definition) -> Vec<&str> {
    definition
        .line
        .split(' ')
        .filter(|word| !word.ends_with("?true"))
        .collect()
}

/// `145-152,154` for a rising list of layers; unknown layers in between do not break a range.
fn ranges(layers: &[i32], known: &[i32]) -> String {
    let position = |layer: i32| known.iter().position(|known| *known == layer);
    let mut ranges: Vec<(i32, i32)> = Vec::new();
    for &layer in layers {
        match ranges.last_mut() {
            Some((_, last)) if position(*last).map(|at| at + 1) == position(layer) => *last = layer,
            _ => ranges.push((layer, layer)),
        }
    }
    let one = |(first, last): (i32, i32)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}-{last}")
        }
    };
    ranges.into_iter().map(one).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(rows: &[(i32, &str)]) -> BTreeMap<i32, String> {
        rows.iter()
            .map(|(layer, text)| (*layer, (*text).to_owned()))
            .collect()
    }

    #[test]
    fn ids_get_the_layers_that_have_them() {
        let old = "vector#1cb5c415 {t:Type} # [ t ] = Vector t;\npeerUser#59511722 user_id:long = Peer;\n";
        let new = "peerUser#59511722 user_id:long = Peer;\n---functions---\n\
                   help.getConfig#c4f9186b = Config;\n";
        let report = merge("", &layers(&[(148, old), (150, new), (151, new)])).unwrap();
        let expected = "148-151 peerUser#59511722 user_id:long = Peer;\n---functions---\n\
                        150-151 help.getConfig#c4f9186b = Config;\n";
        let facts: String = report.text.split_inclusive('\n').skip(2).collect();
        assert_eq!(facts, expected);
        assert!(
            report
                .text
                .starts_with("// The Telegram API in all layers from 148 to 151:")
        );
        assert_eq!((report.ids, report.layers.len()), (2, 3));
    }

    #[test]
    fn a_hole_splits_a_range_only_where_a_known_layer_lacks_the_id() {
        assert_eq!(ranges(&[148, 149, 152], &[148, 149, 152]), "148-152");
        assert_eq!(
            ranges(&[148, 149, 152], &[148, 149, 151, 152]),
            "148-149,152"
        );
    }

    #[test]
    fn a_wrong_id_is_refused() {
        let wrong = layers(&[(148, "peerUser#59511723 user_id:long = Peer;")]);
        assert!(
            merge("", &wrong)
                .unwrap_err()
                .to_string()
                .contains("checksum")
        );
    }

    #[test]
    fn a_newer_layer_extends_ranges_and_brings_newer_true_flags() {
        let old = "a#7a5d3cd0 flags:# = A;\n";
        let crc = |line: &str| crate::parse_line(line, false).unwrap().crc32();
        let id = crc("a#0 flags:# = A;");
        let old = old.replace("7a5d3cd0", &format!("{id:x}"));
        let new = format!("a#{id:x} flags:# on:flags.0?true = A;\n");
        let api = merge("", &layers(&[(148, &old), (150, &old)]))
            .unwrap()
            .text;
        let report = merge(&api, &layers(&[(151, &new)])).unwrap();
        assert!(
            report.text.ends_with(&format!("148-151 {new}")),
            "{}",
            report.text
        );
        let older = merge(&report.text, &layers(&[(147, &old)])).unwrap();
        assert!(
            older.text.ends_with(&format!("147-151 {new}")),
            "{}",
            older.text
        );
        let again = merge(&older.text, &layers(&[(151, &new)])).unwrap();
        assert_eq!(again.text, older.text);
    }
}
