//! Rules for the methods of the API: one file and one row each.

use super::{Finding, Tree};

const RPC: &str = "crates/server/src/rpc/";

/// Every `impl Rpc for X` has exactly one `Method::of::<X>()`, in the `mod.rs` beside it (or in the same
/// file), and the file is named after the method.
pub(super) fn rows(tree: &Tree) -> Vec<Finding> {
    let files: Vec<&(String, String)> = tree
        .rust()
        .filter(|(path, _)| path.starts_with(RPC))
        .collect();
    let mut found = Vec::new();
    for (path, text) in &files {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for method in names_after(text, "impl Rpc for ") {
            let row = format!("Method::of::<{method}>()");
            let places: usize = files
                .iter()
                .filter(|(other, _)| other.rsplit_once('/').map(|(at, _)| at) == Some(folder))
                .map(|(_, text)| text.matches(&row).count())
                .sum();
            if places != 1 {
                found.push(format!("{path}: {method} has {places} rows, not one"));
            }
            let stem = path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches(".rs");
            if stem != "quiet" && snake(method).replace('_', "") != stem.replace('_', "") {
                found.push(format!(
                    "{path}: the file of {method} does not bear its name"
                ));
            }
        }
    }
    found
}

/// The identifiers that follow `mark` at the start of a line.
fn names_after<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(mark)?;
        let name = rest.split(&[' ', '{'][..]).next()?;
        name.rsplit("::").next()
    })
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_gives_its_file_name() {
        assert_eq!(
            snake("UploadContactProfilePhoto"),
            "upload_contact_profile_photo"
        );
    }
}
