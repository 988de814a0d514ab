//! The table in `docs/rows.md`: each row of the acceptance matrix, the tests that name it, and whether
//! it holds. The column of tests is read off the tests, so the table cannot promise one that is gone.

use std::{collections::BTreeMap, fs};

use super::{COMPLETE, Finding, Tree};

const TABLE: &str = "docs/rows.md";
/// Scenario tests through a socket.
const SCENARIOS: &str = "crates/server/tests/";
/// The matrix has the rows P1 to P140.
const ROWS: u32 = 140;
/// What a row may wait for, besides a test.
const LATER: [&str; 1] = ["later: video"];

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    row: u32,
    words: String,
    tests: String,
    state: String,
}

/// Every row stands in the table once, in order, with exactly the tests that name it, and its state is
/// one that these tests allow.
pub(super) fn rows(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(TABLE) else {
        return vec![format!("{TABLE}: missing")];
    };
    check(&lines(text), &tests(tree))
}

/// Writes the column of tests anew; a row that was open and has a test now holds.
///
/// # Errors
/// The table cannot be read or written.
pub fn write() -> crate::Outcome {
    let root = crate::root();
    let path = root.join(TABLE);
    let (text, tests) = (fs::read_to_string(&path)?, tests(&Tree::read(&root)?));
    let written = text.lines().map(|line| match parse(line) {
        Some(line) => filled(line, &tests).to_string() + "\n",
        None => format!("{line}\n"),
    });
    fs::write(&path, written.collect::<String>())?;
    Ok(())
}

fn filled(mut line: Line, tests: &Tests) -> Line {
    line.tests = cell(tests, line.row);
    if line.state == "open" && !line.tests.is_empty() {
        line.state = "holds".to_owned();
    }
    line
}

fn check(lines: &[Line], tests: &Tests) -> Vec<Finding> {
    let mut found = Vec::new();
    let rows: Vec<u32> = lines.iter().map(|line| line.row).collect();
    if rows != (1..=ROWS).collect::<Vec<_>>() {
        found.push(format!(
            "{TABLE}: not every row from P1 to P{ROWS} once and in order"
        ));
    }
    for row in tests.keys().filter(|row| !(1..=ROWS).contains(*row)) {
        found.push(format!("{}: there is no row P{row}", cell(tests, *row)));
    }
    for line in lines {
        let row = line.row;
        if line.tests != cell(tests, row) {
            found.push(format!(
                "{TABLE}: P{row}: other tests than those that name it: run `cargo xtask rows`"
            ));
        } else if let Some(what) = wrong_state(line) {
            found.push(format!("{TABLE}: P{row}: {what}"));
        }
    }
    found
}

fn wrong_state(line: &Line) -> Option<String> {
    let tested = !line.tests.is_empty();
    let (first, rest) = match line.state.split_once("; ") {
        Some((first, rest)) => (first, Some(rest)),
        None => (line.state.as_str(), None),
    };
    let fits = match (first, rest) {
        ("holds", None) => tested,
        ("holds in part", Some(rest)) => tested && LATER.contains(&rest),
        ("open", None) => !COMPLETE && !tested,
        (later, None) => LATER.contains(&later) && !tested,
        _ => false,
    };
    let tests = if tested { "with" } else { "without" };
    (!fits).then(|| format!("{tests} tests it cannot be {:?}", line.state))
}

fn lines(text: &str) -> Vec<Line> {
    text.lines().filter_map(parse).collect()
}

/// `| P7 | words | tests | state |`.
fn parse(line: &str) -> Option<Line> {
    let mut cells = line.strip_prefix("| P")?.strip_suffix('|')?.split(" |");
    let row = cells.next()?.trim().parse().ok()?;
    let mut next = || cells.next().map(|cell| cell.trim().to_owned());
    Some(Line {
        row,
        words: next()?,
        tests: next()?,
        state: next()?,
    })
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            row,
            words,
            tests,
            state,
        } = self;
        write!(f, "| P{row} | {words} | {tests} | {state} |")
    }
}

/// The tests that name a row, by row.
type Tests = BTreeMap<u32, Vec<String>>;

fn cell(tests: &Tests, row: u32) -> String {
    let named = tests.get(&row).map_or(&[][..], Vec::as_slice);
    let quoted: Vec<String> = named.iter().map(|test| format!("`{test}`")).collect();
    quoted.join("<br>")
}

fn tests(tree: &Tree) -> Tests {
    let mut tests = Tests::new();
    let mut note = |text: &str, test: String| {
        for row in rows_in(text) {
            tests.entry(row).or_default().push(test.clone());
        }
    };
    for (path, text) in &tree.files {
        if let (Some(file), true) = (path.strip_prefix(SCENARIOS), path.ends_with(".rs")) {
            for (name, doc) in scenarios(text) {
                note(&doc, format!("{file}::{name}"));
            }
        } else if let Some(suite) = path.strip_suffix("/expected.tsv") {
            let passes = text.lines().filter_map(|line| line.strip_suffix("\tpass"));
            passes.for_each(|case| note(case, format!("{suite}: {case}")));
        }
    }
    tests
}

/// The test functions of a file, with what their doc comments say.
fn scenarios(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let (mut doc, mut is_test) = (String::new(), false);
    for line in text.lines().map(str::trim_start) {
        if let Some(words) = line.strip_prefix("///") {
            doc.push_str(words);
        } else if line.starts_with("#[") {
            is_test |= line.contains("test");
        } else {
            let name = line.strip_prefix("async ").unwrap_or(line);
            let name = name.strip_prefix("fn ").and_then(|it| it.split('(').next());
            if let (true, Some(name)) = (is_test, name) {
                found.push((name.to_owned(), doc.clone()));
            }
            doc.clear();
            is_test = false;
        }
    }
    found
}

