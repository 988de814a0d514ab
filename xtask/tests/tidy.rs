//! The house rules, as tests.

use xtask::tidy::{CHECKS, Tree};

#[test]
fn the_house_is_tidy() {
    let tree = Tree::read(&xtask::root()).unwrap();
    let mut report = String::new();
    for (name, check) in CHECKS {
        for finding in check(&tree) {
            report.push_str(&format!("\n{name}: {finding}"));
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// Each check must be able to fail: a tree that breaks every rule is found out by every check.
#[test]
fn every_check_can_fail() {
    let bad = [
        (
            "crates/tl/Cargo.toml",
            "[dependencies]\ndomain.workspace = true\n",
        ),
        ("crates/tl/src/lib.rs", "mod utils;\n"),
        (
            "crates/tl/src/utils.rs",
            concat!("fn f() { to", "do!() }\n"),
        ),
        (
            "crates/tl/src/dead.rs",
            concat!("fn f() { unsa", "fe { } }\n"),
        ),
        (
            "crates/tl/src/log.rs",
            "fn f() { tracing::info!(\"Done.\") }\n",
        ),
        ("crates/server/src/rpc/photos/a.rs", "impl Rpc for B {\n"),
        (
            "crates/domain/src/said.rs",
            "fn f() -> Refusal { Refusal::NEVER_HEARD_OF }\n",
        ),
        ("docs/decisions/1-a.md", ""),
        ("docs/x.md", concat!("see /wo", "rk/here\n")),
    ];
    let mut files: Vec<(String, String)> = bad
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    files.push(("crates/tl/src/long.rs".to_owned(), "x\n".repeat(900)));
    files.push(("crates/tl/src/wide.rs".to_owned(), "x".repeat(200)));
    let tree = Tree {
        root: std::path::PathBuf::from("/nowhere"),
        files,
    };
    for (name, check) in CHECKS {
        assert!(
            !check(&tree).is_empty(),
            "{name}: found nothing wrong in a bad tree"
        );
    }
}
