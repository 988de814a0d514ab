//! Rules for the map and the decision records.

use std::collections::BTreeMap;

use super::{Finding, Tree};

/// Lines of a decision record.
const DECISION_LINES_MAX: usize = 60;

/// The tree in ARCHITECTURE.md: each folder and file it names is there, each crate is named, and the
/// table of who may use whom is the one that is enforced.
pub(super) fn map(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text("ARCHITECTURE.md") else {
        return vec!["ARCHITECTURE.md: missing".to_owned()];
    };
    let mut found = Vec::new();
    for path in quoted_paths(text) {
        let there = tree.root.join(path.trim_end_matches('/')).exists();
        if !there {
            found.push(format!("ARCHITECTURE.md: {path} is not in the tree"));
        }
    }
    for (folder, allowed) in super::edges::ALLOWED {
        let name = folder.trim_start_matches("crates/");
        let row = text
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")));
        let Some(row) = row else {
            found.push(format!("ARCHITECTURE.md: no row for {name}"));
            continue;
        };
        let cell = row.split('|').nth(2).unwrap_or_default();
        let mut said: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        let mut rule: Vec<&str> = allowed.to_vec();
        said.sort_unstable();
        rule.sort_unstable();
        if said != rule {
            found.push(format!(
                "ARCHITECTURE.md: {name} may use {rule:?}, the table says {said:?}"
            ));
        }
    }
    found
}

/// What stands in back quotes and looks like a path from the root.
fn quoted_paths(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|quoted| {
        let rooted = [
            "crates/", "compat/", "docs/", "schema/", "fuzz/", "xtask/", ".ci/",
        ];
        rooted.iter().any(|root| quoted.starts_with(root)) && !quoted.contains(['<', '*', ' '])
    })
}

pub(super) fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut numbers: BTreeMap<&str, &str> = BTreeMap::new();
    let mut found = Vec::new();
    for (path, text) in &tree.files {
        let Some(name) = path.strip_prefix("docs/decisions/") else {
            continue;
        };
        let number = name.split('-').next().unwrap_or_default();
        if number.len() != 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            found.push(format!("{path}: the name does not begin with four digits"));
        } else if let Some(other) = numbers.insert(number, path) {
            found.push(format!("{path}: has the number of {other}"));
        }
        if text.lines().count() > DECISION_LINES_MAX {
            found.push(format!("{path}: more than {DECISION_LINES_MAX} lines"));
        }
    }
    found
}