/// A test of a file of scenarios, from its name to the end of the function.
pub(super) fn body<'a>(tree: &'a Tree, file: &str, test: &str) -> Option<&'a str> {
    let text = tree.text(&format!("{SCENARIOS}{file}"))?;
    let named = scenarios(text).into_iter().any(|(name, _)| name == test);
    let start = named.then(|| text.find(&format!("fn {test}(")))??;
    let length = text[start..].find("\n}").unwrap_or(text.len() - start);
    Some(&text[start..start + length])
}

/// The rows that a text names: `P1, P2`, `P5 to P9`; each once, in order.
fn rows_in(text: &str) -> Vec<u32> {
    let mut rows = std::collections::BTreeSet::new();
    let words: Vec<&str> = text.split_whitespace().collect();
    for (at, word) in words.iter().enumerate() {
        let Some(first) = row(word) else { continue };
        let last = match words.get(at + 1..at + 3) {
            Some(["to", last]) if !ends_list(word) => row(last),
            _ => None,
        };
        rows.extend(first..=last.unwrap_or(first));
    }
    rows.into_iter().collect()
}

fn ends_list(word: &str) -> bool {
    word.ends_with([',', '.', ';', ':'])
}

fn row(word: &str) -> Option<u32> {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    word.strip_prefix('P')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table in which P1 has `tests` and `state`, and every other row waits for video.
    fn table(tests: &str, state: &str) -> String {
        let rest = (2..=ROWS).map(|row| format!("| P{row} | words |  | later: video |\n"));
        format!("| P1 | words | {tests} | {state} |\n") + &rest.collect::<String>()
    }

    fn findings(table: &str, test: &str) -> Vec<Finding> {
        let suite = "/// P1.\n#[tokio::test]\nasync fn a_test() {\n";
        let test = if test.is_empty() { suite } else { test };
        rows(&Tree::of(&[
            (TABLE, table),
            ("crates/server/tests/photos/a.rs", test),
        ]))
    }

    #[test]
    fn a_table_that_says_what_the_tests_say_passes() {
        let good = table("`photos/a.rs::a_test`", "holds");
        assert_eq!(findings(&good, ""), [""; 0]);
        let part = table("`photos/a.rs::a_test`", "holds in part; later: video");
        assert_eq!(findings(&part, ""), [""; 0]);
    }

    #[test]
    fn rows_that_are_missing_double_or_unknown_are_found() {
        let good = table("`photos/a.rs::a_test`", "holds");
        let without: String = good.lines().skip(1).map(|it| format!("{it}\n")).collect();
        assert!(!findings(&without, "").is_empty());
        let first = good.lines().next().unwrap_or_default();
        assert!(!findings(&format!("{good}{first}\n"), "").is_empty());
        let unknown = "/// P1, P141.\n#[test]\nfn a_test() {\n";
        assert_eq!(findings(&good, unknown).len(), 1);
    }

    #[test]
    fn tests_that_are_gone_do_not_name_their_row_or_are_not_listed_are_found() {
        let good = table("`photos/a.rs::a_test`", "holds");
        assert_eq!(findings(&good, "fn other() {}").len(), 1);
        assert_eq!(
            findings(&good, "#[tokio::test]\nasync fn a_test() {").len(),
            1
        );
        assert_eq!(findings(&table("", "later: video"), "").len(), 1);
        let helper = "/// P1.\nfn a_test() {\n";
        assert_eq!(findings(&good, helper).len(), 1);
    }

    #[test]
    fn a_state_needs_the_tests_that_it_claims() {
        let test = "`photos/a.rs::a_test`";
        for state in ["", "done", "later: video", "later: money", "holds in part"] {
            assert_eq!(findings(&table(test, state), "").len(), 1, "{state}");
        }
        let none = "fn other() {}";
        for state in ["holds", "holds in part; later: video"] {
            assert_eq!(findings(&table("", state), none).len(), 1, "{state}");
        }
        assert_eq!(
            findings(&table("", "open"), none).is_empty(),
            !COMPLETE,
            "open rows"
        );
    }

    #[test]
    fn cases_of_clients_count_where_they_pass() {
        let found = tests(&Tree::of(&[(
            "compat/x/expected.tsv",
            "P1 P3 set it\tpass\nP2 fails\tfail\n",
        )]));
        assert_eq!(found[&1], ["compat/x: P1 P3 set it"]);
        assert_eq!(found.keys().copied().collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn rows_are_read_one_by_one_and_as_ranges() {
        assert_eq!(rows_in(" P1, P5 to P7: words"), [1, 5, 6, 7]);
        assert_eq!(rows_in(" P46, P50, P55 to P57."), [46, 50, 55, 56, 57]);
        assert_eq!(rows_in(" P2. To P4 it is not, PNG, p5, XP6"), [2, 4]);
    }

    #[test]
    fn writing_fills_in_the_tests_and_closes_open_rows() {
        let found: Tests = [(1, vec!["a".to_owned()])].into();
        let line = parse("| P1 | words |  | open |").map(|line| filled(line, &found).to_string());
        assert_eq!(line.as_deref(), Some("| P1 | words | `a` | holds |"));
    }
}
