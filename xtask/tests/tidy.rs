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
        (
            "crates/domain/src/eager.rs",
            "fn f() { motion::clip(source) }\n",
        ),
        ("docs/decisions/1-a.md", ""),
        ("docs/x.md", concat!("see /wo", "rk/here\n")),
    ];
    let mut tree = Tree::of(&bad);
    let more = [
        ("crates/tl/src/long.rs", "x\n".repeat(900)),
        ("crates/tl/src/wide.rs", "x".repeat(200)),
    ];
    tree.files
        .extend(more.map(|(path, text)| (path.to_owned(), text)));
    for (name, check) in CHECKS {
        assert!(
            !check(&tree).is_empty(),
            "{name}: found nothing wrong in a bad tree"
        );
    }
}
