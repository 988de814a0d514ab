//! Rules for what belongs to what: crates, dependencies, files.

use std::collections::BTreeSet;

use super::{Finding, Tree};

/// Who may use whom of our own crates in shipped code. The same table stands in ARCHITECTURE.md.
pub(super) const ALLOWED: &[(&str, &[&str])] = &[
    ("crates/tl-gen", &[]),
    ("crates/tl", &["tl-gen"]),
    ("crates/mtproto", &["tl"]),
    ("crates/media", &[]),
    ("crates/motion", &["media"]),
    ("crates/jail", &["motion", "media"]),
    ("crates/store", &[]),
    (
        "crates/domain",
        &["store", "media", "jail", "motion", "tl-gen"],
    ),
    (
        "crates/server",
        &[
            "tl", "mtproto", "media", "jail", "motion", "store", "domain",
        ],
    ),
    (
        "crates/testkit",
        &[
            "cameo", "mtproto", "tl", "domain", "jail", "motion", "store",
        ],
    ),
    (
        "xtask",
        &[
            "tl-gen", "testkit", "cameo", "mtproto", "tl", "media", "motion", "jail", "store",
            "domain",
        ],
    ),
];

pub(super) fn crates(tree: &Tree) -> Vec<Finding> {
    let ours: BTreeSet<&str> = [
        "tl-gen", "tl", "mtproto", "media", "motion", "jail", "store", "domain", "cameo", "testkit",
    ]
    .into();
    let mut found = Vec::new();
    for (path, text) in manifests(tree) {
        let folder = path.trim_end_matches("/Cargo.toml");
        let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == folder) else {
            found.push(format!(
                "{path}: the table of crates does not know {folder}"
            ));
            continue;
        };
        for (section, line) in dependency_lines(text) {
            let name = dependency_name(line);
            // Tests may look at anything.
            if section != "dev-dependencies" && ours.contains(name) && !allowed.contains(&name) {
                found.push(format!("{path}: {folder} may not use {name}"));
            }
        }
    }
    found
}

/// The functions of `motion` that decode what strangers send.
const DECODING: [&str; 4] = ["clip", "poster", "draw", "sticker"];

/// Shipped code reaches them through the jail alone; tests, benches and fuzzers may call them.
pub(super) fn jailed(tree: &Tree) -> Vec<Finding> {
    let shipped = |path: &str| {
        let own = path.starts_with("crates/motion/") || path.starts_with("crates/jail/");
        path.starts_with("crates/") && path.contains("/src/") && !own
    };
    let mut found = Vec::new();
    for (path, text) in tree.rust().filter(|(path, _)| shipped(path)) {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for part in code.split("motion::").skip(1) {
                // One name, or several in braces.
                let names = part.split(['}', ';', '(']).next().unwrap_or_default();
                let words = names.split(|c: char| !c.is_alphanumeric() && c != '_');
                if words.into_iter().any(|word| DECODING.contains(&word)) {
                    found.push(format!("{path}:{}: use `jail::Jail::run`", number + 1));
                }
            }
        }
    }
    found
}

pub(super) fn reasons(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in manifests(tree) {
        for (_, line) in dependency_lines(text) {
            if !line.contains('#') {
                found.push(format!(
                    "{path}: {} has no word on what it is for",
                    line.trim()
                ));
            }
        }
    }
    found
}

/// A file that no `mod` names is never compiled.
pub(super) fn dead_files(tree: &Tree) -> Vec<Finding> {
    let roots = ["lib.rs", "main.rs", "mod.rs", "build.rs"];
    tree.rust()
        .filter(|(path, _)| path.contains("/src/"))
        .filter_map(|(path, _)| {
            let (folder, name) = path.rsplit_once('/')?;
            if roots.contains(&name) && name != "mod.rs" || folder.ends_with("/bin") {
                return None;
            }
            let (folder, stem) = match name {
                "mod.rs" => folder.rsplit_once('/')?,
                _ => (folder, name.trim_end_matches(".rs")),
            };
            let parents = [
                format!("{folder}/mod.rs"),
                format!("{folder}/lib.rs"),
                format!("{folder}/main.rs"),
                format!("{folder}.rs"),
            ];
            let named = parents
                .iter()
                .filter_map(|parent| tree.text(parent))
                .any(|text| {
                    text.lines().any(|line| {
                        let words: Vec<&str> = line.split(&[' ', ';', '{'][..]).collect();
                        words
                            .windows(2)
                            .any(|pair| pair[0] == "mod" && pair[1] == stem)
                    })
                });
            (!named).then(|| format!("{path}: no `mod {stem}` names it"))
        })
        .collect()
}

fn manifests(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    let ours = |path: &str| {
        path.ends_with("/Cargo.toml") && (path.starts_with("crates/") || path.starts_with("xtask/"))
    };
    tree.files
        .iter()
        .filter(move |(path, _)| ours(path))
        .map(|(path, text)| (path.as_str(), text.as_str()))
}

/// The lines that name a dependency, each with its section.
fn dependency_lines(text: &str) -> Vec<(&str, &str)> {
    let mut section = "";
    let mut open = 0_usize;
    let mut lines = Vec::new();
    for line in text.lines() {
        let inside = open > 0;
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            section = name.rsplit('.').next().unwrap_or(name);
            continue;
        }
        let code = line.split('#').next().unwrap_or_default();
        open += code.matches(['[', '{']).count();
        open = open.saturating_sub(code.matches([']', '}']).count());
        if section.ends_with("dependencies") && !inside && code.contains('=') {
            lines.push((section, line));
        }
    }
    lines
}

fn dependency_name(line: &str) -> &str {
    line.split(&['.', ' ', '='][..]).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoders_are_found_outside_the_jail_alone() {
        let lines = [
            "let a = motion::clip(source, limits);",
            "use motion::{Drawing, draw};",
            "use motion::sticker as read;",
            "use motion::{Clip, Drawn, Sticker};",
            "// motion::clip( is for the jail",
        ];
        let text = lines.join("\n");
        let of = |path: &str| jailed(&Tree::of(&[(path, &text)])).len();
        assert_eq!(of("crates/domain/src/photos.rs"), 3);
        assert_eq!(of("crates/jail/src/work.rs"), 0);
        assert_eq!(of("crates/domain/tests/photos.rs"), 0);
        assert_eq!(of("xtask/src/bench.rs"), 0);
    }

    #[test]
    fn dependency_lines_are_found_over_several_lines() {
        let text = "[dependencies]\nbytes = { version = \"1\", features = [\n  \"a\",\n] } # why\n\
                    tl.workspace = true\n[lints]\nworkspace = true\n";
        let names: Vec<&str> = dependency_lines(text)
            .into_iter()
            .map(|(_, line)| dependency_name(line))
            .collect();
        assert_eq!(names, ["bytes", "tl"]);
    }
}
