//! The protocol's names of errors: whatever the code can say is said in some test through a socket, and
//! `docs/errors.md` accounts for the documented errors of the methods on pictures.

use std::collections::BTreeSet;

use super::{COMPLETE, Finding, Tree, matrix};

const TABLE: &str = "docs/errors.md";
/// Where the code says no, and where tests hear it.
const SAYING: [&str; 2] = ["crates/domain/src/", "crates/server/src/"];
const HEARING: [&str; 2] = ["crates/server/tests/", "compat/"];

/// Names that no scenario can bring about at will, each with its reason.
const UNHEARD: [(&str, &str); 3] = [
    (
        "AUTH_KEY_INVALID",
        "a key destroyed while its sign-in is on the way",
    ),
    (
        "RPC_CALL_FAIL",
        "a key that ends between a message and its call",
    ),
    (
        "USER_DEACTIVATED",
        "an account deleted while its call is on the way",
    ),
];

/// Every name that the code can say is heard in a test.
pub(super) fn heard(tree: &Tree) -> Vec<Finding> {
    if COMPLETE { unheard(tree) } else { Vec::new() }
}

fn unheard(tree: &Tree) -> Vec<Finding> {
    let heard: BTreeSet<&str> = under(tree, HEARING).flat_map(names).collect();
    let mut said = BTreeSet::new();
    for text in under(tree, SAYING) {
        // Unit tests of a file stand at its end.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let after = code.split("Refusal::").skip(1);
        said.extend(after.filter_map(|it| names(it.split(|c| !in_name(c)).next()?).next()));
    }
    let mut found = Vec::new();
    for name in &said {
        let excused = UNHEARD.iter().any(|(unheard, _)| unheard == name);
        match (heard.contains(bare(name)), excused) {
            (false, false) => found.push(format!("{name}: the code can say it, no test hears it")),
            (true, true) => found.push(format!("{name}: heard in a test, so it needs no excuse")),
            _ => {}
        }
    }
    found
}

/// `| method | ERROR | test or reason |`: a test that is there and speaks of the error, or `never:`.
pub(super) fn documented(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(TABLE) else {
        return vec![format!("{TABLE}: missing")];
    };
    let mut found = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, error, how, _] = cells[..] else {
            found.push(format!("{TABLE}: not three columns: {line}"));
            continue;
        };
        let error = error.trim_matches('`');
        let fits = match how.trim_matches('`').split_once("::") {
            Some((file, test)) => matrix::body(tree, file, test)
                .is_some_and(|body| names(body).any(|name| name == error)),
            None => how.starts_with("never: ") || how.starts_with("later: "),
        };
        if !fits {
            found.push(format!(
                "{TABLE}: {error}: no such test, or not about it: {how}"
            ));
        }
    }
    found
}

fn under<'a>(tree: &'a Tree, roots: [&'static str; 2]) -> impl Iterator<Item = &'a str> {
    tree.files
        .iter()
        .filter(move |(path, _)| roots.iter().any(|root| path.starts_with(root)))
        .filter(|(path, _)| !path.ends_with(".md"))
        .map(|(_, text)| text.as_str())
}

/// The UPPER_SNAKE words of a text that look like names of errors, without their numbers.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !in_name(c))
        .filter(|word| word.contains('_'))
        .map(bare)
}

fn in_name(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

/// `FILE_PART_3_MISSING` and `FILE_PART_X_MISSING` are both `FILE_PART`, up to their number.
fn bare(name: &str) -> &str {
    let number = |part: &str| part == "X" || part.bytes().all(|byte| byte.is_ascii_digit());
    let mut end = 0;
    for part in name.split('_') {
        if end > 0 && number(part) {
            return &name[..end - 1];
        }
        end += part.len() + 1;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str, test: &str) -> usize {
        unheard(&Tree::of(&[
            ("crates/domain/src/a.rs", code),
            ("crates/server/tests/a.rs", test),
        ]))
        .len()
    }

    #[test]
    fn what_is_said_and_not_heard_is_found() {
        let says = "Err(Refusal::CONTACT_MISSING.into())";
        assert_eq!(found(says, "refused(\"CONTACT_MISSING\")"), 0);
        assert_eq!(found(says, "refused(\"CONTACT_MISSING_TOO\")"), 1);
        assert_eq!(found(says, ""), 1);
        let unit = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{ {says} }}");
        assert_eq!(found(&unit, ""), 0);
        let excused = "Refusal::RPC_CALL_FAIL";
        assert_eq!(found(excused, ""), 0);
        assert_eq!(found(excused, "RPC_CALL_FAIL"), 1);
    }

    #[test]
    fn numbers_in_names_do_not_matter() {
        let says = "Refusal::FILE_PART_X_MISSING.with(part)";
        assert_eq!(found(says, "\"FILE_PART_2_MISSING\""), 0);
        assert_eq!(found(says, "\"FILE_PARTS_INVALID\""), 1);
        assert_eq!(bare("INPUT_METHOD_INVALID_X_0"), "INPUT_METHOD_INVALID");
    }

    #[test]
    fn a_documented_error_has_a_test_about_it_or_a_reason() {
        let test = "#[tokio::test]\nasync fn one() {\n    \"A_B\"\n}\n\n#[test]\nfn two() {\n}\n";
        let findings = |row: &str| {
            let table = format!("| method | error | how |\n|---|---|---|\n{row}\n");
            let files = [(TABLE, table.as_str()), ("crates/server/tests/a.rs", test)];
            documented(&Tree::of(&files)).len()
        };
        assert_eq!(findings("| `m` | `A_B` | `a.rs::one` |"), 0);
        assert_eq!(findings("| `m` | `A_B` | `a.rs::two` |"), 1);
        assert_eq!(findings("| `m` | `A_B` | `a.rs::three` |"), 1);
        assert_eq!(findings("| `m` | `A_B` | `b.rs::one` |"), 1);
        assert_eq!(findings("| `m` | `A_B` | never: a reason |"), 0);
        assert_eq!(findings("| `m` | `A_B` | |"), 1);
        assert_eq!(findings("| `m` | `A_B` |"), 1);
    }
}
