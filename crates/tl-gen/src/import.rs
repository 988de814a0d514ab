//! Makes `api.tl` from one schema file per layer, for `cargo xtask schema import`.
//! Only facts are taken over: ids, names, fields and layers.

use std::collections::BTreeMap;
use std::path::Path;

use crate::parse::{Definition, parse_schema};
use crate::{Problems, parse_line};

/// What [`import`] made.
#[derive(Clone, Debug)]
pub struct ImportReport {
    /// The text of `api.tl`.
    pub text: String,
    /// Layers that were read.
    pub layers: Vec<i32>,
    /// Distinct ids.
    pub ids: usize,
}

/// Reads every `api-NNN.tl` in `folder` and merges them.
///
/// # Errors
/// Unreadable files, and everything that [`merge`] refuses.
pub fn import(folder: &Path) -> Result<ImportReport, Problems> {
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
    merge(&layers)
}

/// Merges the schema texts of several layers: every id once, with the layers that have it.
///
/// # Errors
/// Lines that are not understood, ids that are not the checksum of their line, one id with two
/// wire layouts, no layer at all.
pub fn merge(layers: &BTreeMap<i32, String>) -> Result<ImportReport, Problems> {
    let mut problems = Vec::new();
    // Newest layer first, as the newest text has the most true-flags.
    let mut merged: BTreeMap<(bool, String, u32), (Definition, Vec<i32>)> = BTreeMap::new();
    for (layer, text) in layers.iter().rev() {
        let definitions = match parse_schema(text) {
            Ok(definitions) => definitions,
            Err(Problems(lines)) => {
                problems.extend(
                    lines
                        .into_iter()
                        .map(|line| format!("layer {layer}: {line}")),
                );
                continue;
            }
        };
        for definition in definitions {
            if definition.crc32() != definition.id {
                problems.push(format!(
                    "layer {layer}: {}: id is not the checksum",
                    definition.name
                ));
            }
            let key = (definition.method, definition.name.clone(), definition.id);
            let entry = merged
                .entry(key)
                .or_insert_with(|| (definition.clone(), Vec::new()));
            if layout(&entry.0) != layout(&definition) {
                problems.push(format!("layer {layer}: {}: other layout", definition.name));
            }
            entry.1.push(*layer);
        }
    }
    let known: Vec<i32> = layers.keys().copied().collect();
    if known.is_empty() {
        problems.push("no api-NNN.tl found".to_owned());
    }
    if !problems.is_empty() {
        return Err(Problems(problems));
    }
    let ids = merged.len();
    Ok(ImportReport {
        text: print(merged, &known),
        layers: known,
        ids,
    })
}

/// What an id fixes: everything but true-flags.
fn layout(definition: &Definition) -> Vec<String> {
    let words = definition.line.split(' ');
    words
        .filter(|word| !word.ends_with("?true"))
        .map(str::to_owned)
        .collect()
}

fn print(merged: BTreeMap<(bool, String, u32), (Definition, Vec<i32>)>, known: &[i32]) -> String {
    let mut rows: Vec<_> = merged.into_values().collect();
    for (_, layers) in &mut rows {
        layers.sort_unstable();
    }
    rows.sort_by(|(a, a_layers), (b, b_layers)| {
        (a.method, &a.name, a_layers.first()).cmp(&(b.method, &b.name, b_layers.first()))
    });
    let mut text = String::new();
    let mut in_methods = false;
    for (definition, layers) in rows {
        if definition.method && !in_methods {
            in_methods = true;
            text.push_str("---functions---\n");
        }
        text.push_str(&format!("{} {}\n", ranges(&layers, known), definition.line));
    }
    debug_assert!(
        text.lines()
            .all(|l| l.starts_with('-') || parse_line(l, false).is_ok())
    );
    text
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
        let old = "peerUser#59511722 user_id:long = Peer;\n";
        let new = "peerUser#59511722 user_id:long = Peer;\n---functions---\n\
                   help.getConfig#c4f9186b = Config;\n";
        let report = merge(&layers(&[(148, old), (150, new), (151, new)])).unwrap();
        let expected = "148-151 peerUser#59511722 user_id:long = Peer;\n---functions---\n\
                        150-151 help.getConfig#c4f9186b = Config;\n";
        assert_eq!(report.text, expected);
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
        assert!(merge(&wrong).unwrap_err().to_string().contains("checksum"));
        assert!(merge(&BTreeMap::new()).is_err());
    }
}
