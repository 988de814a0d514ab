//! Writes the types of `schema/` into the build folder; nothing generated is committed.

use std::path::{Path, PathBuf};

fn main() {
    let root = variable("CARGO_MANIFEST_DIR");
    let schema = Path::new(&root).join("../../schema");
    let read = |name: &str| {
        let path: PathBuf = schema.join(name);
        println!("cargo::rerun-if-changed={}", path.display());
        std::fs::read_to_string(&path).unwrap_or_else(|error| stop(&format!("{name}: {error}")))
    };
    let [api, extra] = ["api.tl", "extra.tl"].map(read);
    let [select, rules, errors] = ["select.txt", "rules.txt", "errors.tsv"].map(read);
    let inputs = tl_gen::Inputs {
        api: &api,
        extra: &extra,
        select: &select,
        rules: &rules,
        errors: &errors,
    };
    let options = tl_gen::Options {
        client: std::env::var_os("CARGO_FEATURE_CLIENT").is_some(),
        samples: std::env::var_os("CARGO_FEATURE_SAMPLES").is_some(),
    };
    let generated =
        tl_gen::generate(inputs, options).unwrap_or_else(|problems| stop(&problems.to_string()));
    if let Err(error) = generated.write_to(Path::new(&variable("OUT_DIR"))) {
        stop(&error.to_string());
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|error| stop(&format!("{name}: {error}")))
}

/// Ends the build with every problem on its own line.
fn stop(problems: &str) -> ! {
    for problem in problems.lines() {
        println!("cargo::error={problem}");
    }
    std::process::exit(1)
}
