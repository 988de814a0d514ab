//! Unmodified clients from their registries against the program: every suite must do exactly what its
//! `expected.tsv` says. A new failure fails, and so does a new pass: the file is then to be updated.

use std::{collections::BTreeMap, fs, process::Stdio};

use crate::{
    Outcome,
    postgres::Postgres,
    root, setup,
    shell::{command, run as run_command},
    target,
};

/// Runs the named suites, or all, each on every engine.
///
/// # Errors
/// A suite is not there, did not end, or did something else than expected.
pub fn run(clients: &[&str]) -> Outcome {
    let suites = suites()?;
    let unknown = clients
        .iter()
        .find(|client| !suites.iter().any(|suite| suite == *client));
    if let Some(unknown) = unknown {
        return Err(format!("no suite {unknown}; there are {}", suites.join(", ")).into());
    }
    setup::run_all()?;
    run_command(command(
        env!("CARGO"),
        &["build", "--release", "--quiet", "--package", "cameo"],
    ))?;
    let mut problems = Vec::new();
    for suite in suites {
        if clients.is_empty() || clients.contains(&suite.as_str()) {
            problems.extend(run_suite(&suite, None)?);
            let postgres = Postgres::fresh()?;
            problems.extend(run_suite(&suite, Some(&postgres.url))?);
        }
    }
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems.join("\n").into())
    }
}

/// Every folder with a `run.sh`.
fn suites() -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("compat"))? {
        let path = entry?.path();
        if path.join("run.sh").exists() {
            names.extend(
                path.file_name()
                    .map(|name| name.to_string_lossy().into_owned()),
            );
        }
    }
    names.sort();
    Ok(names)
}

/// Runs a suite on the embedded store, or on the one at `store`.
fn run_suite(suite: &str, store: Option<&str>) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let engine = if store.is_some() {
        "postgres"
    } else {
        "sqlite"
    };
    println!("--- compat {suite} on {engine}");
    let folder = root().join("compat").join(suite);
    let expected = verdicts(&fs::read_to_string(folder.join("expected.tsv"))?);
    let done = command(&folder.join("run.sh").to_string_lossy(), &[])
        .env("COMPAT_BIN", target().join("release/cameo"))
        .env("COMPAT_CACHE", target().join("compat"))
        .envs(store.map(|url| ("CAMEO_STORE", url)))
        .stderr(Stdio::inherit())
        .output()?;
    let text = String::from_utf8_lossy(&done.stdout);
    let found = verdicts(&text);
    let passed = found.values().filter(|verdict| *verdict == "pass").count();
    let (failed, mut problems) = (found.len() - passed, differences(suite, &expected, &found));
    println!("compat-{suite}-{engine}: {passed} passed, {failed} failed");
    if !done.status.success() {
        problems.push(format!("compat {suite}: ended with {}", done.status));
    }
    Ok(problems)
}

/// `name<TAB>pass|fail` a line; other lines are talk.
fn verdicts(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(_, verdict)| matches!(*verdict, "pass" | "fail"))
        .map(|(name, verdict)| (name.to_owned(), verdict.to_owned()))
        .collect()
}

fn differences(
    suite: &str,
    expected: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, verdict) in expected {
        match found.get(name) {
            Some(got) if got == verdict => {}
            Some(got) => {
                problems.push(format!("compat {suite}: {name}: {got}, expected {verdict}"))
            }
            None => problems.push(format!("compat {suite}: {name}: did not run")),
        }
    }
    let new = found.keys().filter(|name| !expected.contains_key(*name));
    problems.extend(new.map(|name| format!("compat {suite}: {name}: not in expected.tsv")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_failures_new_passes_and_missing_cases_are_problems() {
        let expected = verdicts("a\tpass\nb\tfail\nc\tpass\ntalk\n");
        let found = verdicts("a\tfail\nb\tpass\nd\tpass\n");
        assert_eq!(differences("x", &expected, &found).len(), 4);
        assert!(differences("x", &expected, &expected).is_empty());
    }
}
